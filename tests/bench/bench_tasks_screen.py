"""A screen of 82,000 tasks: opening the view until its first rows are painted, and each key of a filter.

The real program runs in Textual's headless driver. A key's time ends at the last paint before the program
has come to rest, so it holds everything that the key caused: filtering, grouping, laying out, painting.
The keys are pressed one by one, each after the answer to the one before; of three rounds the best counts.

    python tests/bench/bench_tasks_screen.py [TASKS]
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench_work import workspace
from textual import events

from cockpit import Cockpit
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import open_for_screen, theme_of

REST = 0.08
"""Seconds without work or paint after which a key has been answered."""
FILTERS = ("customer 77", "owner:me", '"renewal" -workstream:annuity', "all", "all customer 8123", "due:<5bd")
ROUNDS = 3
"""Each filter is typed so often; the best of a key counts, so that other work of the machine does not."""
ROWS_AIM, KEY_AIM = 150, 50
"""Milliseconds that the first rows and a key of a filter may take."""
NAMES = {":": "colon", "/": "slash", " ": "space", '"': "quotation_mark", "-": "minus", "<": "less_than_sign"}


class PaintingApp(CockpitApp):
    """The program, which notes when it painted last."""

    painted = 0.0

    def _display(self, *arguments: Any) -> None:
        super()._display(*arguments)
        self.painted = time.perf_counter()


async def settled(app: PaintingApp) -> None:
    """Wait until nothing is under way and nothing has been painted for a while."""
    quiet_since = time.perf_counter()
    while time.perf_counter() - quiet_since < REST:
        await asyncio.sleep(0.002)
        if not app.idle or app.session is None or app.painted > quiet_since:
            quiet_since = time.perf_counter()


async def press(app: PaintingApp, key: str) -> float:
    """Milliseconds from a key to the last paint that it caused."""
    await settled(app)
    started = time.perf_counter()
    app.post_message(events.Key(NAMES.get(key, key), key if len(key) == 1 else None))
    await asyncio.sleep(0)
    await settled(app)
    return max(app.painted - started, 0.0) * 1000


async def measured(folder: Path) -> tuple[float, float, dict[str, list[float]]]:
    """Until the first rows, until the view is complete, and by filter the times of its keys."""
    options = ScreenOptions(folder)
    app = PaintingApp(options, theme_of(options)[0], lambda: open_for_screen(Cockpit.open, options))
    async with app.run_test(size=(120, 40)):
        await settled(app)
        rows = asyncio.create_task(_first_rows(app, time.perf_counter() + REST))
        complete = await press(app, "3")
        first = await rows
        keys: dict[str, list[float]] = {}
        for text in FILTERS * ROUNDS:
            await press(app, "/")
            await press(app, "ctrl+u")
            times = [await press(app, key) for key in text]
            keys[text] = [min(pair) for pair in zip(times, keys.get(text, times), strict=True)]
            await press(app, "escape")
    return first, complete, keys


async def _first_rows(app: PaintingApp, started: float) -> float:
    """Milliseconds from then until a task of the list is painted."""
    while not _lists_tasks(app):
        await asyncio.sleep(0.001)
    shown = time.perf_counter()
    while app.painted < shown and time.perf_counter() - shown < 1:
        await asyncio.sleep(0.001)
    return (app.painted - started) * 1000


def _lists_tasks(app: PaintingApp) -> bool:
    if app.session is None or app.session.level.view.name != "tasks":
        return False
    return app.session.level.page is not None and app.shows("customer")


def main() -> None:
    count = int(sys.argv[1]) if sys.argv[1:] else 82_000
    with tempfile.TemporaryDirectory() as name:
        folder = workspace(Path(name) / "many", count)
        first, complete, keys = asyncio.run(measured(folder))
    print(f"{count:,} tasks, 120x40")
    print(
        f"first rows {first:.0f} ms after the key (aim: under {ROWS_AIM}); complete after {complete:.0f} ms"
    )
    for text, times in keys.items():
        each = " ".join(f"{spent:.0f}" for spent in times)
        print(f"/ {text:32} median {statistics.median(times):4.0f}   worst {max(times):4.0f}   ({each})")
    every = [spent for times in keys.values() for spent in times]
    slow = sum(spent >= KEY_AIM for spent in every)
    worst, middle = max(every), statistics.median(every)
    print(f"all keys: median {middle:.0f}, worst {worst:.0f}; {slow} of {len(every)} at {KEY_AIM} or more")


if __name__ == "__main__":
    main()
