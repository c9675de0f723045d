"""The shape of what stands behind a figure: how its rows are spread, and one value against another."""

from collections.abc import Mapping, Sequence
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
WHOSE = ("account", "owner", "stage")
"""Columns that tell a deal apart where it is listed."""
AGES = ("age_days", "cycle_days")
"""Numbers of days of which a fifth of the rows is called old."""
MOST_FAR = 50
"""Rows that are old and large, at most, that are listed."""
ABOUT_BINS = 12
"""How many bins a distribution has, about."""
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
class Far:
    """A row that is old and large.

    Attributes:
        x, y: days and amount.
        identity: of the row.
        words: what tells it apart, by column: whose it is, and where it stands.
    """

    x: float
    y: float
    identity: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cloud:
    """Rows as points.

    Attributes:
        x, y: the columns.
        points: (x, y, identity) each, the largest first.
        count: rows that have both numbers.
        every: only each n-th of them is among `points`.
        columns: the numbers of days that the rows have.
        old_from, large_from: from which days and which amount on a row is old, and large.
        far_count: rows that are both.
        far: of them the largest.
    """

    x: str
    y: str
    points: tuple[tuple[float, float, str], ...]
    count: int
    every: int
    columns: tuple[str, ...]
    old_from: float = 0.0
    large_from: float = 0.0
    far_count: int = 0
    far: tuple[Far, ...] = ()


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

    Old is what is older than four fifths of the rows, or of other days than an age what is stale; large is
    what is among the largest fifth.

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
    told = [one for one in WHOSE if one in frame.columns]
    points = frame.select(
        pl.col(x).cast(pl.Float64).alias("x"),
        pl.col(y).cast(pl.Float64).alias("y"),
        name.alias("name"),
        *(pl.col(one).cast(pl.String).fill_null("").alias(f"word {one}") for one in told),
    ).drop_nulls(["x", "y", "name"])
    points = points.sort("y", descending=True)
    every = -(-points.height // MOST_DOTS) if points.height else 1
    old = float(cockpit.workspace.config.kpi.stale_days)
    if x in AGES:
        old = _number(points["x"].quantile(0.8, "higher")) or 0.0
    large = _number(points["y"].quantile(0.8, "higher")) or 0.0
    far = points.filter((pl.col("x") >= old) & (pl.col("y") >= large))
    listed = tuple(
        Far(row["x"], row["y"], row["name"], {one: row[f"word {one}"] for one in told})
        for row in far.head(MOST_FAR).iter_rows(named=True)
    )
    taken = points.select("x", "y", "name").gather_every(every)
    return Cloud(
        x, y, tuple(taken.iter_rows()), points.height, every, days, old, large, far.height, listed
    )  # fmt: skip


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


def bin_edges(values: Sequence[float], multiples: bool = False) -> list[float]:
    """Round numbers between which the values are counted; the outermost fiftieths share the outer bins.

    Args:
        values: what is counted.
        multiples: whether steps of 1, 2, 5, 10 ... are taken where the values reach far, else even ones.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    low, high = ordered[len(ordered) // 50], ordered[-1 - len(ordered) // 50]
    if multiples and low > 0 and high / low > 20:
        first, last = floor(log10(low)), ceil(log10(high))
        factors = (
            (1, 2, 5)
            if 3 * (last - first) <= ABOUT_BINS
            else (1, 3)
            if 2 * (last - first) <= ABOUT_BINS
            else (1,)
        )
        edges = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
        return [edge for edge in edges if low < edge <= high] or [low]
    width = (high - low) / ABOUT_BINS
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
    wanted = (*SPREAD_COLUMNS, *WHOSE, "opportunity_id", "agreement_id")
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
