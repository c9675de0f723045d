"""Calendar files that others change while the cockpit runs: taken when they are in order, else told about."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cockpit.base.problems import CockpitError, Problem
from cockpit.rhythm.moved import Change, changes

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit

State = tuple[tuple[str, int, int], ...]


class CalendarNews(msgspec.Struct, frozen=True):
    """What became of files that changed.

    Attributes:
        changes: the occurrences that moved, came or went; empty when the files were not taken.
        problems: why they were not taken: the calendars as they were still hold.
    """

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


class CalendarWatch:
    """Looks after the calendars and holiday lists of a workspace; a look costs a `stat` a file.

    A change counts when two looks in a row see the same, so that no half of a file is read.
    """

    def __init__(self, cockpit: "Cockpit") -> None:
        self._cockpit = cockpit
        self._taken = self._last = self._state()

    def look(self) -> CalendarNews | None:
        """Read the calendars again if their files have changed and come to rest; None if nothing has."""
        state, last = self._state(), self._last
        self._last = state
        if state == self._taken or state != last:
            return None
        self._taken = state
        cockpit = self._cockpit
        before = (cockpit.calendar, *cockpit.other_calendars)
        try:
            cockpit.read_calendars_again()
        except CockpitError as error:
            return CalendarNews(problems=error.problems)
        after = (cockpit.calendar, *cockpit.other_calendars)
        found = [
            change
            for was, now in zip(before, after, strict=True)
            for change in changes(was, now, cockpit.today, anchors=cockpit.anchors)
        ]
        return CalendarNews(tuple(found))

    def _state(self) -> State:
        found = []
        for path in sorted(set(self._files())):
            try:
                seen = path.stat()
            except OSError:
                continue
            found.append((str(path), seen.st_size, seen.st_mtime_ns))
        return tuple(found)

    def _files(self) -> Iterator[Path]:
        """The files of the workspace that can have a say, and what the calendars were read from."""
        workspace = self._cockpit.workspace
        for folder in (workspace.calendars_folder, *workspace.holiday_folders):
            yield from folder.glob("*.toml")
        for calendar in (self._cockpit.calendar, *self._cockpit.other_calendars):
            yield Path(calendar.fiscal.file)
            yield from {Path(one.file) for one in calendar.definitions.values()}
