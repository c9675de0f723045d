"""Makes the pictures of the README and the tour: `python docs/pictures.py`.

The demo, the dark theme and 120 by 40 cells; day, hour and login are fixed, so that the same program gives
the same pictures everywhere.
"""

import asyncio
import html
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from cockpit.core import Cockpit
from cockpit.store import SqliteStore, open_store
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import Opened, open_for_screen, theme_of
from cockpit.workspace.demo import DEFAULT_ROWS, write_demo

PICTURES = Path(__file__).with_name("pictures")
SIZE = (120, 40)
NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
READ_AT = NOW - timedelta(minutes=38)
SCREENS = {
    "today": ((), "Today"),
    "tasks": (("3",), "Tasks"),
    "close-rate-by-manager": (("4", ":", *"close_rate", "enter"), "Pipeline: close rate by manager"),
    "rhythm": (("2",), "Rhythm"),
}
"""By file name: the keys that lead there from the start, and the title of the picture."""
TEXT = re.compile(
    r'<text class="(?P<look>[^"]*)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="[\d.]+" '
    r'clip-path="(?P<clip>[^"]*)">(?P<text>[^<]*)</text>'
)
CELL = 12.2
"""Width of a cell in the pictures, in their own unit."""
KEY_NAMES = {":": "colon", "_": "underscore"}


class PictureCockpit(Cockpit):
    """The demo at a fixed hour, as its own person Pat sees it."""

    @property
    def now(self) -> datetime:
        """The hour at which the pictures are taken."""
        return NOW

    @property
    def data_read_at(self) -> datetime | None:
        """When the data was read, which the head line tells."""
        return READ_AT if super().data_read_at is not None else None

    @property
    def store(self) -> SqliteStore:
        """The demo's store, opened in the name of Pat."""
        if self._store is None:
            self._store = open_store(self.workspace.store_path, actor="pat")
        return self._store


async def take(workspace: Path, names: Sequence[str] = tuple(SCREENS)) -> dict[str, str]:
    """The pictures of those names as SVG, by file name.

    Args:
        workspace: a demo, whose data was read already.
        names: which of `SCREENS`.
    """
    options = ScreenOptions(theme="dark")
    theme = theme_of(options)[0]

    def opened() -> Opened:
        return open_for_screen(lambda folder: PictureCockpit.open(workspace), options)

    pictures = {}
    for name in names:
        keys, title = SCREENS[name]
        app = CockpitApp(options, theme, opened)
        async with app.run_test(size=SIZE) as pilot:
            await idle(pilot)
            for key in keys:
                await pilot.press(KEY_NAMES.get(key, key))
                await idle(pilot)
            pictures[name] = plain(app.export_screenshot(title=f"cockpit - {title}"))
    return pictures


def prepared(folder: Path, rows: int = DEFAULT_ROWS) -> Path:
    """A fresh demo whose sources were pulled and whose tasks were made."""
    write_demo(folder, rows)
    with PictureCockpit.open(folder) as cockpit:
        cockpit.sync()
        cockpit.tasks()
    return folder


async def idle(pilot: Any) -> None:
    """Wait until no job, no drawing and no message is under way."""
    quiet = 0
    for _ in range(5000):
        await pilot._wait_for_screen()
        await asyncio.sleep(0.002)
        quiet = quiet + 1 if pilot.app.idle and pilot.app.session is not None else 0
        if quiet >= 3:
            return
    raise AssertionError("the program never came to rest")


def plain(picture: str) -> str:
    """The picture with nothing that code hosts do not load or draw differently.

    Fonts from elsewhere give way to the reader's own, and every piece of text stands at its own place:
    not all programs give leading blanks their width.
    """
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    picture = picture.replace("Fira Code", "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono")
    picture = re.sub(r"terminal-\d+", "terminal", picture)
    return TEXT.sub(_pieces, picture)


def _pieces(found: re.Match[str]) -> str:
    """One text of the picture as a text for each piece between two or more blanks."""
    text = html.unescape(found["text"]).replace("\N{NO-BREAK SPACE}", " ")
    pieces = []
    for piece in re.finditer(r"\S+(?: \S+)*", text):
        x = float(found["x"]) + cell_len(text[: piece.start()]) * CELL
        length = cell_len(piece[0]) * CELL
        pieces.append(
            f'<text class="{found["look"]}" x="{x:g}" y="{found["y"]}" textLength="{length:g}" '
            f'clip-path="{found["clip"]}">{html.escape(piece[0], quote=False)}</text>'
        )
    return "".join(pieces)


def main() -> None:
    """Take all pictures on a fresh demo, with a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            os.environ[variable] = str(Path(home) / variable.lower())
        for variable in ("NO_COLOR", "COCKPIT_WORKSPACE"):
            os.environ.pop(variable, None)
        pictures = asyncio.run(take(prepared(Path(home) / "demo")))
    PICTURES.mkdir(exist_ok=True)
    for name, picture in pictures.items():
        (PICTURES / f"{name}.svg").write_text(picture, encoding="utf-8")
        sys.stdout.write(f"{name}.svg  {len(picture.encode()) // 1000} KB\n")


if __name__ == "__main__":
    main()
