"""Files that others write: a change counts once it rests and is complete."""

import os
from pathlib import Path

import pytest

from cockpit.core.watch import PATIENCE, Sight, Watch, sight_of
from cockpit.sources.spec import LookupSpec, SourceSpec


def a_sight(number: int, *, complete: bool = True) -> Sight:
    return Sight((("o.csv", number, number, 1),), complete)


READ = {"deals": a_sight(1)}


def test_a_change_counts_when_two_looks_see_the_same() -> None:
    watch = Watch()
    assert watch.settled({"deals": a_sight(1)}, READ, 0) == ()
    assert watch.settled({"deals": a_sight(2)}, READ, 1) == ()
    assert watch.settled({"deals": a_sight(3)}, READ, 2) == ()  # still growing
    assert watch.settled({"deals": a_sight(3)}, READ, 3) == ("deals",)


def test_a_change_that_is_taken_back_is_none() -> None:
    watch = Watch()
    watch.settled({"deals": a_sight(2)}, READ, 0)
    assert watch.settled({"deals": a_sight(1)}, READ, 1) == ()
    assert watch.settled({"deals": a_sight(2)}, READ, 2) == ()


def test_half_a_last_line_waits_for_its_end_but_not_for_ever() -> None:
    watch, half = Watch(), a_sight(2, complete=False)
    watch.settled({"deals": half}, READ, 0)
    assert watch.settled({"deals": half}, READ, PATIENCE - 1) == ()
    assert watch.settled({"deals": half}, READ, PATIENCE) == ("deals",)


def test_what_was_read_meanwhile_is_no_change() -> None:
    watch = Watch()
    watch.settled({"deals": a_sight(2)}, READ, 0)
    assert watch.settled({"deals": a_sight(2)}, {"deals": a_sight(2)}, 1) == ()


def test_a_table_that_was_never_read_is_left_alone() -> None:
    watch = Watch()
    assert watch.settled({"deals": a_sight(2)}, {}, 0) == watch.settled({"deals": a_sight(2)}, {}, 1) == ()


@pytest.mark.parametrize(
    ("content", "complete"),
    [(b"a,b\n1,2\n", True), (b"a,b\n1,2", False), (b"a\r1\r", True), ("a\n1\n".encode("utf-16"), True)],
)
def test_a_text_file_is_complete_when_its_last_line_has_an_end(tmp_path: Path, content, complete) -> None:
    (tmp_path / "o.csv").write_bytes(content)
    assert sight_of("opportunities", SourceSpec("o.csv"), tmp_path).complete is complete


def test_every_way_of_changing_a_file_is_seen(tmp_path: Path) -> None:
    spec = SourceSpec("o.csv", lookup=[LookupSpec("l.csv", {"a": "a"}, {"owner": "b"})])
    path, other = tmp_path / "o.csv", tmp_path / "l.csv"
    seen = []

    def look() -> None:
        seen.append(sight_of("opportunities", spec, tmp_path).state)

    look()  # missing
    path.write_text("a\n1\n")
    other.write_text("a,b\n1,x\n")
    look()
    path.write_text("a\n1\n2\n")
    look()
    (tmp_path / "new.tmp").write_text("a\n1\n3\n")
    (tmp_path / "new.tmp").replace(path)
    look()
    other.write_text("a,b\n1,yy\n")
    look()
    path.unlink()
    path.mkdir()
    look()
    path.rmdir()
    os.mkfifo(path)
    look()  # never opened: this would hang
    assert len(set(seen)) == len(seen)


def test_files_that_are_being_written_by_their_name_are_not_seen(tmp_path: Path) -> None:
    spec = SourceSpec("*.csv")
    (tmp_path / "a.csv").write_text("a\n")
    before = sight_of("opportunities", spec, tmp_path)
    for name in ("~$a.csv", "b.csv.part", "c.csv.tmp", "d.csv.crdownload"):
        (tmp_path / name).write_text("half")
    assert sight_of("opportunities", spec, tmp_path) == before
