"""The screen over real files that change: told in a line, marked, the cursor where it was, no key held up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pilot import idle, look_around, press, screen, until

from cockpit import Cockpit
from cockpit.tui import app as app_module
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import open_for_screen, theme_of

CONFIG = """\
schema = 1
name = "small"
as_of = "2026-11-23"
[sources.opportunities]
path = "o.csv"
columns = { opportunity_id = "id", stage = "stage", amount = "amount", created_date = "created", close_date = "close", owner = "owner" }
status = { column = "status", won = ["Won"], lost = ["Lost"], open = ["Open"] }
[kpi]
board = ["won_amount", "open_pipeline", "past_due_count"]
"""  # noqa: E501
HEADER = "id,stage,amount,created,close,owner,status\n"
ROWS = [
    f"{number},Lead,{number}00,2026-10-0{number},2026-12-0{number},Owner {number},Open\n"
    for number in range(1, 9)
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    (tmp_path / "o.csv").write_text(HEADER + "".join(ROWS))
    return tmp_path


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "LOOK_AROUND", 0.05)


@asynccontextmanager
async def real_screen(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Any]:
    options = ScreenOptions(folder)
    app = CockpitApp(options, theme_of(options)[0], lambda: open_for_screen(Cockpit.open, options))
    async with app.run_test(size=size) as pilot:
        await idle(pilot)
        yield pilot


async def test_a_file_changed_on_disk_is_shown_and_the_cursor_stays(folder: Path) -> None:
    async with real_screen(folder) as pilot:
        session = pilot.app.session
        await press(pilot, "4", "j", "j")
        before = session.line().key
        figures = next(row for row in screen(pilot) if "Open pipeline" in row)
        (folder / "o.csv").write_text(HEADER + "".join(ROWS[1:]) + ROWS[1].replace("2,", "9,", 1))
        rows = await until(pilot, "opportunities: 1 new, 1 removed")
        await idle(pilot)
        assert session.line().key == before
        changed = next(row for row in screen(pilot) if "Open pipeline" in row)
        assert changed != figures
        assert "•" in changed
        assert not any("•" in row for row in rows if "Past due" in row)


async def test_marks_stay_until_they_have_been_seen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cockpit.tui import live

    async with real_screen(folder) as pilot:
        await press(pilot, "4")
        (folder / "o.csv").write_text(HEADER + "".join(ROWS[2:]))
        await until(pilot, "2 removed")
        monkeypatch.setattr(live, "TOLD_FOR", 0.0)  # as if they had been there long enough
        assert any("•" in row for row in screen(pilot))
        await look_around(pilot)
        await look_around(pilot)
        assert any("•" in row for row in screen(pilot))  # nobody has pressed a key
        await press(pilot, "j")
        await look_around(pilot)
        assert not any("•" in row for row in screen(pilot))


async def test_a_line_that_is_being_typed_is_left_alone(folder: Path) -> None:
    async with real_screen(folder) as pilot:
        await press(pilot, "4", "slash", "p", "a")
        (folder / "o.csv").write_text(HEADER + "".join(ROWS[3:]))
        held = pilot.app.session.cockpit.data
        await until(pilot, lambda: held.now_held.revision == 2)
        assert pilot.app.session.state.prompt.text == "pa"
        await press(pilot, "escape")
        await until(pilot, "opportunities: 3 removed")


async def test_nothing_is_read_while_nobody_looks(folder: Path) -> None:
    async with real_screen(folder) as pilot:
        pilot.app.on_app_blur()
        (folder / "o.csv").write_text(HEADER + "".join(ROWS[4:]))
        await look_around(pilot)
        await look_around(pilot)
        assert pilot.app.session.cockpit.data.now_held.revision == 1
        pilot.app.on_app_focus()
        await until(pilot, "4 removed")


async def test_a_spoilt_file_keeps_the_last_good_figures_with_the_reason(folder: Path) -> None:
    async with real_screen(folder) as pilot:
        await press(pilot, "4")
        figures = next(row for row in screen(pilot) if "Open pipeline" in row)
        (folder / "o.csv").unlink()
        await until(pilot, "opportunities not refreshed: o.csv: no such file")
        await idle(pilot)
        assert next(row for row in screen(pilot) if "Open pipeline" in row) == figures
        (folder / "o.csv").write_text(HEADER + "".join(ROWS))
        await until(pilot, "data ")
        await until(pilot, lambda: not pilot.app.session.cockpit.data.now_held.problems)


async def test_an_emptied_file_is_asked_about_before_it_replaces_rows(folder: Path) -> None:
    async with real_screen(folder) as pilot:
        await press(pilot, "4")
        (folder / "o.csv").write_text(HEADER)
        await until(pilot, "came without a row, and 8 rows were read before")
        await press(pilot, "r")
        await until(pilot, "take that for the 8 rows?")
        await press(pilot, "n", "o", "enter")
        assert pilot.app.session.cockpit.data.now_held.tables["opportunities"].frame.height == 8
        await press(pilot, "r")
        await until(pilot, "take that for the 8 rows?")
        await press(pilot, "y", "e", "s", "enter")
        await until(pilot, "opportunities: 8 removed")


async def test_the_sources_are_read_at_once_by_a_key(folder: Path) -> None:
    async with real_screen(folder) as pilot:
        await press(pilot, "r")
        await until(pilot, "sources read; nothing changed")
