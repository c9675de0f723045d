"""The fact `stage_path`: every entry of a deal into a stage, in order, and whether it went on from there.

Entries come from the changes that history holds; the first stage is entered on the day the deal was created.
The order of stages is the workspace's `[kpi] stages`, else that of the numbers they begin with, else that in
which deals mostly go through them.
"""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from cockpit.metrics.facts.fact import DEAL, Fact

_KEPT = (
    "name", "account_id", "account", "owner_id", "owner", "manager", "territory", "ou", "segment", "product",
    "type", "amount", "deal_status",
)  # fmt: skip
_NUMBER = re.compile(r"\s*(\d+)")


def stage_path(deals: Fact, changes: pl.DataFrame, stages: Sequence[str] = ()) -> Fact:
    """The fact as of the day of `deals`.

    Args:
        deals: `opportunities` as of the day.
        changes: of the field `stage`; see `Past.changes`.
        stages: the workspace's order of stages, or nothing.
    """
    one = deals.frame.group_by("opportunity_id", maintain_order=True).agg(
        *(pl.col(name).first() for name in _KEPT if name in deals.frame.columns),
        pl.col("stage").first().alias("_stage"),
        (pl.col("created_date").min() if "created_date" in deals.frame.columns else pl.lit(None, pl.Date))
        .alias("_created"),
    )  # fmt: skip
    known = changes.filter((pl.col("day") <= deals.as_of) & pl.col("after").is_not_null())
    known = known.join(one.select("opportunity_id"), on="opportunity_id", how="semi")
    firsts = known.group_by("opportunity_id", maintain_order=True).agg(pl.col("before").first())
    begun = one.join(firsts, on="opportunity_id", how="left").select(
        "opportunity_id",
        pl.coalesce("before", "_stage").alias("stage"),
        pl.col("_created").alias("entered_date"),
    )
    later = known.select(
        "opportunity_id", pl.col("after").alias("stage"), pl.col("day").alias("entered_date")
    )
    rows = pl.concat([begun.drop_nulls("stage"), later], how="vertical_relaxed").with_row_index("_order")
    rows = rows.sort("opportunity_id", "_order")
    order = stage_order(rows, stages)
    number = pl.col("stage").replace_strict(
        list(order), list(order.values()), default=None, return_dtype=pl.Int64
    )
    deal = "opportunity_id"
    rows = rows.with_columns(number.alias("stage_number"))
    rows = rows.with_columns(
        (pl.col("stage_number") < pl.col("stage_number").cum_max().shift(1).over(deal)).fill_null(False)
        .alias("is_regression"),
        pl.struct(deal, "stage").is_first_distinct().alias("is_first_entry"),
        pl.col("stage_number").reverse().cum_max().reverse().over(deal).alias("_highest"),
        pl.col("entered_date").shift(-1).over(deal).alias("left_date"),
        pl.col("entered_date").first().over(deal).alias("path_start_date"),
        pl.col("stage_number").max().over(deal).alias("_reached"),
    )  # fmt: skip
    last = max(order.values(), default=0)
    rows = rows.join(one.drop("_stage", "_created"), on=deal, how="left", maintain_order="left")
    won = pl.col("deal_status") == "won" if "deal_status" in rows.columns else pl.lit(value=False)
    rows = rows.with_columns(
        ((pl.col("_highest") > pl.col("stage_number")) | won).fill_null(False).alias("went_on"),
        ((pl.col("_reached") >= last) | won).fill_null(False).alias("reached_last"),
        (pl.col("left_date").cast(pl.Int32) - pl.col("entered_date").cast(pl.Int32)).alias("days_in_it"),
        pl.col(deal).cast(pl.Categorical).to_physical().alias(DEAL),
    ).drop("_order", "_highest", "_reached")
    absent = {name: f"needs {name}" for name in _KEPT if name not in rows.columns}
    return Fact(
        "stage_path", rows.with_row_index("_line"), "opportunities", deal, False, deals.as_of, deals.currency,
        absent, deals.unrated,
    )  # fmt: skip


def stage_order(rows: pl.DataFrame, stages: Sequence[str] = ()) -> Mapping[str, int]:
    """The number of every stage, from 1.

    Args:
        rows: entries with `opportunity_id` and `stage`, of each deal in order.
        stages: the order that the workspace gives; stages it leaves out come last.
    """
    found = rows["stage"].unique().drop_nulls().sort().to_list()
    if stages:
        named = [*stages, *(name for name in found if name not in stages)]
    elif all(_NUMBER.match(name) for name in found):
        named = sorted(found, key=lambda name: (int(_NUMBER.match(name)[1]), name))  # type: ignore[index]
    else:
        place = pl.int_range(pl.len()).over("opportunity_id").alias("_place")
        means = rows.select("stage", place).group_by("stage").agg(pl.col("_place").mean())
        named = means.sort("_place", "stage")["stage"].to_list()
    return {name: number for number, name in enumerate(named, 1)}
