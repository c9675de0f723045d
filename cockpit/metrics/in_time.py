"""Figures unit by unit of the calendar: `by` may name week, period (or month), quarter, half or year.

Every unit of the period is a question of its own, so that ratios, formulas and states are right in each, and
a unit without rows still shows. A flow is counted from the records as they are at the day asked, so that its
units add up to its total; a state, and what is taken to date, is that of the unit's last day (or of the day
asked, where that is earlier) and never added up.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from cockpit.base.problems import Problem, UsageError
from cockpit.fiscal.compare import Comparison, partner
from cockpit.fiscal.periods import Span
from cockpit.fiscal.unit import UnitKind
from cockpit.metrics.aggregate import Group, empty_cell
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.figures import simple_parts
from cockpit.metrics.moment import Unreachable
from cockpit.metrics.query import Query
from cockpit.metrics.results import REBUILT, KpiResult, KpiRow
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.sql.tree import names_in
from cockpit.metrics.state import Cut, State

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

GRAINS: Final[dict[str, UnitKind]] = {
    "week": "week", "month": "period", "period": "period", "quarter": "quarter", "half": "half",
    "year": "year",
}  # fmt: skip
"""What `by` may say, and the kind of fiscal unit that it means."""
MOST_UNITS: Final = 400
NOT_BEGUN: Final = "not begun"
_OF_ITS_PERIOD = frozenset({"period_start", "period_end"})

Answer = Callable[[Query, Mapping[str, Collection[Group]]], KpiResult]
"""Answers one question; by metric, groups that are shown also where they have no rows."""


def grain_in(by: Sequence[str]) -> str | None:
    """The grain among the dimensions, or None.

    Raises:
        UsageError: there are two.
    """
    found = [name for name in by if name in GRAINS]
    if len(found) > 1:
        raise UsageError(Problem(f"names {found[0]} and {found[1]}; one unit of time at a time", key="--by"))
    return found[0] if found else None


def is_column(state: State, grain: str, query: Query) -> bool:
    """Whether the source of some fact that is asked has a column of its own with that name."""
    facts = {fact for name in query.names for fact in state.catalogue.get(name).facts} - {"quota"}
    found = (state.book.found(fact, query.as_of) for fact in facts)
    return any(grain in fact.columns for fact in found if fact is not None)


def units_of(calendar: "FiscalCalendar", grain: str, first: date, last: date) -> list[Span]:
    """The units of a stretch of days in order, the first and the last cut at its ends.

    Raises:
        UsageError: the calendar has no such units, or there would be too many.
    """
    kind = GRAINS[grain]
    calendar.require_unit(kind, first)
    units = calendar.units(kind, first, last)
    if len(units) > MOST_UNITS:
        message = f"would be {len(units):,} groups, and {MOST_UNITS} is the most"
        raise UsageError(Problem(message, key=f"--by {grain}", hint="a longer unit, or a shorter --period"))
    return [Span(unit.label, max(unit.start, first), min(unit.end, last), unit) for unit in units]


def values_in_time(answer: Answer, state: State, query: Query, grain: str) -> KpiResult:
    """The values of each unit, after the totals.

    Args:
        answer: answers one question.
        state: what is asked.
        query: the question; `by` holds the grain.
        grain: the word for it.

    Raises:
        UsageError: as `units_of`, or the period has no first day and nothing is counted that has dates.
    """
    catalogue, calendar = state.catalogue, state.calendar
    units = units_of(calendar, grain, *_bounds(state, query, grain))
    compared: list[Span] = []
    if query.against is not None:
        other = query.against.span
        if other.start is not None and other.end is not None:
            compared = units_of(calendar, grain, other.start, other.end)
    rest = tuple(name for name in query.by if name != grain)
    whole = answer(replace(query, by=rest), {})
    groups = {
        name: [tuple(row.by[dimension] for dimension in rest) for row in whole.groups(name)]
        for name in query.names
    }
    found: dict[str, list[list[KpiRow]]] = {name: [] for name in query.names}
    for place, unit in enumerate(units):
        partner_unit = compared[place] if place < len(compared) else None
        begun = unit.start is None or unit.start <= query.as_of
        for day, names in _days(query, unit, catalogue).items():
            against = _against(query, unit, partner_unit, day, calendar)
            asked = replace(query, names=names, period=unit, as_of=day, by=rest, against=against)
            result = answer(asked, groups)
            for name in names:
                rows = [row for row in result.rows if row.kpi == name and (bool(row.by) or not rest)]
                if day != query.as_of and result.snapshot.basis == REBUILT:
                    rows = [replace(row, marks=(*row.marks, REBUILT)) for row in rows]
                known = begun or _looks_ahead(catalogue, name)
                found[name].append(rows if known else [_not_begun(row) for row in rows])
    shown: list[KpiRow] = []
    for name in query.names:
        shown.append(whole.total(name))
        shown += _in_order(query, grain, units, groups[name], found[name], catalogue.get(name))
    return replace(whole, rows=tuple(shown))


def _bounds(state: State, query: Query, grain: str) -> tuple[date, date]:
    """First and last day of the period; without bounds, those of what is counted."""
    start, end = query.period.start, query.period.end
    if start is None:
        days = [day for name in query.names for day in _first_days(state, state.catalogue.get(name), query)]
        if not days:
            hint = "name a period, such as --period FY27"
            raise UsageError(Problem("needs a period with a first day", key=f"--by {grain}", hint=hint))
        start = min(days)
    return start, query.as_of if end is None else end


def _first_days(state: State, metric: Metric, query: Query) -> list[date]:
    """Of each part of a metric that counts by a date, the earliest one."""
    found = []
    for key in simple_parts(state.catalogue, metric):
        try:
            day = state.first_day(key, Cut(query.as_of, query.period))
        except Unreachable:
            continue
        if day is not None:
            found.append(day)
    return found


def _days(query: Query, unit: Span, catalogue: Catalogue) -> dict[date, tuple[str, ...]]:
    """The days as of which a unit's figures are taken, each with the metrics that take it."""
    last = query.as_of if unit.end is None else min(unit.end, query.as_of)
    found: dict[date, list[str]] = {}
    for name in dict.fromkeys(query.names):
        day = last if _is_of_a_day(catalogue, catalogue.get(name)) else query.as_of
        found.setdefault(day, []).append(name)
    return {day: tuple(names) for day, names in found.items()}


def _is_of_a_day(catalogue: Catalogue, metric: Metric) -> bool:
    """Whether a metric is a state, or counts to date or over a trailing window."""
    return metric.stock or any(steps for _, steps in simple_parts(catalogue, metric))


def _looks_ahead(catalogue: Catalogue, name: str) -> bool:
    """Whether a metric says something about a period that has not begun: quota, or what is due in it."""
    parts = [catalogue.get(part) for part, _ in simple_parts(catalogue, catalogue.get(name))]
    return all(
        part.facts == ("quota",)
        or (part.stock and bool(_OF_ITS_PERIOD & set(_names(part.spec.where, part.spec.value))))
        for part in parts
    )


def _names(*texts: str | None) -> Iterable[str]:
    return (name.casefold() for text in texts if text for name in names_in(parse(text)))


def _against(
    query: Query, unit: Span, other: Span | None, day: date, calendar: "FiscalCalendar"
) -> Comparison | None:
    """What a unit is compared with: the one of its place, cut where the whole is cut on that side."""
    if query.against is None or other is None or (unit.start is not None and unit.start > query.as_of):
        return None
    asked, compared = query.period, query.against.span
    if query.then is None and (asked.start, asked.end) != (compared.start, compared.end):
        return partner(calendar, unit, query.as_of, other, query.align)
    through = query.against.through or day  # the same period as it stood on another day
    if other.start is not None and other.start > through:
        return None
    return Comparison(other, through if other.end is None else min(through, other.end))


def _not_begun(row: KpiRow) -> KpiRow:
    return replace(
        row, value=None, n=0, reason=NOT_BEGUN, numerator=None, denominator=None, compare=None, status=None
    )


def _in_order(
    query: Query, grain: str, units: Sequence[Span], groups: Sequence[Group],
    found: Sequence[Sequence[KpiRow]], metric: Metric,
) -> list[KpiRow]:  # fmt: skip
    """The rows of one metric: by time, and the largest group first, in the order in which `by` names them.

    A group that has rows in one unit shows in all of them.
    """
    rest = [name for name in query.by if name != grain]
    cells = [{tuple(row.by[name] for name in rest): row for row in rows} for rows in found]
    keys = list(dict.fromkeys([*(groups if rest else [()]), *(key for one in cells for key in one)]))
    places = range(len(units))
    if query.by[0] == grain:
        pairs = [(place, key) for place in places for key in keys]
    else:
        pairs = [(place, key) for key in keys for place in places]
    rows = []
    for place, key in pairs:
        row = cells[place].get(key) or _without_rows(metric, found[place])
        by = {**dict(zip(rest, key, strict=True)), grain: units[place].label}
        rows.append(replace(row, by={name: by[name] for name in query.by}))
    return rows


def _without_rows(metric: Metric, others: Sequence[KpiRow]) -> KpiRow:
    cell = empty_cell(metric)
    begun = not others or others[0].reason != NOT_BEGUN
    value, reason = (cell.value, cell.reason) if begun else (None, NOT_BEGUN)
    return KpiRow(metric.name, {}, value, metric.unit, 0, reason)
