"""A store that cannot be used: said on one line with its remedy, exit 3, and the file is as it was."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cockpit.store import connections, mounts

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(command, tmp_path):
    """A workspace with one task made by hand."""
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "cockpit.toml").write_text('schema = 1\nname = "team"\nas_of = "2026-11-23"\n')
    assert command("tasks", "add", "Call Ken", "-w", folder).code == 0
    return folder


@pytest.fixture
def store(workspace):
    return workspace / ".cockpit" / "work.sqlite3"


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def rubble(path: Path) -> None:
    path.write_bytes(b"\x00\xa5no database" * 100)


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("spoil", "words", "remedy"),
    [(newer, "of version 99", "update"), (rubble, "damaged", "backups"), (torn, "damaged", "backups")],
)
@pytest.mark.parametrize(
    "words_of_command", [("tasks",), ("tasks", "add", "Call Jo"), ("tasks", "claim", "task/1"), ("doctor",)]
)
def test_a_store_that_cannot_be_read(command, workspace, store, spoil, words, remedy, words_of_command):
    spoil(store)
    before = store.read_bytes()
    ran = command(*words_of_command, "-w", workspace)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("\n") == 1 and words in ran.err and remedy in ran.err and str(store) in ran.err
    assert store.read_bytes() == before


def test_a_locked_store(command, workspace, store, monkeypatch):
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = command("tasks", "claim", "task/1", "-w", workspace)
        assert ran.code == 3 and "is locked by another program (wait" in ran.err
        other.execute("ROLLBACK")
    assert command("tasks", "claim", "task/1", "-w", workspace).code == 0


@pytest.mark.parametrize(
    "words_of_command", [("tasks",), ("notes",), ("rhythm",), ("tasks", "claim", "task/1")]
)
def test_a_command_says_for_whom_it_waits(command, workspace, store, monkeypatch, words_of_command):
    monkeypatch.setattr(connections, "TELL_SECONDS", 0.0)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(
            connections, "sleep", lambda _seconds: other.in_transaction and other.execute("ROLLBACK")
        )
        monkeypatch.setattr(connections, "holder_of", lambda _path: "cockpit of kim (process 812)")
        ran = command(*words_of_command, "-w", workspace)
    assert ran.code == 0
    said = "waiting for the store: cockpit of kim (process 812) has it; Ctrl-C gives up"
    assert ran.err.splitlines().count(said) == 1


def test_a_command_that_waits_is_interrupted_at_once(command, workspace, store, monkeypatch):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(connections, "sleep", interrupt)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = command("tasks", "-w", workspace)
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "")


def test_a_folder_that_may_not_be_written_is_read(command, workspace, store):
    (workspace / ".cockpit").chmod(0o500)
    store.chmod(0o400)
    try:
        if os.access(store, os.W_OK):
            pytest.skip("this user may write everywhere")
        ran = command("tasks", "all", "-w", workspace)
        assert ran.code == 0 and "Call Ken" in ran.out
        refused = command("tasks", "claim", "task/1", "-w", workspace)
        assert refused.code == 3 and "read-only" in refused.err
    finally:
        (workspace / ".cockpit").chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of file size there")
def test_a_full_disk(command, workspace, store):
    script = (
        "import resource, signal, sys; from pathlib import Path; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); size = Path(sys.argv[2]).stat().st_size; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); from cockpit.cli.entry import run; "
        "sys.exit(run(['tasks', 'note', 'task/1', 'x' * 20000, '-w', sys.argv[1]]))"
    )
    before = command("tasks", "history", "task/1", "--json", "-w", workspace).json()
    # -B: Python would keep the half of a module's bytecode that fits the limit, for everybody after it
    command_line = [sys.executable, "-B", "-c", script, str(workspace), str(store)]
    ran = subprocess.run(command_line, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 3 and "full" in ran.stderr and "nothing was half-written" in ran.stderr
    assert command("tasks", "history", "task/1", "--json", "-w", workspace).json() == before
    assert command("doctor", "-w", workspace).code == 0


def test_a_network_file_system_is_warned_of(command, workspace, tmp_path, monkeypatch):
    table = tmp_path / "mountinfo"
    table.write_text(f"1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:9 / {workspace} rw - cifs //host/x rw\n")
    monkeypatch.setattr(mounts, "MOUNTS", table)
    ran = command("tasks", "all", "-w", workspace)
    assert ran.code == 0 and "Call Ken" in ran.out
    assert "network file system (cifs)" in ran.err and "local disk" in ran.err
    assert command("doctor", "-w", workspace).code == 1


def test_actions_that_need_each_other(command, tmp_path):
    folder = tmp_path / "circle"
    (folder / "calendars").mkdir(parents=True)
    (folder / "cockpit.toml").write_text(
        'schema = 1\nname = "team"\ncalendar = "round"\nas_of = "2026-11-23"\n'
    )
    action = '\n[[action]]\nid = "{}"\ntitle = "A"\ndue = "every friday"\nowner = "sopm"\nneeds = ["{}"]\n'
    calendar = 'schema = 1\n[calendar]\nid = "round"\nextends = "microsoft-like"\n'
    file = folder / "calendars" / "round.toml"
    file.write_text(calendar + action.format("one", "two") + action.format("two", "one"))
    ran = command("tasks", "-w", folder)
    assert ran.code == 2 and "waits for itself" in ran.err and "one" in ran.err
    assert "take one of them out" in ran.err
    assert not (folder / ".cockpit").exists()


def test_a_due_date_that_is_no_day(command, workspace):
    ran = command("tasks", "move", "task/1", "--due", "31 Feb", "--reason", "x", "-w", workspace)
    assert ran.code == 2 and "no day" in ran.err and "2026-12-04" in ran.err
