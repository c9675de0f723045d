"""The fact `cohort`: the deals that were open when a period began, and what became of each.

The population is fixed on the day before the period (or the day that a metric asks for) and never grows:
deals created later, or pulled in from a later period, are not in it. Amount, owner, stage and close date are
those of that day; the outcome is that of the last day asked.
"""

from datetime import date

import polars as pl

from cockpit.metrics.facts.fact import Fact

_KEPT = (
    "name", "account_id", "account", "owner_id", "owner", "manager", "territory", "ou", "segment", "product",
    "type", "stage", "forecast_category", "forecast_group", "probability",
)  # fmt: skip
"""Columns that tell deals apart, as they were when the period began."""


def cohort(then: Fact, now: Fact, start: date | None, end: date | None) -> Fact:
    """One row a deal that was open on the opening day.

    Args:
        then: `opportunities` as of the opening day.
        now: `opportunities` as of the last day asked.
        start: first day of the period, or None.
        end: last day of the period, or None.
    """
    opened = then.frame.filter(pl.col("status") == "open")
    kept = [pl.col(name).first() for name in _KEPT if name in opened.columns]
    omitted = pl.col("is_omitted").all()
    rows = opened.group_by("opportunity_id", maintain_order=True).agg(
        *kept,
        pl.col("amount").sum().alias("start_amount"),
        pl.col("close_date").min().alias("start_close_date"),
        omitted.alias("is_omitted"),
    )
    won = pl.col("status") == "won"
    inside = pl.lit(value=True)
    if start is not None:
        inside &= pl.col("closing_date") >= start
    if end is not None:
        inside &= pl.col("closing_date") <= end
    ended = now.frame.group_by("opportunity_id").agg(
        pl.col("deal_status").first().cast(pl.String).alias("_status"),
        pl.col("deal_closing_date").first().alias("closing_date"),
        pl.col("close_date").max().alias("end_close_date"),
        pl.col("amount").sum().alias("end_amount"),
        pl.col("amount").filter(won & inside).sum().alias("won_amount"),
    )
    rows = rows.join(ended, on="opportunity_id", how="left", maintain_order="left")
    due = pl.col("start_close_date")
    dated = pl.lit(value=True)
    if start is not None:
        dated &= due >= start
    if end is not None:
        dated &= due <= end
    closes_later = pl.lit(value=False) if end is None else pl.col("end_close_date") > end
    in_time = pl.lit(value=True) if end is None else pl.col("closing_date") <= end
    outcome = (
        pl.when(pl.col("_status").is_null()).then(pl.lit("removed"))
        .when((pl.col("_status") != "open") & in_time).then(pl.col("_status"))
        .when((pl.col("_status") != "open") | closes_later).then(pl.lit("pushed out"))
        .otherwise(pl.lit("open"))
    )  # fmt: skip
    rows = rows.with_columns(
        (dated & ~pl.col("is_omitted")).fill_null(value=False).alias("is_due"),
        outcome.alias("outcome"),
        pl.col("won_amount").fill_null(0),
    ).drop("_status")
    absent = {name: f"needs {name}" for name in _KEPT if name not in rows.columns}
    return Fact(
        "cohort", rows.with_row_index("_line"), "opportunities", "opportunity_id", True, now.as_of,
        now.currency, absent, tuple(dict.fromkeys((*then.unrated, *now.unrated))),
    )  # fmt: skip
