"""Driving the real Textual program in a test: waiting for idle, never for time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fakes import FakeCockpit, opened

from cockpit.panes.view import View
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import theme_of


async def idle(pilot: Any) -> None:
    """Wait until no job, no drawing and no message is under way."""
    quiet = 0
    for _ in range(2000):
        await pilot._wait_for_screen()
        await asyncio.sleep(0)
        quiet = quiet + 1 if pilot.app.idle and pilot.app.session is not None else 0
        if quiet >= 3:
            return
        await asyncio.sleep(0.002)
    raise AssertionError("the program never came to rest")


@asynccontextmanager
async def running(
    size: tuple[int, int] = (120, 40), cockpit: FakeCockpit | None = None, **roots: View
) -> AsyncIterator[Any]:
    """The program on fake views."""
    options = ScreenOptions()
    app = CockpitApp(options, theme_of(options)[0], lambda: opened(cockpit, **roots))
    async with app.run_test(size=size) as pilot:
        await idle(pilot)
        yield pilot


async def press(pilot: Any, *keys: str) -> None:
    """Press keys as a terminal sends them, and wait for idle."""
    names = {"?": "question_mark", "/": "slash", ":": "colon", "[": "left_square_bracket"}
    for key in keys:
        await pilot.press(names.get(key, key))
    await idle(pilot)


def screen(pilot: Any) -> list[str]:
    """What the terminal shows, row by row."""
    canvas = pilot.app.canvas
    return [canvas.render_line(y).text for y in range(canvas.size.height)]


async def look_around(pilot: Any) -> None:
    """What the program does every second or so, done now."""
    pilot.app._look_around()
    await idle(pilot)


async def until(pilot: Any, what: str | Callable[[], bool]) -> list[str]:
    """Wait until the screen says something, or something is so, and the program rests; returns the screen."""
    for _ in range(1500):
        await pilot._wait_for_screen()
        rows = screen(pilot)
        if any(what in row for row in rows) if isinstance(what, str) else what():
            await idle(pilot)
            return rows
        await asyncio.sleep(0.01)
    raise AssertionError("\n".join(screen(pilot)))
