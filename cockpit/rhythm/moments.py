"""From wall time to instants, with the hours that a clock change leaves out or has twice."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=4_000)
def moment(day: date, at: time, zone: ZoneInfo, later: bool = False) -> datetime:
    """The instant of a wall time, in UTC.

    A time that a clock change leaves out is moved on by the length of the gap. A time that occurs twice is
    the first instant, or with `later` the second one: a deadline ends when its hour is really over.
    """
    wall = datetime.combine(day, at, zone)
    return wall.replace(fold=1 if later and not in_gap(day, at, zone) else 0).astimezone(UTC)


def in_gap(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether a clock change leaves that wall time out."""
    wall = datetime.combine(day, at, zone)
    return wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None)


def is_twice(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether that wall time occurs twice."""
    wall = datetime.combine(day, at, zone)
    return not in_gap(day, at, zone) and wall.utcoffset() != wall.replace(fold=1).utcoffset()


def parse_duration(text: str) -> timedelta | None:
    """A length of time such as `30m`, `2h` or `1d`; None for what is none."""
    unit = {"m": "minutes", "h": "hours", "d": "days"}.get(text[-1:])
    if unit is None or not text[:-1].isdigit() or int(text[:-1]) > 10_000:
        return None
    return timedelta(**{unit: int(text[:-1])})
