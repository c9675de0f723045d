"""Where calendar files are."""

from pathlib import Path


def find_calendar(name: str, workspace_folder: Path | None = None) -> Path:
    """The file of a calendar: a NAME of the workspace's `calendars/` or of the bundled ones, or a path."""
    raise NotImplementedError
