"""The last look stands in for the figures until they are there, and is kept anew when they have arrived."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.panes.view import Size
from cockpit.tui import lastlook
from cockpit.tui.rows import Row

if TYPE_CHECKING:
    from cockpit.tui.session import Session


class StandIn:
    """The rows that are shown in the place of those that are still being read.

    Args:
        file: of the last look, or None to know and keep none.
        folder: of the workspace, or None for the demo.
        ascii_only: draw with ASCII characters.
    """

    def __init__(self, file: Path | None, folder: Path | None, ascii_only: bool) -> None:
        self._file = file
        self._folder = folder
        self._ascii_only = ascii_only
        self._rows: list[Row] = []
        self._size = Size(0, 0)
        self._kept: tuple[object, Size] = (None, Size(0, 0))

    @property
    def stands(self) -> bool:
        """Whether the last look is what is seen."""
        return bool(self._rows)

    def let_go(self) -> None:
        """Show the screen as it is from now on."""
        self._rows = []

    def first_frame(self, size: Size, words: str) -> list[Row]:
        """What to show before anything is opened; where no last look is known, what is waited for."""
        known = lastlook.recall(self._file) if self._file is not None else None
        if known is None:
            return lastlook.first_look(self._folder, size.width, size.height, words)
        self._size = size
        self._rows = known.shown(size.width, size.height, datetime.now(UTC), self._ascii_only)
        return self._rows

    def cover(self, rows: list[Row], size: Size) -> list[Row]:
        """The rows of a screen, all but the head line covered while the last look stands."""
        return [*rows[:1], *self._rows[1:]] if self._rows and size == self._size else rows

    def keeping(self, session: "Session", rows: list[Row]) -> Callable[[], None] | None:
        """What keeps these rows for the next start; None unless Today's figures have just arrived."""
        file, cockpit = self._file, session.cockpit
        seen = (session.level.data, session.state.size)
        same = self._kept[0] is seen[0] and self._kept[1] == seen[1]
        if file is None or same or not session.plainly_shows("today"):
            return None
        self._kept = seen

        def keep() -> None:
            from cockpit.core.history import record_look

            lastlook.remember(file, cockpit, rows)  # first: to record a million rows takes a while
            record_look(cockpit)

        return keep
