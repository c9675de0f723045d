"""Many simple metrics over one fact as one lazy plan: shared masks, one pass for totals, one for groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

import polars as pl

from cockpit.metrics.definition import Metric
from cockpit.metrics.expression import Parameters, Value, columns_in, compile_condition, compile_value
from cockpit.metrics.facts.fact import DEAL, UNRATED, Fact
from cockpit.metrics.results import Number
from cockpit.metrics.sql.parse import parse

Group = tuple[Any, ...]
"""The values of the dimensions, in their order; () is the total."""
NO_ROWS = "no rows"


@dataclass(frozen=True, slots=True)
class Part:
    """A simple metric over the bounds of one period.

    Attributes:
        metric: the metric.
        as_of: the day.
        start: first day of the period, or None.
        end: last day of the period, or None; flows stop at the as-of date all the same.
    """

    metric: Metric
    as_of: date
    start: date | None
    end: date | None

    @property
    def parameters(self) -> Parameters:
        """What its expressions may name."""
        return Parameters(self.as_of, self.start, self.end)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it uses."""
        spec = self.metric.spec
        names = [*columns_in(parse(spec.value or "NULL"))]
        if spec.where is not None:
            names += columns_in(parse(spec.where))
        if spec.date is not None:
            names.append(spec.date)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of a simple metric in one group.

    Attributes:
        value: None comes with a reason.
        n: deals behind it.
        reason: why there is no value.
        sum: of an average, the exact sum that is divided by `count`.
        count: of an average, how many values.
    """

    value: Number | None
    n: int
    reason: str | None = None
    sum: Number | None = None
    count: int | None = None


Cells = dict[Group, Cell]


@dataclass(slots=True)
class _Plan:
    """The columns that one pass computes: masks over rows, then aggregates, each only once."""

    fact: Fact
    masks: dict[Any, str] = field(default_factory=dict)
    mask_exprs: list[pl.Expr] = field(default_factory=list)
    aggregates: dict[Any, str] = field(default_factory=dict)
    aggregate_exprs: list[pl.Expr] = field(default_factory=list)

    def mask(self, part: Part, schema: Mapping[str, pl.DataType]) -> str:
        """The name of the column saying which rows count in a part."""
        spec = part.metric.spec
        key = (spec.where, spec.date, part.start, part.end)
        if key not in self.masks:
            self.masks[key] = f"_mask{len(self.masks)}"
            self.mask_exprs.append(counted(part, schema).alias(self.masks[key]))
        return self.masks[key]

    def aggregate(self, key: Any, expr: pl.Expr) -> str:
        """The name of an aggregate, which is added when it is new."""
        if key not in self.aggregates:
            self.aggregates[key] = f"_value{len(self.aggregates)}"
            self.aggregate_exprs.append(expr.alias(self.aggregates[key]))
        return self.aggregates[key]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the result of one part stands in the result of the plan."""

    value: str
    n: str
    unrated: str | None = None


def counted(part: Part, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """Which rows count in a part: never null."""
    spec = part.metric.spec
    conditions: list[pl.Expr] = []
    if spec.where is not None:
        conditions.append(compile_condition(spec.where, schema, part.parameters))
    if spec.date is not None:
        last = part.as_of if part.end is None else min(part.end, part.as_of)
        conditions.append(pl.col(spec.date) <= last)
        if part.start is not None:
            conditions.append(pl.col(spec.date) >= part.start)
    if not conditions:
        return pl.lit(value=True)
    together = conditions[0]
    for condition in conditions[1:]:
        together &= condition
    return together.fill_null(value=False)


def compute(
    fact: Fact, frame: pl.DataFrame, parts: Sequence[Part], by: Sequence[str], condition: pl.Expr | None
) -> dict[Part, Cells]:
    """The cells of every part, totals under the key ().

    Args:
        fact: the fact.
        frame: its frame, with the fiscal columns that are used.
        parts: simple metrics whose columns are all in the frame.
        by: dimensions that are all in the frame; none gives totals only.
        condition: `--where`, or None.
    """
    schema, plan = frame.schema, _Plan(fact)
    whole: dict[Part, _Columns] = {}
    dealwise: list[Part] = []
    for part in parts:
        if part.metric.spec.per_deal is not None and not fact.single:
            dealwise.append(part)
        else:
            whole[part] = _planned(plan, part, schema)
    rows = frame.lazy()
    if condition is not None:
        rows = rows.filter(condition)
    queries: list[pl.LazyFrame] = []
    if whole:
        masked = rows.with_columns(plan.mask_exprs)
        queries.append(masked.select(plan.aggregate_exprs))
        if by:
            queries.append(masked.group_by(list(by)).agg(plan.aggregate_exprs))
    for part in dealwise:
        queries += _by_deal(rows, part, schema, by)
    frames = iter(pl.collect_all(queries))
    cells: dict[Part, Cells] = {part: {} for part in parts}
    if whole:
        for grouped in (False, True) if by else (False,):
            _fill(cells, next(frames), whole, by if grouped else (), fact)
    for part in dealwise:
        columns = {part: _Columns("_value", "_n")}
        for grouped in (False, True) if by else (False,):
            _fill(cells, next(frames), columns, by if grouped else (), fact)
    return cells


def _planned(plan: _Plan, part: Part, schema: Mapping[str, pl.DataType]) -> _Columns:
    fact, spec = plan.fact, part.metric.spec
    assert spec.value is not None
    mask = plan.mask(part, schema)
    value = compile_value(spec.value, schema, part.parameters)
    deals = _deals(plan, mask)
    key = (spec.value, mask)
    if value.function == "COUNT":
        column = _count(plan, value, mask, spec.value)
        return _Columns(column, deals)
    assert value.operand is not None
    unrated = None
    if fact.unrated and part.metric.unit == "money":
        unrated = plan.aggregate(("unrated", mask), (pl.col(mask) & pl.col(UNRATED)).sum())
    if value.function == "SUM":
        return _Columns(plan.aggregate(key, value.operand.filter(pl.col(mask)).sum()), deals, unrated)
    operand = value.operand.filter(pl.col(mask))
    filled = plan.aggregate(
        ("filled", spec.value, mask),
        operand.count()
        if fact.single
        else pl.col(DEAL).filter(pl.col(mask) & value.operand.is_not_null()).n_unique(),
    )
    return _Columns(plan.aggregate(key, _statistic(value, operand)), filled, unrated)


def _deals(plan: _Plan, mask: str) -> str:
    """The number of deals (rows, where each is a deal of its own) that a mask lets through."""
    rows = pl.col(mask).sum()
    different = rows if plan.fact.single else pl.col(DEAL).filter(pl.col(mask)).n_unique()
    return plan.aggregate(("deals", mask), different)


def _count(plan: _Plan, value: Value, mask: str, text: str) -> str:
    if value.operand is None:
        return plan.aggregate(("rows", mask), pl.col(mask).sum())
    operand = value.operand.filter(pl.col(mask)).drop_nulls()
    if not value.aggregate.distinct:
        return plan.aggregate((text, mask), operand.len())
    if plan.fact.key is not None and columns_in(parse(text)) == (plan.fact.key,):
        return _deals(plan, mask)
    return plan.aggregate((text, mask), operand.n_unique())


def _statistic(value: Value, operand: pl.Expr) -> pl.Expr:
    match value.function:
        case "AVG":
            return pl.struct(operand.sum().alias("sum"), operand.count().alias("count"))
        case "MIN":
            return operand.min()
        case "MAX":
            return operand.max()
        case "MEDIAN":
            return operand.cast(pl.Float64).median()
        case _:
            return operand.cast(pl.Float64).quantile(value.aggregate.quantile or 0.0, "linear")


def _by_deal(
    rows: pl.LazyFrame, part: Part, schema: Mapping[str, pl.DataType], by: Sequence[str]
) -> list[pl.LazyFrame]:
    """Lines become one value a deal first; total and groups."""
    spec = part.metric.spec
    value = compile_value(spec.value or "", schema, part.parameters)
    assert value.operand is not None
    kept = rows.filter(counted(part, schema) & value.operand.is_not_null()).with_columns(
        value.operand.alias("_x")
    )
    one = pl.col("_x").sum() if spec.per_deal == "sum" else pl.col("_x").max()
    aggregates = [_statistic(value, pl.col("_x")).alias("_value"), pl.len().alias("_n")]
    total = kept.group_by(DEAL).agg(one).select(aggregates)
    if not by:
        return [total]
    return [total, kept.group_by([*by, DEAL]).agg(one).group_by(list(by)).agg(aggregates)]


def _fill(
    cells: dict[Part, Cells],
    frame: pl.DataFrame,
    columns: Mapping[Part, _Columns],
    by: Sequence[str],
    fact: Fact,
) -> None:
    groups: list[Group] = list(frame.select(by).iter_rows()) if by else [()]
    for part, names in columns.items():
        values, numbers = frame[names.value].to_list(), frame[names.n].to_list()
        unrated = frame[names.unrated].to_list() if names.unrated is not None else None
        for place, group in enumerate(groups):
            if unrated is not None and unrated[place]:
                words = (
                    f"no rate for {', '.join(fact.unrated)}"
                    if fact.currency
                    else "mixed currencies without a rate"
                )
                cells[part][group] = Cell(None, numbers[place], words)
            else:
                cells[part][group] = _cell(part, values[place], numbers[place])


def _cell(part: Part, value: Any, n: int) -> Cell:
    if isinstance(value, dict):
        total, count = value["sum"], value["count"]
        if not count:
            return Cell(None, 0, NO_ROWS)
        return Cell(float(Fraction(total) / count), n, None, total, count)
    if value is None:
        return empty_cell(part.metric)
    if isinstance(value, float) and not isfinite(value):
        return Cell(None, n, "not a number")
    return Cell(plain(value) if isinstance(value, Decimal) else value, n)


def plain(value: Decimal) -> Decimal:
    """The same decimal without trailing zeros, never in scientific notation."""
    text = format(value, "f")
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else value


def empty_cell(metric: Metric) -> Cell:
    """The cell of a group without rows: 0 for counts and sums, else no value."""
    return Cell(0, 0) if metric.additive else Cell(None, 0, NO_ROWS)
