"""The partner of a period, for comparison with the same point of another one; and what "as of" means."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

import msgspec

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal.business import ONE_DAY, BusinessDays
from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.periods import Span, resolve_period

Align = Literal["bd", "day", "bd-left"]
"""Same business day, same day number, or same number of business days before the end."""

_WEEK = timedelta(days=7)
_WORDS = ("today", "last-bd", "latest")


class Comparison(msgspec.Struct, frozen=True):
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

    A finished period is compared with the whole other one. An unfinished one is cut: in systems of weeks
    at the same week and weekday, else as `align` says; at its last day where the other one is shorter.
    The 53rd week is treated as the calendar's `compare` says.

    Args:
        calendar: whose days and weeks are counted.
        span: the period asked.
        as_of: the day whose state is asked.
        against: the other period, its name, or `full:` and its name to leave it whole.
        align: how an unfinished period is cut in systems of months.

    Raises:
        UsageError: the other period's name means nothing.
    """
    if isinstance(against, str):
        name = against.removeprefix("full:")
        other = resolve_period(calendar, name, as_of)
        if name != against:
            return Comparison(other, other.end)
    else:
        other = against
    if other.start is None or other.end is None or span.start is None:
        return Comparison(other, other.end)
    if calendar.year(other.start).whole_weeks is not None:
        return _by_weeks(calendar, span, as_of, other)
    if span.finished(as_of):
        return Comparison(other, other.end)
    through = _aligned(calendar.business, span, as_of, other, align)
    return Comparison(other, min(max(through, other.start - ONE_DAY), other.end))


def _by_weeks(calendar: FiscalCalendar, span: Span, as_of: date, other: Span) -> Comparison:
    """Same week and weekday; the year with 53 weeks is cut at its end or shifted by one week."""
    assert span.start is not None and other.start is not None and other.end is not None
    asked, compared = calendar.year(span.start), calendar.year(other.start)
    longer = (compared.whole_weeks or 0) - (asked.whole_weeks or 0)
    start, end = other.start, other.end
    whole_year = span.unit is not None and span.unit.kind == "year"
    if longer > 0 and asked.fy != compared.fy:
        if calendar.naming.leap == "shift":
            start += _WEEK
            end = end if whole_year else end + _WEEK
        elif whole_year:
            end -= _WEEK * longer
    shown = Span(other.label, start, end, other.unit)
    if span.finished(as_of):
        return Comparison(shown, end)
    return Comparison(shown, min(start + (as_of - span.start), end))


def _aligned(business: BusinessDays, span: Span, as_of: date, other: Span, align: Align) -> date:
    """The day of the other period that corresponds to the as-of date."""
    assert span.start is not None and other.start is not None and other.end is not None
    span_end = span.unit.end if span.unit is not None else span.end
    known = all(business.covers(day) for day in (span.start, span_end or as_of, other.start, other.end))
    if align == "day" or not known or span_end is None:
        return other.start + (as_of - span.start)
    if align == "bd-left":
        number = business.count(other.start, other.end) - business.count(as_of + ONE_DAY, span_end)
    else:
        number = business.count(span.start, as_of)
    first = business.roll(other.start, "following")
    day = business.add(first, number - 1) if number > 0 else other.start - ONE_DAY
    if business.is_business_day(as_of):
        return day
    # a Saturday stands for all of the week before it, the weekend included
    return business.next(day) - ONE_DAY


def resolve_as_of(
    calendar: FiscalCalendar, text: str, latest: Callable[[], date | None], today: date
) -> date:
    """The day that an as-of word stands for.

    Args:
        calendar: whose business days are counted.
        text: a date, `today`, `last-bd` (the last complete business day) or `latest` (the newest date in
            the data).
        latest: finds the newest date in the data; asked only for `latest`.
        today: the calendar's day.

    Raises:
        UsageError: it is none of these.
    """
    word = text.strip().casefold()
    if word == "today":
        return today
    if word == "last-bd":
        return calendar.business.previous(today)
    if word == "latest":
        return latest() or today
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        hint = did_you_mean(word, _WORDS) or "YYYY-MM-DD, today, last-bd or latest"
        raise UsageError(Problem(f"{clean(text)!r} is no day", key="as-of", hint=hint)) from error
