"""A figure saved under a name on the real screen, and found again after a new start."""

from pathlib import Path
from typing import Any

from pilot import idle, press, screen

from cockpit import Cockpit
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import open_for_screen, theme_of
from cockpit.workspace.demo import write_demo


def app_on(folder: Path) -> CockpitApp:
    options = ScreenOptions(folder)
    return CockpitApp(options, theme_of(options)[0], lambda: open_for_screen(Cockpit.open, options))


async def typed(pilot: Any, text: str) -> None:
    await press(pilot, *("minus" if letter == "-" else letter for letter in text), "enter")


async def test_a_figure_is_saved_under_a_name_and_opened_from_the_palette(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    write_demo(folder, rows=600)
    async with app_on(folder).run_test(size=(120, 40)) as pilot:
        await idle(pilot)
        await press(pilot, "S")
        assert "this cannot be saved" in screen(pilot)[-3]
        await press(pilot, "4", "enter")
        await press(pilot, "d", "m")
        await press(pilot, "enter")
        await press(pilot, "p", "l")
        crumbs = screen(pilot)[1]
        await press(pilot, "S")
        await typed(pilot, "managed")
        assert "managed saved" in screen(pilot)[-3]
    async with app_on(folder).run_test(size=(120, 40)) as pilot:
        await idle(pilot)
        await press(pilot, ":")
        await typed(pilot, "managed")
        assert screen(pilot)[1] == crumbs
        assert "managed: period last-quarter" in screen(pilot)[-3]
        await press(pilot, "escape")
        assert pilot.app.session.state.trails.depth == 0


async def test_the_calendar_is_saved_as_it_is_narrowed(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    write_demo(folder, rows=300)
    async with app_on(folder).run_test(size=(120, 40)) as pilot:
        await idle(pilot)
        await press(pilot, "2", "/")
        await typed(pilot, "deadline")
        await press(pilot, "S")
        await typed(pilot, "locks")
        assert "locks saved" in screen(pilot)[-3]
        await press(pilot, "2", "escape", "1", "b")
        assert "rhythm  deadline" in "\n".join(screen(pilot))
        await typed(pilot, "locks")
        assert "deadline" in pilot.app.session.level.view.narrowing()
