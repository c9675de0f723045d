"""What is asked about figures, in the words of the command line, made exact."""

from dataclasses import dataclass
from datetime import date, tzinfo
from typing import TYPE_CHECKING

from cockpit.base.problems import Problem, UsageError
from cockpit.fiscal import Comparison, FiscalCalendar, Span, partner, resolve_period
from cockpit.fiscal.compare import Align
from cockpit.fiscal.engines import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from cockpit.sources.history.index import Snapshot


@dataclass(frozen=True, slots=True)
class Question:
    """One question about figures, resolved against a calendar and a day.

    Attributes:
        period: the period asked.
        as_of: the day whose state is asked.
        where: the condition, the standing slice included, or None.
        against: what is compared with, or None.
        earlier: the stored state that is compared with, or None for the tables that are asked.
    """

    period: Span
    as_of: date
    where: str | None
    against: Comparison | None
    earlier: "Snapshot | None" = None


def against(
    calendar: FiscalCalendar, period: Span, as_of: date, words: str | None, align: Align
) -> Comparison | None:
    """The comparison that `--vs` names.

    Args:
        calendar: the governing calendar.
        period: the period asked.
        as_of: the day whose state is asked.
        words: a period, `full:` and a period, "previous" for the unit of the same kind before the asked
            one, or a day; None and "" for no comparison.
        align: how an unfinished period is cut.

    Raises:
        UsageError: the words name no period.
    """
    if not words:
        return None
    if words == "previous":
        if period.unit is None:
            return None
        unit = calendar.shift(period.unit, -1)
        return partner(calendar, period, as_of, Span(unit.label, unit.start, unit.end, unit), align)
    if words in ("last-year", "year") and period.unit is not None and period.unit.kind != "year":
        unit = calendar.unit_of(period.unit.kind, period.unit.fy - 1, period.unit.number)
        return partner(calendar, period, as_of, Span(unit.label, unit.start, unit.end, unit), align)
    day = _day(words)
    if day is not None:
        if day >= as_of:
            raise UsageError(Problem(f"{day} is not before {as_of}, the day of the figures", key="--vs"))
        return on_day(calendar, period, day)
    return partner(calendar, period, as_of, words, align)


def on_day(calendar: FiscalCalendar, period: Span, day: date) -> Comparison:
    """The figures as they stood at the end of a day: of the unit like the asked one that the day lies in.

    A period that is no unit of the calendar stays as it is and is cut at the day.
    """
    unit = None if period.unit is None else calendar.unit(period.unit.kind, day)
    return Comparison(period if unit is None else Span.of(unit), day)


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def condition(where: str | None, slice_where: str | None) -> str | None:
    """A condition and a standing slice together."""
    parts = [part for part in (slice_where, where) if part]
    if len(parts) == 2:
        return f"({parts[0]}) AND ({parts[1]})"
    return parts[0] if parts else None


def ask(
    calendar: FiscalCalendar,
    *,
    period: str,
    as_of: date,
    where: str | None,
    slice_where: str | None,
    vs: str | None,
    align: Align,
    earlier: "Snapshot | None" = None,
    zone: tzinfo | None = None,
) -> Question:
    """Resolve a question. Raises UsageError where a word means nothing."""
    span = resolve_period(calendar, period, as_of)
    for day in (span.start, span.end):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            reach = f"calendars run from {FIRST_YEAR} to {LAST_YEAR}"
            raise UsageError(Problem(f"{day} is out of reach: {reach}", key="--period"))
    whole = condition(where, slice_where)
    if earlier is not None:
        return Question(span, as_of, whole, _at_state(span, earlier, vs or "", zone), earlier)
    return Question(span, as_of, whole, against(calendar, span, as_of, vs, align))


def _at_state(period: Span, earlier: "Snapshot", words: str, zone: tzinfo | None) -> Comparison:
    """The same period as it stood in a stored state; it is named as it was asked for."""
    name = earlier.label or words if words == "lock" else words
    day = earlier.taken_at.astimezone(zone).date()
    return Comparison(Span(name, period.start, period.end, period.unit), day)
