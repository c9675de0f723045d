"""Calendar files for tests of the fiscal package."""

from functools import cache
from pathlib import Path

from cockpit.fiscal import FiscalCalendar

FOLDER = Path(__file__).parent / "calendars"
SYSTEMS = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
HEAD = 'schema = 1\n[calendar]\nid = "test"\ntimezone = "UTC"\n'
MONTHS = '[fiscal]\nsystem = "months"\nstart_month = 7\nyear_name = "end"\n'
WEEKS = (
    '[fiscal]\nsystem = "weeks"\nyear_end = { weekday = "sat", month = 1, pick = "nearest" }\n'
    'periods = [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4]\nleap_week = 12\nyear_name = "start"\n'
)
BROADCAST = '[fiscal]\nsystem = "broadcast"\nyear_name = "end"\n'
TABLE = (
    '[fiscal]\nsystem = "table"\n'
    '[[fiscal.year]]\nlabel = "FY25"\nstart = 2024-07-01\nend = 2025-06-30\n'
    '[[fiscal.year]]\nlabel = "TY26"\nstart = 2025-07-01\nend = 2025-12-31\n'
    '[[fiscal.year]]\nlabel = "FY2027"\nstart = 2026-01-01\nend = 2026-12-31\n'
)


@cache
def system(name: str) -> FiscalCalendar:
    """One of the calendars of the published answers."""
    return FiscalCalendar.load(FOLDER / f"{name}.toml")


def load(folder: Path, text: str) -> FiscalCalendar:
    """A calendar of that text; `folder` keeps the file."""
    path = folder / "test.toml"
    path.write_text(text)
    return FiscalCalendar.load(path)
