"""A store that cannot be used: the screen stays up on an empty one that takes no change."""

import sqlite3
from pathlib import Path

import pytest

from cockpit import Cockpit, CockpitError
from cockpit.core.stand_in import open_or_stand_in


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")


def _rubble(path: Path) -> None:
    path.write_text("no database at all, only words")


def _damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


@pytest.mark.parametrize(
    ("spoil", "words"), [(_newer, "of version 99"), (_rubble, "damaged"), (_damaged, "damaged")]
)
def test_the_screen_stays_up_without_its_store(tmp_path: Path, spoil, words: str) -> None:
    (tmp_path / "cockpit.toml").write_text('schema = 1\nname = "team"\nas_of = "2026-11-23"\n')
    with Cockpit.open(tmp_path) as cockpit:
        assert open_or_stand_in(cockpit) == ()
        cockpit.work.add("Call Ken")
    store = tmp_path / ".cockpit" / "work.sqlite3"
    spoil(store)
    before = store.read_bytes()
    with Cockpit.open(tmp_path) as cockpit:
        found = open_or_stand_in(cockpit)
        assert words in str(found[0])
        assert found[0] in cockpit.problems
        assert cockpit.read_only
        assert cockpit.tasks("all")
        with pytest.raises(CockpitError, match="read-only"):
            cockpit.work.add("Call Jo")
    assert store.read_bytes() == before
