"""The terminal screen: the only part that knows Textual.

It draws any `View` and turns keys into the ways that views offer. What keys do is decided in plain
Python (`session.py` and the handlers beside it); Textual only reads the terminal and writes to it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.tui.options import ScreenOptions

if TYPE_CHECKING:
    from cockpit.core import Cockpit

__all__ = ["ScreenOptions", "run"]


def run(open_cockpit: "Callable[[Path | None], Cockpit]", options: ScreenOptions) -> int:
    """Show the cockpit until it is left.

    Args:
        open_cockpit: opens the workspace of a folder (None: where the start looks for one); called in a
            thread once the first frame is on the screen.
        options: what was chosen on the command line.

    Returns:
        The exit code.

    Raises:
        CockpitError: the workspace could not be opened.
    """
    from cockpit.tui.start import run_screen

    return run_screen(open_cockpit, options)
