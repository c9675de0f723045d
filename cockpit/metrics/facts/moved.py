"""The fact of the waterfall: the movements of a period between the pipeline at its start and at its end."""

from datetime import date

import polars as pl

from cockpit.metrics.facts.columns import END, START
from cockpit.metrics.facts.fact import DEAL, Fact
from cockpit.metrics.facts.movements import HANDS, MONEY, movements

_KEPT = (*HANDS, "name", "stage", "forecast_category")


def moved(then: Fact, now: Fact, start: date | None, end: date | None) -> Fact:
    """One row a change in a bucket, and one a deal that was in the pipeline at the start and at the end.

    Args:
        then: `opportunities` as of the day before the period.
        now: the same as of the last day asked.
        start: first day of the period, which close dates must reach; None without a bound.
        end: last day of it.
    """
    rows = pl.concat(
        [
            _standing(then.frame, START, start, end),
            movements(then.frame, now.frame, start=start, end=end, currency=now.currency),
            _standing(now.frame, END, start, end),
        ],
        how="diagonal_relaxed",
    )
    rows = rows.with_columns(
        pl.col("opportunity_id").cast(pl.Categorical).to_physical().alias(DEAL)
    ).with_row_index("_line")
    absent = {name: f"needs {name}" for name in _KEPT if name not in rows.columns}
    return Fact(
        "movements", rows, "opportunities", "opportunity_id", False, now.as_of, now.currency, absent,
        tuple(dict.fromkeys((*then.unrated, *now.unrated))),
    )  # fmt: skip


def _standing(frame: pl.DataFrame, bucket: str, start: date | None, end: date | None) -> pl.DataFrame:
    """The open rows whose close date lies in the period."""
    counted = frame.filter(pl.col("status") == "open")
    if start is not None:
        counted = counted.filter(pl.col("close_date") >= start)
    if end is not None:
        counted = counted.filter(pl.col("close_date") <= end)
    kept = [name for name in _KEPT if name in frame.columns]
    return counted.select(
        "opportunity_id",
        pl.lit(bucket).alias("bucket"),
        pl.col("amount").cast(MONEY).alias("change"),
        pl.col("amount").cast(MONEY).alias("from_amount" if bucket == START else "to_amount"),
        pl.col("close_date").alias("from_close_date" if bucket == START else "to_close_date"),
        *kept,
    )
