"""What a rule means on a calendar: the units it counts in, and the day it gives in each of them."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from cockpit.fiscal import BusinessDays, FiscalCalendar
from cockpit.fiscal.business import Roll
from cockpit.rhythm.rule import (
    BusinessDayOf,
    DayOf,
    Every,
    NthWeekday,
    Offset,
    Rule,
    RuleUnitKind,
    UnitRef,
    WeekdayOfWeek,
)

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
SLACK = timedelta(days=40)
"""How far a date without an offset can lie outside of its own unit: `BD20 after week`, rolls."""


class RuleUnit(msgspec.Struct, frozen=True):
    """A unit as rules see it: a fiscal unit or, where periods are not months, a calendar month."""

    kind: str
    label: str
    start: date
    end: date


class Candidate(msgspec.Struct, frozen=True):
    """A day that a rule gives, before rolling.

    Attributes:
        unit: the unit that it belongs to, or None for `every`, `event`, `T` and a date.
        base: the day of the base.
        day: the day after the offset.
    """

    unit: RuleUnit | None
    base: date
    day: date


def candidates(
    rule: Rule, fiscal: FiscalCalendar, business: BusinessDays, first: date, last: date
) -> Iterator[Candidate]:
    """Every day that a rule of units, weekdays or business days gives between two days, about.

    More is given than asked for at both ends, since rolling may move days in; the caller cuts.
    """
    margin = SLACK + reach(rule.offset)
    first, last = first - margin, last + margin
    base = rule.base
    if isinstance(base, Every):
        yield from _every(rule, base, business, first, last)
        return
    unit = rule.unit
    if unit is None:
        return
    for one in units(unit, fiscal, first, last):
        found = candidate_in(rule, one, fiscal, business)
        if found is not None:
            yield found


def candidate_in(
    rule: Rule, unit: RuleUnit, fiscal: FiscalCalendar, business: BusinessDays
) -> Candidate | None:
    """The day that a rule gives in one of its units; None where the unit has none (a fifth Tuesday)."""
    base = rule.base
    found: date | None = None
    if isinstance(base, BusinessDayOf):
        found = _business_day(base, unit, business)
    elif isinstance(base, NthWeekday):
        found = _nth_weekday(base, unit)
    elif isinstance(base, DayOf):
        found = unit.start + timedelta(days=base.number - 1) if base.number > 0 else None
        if base.number < 0:
            found = unit.end + timedelta(days=base.number + 1)
        found = found if found is not None and unit.start <= found <= unit.end else None
    elif isinstance(base, WeekdayOfWeek):
        found = _weekday_of_week(base, unit, fiscal)
    if found is None:
        return None
    return Candidate(unit, found, moved(found, rule.offset, business))


def moved(day: date, offset: Offset | None, business: BusinessDays) -> date:
    """The day moved by an offset."""
    if offset is None:
        return day
    if offset.unit == "bd":
        return business.add(day, offset.count)
    if offset.unit == "mo":
        month = day.month - 1 + offset.count
        year, month = day.year + month // 12, month % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    return day + timedelta(days=offset.count * (7 if offset.unit == "w" else 1))


def rolled(day: date, roll: Roll, business: BusinessDays, unit: RuleUnit | None) -> date:
    """The day rolled to a business day; "modified" rolls stay in the rule's own unit."""
    if roll == "none" or business.is_business_day(day):
        return day
    if unit is not None and unit.start <= day <= unit.end:
        return business.roll(day, roll, unit.start, unit.end)
    return business.roll(day, roll)


def reach(offset: Offset | None) -> timedelta:
    """About how far an offset moves a day."""
    if offset is None:
        return timedelta(0)
    days = {"d": 1.0, "bd": 1.7, "w": 7.0, "mo": 31.0}[offset.unit]
    return timedelta(days=int(abs(offset.count) * days) + 10)


def units(reference: UnitRef, fiscal: FiscalCalendar, first: date, last: date) -> Iterator[RuleUnit]:
    """Every unit that a reference names, of those that overlap the days."""
    if reference.inside is not None:
        for outer in units(reference.inside, fiscal, first, last):
            inner = list(_inside(reference.kind, fiscal, outer))
            number = reference.number or 1
            if number <= len(inner):
                yield inner[number - 1]
        return
    if reference.kind == "month" and not fiscal.engine.periods_are_months:
        yield from _calendar_months(first, last)
        return
    kind = "period" if reference.kind == "month" else reference.kind
    for unit in fiscal.units(kind, first, last):
        yield RuleUnit(kind, unit.label, unit.start, unit.end)


def _month_of(day: date) -> RuleUnit:
    """The calendar month of a day."""
    last = monthrange(day.year, day.month)[1]
    return RuleUnit("month", f"{day.year}-{day.month:02}", day.replace(day=1), day.replace(day=last))


def _calendar_months(first: date, last: date) -> Iterator[RuleUnit]:
    day = first.replace(day=1)
    while day <= last:
        month = _month_of(day)
        yield month
        day = month.end + ONE_DAY


def _inside(kind: RuleUnitKind, fiscal: FiscalCalendar, outer: RuleUnit) -> Iterator[RuleUnit]:
    """The units of a kind that begin inside a longer one."""
    for unit in units(UnitRef(kind), fiscal, outer.start, outer.end):
        if outer.start <= unit.start <= outer.end:
            yield unit


def _every(rule: Rule, base: Every, business: BusinessDays, first: date, last: date) -> Iterator[Candidate]:
    day = first
    if len(base.weekdays) == 1:
        day += timedelta(days=(base.weekdays[0] - day.weekday()) % 7)
    step = ONE_WEEK if len(base.weekdays) == 1 else ONE_DAY
    while day <= last:
        wanted = day.weekday() in base.weekdays if base.weekdays else business.is_business_day(day)
        if wanted:
            yield Candidate(None, day, moved(day, rule.offset, business))
        day += step


def _business_day(base: BusinessDayOf, unit: RuleUnit, business: BusinessDays) -> date | None:
    if base.after:
        first = business.roll(unit.end + ONE_DAY, "following")
        return business.add(first, base.number - 1)
    if base.number > 0:
        found = business.add(business.roll(unit.start, "following"), base.number - 1)
    else:
        found = business.add(business.roll(unit.end, "preceding"), base.number + 1)
    return found if unit.start <= found <= unit.end else None


def _nth_weekday(base: NthWeekday, unit: RuleUnit) -> date | None:
    if base.ordinal == -1:
        found = unit.end - timedelta(days=(unit.end.weekday() - base.weekday) % 7)
    else:
        found = unit.start + timedelta(days=(base.weekday - unit.start.weekday()) % 7)
        found += ONE_WEEK * (base.ordinal - 1)
    return found if unit.start <= found <= unit.end else None


def _weekday_of_week(base: WeekdayOfWeek, unit: RuleUnit, fiscal: FiscalCalendar) -> date | None:
    """The weekday in the nth week of the unit, weeks being cut at its ends."""
    year = fiscal.year(unit.start)
    if year.whole_weeks is not None:
        start, end = unit.start + ONE_WEEK * (base.week - 1), unit.start + ONE_WEEK * base.week - ONE_DAY
    else:
        number, starts = fiscal.naming.weeks.starts(unit.start, unit.end)
        place = base.week - number
        if not 0 <= place < len(starts):
            return None
        start = starts[place]
        end = starts[place + 1] - ONE_DAY if place + 1 < len(starts) else unit.end
    found = start + timedelta(days=(base.weekday - start.weekday()) % 7)
    return found if found <= min(end, unit.end) else None
