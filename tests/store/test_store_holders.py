"""Who has a lock on a file, from the list that Linux keeps."""

import os

import pytest

from cockpit.store import holders


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A list of locks of our own and a process 812, of the user that runs the tests."""
    monkeypatch.setattr(holders, "LOCKS", tmp_path / "locks")
    monkeypatch.setattr(holders, "PROCESSES", tmp_path)
    (tmp_path / "812").mkdir()
    (tmp_path / "812" / "comm").write_text("cock\x1b[2Jpit\n")
    (tmp_path / "file").touch()
    return tmp_path


def line(file, kind, process, waits=""):
    facts = file.stat()
    place = f"{os.major(facts.st_dev):02x}:{os.minor(facts.st_dev):02x}:{facts.st_ino}"
    return f"1: {waits}POSIX  ADVISORY  {kind} {process} {place} 1073741825 1073741825\n"


def test_the_one_that_writes_is_named_by_program_owner_and_number(system):
    file = system / "file"
    (system / "locks").write_text(
        line(file, "READ ", 811) + line(file, "WRITE", 900, "-> ") + line(file, "WRITE", 812)
    )
    assert holders.holder_of(file) == f"cock\ufffd[2Jpit of {file.owner()} (process 812)"


def test_a_process_that_has_ended_meanwhile_is_a_number(system):
    (system / "locks").write_text(line(system / "file", "READ ", 811))
    assert holders.holder_of(system / "file") == "process 811"


@pytest.mark.parametrize("text", ["", "1: POSIX\n", "1: POSIX ADVISORY WRITE 812 00:00:1 0 EOF\n", "own"])
def test_nobody_is_named_where_nothing_can_be_told(system, text):
    (system / "locks").write_text(line(system / "file", "WRITE", os.getpid()) if text == "own" else text)
    assert holders.holder_of(system / "file") is None


def test_a_system_without_such_a_list_tells_nothing(system):
    assert holders.holder_of(system / "file") is None
