"""A workspace with a small calendar of its own, which the tests change."""

from pathlib import Path

CALENDAR = """
schema = 1
[calendar]
id = "us"
timezone = "America/Los_Angeles"
[fiscal]
system = "months"
start_month = 7
year_name = "end"
[[event]]
id = "review"
title = "Monthly review"
kind = "review"
when = "2nd Tue of month"
"""


def calendar_workspace(folder: Path) -> Path:
    """A workspace in a folder below, whose calendar is `calendars/us.toml`."""
    workspace = folder / "workspace"
    (workspace / "calendars").mkdir(parents=True)
    calendar_file(workspace).write_text(CALENDAR, encoding="utf-8")
    config = 'schema = 1\nname = "US"\ncalendar = "us"\nas_of = "2026-11-23"\n'
    (workspace / "cockpit.toml").write_text(config, encoding="utf-8")
    return workspace


def calendar_file(workspace: Path) -> Path:
    """The calendar of such a workspace."""
    return workspace / "calendars" / "us.toml"
