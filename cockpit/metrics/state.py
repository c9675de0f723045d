"""One state of the data asked once: which simple metrics are needed, over which facts, and their cells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.metrics.aggregate import Cells, Part, compute
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.expression import Parameters, columns_in, compile_condition, value_types
from cockpit.metrics.facts.book import TABLE_OF_FACT, FactBook
from cockpit.metrics.facts.columns import FACT_COLUMNS
from cockpit.metrics.facts.fact import Fact
from cockpit.metrics.figures import Figures, PartKey, simple_parts
from cockpit.metrics.sql.check import check_aggregate, check_condition
from cockpit.metrics.sql.functions import ValueType
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.sql.tokens import ExpressionError

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

TRAILING_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Bounds:
    """First and last day of a period, None without a bound."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Cut:
    """How the data is cut: day, period, dimensions and filter."""

    as_of: date
    period: Bounds
    by: tuple[str, ...] = ()
    where: str | None = None


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

    def figures(self, metrics: Sequence[Metric], cut: Cut) -> Figures:
        """The figures of the metrics under a cut.

        Raises:
            UsageError: the filter or a dimension is wrong for every fact that is asked.
        """
        keys = dict.fromkeys(key for metric in metrics for key in simple_parts(self.catalogue, metric))
        self.check_cut(cut, {self.catalogue.get(name).facts[0] for name, _ in keys})
        missing, cells = _Missing(), dict[PartKey, Cells]()
        plans: dict[tuple[str, Bounds | None], dict[PartKey, Part]] = defaultdict(dict)
        facts: dict[tuple[str, Bounds | None], Fact] = {}
        for key in keys:
            part = self.part(key, cut)
            if part is None:
                missing.whole[key] = "needs a calendar with quarters"
                continue
            fact = self.fact(part)
            if fact is None:
                missing.whole[key] = f"needs {TABLE_OF_FACT[part.metric.facts[0]]}"
                continue
            reason = _unmet(fact, (*part.columns, *where_columns(cut.where, fact)))
            if reason is not None:
                missing.whole[key] = reason
                continue
            reason = _broken(part, fact)
            if reason is not None:
                missing.whole[key] = reason
                continue
            reason = _unmet(fact, cut.by)
            if reason is not None:
                missing.groups[key] = reason
            bounds = Bounds(part.start, part.end) if fact.name == "quota" else None
            plans[fact.name, bounds][key] = part
            facts[fact.name, bounds] = fact
        for place, parts in plans.items():
            cells.update(self._cells(facts[place], parts, cut, missing))
        return Figures(self.catalogue, cells, missing.whole, missing.groups)

    def part(self, key: PartKey, cut: Cut) -> Part | None:
        """The simple metric over the bounds of its window; None where the calendar lacks quarters."""
        name, window = key
        bounds = cut.period
        if window is not None:
            quarter = self.calendar.unit("quarter", cut.as_of)
            if quarter is None:
                return None
            bounds = Bounds(self.calendar.shift(quarter, 1 - TRAILING_QUARTERS).start, cut.as_of)
        return Part(self.catalogue.get(name), cut.as_of, bounds.start, bounds.end)

    def fact(self, part: Part) -> Fact | None:
        """The fact that a simple metric counts, or None when its table is not there."""
        return self.book.get(part.metric.facts[0], part.as_of, part.start, part.end)

    def frame(self, fact: Fact, parts: Iterable[Part], cut: Cut) -> pl.DataFrame:
        """The fact's frame with every fiscal column that the parts and the cut use."""
        by = cut.by if _unmet(fact, cut.by) is None else ()
        used = [*by, *where_columns(cut.where, fact)]
        for part in parts:
            used += [_folded(name, fact) for name in part.columns]
        return self.book.with_columns(fact, used)

    def condition(self, frame: pl.DataFrame, cut: Cut) -> pl.Expr | None:
        """`--where` over that frame."""
        if cut.where is None:
            return None
        return compile_condition(cut.where, frame.schema, self.parameters(cut))

    def parameters(self, cut: Cut) -> Parameters:
        """What `--where` may name."""
        return Parameters(cut.as_of, cut.period.start, cut.period.end)

    def check_cut(self, cut: Cut, fact_names: Iterable[str]) -> None:
        """Refuse a filter or dimension that fits none of the facts that are there.

        Raises:
            UsageError: with the nearest column.
        """
        if cut.where is not None:
            parse(cut.where)
        facts = [
            fact
            for name in sorted(fact_names)
            if (fact := self.book.get(name, cut.as_of, cut.period.start, cut.period.end)) is not None
        ]
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

    def _cells(
        self, fact: Fact, parts: Mapping[PartKey, Part], cut: Cut, missing: _Missing
    ) -> dict[PartKey, Cells]:
        frame = self.frame(fact, parts.values(), cut)
        by: dict[str, str] = {}
        if _unmet(fact, cut.by) is None:
            codes = [self.book.encoded(fact, frame, name).alias(f"_by_{name}") for name in cut.by]
            frame = frame.with_columns(codes)
            by = {name: f"_by_{name}" for name in cut.by}
        found = compute(fact, frame, tuple(parts.values()), by, self.condition(frame, cut))
        return {key: found[part] for key, part in parts.items()}


def where_columns(where: str | None, fact: Fact) -> tuple[str, ...]:
    """The columns that a filter uses, as the fact names them."""
    if where is None:
        return ()
    return tuple(_folded(name, fact) for name in columns_in(parse(where)))


def column_types(fact: Fact) -> dict[str, ValueType]:
    """Every column of a fact that expressions may name, also those that are only made when used."""
    types: dict[str, ValueType] = {
        name: kind for name, kind in FACT_COLUMNS[fact.name].items() if name in fact.late
    }
    return {**types, **value_types(fact.frame.schema)}


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
