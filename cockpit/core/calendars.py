"""The calendar that `fiscal` and `rhythm` work on, found without opening a workspace's data."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cockpit.fiscal import FiscalCalendar, find_calendar
from cockpit.workspace.discover import discover
from cockpit.workspace.names import DEFAULT_CALENDAR

if TYPE_CHECKING:
    from cockpit.rhythm import RhythmCalendar
    from cockpit.workspace import Workspace


class ChosenCalendar(msgspec.Struct, frozen=True):
    """A calendar file and the workspace it belongs to.

    Attributes:
        path: the file.
        workspace: the workspace that was found, or None.
        chosen: whether somebody named the calendar, on the command line or in a workspace.
    """

    path: Path
    workspace: "Workspace | None"
    chosen: bool

    def fiscal(self) -> FiscalCalendar:
        """The fiscal years of the file. Raises ConfigError with all that is wrong with it."""
        return FiscalCalendar.load(self.path, self._holiday_folders)

    def rhythm(self) -> "RhythmCalendar":
        """The fiscal years, events and actions of the file. Raises ConfigError with all that is wrong."""
        from cockpit.rhythm import RhythmCalendar

        return RhythmCalendar.load(self.path, self._holiday_folders)

    @property
    def _holiday_folders(self) -> tuple[Path, ...]:
        return self.workspace.holiday_folders if self.workspace is not None else ()


def choose_calendar(folder: Path | None, name: str | None) -> ChosenCalendar:
    """The calendar named on the command line, else the workspace's, else the bundled default.

    Raises:
        ConfigError: there is no such calendar, or the workspace's configuration is wrong.
    """
    found = discover(folder)
    workspace = None
    if found is not None:
        from cockpit.workspace.load import load_workspace

        workspace = load_workspace(found.folder)
    chosen = name or (workspace.calendar_names[0] if workspace is not None else None)
    path = find_calendar(chosen or DEFAULT_CALENDAR, workspace.folder if workspace is not None else None)
    return ChosenCalendar(path, workspace, chosen is not None)
