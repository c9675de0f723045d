"""Rules and rolls in words: why something falls on its day."""

from datetime import date

from cockpit.fiscal import BusinessDays
from cockpit.fiscal.weekdays import LONG_WEEKDAYS, WEEKDAYS
from cockpit.rhythm.dates import Candidate
from cockpit.rhythm.rule import (
    ORDINALS,
    AnchorBase,
    Base,
    BusinessDayOf,
    DayOf,
    EventBase,
    Every,
    FixedDate,
    NthWeekday,
    Offset,
    Rule,
    WeekdayOfWeek,
)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OFFSETS = {"d": "day", "bd": "business day", "w": "week", "mo": "month"}


def reason(rule: Rule, found: Candidate, day: date, business: BusinessDays, anchor: str = "") -> str:
    """Why an occurrence of a rule falls on a day, rolling included.

    Args:
        rule: what gave the day.
        found: the day before rolling.
        day: the day after rolling.
        business: names the holiday that a day was rolled off.
        anchor: what T or the event is, in words.
    """
    label = found.unit.label if found.unit is not None else ""
    said = _base(rule.base, label, anchor)
    if rule.offset is not None and rule.offset.count:
        said = f"{_offset(rule.offset)} {said}"
    if day == found.day:
        return said
    way = "back" if day < found.day else "on"
    return (
        f"{said}; {written(found.day, True)} is {_off(found.day, business)}, rolled {way} to {written(day)}"
    )


def _off(day: date, business: BusinessDays) -> str:
    name = business.holiday_name(day)
    if name is not None:
        return name
    return f"a {LONG_WEEKDAYS[day.weekday()]}"


def written(day: date, with_year: bool = False) -> str:
    """A day with its weekday, "Fri 30 Jul", or with its year, "31 Jul 2027"."""
    month = _MONTHS[day.month - 1]
    return f"{day.day} {month} {day.year}" if with_year else f"{WEEKDAYS[day.weekday()]} {day.day} {month}"


def _base(base: Base, label: str, anchor: str) -> str:
    match base:
        case BusinessDayOf():
            if base.after:
                return f"{_ordinal(base.number)} business day after {label}"
            return f"{_ordinal(base.number)} business day of {label}"
        case NthWeekday():
            ordinal = "last" if base.ordinal == -1 else ORDINALS[base.ordinal - 1]
            return f"{ordinal} {LONG_WEEKDAYS[base.weekday]} of {label}"
        case Every():
            if not base.weekdays:
                return "every business day"
            return "every " + " and ".join(LONG_WEEKDAYS[day] for day in base.weekdays)
        case DayOf():
            return f"{_ordinal(base.number)} day of {label}"
        case WeekdayOfWeek():
            return f"{LONG_WEEKDAYS[base.weekday]} of week {base.week} of {label}"
        case EventBase():
            return anchor or "the day of its event"
        case AnchorBase():
            return anchor or "its date"
        case FixedDate():
            return f"on {base.day}"


def _ordinal(number: int) -> str:
    if number == -1:
        return "last"
    tail = {1: "st", 2: "nd", 3: "rd"}.get(abs(number) % 10, "th")
    if abs(number) % 100 in (11, 12, 13):
        tail = "th"
    return f"{number}{tail}" if number > 0 else f"{-number}{tail} last"


def _offset(offset: Offset) -> str:
    count = abs(offset.count)
    unit = _OFFSETS[offset.unit] + ("" if count == 1 else "s")
    return f"{count} {unit} {'before' if offset.count < 0 else 'after'}"
