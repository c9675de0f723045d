"""The calendar that `fiscal` and `rhythm` work on, found without opening a workspace's data."""

from dataclasses import dataclass
from pathlib import Path

from cockpit.fiscal import find_calendar
from cockpit.rhythm import RhythmCalendar
from cockpit.workspace import Workspace, discover, load_workspace
from cockpit.workspace.config import DEFAULT_CALENDAR


@dataclass(frozen=True, slots=True)
class OpenedCalendar:
    """A calendar and the workspace it belongs to.

    Attributes:
        calendar: the calendar.
        workspace: the workspace that was found, or None.
        chosen: whether somebody named the calendar, on the command line or in a workspace.
    """

    calendar: RhythmCalendar
    workspace: Workspace | None
    chosen: bool


def open_calendar(folder: Path | None, name: str | None) -> OpenedCalendar:
    """The calendar named on the command line, else the workspace's, else the bundled default.

    Raises:
        ConfigError: the calendar or the workspace's configuration is wrong.
    """
    found = discover(folder)
    workspace = load_workspace(found.folder) if found is not None else None
    chosen = name or (workspace.calendar_names[0] if workspace is not None else None)
    path = find_calendar(chosen or DEFAULT_CALENDAR, workspace.folder if workspace is not None else None)
    folders = workspace.holiday_folders if workspace is not None else ()
    return OpenedCalendar(RhythmCalendar.load(path, folders), workspace, chosen is not None)
