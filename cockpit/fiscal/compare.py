"""The partner of a period, for comparison with the same point of an earlier one; and the as-of date.

An unfinished period is compared with the same part of another one: as many business days, days, or
business days before the end. Years of weeks align by week and weekday. The 53rd week has no partner
(`drop-last`, as the National Retail Federation compares), or years after one of 53 weeks are compared
with weeks one later (`shift`, restated).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.periods import Span, resolve_period
from cockpit.fiscal.unit import Unit

Align = Literal["bd", "day", "bd-left"]

ONE_DAY = timedelta(days=1)
FULL = "full:"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a period is compared with.

    Attributes:
        span: the whole compared period.
        through: the day in it that the as-of date corresponds to, or None without a bound.
    """

    span: Span
    through: date | None


def partner(
    calendar: FiscalCalendar, span: Span, as_of: date, against: Span | str, align: Align = "bd"
) -> Comparison:
    """The part of another period that corresponds to a period as far as the as-of date.

    Args:
        calendar: whose business days and weeks count.
        span: the period that was asked for.
        as_of: how far it has got.
        against: the other period, or its name; `full:NAME` takes all of it.
        align: what corresponds: the same business day, the same day, or the same number of business
            days before the end. A shorter period ends with its last day.

    Raises:
        UsageError: the name is no period.
    """
    whole = False
    if isinstance(against, str):
        whole = against.startswith(FULL)
        against = resolve_period(calendar, against.removeprefix(FULL), as_of)
    through = span.through(as_of)
    if whole or against.end is None or against.start is None or span.start is None or through is None:
        return Comparison(against, against.end)
    weeks_apart = _weeks_shifted(calendar, span.unit, against.unit)
    other = against
    if weeks_apart is not None:
        other = _restated(calendar, against, weeks_apart)
    if span.finished(as_of) and span.label not in ("qtd", "ytd"):
        last = other.end
        if weeks_apart is not None and span.end is not None and other.start is not None and last is not None:
            # the extra week of a longer unit has no partner
            last = min(last, other.start + (span.end - span.start))
        return Comparison(other, last)
    if through < span.start:
        return Comparison(other, _before(other))
    return Comparison(other, _same_point(calendar, span, through, other, align, weeks_apart is not None))


def _weeks_shifted(calendar: FiscalCalendar, unit: Unit | None, other: Unit | None) -> int | None:
    """By how many weeks the other unit is restated; None where units do not align by weeks.

    Under `shift` every year of 53 weeks between the two moves the earlier one by a week.
    """
    if unit is None or other is None or unit.kind != other.kind:
        return None
    years = (calendar.engine.year(unit.fy), calendar.engine.year(other.fy))
    if any(year.whole_weeks is None for year in years):
        return None
    if calendar.naming.leap != "shift" or other.fy >= unit.fy:
        return 0
    return sum(1 for fy in range(other.fy, unit.fy) if calendar.engine.year(fy).whole_weeks == 53)


def _restated(calendar: FiscalCalendar, against: Span, weeks: int) -> Span:
    """A unit of an earlier year of 53 weeks, moved so that its weeks lie beside those of a later year.

    A unit that holds the 53rd week gives its first week up, as does all that follows it in that year;
    what comes before it moves as a whole.
    """
    if weeks == 0 or against.start is None or against.end is None or against.unit is None:
        return against
    moved = timedelta(weeks=weeks)
    year = calendar.engine.year(against.unit.fy)
    end = against.end
    if year.whole_weeks == 53 and end == year.end:
        # the year's end is the same; only the start moves
        return Span(against.label, against.start + moved, end, against.unit)
    return Span(against.label, against.start + moved, end + moved, against.unit)


def _same_point(
    calendar: FiscalCalendar, span: Span, through: date, other: Span, align: Align, by_weeks: bool
) -> date | None:
    start, first, last = span.start, other.start, other.end
    if start is None or first is None or last is None:
        return last
    if by_weeks or align == "day":
        return min(first + (through - start), last)
    business = calendar.business
    if align == "bd-left":
        if span.end is None:
            return last
        left = business.count(through + ONE_DAY, span.end)
        if left == 0:
            return last
        position = business.count(first, last) - left
        if position <= 0:
            return _before(other)
        return business.add(_first_business_day(calendar, first), position - 1)
    number = business.count(start, through)
    if number == 0:
        # no business day yet: as many days off, as far as the other period begins with such
        day = min(first + (through - start), last)
        return min(day, max(_first_business_day(calendar, first) - ONE_DAY, first - ONE_DAY))
    day = business.add(_first_business_day(calendar, first), number - 1)
    return min(day, last)


def _first_business_day(calendar: FiscalCalendar, first: date) -> date:
    return calendar.business.roll(first, "following")


def _before(span: Span) -> date | None:
    """The day before a span: nothing of it has come yet."""
    return span.start - ONE_DAY if span.start is not None else None


def resolve_as_of(
    calendar: FiscalCalendar, text: str, latest: Callable[[], date | None], today: date
) -> date:
    """The day that an as-of word stands for.

    Args:
        calendar: whose business days count.
        text: a date, `today`, `last-bd` (the last complete business day) or `latest`.
        latest: the newest date in the data; today stands in where there is none.
        today: the calendar's day.

    Raises:
        UsageError: it is none of these.
    """
    word = clean(text.strip())
    if word == "today":
        return today
    if word == "last-bd":
        return calendar.business.previous(today)
    if word == "latest":
        return latest() or today
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        hint = did_you_mean(word, ("today", "last-bd", "latest")) or "a date, today, last-bd or latest"
        raise UsageError(Problem(f"{word!r} is no as-of date", hint=hint)) from error
