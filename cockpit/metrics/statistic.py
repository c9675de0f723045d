"""Statistics that do not add up: medians, quantiles, extremes, sums of the largest, different values.

Of each slice of the rows only what the statistic needs is taken along: of whole numbers how often each
occurs, of the largest so many, else the values. Over all slices together it is then computed, for the
total and for every group.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl

from cockpit.metrics.definition import PerDeal
from cockpit.metrics.expression import Value
from cockpit.metrics.facts.fact import DEAL
from cockpit.metrics.facts.made import LINE

MOST_ROWS = 100_000
"""So many rows of what slices left are held before they are put together."""
_OF_FLOATS = ("MEDIAN", "QUANTILE_CONT", "HERFINDAHL")
_QUANTILES = ("MEDIAN", "QUANTILE_CONT")


class Read(NamedTuple):
    """What statistics are taken of: the operand's values where the mask is set.

    Attributes:
        mask: whose rows.
        operand: whose values.
        as_float: whether they may be read as floats.
        most: how many of the largest will do, or None for all.
        counted: whether it suffices how often each value occurs.
    """

    mask: str
    operand: str
    as_float: bool
    most: int | None
    counted: bool


def read_of(
    mask: str, operand: str, value: Value, per_deal: PerDeal | None, dtype: pl.DataType, *, single: bool
) -> Read:
    """What a statistic is taken of; the same for several of the same rows.

    Args:
        mask: of the rows that count.
        operand: column of the values.
        value: the statistic.
        per_deal: how the lines of a deal become one value, or None.
        dtype: of the operand.
        single: whether no deal has more than one line.
    """
    exact = per_deal is not None and not single
    as_float = value.function in _OF_FLOATS and not exact and not dtype.is_integer()
    most = value.aggregate.largest or 1 if value.function == "TOP_SUM" and single else None
    counted = single and value.function in _QUANTILES and dtype.is_integer()
    return Read(mask, operand, as_float, most, counted)


def values_of(masked: pl.DataFrame, read: Read, by: tuple[str, ...], *, single: bool) -> pl.DataFrame:
    """What is taken along of one slice: dimensions, `x`, and `n` where a row stands for several values."""
    x = pl.col(read.operand)
    rows = masked.lazy().filter(pl.col(read.mask) & x.is_not_null())
    if read.counted:
        return rows.group_by(*by, x.alias("x")).agg(pl.len().alias("n")).collect()
    if read.most is not None:
        largest = [x.top_k(read.most).implode().alias("x"), pl.len().alias("n")]
        return (rows.group_by(by).agg(largest) if by else rows.select(largest)).collect()
    deal = () if single else (pl.col(DEAL).cast(pl.Int64).alias("deal"), pl.col(LINE))
    return rows.select(*by, (x.cast(pl.Float64) if read.as_float else x).alias("x"), *deal).collect()


def put_together(found: list[pl.DataFrame], read: Read, by: tuple[str, ...]) -> None:
    """Make one frame of those of several slices, where that makes them smaller and they are many."""
    held = sum(one.height for one in found)
    if read.counted and held > max(MOST_ROWS, 2 * found[0].height):
        found[:] = [pl.concat(found).group_by(*by, "x").agg(pl.col("n").sum())]


def taken(
    rows: pl.DataFrame,
    read: Read,
    value: Value,
    per_deal: PerDeal | None,
    levels: Sequence[tuple[str, ...]],
    *,
    single: bool,
) -> Iterator[tuple[tuple[Any, ...], Any, int]]:
    """The groups of each level with the value of a statistic and how many values or deals are behind it.

    Args:
        rows: as `values_of` gives them, of all slices.
        read: what they are.
        value: the statistic.
        per_deal: how the lines of a deal become one value, or None.
        levels: the dimensions of each level; () is the total.
        single: whether no deal has more than one line.
    """
    for dimensions in levels:
        lines, x, n = rows.lazy(), pl.col("x"), pl.len()
        if read.counted:
            share = 0.5 if value.function == "MEDIAN" else value.aggregate.quantile or 0.0
            lines, x, n = *_ranked(lines, share, dimensions), pl.col("n").sum()
        elif read.most is not None:
            x, n = _statistic(value, x.explode()), pl.col("n").sum()
        else:
            if per_deal is not None and not single:
                one = x.sum() if per_deal == "sum" else x.max()
                own = pl.col("deal").fill_null(-1 - pl.col(LINE).cast(pl.Int64)).alias("deal")
                lines = lines.group_by([*dimensions, own]).agg(one)
            if not single:
                n = pl.col("deal").is_null().sum() + pl.col("deal").drop_nulls().n_unique()
            x = _statistic(value, x)
        exprs = [x.alias("value"), n.alias("n")]
        plan = lines.group_by(list(dimensions)).agg(exprs) if dimensions else lines.select(exprs)
        for row in plan.collect().iter_rows():
            yield row[: len(dimensions)], row[-2], row[-1]


def _ranked(counts: pl.LazyFrame, share: float, dimensions: tuple[str, ...]) -> tuple[pl.LazyFrame, pl.Expr]:
    """Counts in the order of their values, and the quantile of what they count, between neighbours linear."""
    n = pl.col("n")
    rows = counts.group_by(*dimensions, "x").agg(n.sum()).sort("x")
    until, many = n.cum_sum(), n.sum()
    if dimensions:
        until, many = until.over(dimensions), many.over(dimensions)
    rows = rows.with_columns(until.alias("_until"), ((many - 1).cast(pl.Float64) * share).alias("_rank"))
    rank, x = pl.col("_rank"), pl.col("x").cast(pl.Float64)
    lower = x.filter(pl.col("_until") > rank.floor()).first()
    upper = x.filter(pl.col("_until") > rank.ceil()).first()
    return rows, lower + (upper - lower) * (rank - rank.floor()).first()


def _statistic(value: Value, x: pl.Expr) -> pl.Expr:
    match value.function:
        case "AVG":
            return pl.struct(x.sum().alias("sum"), x.count().alias("count"))
        case "COUNT":
            return x.n_unique()
        case "MIN":
            return x.min()
        case "MAX":
            return x.max()
        case "TOP_SUM":
            return pl.when(x.count() > 0).then(x.top_k(value.aggregate.largest or 1).sum())
        case "HERFINDAHL":
            number = x.cast(pl.Float64)  # of large tables, shares of their own would need much room
            return pl.when(x.count() > 0).then((number * number).sum() / number.sum() ** 2)
        case "MEDIAN":
            return x.cast(pl.Float64).median()
        case _:
            return x.cast(pl.Float64).quantile(value.aggregate.quantile or 0.0, "linear")
