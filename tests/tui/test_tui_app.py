"""The real Textual program on fake views: what only it can get wrong."""

import os
import threading
from pathlib import Path

import pytest
from fakes import HOSTILE, DetailView, FakeCockpit, HostileView, MillionView, opened
from pilot import idle, press, running, screen

from cockpit.base.problems import ConfigError
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import theme_of


async def test_keys_travel_from_the_terminal_to_the_view() -> None:
    async with running() as pilot:
        await press(pilot, "j", "down", "enter")
        assert "kpi2" in screen(pilot)[1]
        await press(pilot, "escape", "G", "g", "g", "3", "tab")
        assert "task0" in "\n".join(screen(pilot))
        assert pilot.app.session.level.focus == "right"
        await press(pilot, "shift+tab", "space", "D", "o", "k", "space", "G", "enter")
        assert pilot.app.session.cockpit.work.calls == [("done", "task0", "ok G", 3)]


async def test_only_the_cells_that_changed_are_drawn() -> None:
    async with running() as pilot:
        drawn: list[object] = []
        canvas = pilot.app.canvas
        refresh = canvas.refresh
        canvas.refresh = lambda *regions, **more: (drawn.extend(regions), refresh(*regions, **more))[1]
        await press(pilot, "j")
        assert {region.y for region in drawn} == {2, 3}
        assert all(region.width <= 60 for region in drawn)
        drawn.clear()
        pilot.app.session.shell.redraw()
        await idle(pilot)
        assert drawn == []


async def test_the_screen_follows_the_size() -> None:
    async with running(data=HostileView()) as pilot:
        for width, height in ((60, 15), (250, 70), (20, 5), (80, 24)):
            await pilot.resize_terminal(width, height)
            await idle(pilot)
            assert len(screen(pilot)) == height
            await press(pilot, "7")
        assert all(text in "\n".join(screen(pilot)) for text in HOSTILE)


async def test_hostile_text_is_no_markup_and_clicks_on_it_do_nothing() -> None:
    async with running(data=HostileView()) as pilot:
        await press(pilot, "7", "?", "escape")
        await pilot.click(offset=(4, 5))
        await idle(pilot)
        assert pilot.app.is_running
        assert pilot.app.return_code is None


async def test_a_million_rows_scroll_with_the_wheel_and_the_keys() -> None:
    async with running(pipeline=MillionView()) as pilot:
        await press(pilot, "4", "G", "pageup")
        assert "OPP-09999" in "\n".join(screen(pilot))


async def test_a_slow_load_blocks_no_key() -> None:
    cockpit = FakeCockpit()
    async with running(cockpit=cockpit) as pilot:
        cockpit.gate = threading.Event()
        for key in ("left_square_bracket", "j", "j"):
            await pilot.press(key)
        await pilot.pause()
        assert pilot.app.session.line().key == "kpi2"
        cockpit.gate.set()
        await idle(pilot)
        assert pilot.app.session.line().key == "kpi2"


async def test_leaving_does_not_wait_for_a_load() -> None:
    cockpit = FakeCockpit()
    async with running(cockpit=cockpit) as pilot:
        cockpit.gate = threading.Event()
        await pilot.press("r")
        await pilot.press("q")
        await pilot.pause()
        assert pilot.app.return_code == 0
    cockpit.gate.set()


async def test_a_workspace_that_cannot_be_opened_ends_the_program_with_its_error() -> None:
    def fails() -> None:
        raise ConfigError("no calendar")

    options = ScreenOptions()
    app = CockpitApp(options, theme_of(options)[0], fails)  # type: ignore[arg-type]
    async with app.run_test() as pilot:
        for _ in range(500):
            if app.failure is not None:
                break
            await pilot.pause(0.01)
    assert isinstance(app.failure, ConfigError)


async def test_a_bad_theme_is_one_quiet_line() -> None:
    options = ScreenOptions(theme="drak")
    app = CockpitApp(options, theme_of(options)[0], opened, theme_of(options)[1])
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot)
        assert "did you mean dark?" in screen(pilot)[-3]
        await press(pilot, "j")
        assert "did you mean" not in screen(pilot)[-3]


async def test_no_color_gives_attributes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running() as pilot:
        canvas = pilot.app.canvas
        styles = [segment.style for y in range(40) for segment in canvas.render_line(y) if segment.style]
        assert all(style.color is None and style.bgcolor is None for style in styles)
        assert any(style.bold for style in styles)


async def test_an_error_nobody_foresaw_leaves_a_short_file_instead_of_a_trace(own_home: Path) -> None:
    async with running() as pilot:
        pilot.app.jobs.run("x", lambda: None, lambda outcome: {}["Contoso secret"])
        await idle(pilot)
        assert "something unexpected went wrong: KeyError, see" in "".join(screen(pilot)[-4:-2])
    report = next((own_home / "state" / "cockpit").glob("crash-*.txt")).read_text()
    assert "KeyError" in report
    assert "Contoso" not in report


async def test_paste_goes_into_the_prompt_only() -> None:
    from textual.events import Paste

    async with running() as pilot:
        pilot.app.post_message(Paste("q"))
        await idle(pilot)
        assert pilot.app.is_running
        await press(pilot, "W")
        pilot.app.post_message(Paste("asked\nBrooks"))
        await idle(pilot)
        await press(pilot, "enter")
        assert pilot.app.session.cockpit.store.notes == [("kpi0", "asked Brooks")]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "small"])
def test_the_look(snap_compare, size: tuple[int, int]) -> None:  # type: ignore[no-untyped-def]
    options = ScreenOptions()
    app = CockpitApp(options, theme_of(options)[0], lambda: opened(today=DetailView()))
    assert os.environ["HOME"]
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: _open_a_level(pilot))


async def _open_a_level(pilot: object) -> None:
    await idle(pilot)
    await press(pilot, "j", "enter", "j", "i")
