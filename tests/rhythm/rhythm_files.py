"""Calendar files for tests of the rhythm."""

from datetime import date
from pathlib import Path

from cockpit.rhythm import RhythmCalendar

FIELD = (
    'schema = 1\n[calendar]\nid = "us"\ntimezone = "America/Los_Angeles"\nholidays = ["us-federal"]\n'
    '[fiscal]\nsystem = "months"\nstart_month = 7\nyear_name = "end"\n'
)
COMPANY = (
    '[[holiday_set]]\nname = "us-federal"\ndrop = ["Columbus Day", "Veterans Day"]\nadd = [\n'
    + "".join(
        f'{{ date = {day}, name = "Day after Thanksgiving" }},\n'
        for day in ("2023-11-24", "2024-11-29", "2025-11-28", "2026-11-27", "2027-11-26")
    )
    + "]\n"
)
RETAIL = (
    'schema = 1\n[calendar]\nid = "retail"\ntimezone = "America/New_York"\nholidays = ["us-federal"]\n'
    '[fiscal]\nsystem = "weeks"\nyear_end = { weekday = "sat", month = 1, pick = "nearest" }\n'
    'periods = [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4]\nleap_week = 12\nyear_name = "start"\n'
)
YEAR = (date(2026, 7, 1), date(2027, 6, 30))


def load(folder: Path, text: str, name: str = "us.toml") -> RhythmCalendar:
    """A calendar of that text; `folder` keeps the file."""
    path = folder / name
    path.write_text(text)
    return RhythmCalendar.load(path)


def event(when: str, more: str = "", id: str = "e") -> str:
    """An event with that rule."""
    return f'[[event]]\nid = "{id}"\ntitle = "An event"\nwhen = "{when}"\n{more}\n'


def action(due: str, more: str = "", id: str = "a") -> str:
    """An action with that rule."""
    return f'[[action]]\nid = "{id}"\ntitle = "An action"\ndue = "{due}"\n{more}\n'
