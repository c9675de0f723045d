"""One state of the data asked once: which simple metrics are needed, over which facts, and their cells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal.compare import Align
from cockpit.fiscal.periods import Span
from cockpit.metrics.aggregate import Cells, Part, compute
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.expression import Parameters, columns_in, compile_condition, value_types
from cockpit.metrics.facts.book import FactBook
from cockpit.metrics.facts.columns import FACT_COLUMNS, OF_TWO_STATES
from cockpit.metrics.facts.fact import DEAL, UNRATED, Fact
from cockpit.metrics.facts.made import Rows
from cockpit.metrics.figures import Figures, PartKey, simple_parts
from cockpit.metrics.moment import Moment, Steps, Unreachable, moment_at
from cockpit.metrics.question import question_number
from cockpit.metrics.sql.check import check_aggregate, check_condition
from cockpit.metrics.sql.functions import ValueType
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.sql.tokens import ExpressionError

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar


@dataclass(frozen=True, slots=True)
class Cut:
    """How the data is cut: day, period, dimensions, filter, and how other periods are set against it."""

    as_of: date
    period: Span
    by: tuple[str, ...] = ()
    where: str | None = None
    align: Align = "bd"


@dataclass(frozen=True, slots=True)
class Counted:
    """A simple metric at its moment, and the fact that it counts."""

    part: Part
    fact: Fact


@dataclass(slots=True)
class _Missing:
    whole: dict[PartKey, str] = field(default_factory=dict)
    groups: dict[PartKey, str] = field(default_factory=dict)


class State:
    """Answers cuts over one set of tables.

    Args:
        catalogue: the definitions.
        book: builds the facts.
        calendar: gives the trailing quarters.
    """

    def __init__(self, catalogue: Catalogue, book: FactBook, calendar: "FiscalCalendar") -> None:
        self.catalogue = catalogue
        self.book = book
        self.calendar = calendar

    def figures(self, metrics: Sequence[Metric], cut: Cut, moments: Sequence[Steps] = ((),)) -> Figures:
        """The figures of the metrics under a cut.

        Args:
            metrics: the metrics.
            cut: how the data is cut.
            moments: the steps from the moment of the cut to each that is asked; all are taken in one pass.

        Raises:
            UsageError: the filter or a dimension is wrong for every fact that is asked.
        """
        keys = dict.fromkeys(
            key
            for steps in moments
            for metric in metrics
            for key in simple_parts(self.catalogue, metric, steps)
        )
        self.check_cut(cut, {self.catalogue.get(name).facts[0] for name, _ in keys})
        missing, cells = _Missing(), dict[PartKey, Cells]()
        plans: dict[int, dict[PartKey, Part]] = defaultdict(dict)
        facts: dict[int, Fact] = {}
        for key in keys:
            try:
                part = self.part(key, cut)
                fact = self.fact(part)
            except Unreachable as error:
                missing.whole[key] = str(error)
                continue
            reason = _unmet(fact, (*part.columns, *where_columns(cut.where, fact))) or _broken(part, fact)
            if reason is not None:
                missing.whole[key] = reason
                continue
            reason = _unmet(fact, cut.by)
            if reason is not None:
                missing.groups[key] = reason
            plans[id(fact)][key] = part
            facts[id(fact)] = fact
        for place, parts in plans.items():
            cells.update(self._cells(facts[place], parts, cut))
        return Figures(
            self.catalogue, cells, missing.whole, missing.groups,
            lambda name, steps: question_number(name, self.moment(steps, cut), self.calendar),
        )  # fmt: skip

    def moment(self, steps: Steps, cut: Cut) -> Moment:
        """Where the steps lead from the day and period of the cut.

        Raises:
            Unreachable: there is no such moment.
        """
        return moment_at(Moment(cut.as_of, cut.period), steps, self.calendar, cut.align)

    def part(self, key: PartKey, cut: Cut) -> Part:
        """The simple metric at its moment.

        Raises:
            Unreachable: the moment is out of reach, or the state of its day was not stored.
        """
        name, steps = key
        metric, moment = self.catalogue.get(name), self.moment(steps, cut)
        start, end = moment.span.start, moment.span.end
        if not moment.moved:
            return Part(metric, cut.as_of, start, end)
        if metric.facts[0] in OF_TWO_STATES:
            return Part(metric, moment.outcome_day, start, end, moment.opening)
        if metric.stock:
            if not self.book.is_stored(moment.day):
                raise Unreachable(f"needs history of {moment.day}")
            return Part(metric, moment.day, start, end)
        if metric.spec.date is not None:
            return Part(metric, cut.as_of, start, moment.last)
        return Part(metric, cut.as_of, start, end, moment.day)

    def fact(self, part: Part) -> Fact:
        """The fact that a simple metric counts.

        Raises:
            Unreachable: its table or the history it is made from is not there.
        """
        return self.book.get(part.metric.facts[0], part.as_of, part.start, part.end, part.opening)

    def first_day(self, key: PartKey, cut: Cut) -> date | None:
        """The earliest date by which anything of a part's fact is counted; None where it counts by no date.

        Raises:
            Unreachable: the fact cannot be had.
        """
        part = self.part(key, cut)
        name, fact = part.metric.spec.date, self.fact(part)
        if name is None or not fact.has(name):
            return None
        columns = self.book.columns(fact)
        day, _ = columns.once(f"ends of {name}", lambda: columns.rows((name,)).extremes(name))
        return day if isinstance(day, date) else None

    def counted(self, metric: Metric, cut: Cut, steps: Steps = ()) -> "Counted":
        """What a simple metric counts under a cut.

        Raises:
            UsageError: it cannot be computed here; with the reason.
        """
        try:
            part = self.part((metric.name, steps), cut)
            fact = self.fact(part)
        except Unreachable as error:
            raise UsageError(Problem(f"{metric.name} has no rows: {error}")) from error
        reason = _unmet(fact, (*part.columns, *where_columns(cut.where, fact))) or _broken(part, fact)
        if reason is not None:
            raise UsageError(Problem(f"{metric.name} has no rows: {reason}"))
        return Counted(part, fact)

    def rows(self, fact: Fact, parts: Iterable[Part], cut: Cut, more: Iterable[str] = ()) -> Rows:
        """The fact's rows with every column that the parts and the cut use, and with more."""
        return self.book.columns(fact).rows((*self.used(fact, parts, cut), *more))

    def used(self, fact: Fact, parts: Iterable[Part], cut: Cut) -> list[str]:
        """The columns of the fact that the parts and the cut use."""
        by = cut.by if _unmet(fact, cut.by) is None else ()
        used = [*(_folded(name, fact) for name in by), *where_columns(cut.where, fact)]
        for part in parts:
            used += [_folded(name, fact) for name in part.columns]
        return list(dict.fromkeys(used))

    def condition(self, schema: Mapping[str, pl.DataType], cut: Cut, as_of: date) -> pl.Expr | None:
        """`--where` over rows of that schema, which hold the state of a day."""
        if cut.where is None:
            return None
        parameters = Parameters(as_of, cut.period.start, cut.period.end)
        return compile_condition(cut.where, schema, parameters)

    def check_cut(self, cut: Cut, fact_names: Iterable[str]) -> None:
        """Refuse a filter or dimension that fits none of the facts that are there.

        Raises:
            UsageError: with the nearest column.
        """
        if cut.where is not None:
            parse(cut.where)
        facts = []
        for name in sorted(fact_names):
            try:
                facts.append(self.book.get(name, cut.as_of, cut.period.start, cut.period.end))
            except Unreachable:
                continue
        if not facts:
            return
        known = {name: kind for fact in facts for name, kind in column_types(fact).items()}
        problems = [
            Problem(f"there is no column {clean(name)}", key="--by", hint=did_you_mean(name, known))
            for name in cut.by
            if name not in known
        ]
        if len(set(cut.by)) < len(cut.by):
            problems.append(Problem("names a dimension twice", key="--by"))
        if problems:
            raise UsageError(*problems)
        if cut.where is not None:
            check_condition(cut.where, known)

    def _cells(self, fact: Fact, parts: Mapping[PartKey, Part], cut: Cut) -> dict[PartKey, Cells]:
        by: dict[str, str] = {}
        if _unmet(fact, cut.by) is None:
            columns = self.book.columns(fact)
            by = {name: columns.coded(name) for name in cut.by}
        counted = [name for name in (DEAL, UNRATED) if fact.has(name)]
        rows = self.rows(fact, parts.values(), cut, (*by.values(), *counted))
        condition = self.condition(rows.schema, cut, fact.as_of)
        found = compute(fact, rows, tuple(parts.values()), by, condition)
        return {key: found[part] for key, part in parts.items()}


def where_columns(where: str | None, fact: Fact) -> tuple[str, ...]:
    """The columns that a filter uses, as the fact names them."""
    if where is None:
        return ()
    return tuple(_folded(name, fact) for name in columns_in(parse(where)))


def column_types(fact: Fact) -> dict[str, ValueType]:
    """Every column of a fact that expressions may name, also those that are only made when used."""
    made: dict[str, ValueType] = {
        name: kind for name, kind in FACT_COLUMNS[fact.name].items() if name in fact.late or name in fact.made
    }
    return {**made, **value_types(fact.held.schema)}


def _broken(part: Part, fact: Fact) -> str | None:
    """What is wrong with a workspace's own metric over the columns that are really there, or None."""
    spec = part.metric.spec
    if not part.metric.own:
        return None
    columns = column_types(fact)
    try:
        check_aggregate(spec.value or "", columns)
        if spec.where is not None:
            check_condition(spec.where, columns)
    except ExpressionError as error:
        return error.problems[0].message
    return None if spec.date is None or columns[spec.date] == "date" else f"{spec.date} is not a date"


def _folded(name: str, fact: Fact) -> str:
    return name if fact.has(name) else name.casefold()


def _unmet(fact: Fact, columns: Iterable[str]) -> str | None:
    """Why the fact cannot answer with those columns, or None."""
    for column in columns:
        name = _folded(column, fact)
        if not fact.has(name):
            return fact.why_absent(name)
    return None
