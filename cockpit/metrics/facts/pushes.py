"""The fact `pushes`: every time that an open deal's close date was moved to a later day.

A push crosses when the two days lie in different fiscal quarters: then it takes the deal out of one forecast
and into another, and wants a reason. The reason is the deal's own column `push_reason`, as it is known on the
day asked; one reason serves all pushes of its deal.
"""

from collections.abc import Callable

import polars as pl

from cockpit.metrics.facts.fact import DEAL, Fact

_KEPT = (
    "name", "account_id", "account", "owner_id", "owner", "manager", "territory", "ou", "segment", "product",
    "type", "stage", "forecast_category", "amount", "deal_status", "push_reason",
)  # fmt: skip


def pushes(deals: Fact, changes: pl.DataFrame, quarters: Callable[[pl.Series], pl.Series]) -> Fact:
    """The fact as of the day of `deals`.

    Args:
        deals: `opportunities` as of the day.
        changes: of the field `close_date`; see `Past.changes`.
        quarters: gives the label of the fiscal quarter of each day.
    """
    kept = [name for name in _KEPT if name in deals.frame.columns]
    one = deals.frame.group_by("opportunity_id", maintain_order=True).agg(pl.col(kept).first())
    later = changes.filter((pl.col("day") <= deals.as_of) & (pl.col("after") > pl.col("before")))
    rows = later.select(
        "opportunity_id",
        pl.col("day").alias("pushed_date"),
        pl.col("before").alias("from_close_date"),
        pl.col("after").alias("to_close_date"),
    ).join(one, on="opportunity_id", maintain_order="left")
    crossing = quarters(rows["from_close_date"]) != quarters(rows["to_close_date"])
    rows = rows.with_columns(
        crossing.fill_null(value=False).alias("is_crossing"),
        pl.col("opportunity_id").cast(pl.Categorical).to_physical().alias(DEAL),
    )
    absent = {name: f"needs {name}" for name in _KEPT if name not in kept}
    return Fact(
        "pushes", rows.with_row_index("_line"), "opportunities", "opportunity_id", False, deals.as_of,
        deals.currency, absent, deals.unrated,
    )  # fmt: skip
