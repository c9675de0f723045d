"""The fact `hygiene`: one row for every rule that an open deal breaks.

A deal that breaks three rules stands there three times; deals are counted once. A rule whose columns the
source lacks is not checked. A row holds where its deal stands among the deals; what
else is asked of it is fetched from there.
"""

from collections.abc import Mapping
from functools import partial

import polars as pl

from cockpit.metrics.facts.fact import DEAL, UNRATED, Fact
from cockpit.metrics.facts.made import LINE, Columns, Recipe

NO_CHANGE_DAYS = 14
"""After so many days without a change a deal in commit needs a word."""
_KEPT = (
    "opportunity_id", "name", "account_id", "account", "owner_id", "owner", "manager", "territory", "ou",
    "segment", "product", "type", "stage", "forecast_category", "amount", "close_date", "next_step",
    "next_step_date", "days_past_due", "days_in_stage", "days_since_change",
)  # fmt: skip

_AT = "_at"
"""The place of a row's deal in the fact of the deals."""

RULES: Mapping[str, tuple[tuple[str, ...], pl.Expr | None]] = {
    "past due": (("is_past_due",), pl.col("is_past_due")),
    "stale": (("is_stale",), pl.col("is_stale")),
    "no amount": (("amount",), pl.col("amount").is_null() | (pl.col("amount") <= 0)),
    "no close date": (("close_date", "close_date_unknown"),
                      pl.col("close_date").is_null() & ~pl.col("close_date_unknown")),
    "no owner": (("owner",), pl.col("owner").is_null()),
    "no next step": (("next_step",), pl.col("next_step").cast(pl.String).str.strip_chars().str.to_lowercase()
                     .is_in(["", ".", "tbd"]).fill_null(value=True)),
    "next step overdue": (("next_step_date",), None),
    "commit without change": (
        ("forecast_group", "days_since_change"),
        (pl.col("forecast_group") == "commit") & (pl.col("days_since_change") > NO_CHANGE_DAYS),
    ),
    "too long in stage": (("is_overrun",), pl.col("is_overrun")),
    "pushed twice": (("push_count",), pl.col("push_count") >= 2),
    "suspected duplicate": (("is_suspected_duplicate",), pl.col("is_suspected_duplicate")),
}  # fmt: skip
"""Each rule: the columns that it needs and when it is broken."""
_RULE = pl.Enum(list(RULES))


def hygiene(deals: Fact, columns: Columns) -> Fact:
    """The fact as of the day of `deals`.

    Args:
        deals: `opportunities` as of the day.
        columns: its columns.
    """
    checked = [rule for rule in RULES if _checked(rule, deals)]
    needed = {name for rule in checked for name in RULES[rule][0]}

    def broken(rows: pl.LazyFrame) -> pl.LazyFrame:
        return pl.concat(
            [
                rows.filter(_breaks(rule, deals)).select(
                    pl.col(LINE).alias(_AT), pl.lit(rule, _RULE).alias("rule")
                )
                for rule in checked
            ]
        )

    found = pl.DataFrame(schema={_AT: pl.UInt32, "rule": _RULE})
    if checked:
        found = columns.rows(("status", *needed)).collected(broken)
    kept = [name for name in _KEPT if deals.has(name)]
    late = {name: partial(_of_deal, deals=columns, name=name) for name in kept}
    absent = {name: f"needs {name}" for name in _KEPT if name not in kept}
    made: dict[str, Recipe] = {DEAL: partial(_deal_number, deals=columns)}
    if deals.unrated:
        made[UNRATED] = partial(_of_deal, deals=columns, name=UNRATED)
    return Fact(
        "hygiene", found, "opportunities", "opportunity_id", False, deals.as_of, deals.currency, absent,
        deals.unrated, late, made,
    )  # fmt: skip


def _breaks(rule: str, deals: Fact) -> pl.Expr:
    """Whether an open deal breaks a rule."""
    broken = RULES[rule][1]
    met = pl.col("next_step_date") < deals.as_of if broken is None else broken
    return (pl.col("status") == "open") & met.fill_null(value=False)


def _deal_number(_: Columns, *, deals: Columns) -> pl.Expr:
    """A number for each deal: that of the fact where it has several rows, else one of its row."""
    if DEAL not in deals.held.columns:
        return pl.col(_AT)
    several = pl.lit(deals.held[DEAL]).gather(pl.col(_AT))
    return pl.coalesce(several, pl.col(_AT) + deals.held.height)


def _of_deal(_: Columns, *, deals: Columns, name: str) -> pl.Expr:
    """The value of the row's deal."""
    return pl.lit(deals.values(name)).gather(pl.col(_AT))


def _checked(rule: str, deals: Fact) -> bool:
    return all(deals.has(name) for name in RULES[rule][0])
