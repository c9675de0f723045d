"""What the doctor finds."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from store_setting import NOW, opened, things

from cockpit.store import health, mounts


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / ".cockpit" / "work.sqlite3") as store:
        store.insert_missing(things(3))
        yield store


def test_a_healthy_store(store):
    found = health.examine(store, NOW)
    assert found.ok and found.problems == ()
    facts = found.facts
    assert (facts["items"], facts["entries"], facts["journal_mode"]) == ({"thing": 3}, 3, "delete")
    assert (facts["file_mode"], facts["folder_mode"], facts["synchronous"]) == ("0600", "0700", 3)
    assert found.as_json()["ok"] is True


def test_a_clock_that_went_back_is_doubted(store):
    found = health.examine(store, NOW - timedelta(days=1))
    assert [problem.key for problem in found.problems] == ["clock"] and not found.ok


def test_a_network_file_system_is_named_at_once_and_by_the_doctor(tmp_path, monkeypatch):
    mounts_file = tmp_path / "mountinfo"
    mounts_file.write_text(f"1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:9 / {tmp_path} rw - nfs4 host:/x rw\n")
    monkeypatch.setattr(mounts, "MOUNTS", mounts_file)
    with opened(tmp_path / ".cockpit" / "work.sqlite3") as store:
        store.insert_missing(things(1))
        (problem,) = store.warnings
        assert "network file system (nfs4)" in problem.message and problem.severity == "warning"
        assert "local disk" in problem.hint
        found = health.examine(store, NOW)
    assert found.problems == (problem,) and found.facts["file_system"] == "nfs4"


def test_the_deepest_mount_counts(tmp_path):
    table = tmp_path / "mountinfo"
    folder = tmp_path / "with space" / "ws"
    folder.mkdir(parents=True)
    escaped = str(folder.parent).replace(" ", "\\040")
    table.write_text(f"1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:9 / {escaped} rw shared:1 - cifs //host/x rw\n")
    assert mounts.file_system(folder, table) == "cifs"
    assert mounts.file_system(Path("/"), table) == "ext4"
    assert mounts.file_system(folder, tmp_path / "none") is None


def test_damage_is_an_error(store):
    with closing(sqlite3.connect(store.place.path)) as other, other:
        other.execute("UPDATE item SET state = 'closed' WHERE key = 'a/1'")
    (problem,) = health.examine(store, NOW).problems
    assert (problem.severity, problem.key) == ("error", "a/1")


def test_in_memory(tmp_path):
    with opened(tmp_path / "none" / "w.sqlite3", read_only=True) as store:
        assert health.examine(store, NOW).facts["in_memory"] is True
