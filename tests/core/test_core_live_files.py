"""An open cockpit whose file becomes something that is none: nothing is opened, the last good rows stay."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit import Cockpit
from cockpit.core.live_tables import LiveTables

CONFIG = """\
schema = 1
as_of = "2026-11-23"
[sources.opportunities]
path = "o.csv"
columns = { opportunity_id = "Id", stage = "Stage", amount = "Amount", close_date = "Close" }
status = { value = "open" }
"""
ROWS = "Id,Stage,Amount,Close\n1,Lead,100,2026-12-01\n2,Lead,200,2026-12-01\n"


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10_000_000_000)


def _secret(path: Path) -> None:
    target = path.with_name("shadow")
    target.write_text("root:$y$canary:19000:0:99999:7:::\n")
    path.symlink_to(target)


BECOMES: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: None, "no such file"),
    "a folder": (Path.mkdir, "is a folder"),
    "a pipe": (os.mkfifo, "is a pipe"),
    "ten gigabytes of nothing": (_sparse, "larger than"),
    "a link to a file of secrets": (_secret, "columns"),
    "a header without rows": (lambda path: path.write_text(ROWS.split("\n")[0] + "\n"), "came without a row"),
    "half a row": (lambda path: path.write_text(ROWS + "3,Lead,3"), "half written"),
}


@pytest.mark.parametrize("what", BECOMES)
def test_what_becomes_of_a_file_is_told_and_the_last_good_rows_stay(what: str, tmp_path: Path) -> None:
    become, words = BECOMES[what]
    path = tmp_path / "o.csv"
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    path.write_text(ROWS)
    with Cockpit.open(tmp_path) as cockpit:
        assert cockpit.data.loaded().tables["opportunities"].frame.height == 2
        now = 0.0
        tables = LiveTables(cockpit, clock=lambda: now)
        assert tables.look() == ()
        path.unlink()
        become(path)
        found: tuple[str, ...] = ()
        for now in (1.0, 2.0, 30.0):  # noqa: B007 (the clock of the tables)
            found = found or tables.look()
        assert found == ("opportunities",)
        tables.begin(found)
        result = tables.read(found)
        tables.end(result)
        (one,) = result.tables
        assert not one.arrived and one.kept is not None
        told = " ".join(map(str, one.status.problems))
        assert words in told and "canary" not in told
        loaded = cockpit.data.loaded()
        assert loaded.tables["opportunities"].frame["amount"].sum() == 300
        assert "opportunities" in loaded.kept
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
        path.write_text(ROWS + "3,Lead,300,2026-12-01\n")
        for now in (31.0, 32.0):  # noqa: B007
            found = tables.look()
        tables.begin(found)
        assert tables.read(found).all_arrived
        assert cockpit.data.loaded().tables["opportunities"].frame.height == 3
