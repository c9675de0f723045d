"""Crashes, damage, full disks and other programs: nothing half-written, and words instead of traces."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest
from store_setting import FailingConnection, opened, things

import cockpit.store.connections as connections
import cockpit.store.schema as schema
from cockpit.base.problems import SourceError
from cockpit.store import open_store

ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from store_setting import opened
store = opened(Path(sys.argv[1]), sys.argv[2])
for number in range(int(sys.argv[3])):
    key = f"a/{{number % 3}}"
    store.change(key, {{sys.argv[2]: number, "last": sys.argv[2] + str(number)}})
    print(number, flush=True)
"""


def writer(path, name, count):
    script = WRITER.format(root=str(ROOT), tests=str(Path(__file__).parent))
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path), name, str(count)], stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".cockpit" / "work.sqlite3"


def test_modes_are_private_whatever_the_umask(path):
    before = os.umask(0o000)
    try:
        with opened(path) as store:
            store.insert_missing(things(1))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_shared_store_is_the_groups(path):
    before = os.umask(0o077)
    try:
        opened(path, shared=True).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o2770


def test_open_modes_are_closed_again_and_it_is_said(path):
    opened(path).close()
    path.chmod(0o644)
    with opened(path) as store:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "was open to others" in str(store.warnings[0])


def test_settings_of_every_connection(path):
    with opened(path) as store:
        ask = lambda name: store.connection().execute(f"PRAGMA {name}").fetchone()[0]  # noqa: E731
        assert ask("journal_mode") == "delete"
        assert (ask("synchronous"), ask("foreign_keys"), ask("trusted_schema")) == (3, 1, 0)
        assert (ask("busy_timeout"), ask("application_id")) == (5000, schema.APPLICATION_ID)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET actor = 'x'",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
        "DELETE FROM item",
    ],
)
def test_the_journal_cannot_be_changed_by_other_programs(path, statement):
    with opened(path) as store:
        store.insert_missing(things(2))
    with closing(sqlite3.connect(path)) as other, pytest.raises(sqlite3.IntegrityError):
        other.execute(statement)


def test_who_goes_round_the_triggers_is_found(path):
    with opened(path) as store:
        store.insert_missing(things(5))
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("DROP TRIGGER journal_is_not_changed")
        other.execute("UPDATE journal SET actor = 'somebody' WHERE seq = 3")
    with opened(path) as store:
        assert "entry 3 of the journal is not what was written" in str(store.check()[0])


def test_a_changed_item_is_found_and_rebuilt_from_the_journal(path):
    with opened(path) as store:
        store.insert_missing(things(3))
        store.change("a/1", {"title": "new"})
        right = store.items("thing")
        store.connection().execute("UPDATE item SET fields = '{\"title\":\"false\"}' WHERE key = 'a/1'")
        assert [problem.key for problem in store.check()] == ["a/1"]
        assert store.rebuild() == 3
        assert store.items("thing") == right and store.check() == []


def test_a_fault_at_every_statement_leaves_all_or_nothing(path):
    with opened(path, connection_class=FailingConnection) as store:
        store.insert_missing(things(2))
        for attempt in range(200):
            before = store.get("a/0"), len(store.journal())
            FailingConnection.fail_at = attempt
            try:
                with store.together():
                    store.change("a/0", {"mark": attempt})
                    store.add_note("a/0", "and a note")
            except SourceError:
                FailingConnection.fail_at = None
                assert (store.get("a/0"), len(store.journal())) == before
                continue
            finally:
                FailingConnection.fail_at = None
            break
        assert attempt > 5, "there were statements to fail at"
        assert store.get("a/0").fields["mark"] == attempt
        assert store.check() == []


def test_a_fault_while_opening_is_said_in_words(path):
    for attempt in range(60):
        FailingConnection.fail_at = attempt
        try:
            opened(path, connection_class=FailingConnection).close()
        except SourceError as error:
            assert error.exit_code == 3
            FailingConnection.fail_at = None
            continue
        finally:
            FailingConnection.fail_at = None
        break
    with opened(path) as store:
        assert attempt > 5 and store.check() == []


class BusyConnection(sqlite3.Connection):
    """Finds the lock taken the first `taken` times that a write begins."""

    taken = 0
    timeouts: ClassVar[list[int]] = []

    def execute(self, sql, *arguments):
        if sql.startswith("BEGIN IMMEDIATE"):
            cls = BusyConnection
            cls.timeouts.append(super().execute("PRAGMA busy_timeout").fetchone()[0])
            if cls.taken:
                cls.taken -= 1
                raise sqlite3.OperationalError("database is locked")
        return super().execute(sql, *arguments)


@pytest.mark.parametrize("drawn", [b"\x00", b"\xff"])
def test_who_finds_the_lock_taken_asks_again_and_often(path, monkeypatch, drawn):
    waited = []
    monkeypatch.setattr(connections, "urandom", lambda _count: drawn)
    monkeypatch.setattr(connections, "sleep", waited.append)
    with opened(path, connection_class=BusyConnection) as store:
        store.insert_missing(things(1))
        BusyConnection.taken, BusyConnection.timeouts = 40, []
        assert store.change("a/0", {"title": "new"}).fields["title"] == "new"
        assert len(waited) == 40
        assert connections.SHORTEST_WAIT <= min(waited) <= max(waited) <= connections.LONGEST_WAIT
        assert set(BusyConnection.timeouts) == {0}, "SQLite itself does not wait"
        monkeypatch.setattr(connections, "BUSY_SECONDS", 0.0)
        BusyConnection.taken = 1
        with pytest.raises(SourceError, match="is locked by another program"):
            store.change("a/0", {"title": "newer"})
        assert store.get("a/0").fields["title"] == "new"


@pytest.mark.parametrize(("names", "count"), [("ab", 100), ("abcdef", 30)])
def test_several_processes_lose_nothing(path, names, count):
    with opened(path) as store:
        store.insert_missing(things(3))
        processes = [writer(path, name, count) for name in names]
        acknowledged = [process.communicate(timeout=60)[0].split() for process in processes]
        assert [process.returncode for process in processes] == [0] * len(names)
        assert all(list(map(int, told)) == list(range(count)) for told in acknowledged)
        entries = store.journal()
        for name in names:
            assert [entry.changes[name][1] for entry in entries if name in entry.changes] == list(
                range(count)
            )
        last = {}
        for entry in entries:
            old, new = entry.changes.get("last", (None, None))
            assert old == last.get(entry.subject), "each change saw the one before it"
            last[entry.subject] = new
        assert sum(item.version for item in store.items("thing")) == 3 + len(names) * count
        assert store.check() == []


def test_killed_writers_lose_nothing_that_was_acknowledged(path):
    with opened(path) as store:
        store.insert_missing(things(3))
        for number in range(4):
            process = writer(path, f"w{number}", 10_000)
            first = process.stdout.readline()
            time.sleep(0.03 * number)
            process.kill()
            acknowledged = [
                int(line) for line in [first, *process.stdout.read().split()] if str(line).strip()
            ]
            process.wait()
            process.stdout.close()
            written = [entry.changes[f"w{number}"][1] for entry in store.journal(actor=f"w{number}")]
            assert written == list(range(len(written)))
            assert len(written) >= len(acknowledged) > 0
        assert store.check() == []


def test_threads_have_a_connection_each(path):
    failures = []
    with opened(path) as store:
        store.insert_missing(things(1))

        def change(name):
            try:
                for number in range(10):
                    store.change("a/0", {name: number})
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=change, args=(f"t{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert store.get("a/0").version == 41


def test_a_lock_held_too_long_is_said_in_words(path, monkeypatch):
    monkeypatch.setattr("cockpit.store.connections.BUSY_SECONDS", 0.05)
    with opened(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.insert_missing(things(1))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SourceError, match="locked by another program"):
            store.change("a/0", {"title": "x"})
        other.execute("ROLLBACK")
        assert store.change("a/0", {"title": "x"}).version == 2


def test_read_only_reads_and_refuses(path):
    with opened(path) as store:
        store.insert_missing(things(2))
    before = path.read_bytes()
    with opened(path, "kim", read_only=True) as reader:
        assert len(reader.items("thing")) == 2
        assert reader.insert_missing(things(5)) == []
        assert reader.follow({"a/0": {"title": "x"}}, "rule") == 0
        for act in (
            lambda: reader.change("a/0", {"title": "x"}),
            lambda: reader.add_note("a/0", "x"),
            reader.undo,
            lambda: reader.add_numbered("thing", "b", {"title": "x"}),
        ):
            with pytest.raises(SourceError, match="read-only"):
                act()
        assert reader.check() == []
    assert path.read_bytes() == before


def test_read_only_without_a_store_lives_in_memory(path):
    with opened(path, read_only=True) as store:
        assert store.insert_missing(things(2)) == ["a/0", "a/1"]
        with pytest.raises(SourceError, match="read-only"):
            store.change("a/0", {"title": "x"})
    assert not path.parent.exists()


def test_a_newer_store_is_refused_untouched(path):
    opened(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(SourceError, match=r"is of version 99.*update the cockpit"):
        open_store(path)
    assert path.read_bytes() == before


def test_the_file_of_another_program_is_left_alone(path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(SourceError, match="another program"):
        open_store(path)


@pytest.mark.parametrize("damage", [b"not a database at all, but long enough to be taken for one" * 50, b"x"])
def test_a_damaged_file_is_said_in_words(path, damage):
    path.parent.mkdir()
    path.write_bytes(damage)
    with pytest.raises(SourceError, match="is damaged") as caught:
        open_store(path)
    assert "backups" in str(caught.value)
    assert path.read_bytes() == damage


def test_a_torn_file_is_found_wherever_it_is_torn(path):
    with opened(path) as store:
        store.insert_missing(things(200))
    whole = path.read_bytes()
    for length in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:length])
        try:
            with opened(path) as store:
                assert length == 0 or store.check(), f"torn at {length}"
        except SourceError as error:
            assert "damaged" in str(error), f"torn at {length}"


def test_a_link_is_not_followed(path, tmp_path):
    target = tmp_path / "elsewhere.sqlite3"
    opened(target).close()
    path.parent.mkdir()
    path.symlink_to(target)
    with pytest.raises(SourceError, match="symbolic link"):
        open_store(path)


def test_a_folder_in_place_of_the_file(path):
    path.mkdir(parents=True)
    with pytest.raises(SourceError, match="not a file"):
        open_store(path)


def test_a_migration_makes_a_backup_first_and_seven_are_kept(path, monkeypatch):
    with opened(path) as store:
        store.insert_missing(things(2))
        for number in range(9):
            store.back_up(f"daily{number}")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE later (x TEXT) STRICT",)))
    with opened(path) as store:
        assert store.connection().execute("PRAGMA user_version").fetchone()[0] == len(schema.MIGRATIONS)
        assert len(store.items("thing")) == 2
    backups = sorted((path.parent / "backups").iterdir())
    assert len(backups) == 7 and any("-v2" in backup.name for backup in backups)
    assert {stat.S_IMODE(backup.stat().st_mode) for backup in backups} == {0o600}
    monkeypatch.undo()
    old = next(backup for backup in backups if "-v2" in backup.name)
    with opened(old) as store:
        assert len(store.items("thing")) == 2


def test_a_failed_migration_leaves_the_store_as_it_was(path, monkeypatch):
    opened(path).close()
    monkeypatch.setattr(
        schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE later (x TEXT) STRICT", "NONSENSE"))
    )
    with pytest.raises(SourceError):
        opened(path)
    monkeypatch.undo()
    with opened(path) as store:
        assert store.check() == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from store_setting import opened
from cockpit.base.problems import SourceError
store = opened(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, size + 8192))
done = 0
try:
    for number in range(1000):
        store.change("a/0", {{"title": str(number) * 500}})
        done += 1
except SourceError as error:
    print(done, error.exit_code, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of file size there")
def test_a_full_disk_is_said_and_what_was_acknowledged_stays(path):
    with opened(path) as store:
        store.insert_missing(things(1))
    script = FULL_DISK.format(root=str(ROOT), tests=str(Path(__file__).parent))
    # -B: Python would keep the half of a module's bytecode that fits the limit, for everybody after it
    command = [sys.executable, "-B", "-c", script, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    done, code, words = result.stdout.split(" ", 2)
    assert int(code) == 3 and "full" in words
    with opened(path) as store:
        assert store.get("a/0").version == 1 + int(done)
        assert store.check() == []


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS)))
def test_a_store_of_every_earlier_version_opens_whole(path, version):
    path.parent.mkdir()
    text = (Path(__file__).parent / "stores" / f"version_{version}.sql").read_text()
    with closing(sqlite3.connect(path)) as other:
        other.executescript(text)
    with opened(path, read_only=True) as store:
        assert store.mark("x") is None and store.check() == [] and len(store.items("thing")) == 3
    with opened(path) as store:
        assert store.connection().execute("PRAGMA user_version").fetchone()[0] == len(schema.MIGRATIONS)
        assert store.check() == []
        assert {item.key: item.version for item in store.items("thing")} == {"a/0": 1, "a/1": 3, "a/2": 2}
        assert store.get("a/1").fields == {"title": "thing 1"} and store.get("a/2").state == "closed"
        assert [note.text for note in store.notes("a/0")] == ["a note"]
        assert store.anchors()[0].values == {"account": "Globex"}
        store.change("a/0", {"title": "new"})
    assert any(f"-v{version}" in backup.name for backup in (path.parent / "backups").iterdir())


def test_the_first_write_of_a_day_makes_a_copy(path):
    with opened(path) as store:
        store.insert_missing(things(1))
    assert not (path.parent / "backups").exists(), "nothing to copy"
    for number in range(3):
        with opened(path) as store:
            store.change("a/0", {"title": str(number)})
    (copy,) = (path.parent / "backups").iterdir()
    assert "daily" in copy.name and stat.S_IMODE(copy.stat().st_mode) == 0o600
    with opened(copy) as store:
        assert store.get("a/0").version == 1, "as it was before the day's first change"
