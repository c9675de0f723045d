"""The shape of what stands behind a figure: how its rows are spread, and one value against another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from cockpit.base.problems import Problem, UsageError

if TYPE_CHECKING:
    import polars as pl

    from cockpit.core.cockpit import Cockpit

SPREAD_COLUMNS = (
    "amount", "base_amount", "age_days", "cycle_days", "days_in_stage", "days_since_change", "days_past_due",
    "days_to_due", "days_late", "probability",
)  # fmt: skip
"""The numbers of a row that are worth a look at their spread, in the order they are offered."""
AMOUNTS = ("amount", "base_amount")
"""Of them those in money, which reach over several powers of ten."""
SAMPLE = 10_000
"""Values that the bins are chosen by, at most; all are counted."""
MOST_DOTS = 4_000
"""Points of a scatter at most; of more rows every n-th is taken."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The rows whose value lies from `low` (included) to `high` (not included); None is without a bound."""

    low: float | None
    high: float | None
    count: int
    amount: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How the rows behind a figure are spread over a number of theirs.

    Attributes:
        column: the number.
        columns: the numbers that the rows have, `column` among them.
        bins: without gaps, from the lowest.
        count: rows with a value.
        blank: rows without one.
        total: the sum of the values.
        mean, median, p80: of the values, or None without any.
    """

    column: str
    columns: tuple[str, ...]
    bins: tuple[Bin, ...]
    count: int
    blank: int
    total: float
    mean: float | None
    median: float | None
    p80: float | None


@dataclass(frozen=True, slots=True)
class Cloud:
    """Rows as points: (x, y, identity) each; `every` tells that only each n-th of `count` rows was taken."""

    x: str
    y: str
    points: tuple[tuple[float, float, str], ...]
    count: int
    every: int
    columns: tuple[str, ...]


def spread(
    cockpit: "Cockpit",
    metric: str,
    column: str | None,
    where: str | None = None,
    period: str = "this-quarter",
    as_of: date | None = None,
    slice: str | None = None,
) -> Spread:
    """How the rows behind a figure are spread.

    Args:
        cockpit: the workspace.
        metric: the figure; of a ratio the rows of its denominator.
        column: one of `SPREAD_COLUMNS`; None for the first that the rows have.
        where: a condition.
        period: the period of flows.
        as_of: the day, instead of the cockpit's own.
        slice: the name of a standing filter.

    Raises:
        UsageError: the metric has no rows, or they have no such column.
    """
    import polars as pl

    frame, there = _numbers(cockpit, metric, where, period, as_of, slice)
    picked = _picked(column, there, metric)
    values = frame[picked].cast(pl.Float64)
    known = values.drop_nulls()
    sample = known if known.len() <= SAMPLE else known.sample(SAMPLE, seed=0)
    edges = bin_edges(sample.to_list(), multiples=picked in AMOUNTS)
    bins = []
    if known.len():
        numbers = pl.Series(edges).search_sorted(known, side="right")
        grouped = pl.DataFrame({"bin": numbers, "value": known}).group_by("bin")
        counts = {
            number: found for number, *found in grouped.agg(pl.len(), pl.sum("value").alias("sum")).rows()
        }
        ends = [None, *edges, None]
        bins = [
            Bin(ends[number], ends[number + 1], *counts.get(number, (0, 0.0)))
            for number in range(min(counts), max(counts) + 1)
        ]
    return Spread(
        picked, there, tuple(bins), known.len(), values.null_count(), float(known.sum()),
        _number(known.mean()), _number(known.median()), _number(known.quantile(0.8, "linear")),
    )  # fmt: skip


def cloud(
    cockpit: "Cockpit",
    metric: str,
    column: str | None,
    where: str | None = None,
    period: str = "this-quarter",
    as_of: date | None = None,
    slice: str | None = None,
) -> Cloud:
    """The rows behind a figure as points: a number of days against the amount. Takes what `spread` takes.

    Raises:
        UsageError: the metric has no rows, or they have no amount or no such column.
    """
    import polars as pl

    frame, there = _numbers(cockpit, metric, where, period, as_of, slice)
    y = next((name for name in AMOUNTS if name in there), None)
    days = tuple(name for name in there if name.endswith("_days") or name.startswith("days_"))
    if y is None or not days:
        raise UsageError(Problem(f"{metric} has no rows with an amount and an age"))
    x = _picked(column, days, metric)
    identity = next((name for name in ("opportunity_id", "agreement_id") if name in frame.columns), None)
    name = pl.col(identity).cast(pl.String) if identity else pl.lit("")
    points = frame.select(pl.col(x).cast(pl.Float64), pl.col(y).cast(pl.Float64), name.alias("_name"))
    points = points.drop_nulls()
    every = -(-points.height // MOST_DOTS) if points.height else 1
    taken = points.sort(y, descending=True).gather_every(every)
    return Cloud(x, y, tuple(taken.iter_rows()), points.height, every, days)


def typical(
    cockpit: "Cockpit",
    metric: str,
    columns: Sequence[str],
    where: str | None = None,
    period: str = "this-quarter",
    as_of: date | None = None,
    slice: str | None = None,
) -> dict[str, float]:
    """The medians of numbers over the rows behind a figure; a number that no row has is left out.

    Args:
        cockpit: the workspace.
        metric: the figure; of a ratio the rows of its denominator.
        columns: numbers of its fact: `cycle_days`, `push_count`.
        where: a condition.
        period: the period of flows.
        as_of: the day, instead of the cockpit's own.
        slice: the name of a standing filter.

    Raises:
        UsageError: the metric has no rows of its own.
    """
    frame = _behind(cockpit, metric, columns, where, period, as_of, slice)
    medians = {name: _number(frame[name].median()) for name in columns if name in frame.columns}
    return {name: value for name, value in medians.items() if value is not None}


def bin_edges(values: Sequence[float], multiples: bool = False, most: int = 12) -> list[float]:
    """Round numbers between which the values are counted; the outermost fiftieths share the outer bins.

    Args:
        values: what is counted.
        multiples: whether steps of 1, 2, 5, 10 ... are taken where the values reach far, else even ones.
        most: bins, about.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    low, high = ordered[len(ordered) // 50], ordered[-1 - len(ordered) // 50]
    if multiples and low > 0 and high / low > 20:
        first, last = floor(log10(low)), ceil(log10(high))
        factors = (1, 2, 5) if 3 * (last - first) <= most else (1, 3) if 2 * (last - first) <= most else (1,)
        edges = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
        return [edge for edge in edges if low < edge <= high] or [low]
    width = (high - low) / most
    if width <= 0:
        return [low]
    step = 10.0 ** floor(log10(width))
    step *= next(factor for factor in (1, 2, 5, 10) if factor * step >= width)
    start = ceil(low / step) * step
    edges = []
    while start <= high + step / 1000:
        edges.append(round(start, 10))
        start += step
    return edges or [low]


def _numbers(
    cockpit: "Cockpit", metric: str, where: str | None, period: str, as_of: date | None, slice: str | None
) -> "tuple[pl.DataFrame, tuple[str, ...]]":
    """The rows behind a figure, and the numbers of theirs that have any value."""
    wanted = (*SPREAD_COLUMNS, "opportunity_id", "agreement_id")
    frame = _behind(cockpit, metric, wanted, where, period, as_of, slice)
    numbers = [
        name
        for name in SPREAD_COLUMNS
        if name in frame.columns and (not frame.height or frame[name].null_count() < frame.height)
    ]
    return frame, tuple(numbers)


def _behind(
    cockpit: "Cockpit",
    metric: str,
    columns: Sequence[str],
    where: str | None,
    period: str,
    as_of: date | None,
    slice: str | None,
) -> "pl.DataFrame":
    """The rows behind a figure with those of the columns that its fact has."""
    from cockpit.metrics.query import Query

    question = cockpit.question(where, period, None, as_of, slice)
    query = Query((metric,), question.period, question.as_of, (), question.where)
    return cockpit.engine.behind(metric, query, columns)


def _picked(column: str | None, there: Sequence[str], metric: str) -> str:
    if column is not None and column in there:
        return column
    if not there:
        raise UsageError(Problem(f"the rows of {metric} have no number to look at"))
    return there[0]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
