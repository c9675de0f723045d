"""Follows the file of the theme while somebody edits it: the screen changes clothes when it is saved.

A file that is wrong is told in one line, and the looks of before stay.
"""

from collections.abc import Callable
from pathlib import Path

from cockpit.base.problems import CockpitError
from cockpit.tui.theme import Theme, find_theme, read_theme

Stamp = tuple[int, int]
"""When a file was written, in nanoseconds, and its size in bytes."""


class ThemeFollower:
    """Looks whether the file of a theme has changed.

    Args:
        asked: the name or path that the theme was asked for by; None for the default.
        wear: takes the theme that was read.
        say: takes one line about a file that is wrong.
    """

    def __init__(self, asked: str | None, wear: Callable[[Theme], None], say: Callable[[str], None]) -> None:
        self._asked = asked
        self._wear = wear
        self._say = say
        self._seen = self._stamp()

    def tick(self) -> None:
        """Take up what was saved since the last look; called every second or so."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        path = self._path()
        if path is None:
            return
        try:
            self._wear(read_theme(path))
        except CockpitError as error:
            more = len(error.problems) - 1
            and_more = f" (and {more} more)" if more else ""
            self._say(f"the looks of before stay: {error.problems[0]}{and_more}")

    def _path(self) -> Path | None:
        try:
            return find_theme(self._asked)
        except CockpitError:
            return None

    def _stamp(self) -> Stamp | None:
        """The file's; None where there is none, as for a moment while an editor replaces it."""
        path = self._path()
        try:
            found = None if path is None else path.stat()
        except OSError:
            return None
        return None if found is None else (found.st_mtime_ns, found.st_size)
