"""What agreements are linked with: open deals, owners, contacts; and what puts a renewal at risk.

A link between agreement and deal counts in either direction. Reasons of risk overlap: an agreement may have
several, and counts once in the total. Touchpoints come from the tasks, so the columns that need them are only
made when they are used.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import polars as pl

from cockpit.metrics.facts.made import Columns, Recipe
from cockpit.metrics.facts.touchpoints import Touchpoint, touchpoints

DEAL_BY_DAYS = 120
"""From how many days before it is due on an agreement without a deal is at risk."""
LINKED = (
    "is_covered", "is_covered_late", "is_untracked", "missing", "deal_close_date", "has_no_deal", "is_pushed",
)  # fmt: skip
"""Columns that cannot be known without deals."""
REASONS = {
    "has_no_deal": "no deal by T-120",
    "has_missed_gate": "gate missed",
    "has_no_contact": "no contact",
    "is_pushed": "pushed past due",
}
"""The reasons of risk: the column that says so, and its words."""
AT_RISK = ("has_missed_gate", "is_at_risk", "risk")
"""Columns that are made when they are asked for, since they need the tasks."""


def with_links(
    rows: pl.DataFrame, open_deals: pl.DataFrame | None, contacts: pl.DataFrame | None
) -> pl.DataFrame:
    """The rows with what they are linked with; without deals only what needs none.

    Args:
        rows: agreements with due dates and whether they are still to be settled.
        open_deals: opportunity_id and, where known, agreement_id and close_date of the open deals.
        contacts: the table of contacts, if there is one.
    """
    lacks: dict[str, pl.Expr] = {}
    unsettled = pl.col("is_unsettled")
    if contacts is not None and {"account_id"} <= set(contacts.columns) & set(rows.columns):
        known = contacts["account_id"].drop_nulls().unique().implode()
        lacks["contact"] = ~pl.col("account_id").is_in(known).fill_null(value=False)
        rows = rows.with_columns((unsettled & lacks["contact"]).alias("has_no_contact"))
    if open_deals is None:
        return rows
    rows = _with_deals(rows, open_deals)
    late = (pl.col("deal_close_date") > pl.col("due_date")).fill_null(value=False)
    lacks = {"opportunity": ~pl.col("is_covered"), **lacks}
    if "owner" in rows.columns:
        lacks["owner"] = pl.col("owner").is_null()
    order = [name for name in ("opportunity", "owner", "contact") if name in lacks]
    words = [pl.when(lacks[name]).then(pl.lit(name)) for name in order]
    rows = rows.with_columns(
        (pl.col("is_covered") & late).alias("is_covered_late"),
        pl.any_horizontal(list(lacks.values())).alias("is_untracked"),
        pl.concat_str(words, separator=", ", ignore_nulls=True).alias("missing"),
        (unsettled & ~pl.col("is_covered") & (pl.col("days_to_due") <= DEAL_BY_DAYS)).alias("has_no_deal"),
        (unsettled & pl.col("is_covered") & late).alias("is_pushed"),
    )
    return rows.with_columns(pl.when(pl.col("missing") != "").then(pl.col("missing")).alias("missing"))


def _with_deals(rows: pl.DataFrame, open_deals: pl.DataFrame) -> pl.DataFrame:
    """Whether an open deal is linked, and the earliest day on which one of them is expected to close."""
    deals = open_deals
    if "close_date" not in deals.columns:
        deals = deals.with_columns(pl.lit(None, pl.Date).alias("close_date"))
    closes, found = [], []
    for key in ("opportunity_id", "agreement_id"):
        if key not in deals.columns or key not in rows.columns:
            continue
        close, linked = f"_close_by_{key}", f"_linked_by_{key}"
        by_key = (
            deals.filter(pl.col(key).is_not_null())
            .group_by(key)
            .agg(pl.col("close_date").min().alias(close))
            .with_columns(pl.lit(value=True).alias(linked))
        )
        rows = rows.join(by_key, on=key, how="left", maintain_order="left")
        closes.append(close)
        found.append(linked)
    covered = (
        pl.any_horizontal(pl.col(name).fill_null(value=False) for name in found) if found else pl.lit(False)
    )
    earliest = pl.min_horizontal(closes) if closes else pl.lit(None, pl.Date)
    return rows.with_columns(covered.alias("is_covered"), earliest.alias("deal_close_date")).drop(
        closes, found
    )


def risk_columns(found: Callable[[], Sequence[Touchpoint]], as_of: date) -> dict[str, Recipe]:
    """The columns of risk.

    Args:
        found: gives the touchpoints.
        as_of: the day.
    """
    return {
        "has_missed_gate": partial(_has_missed_gate, found=found, as_of=as_of),
        "is_at_risk": lambda columns: pl.any_horizontal(_reasons(columns)),
        "risk": _risk,
    }


def _has_missed_gate(columns: Columns, *, found: Callable[[], Sequence[Touchpoint]], as_of: date) -> pl.Expr:
    missed = touchpoints(found(), as_of).frame.filter("is_missed")["agreement_id"].unique().implode()
    return pl.col("is_unsettled") & pl.col("agreement_id").is_in(missed)


def _reasons(columns: Columns) -> list[str]:
    """The reasons that can be told here."""
    return [name for name in REASONS if columns.fact.has(name)]


def _risk(columns: Columns) -> pl.Expr:
    words = [pl.when(pl.col(column)).then(pl.lit(REASONS[column])) for column in _reasons(columns)]
    risk = pl.concat_str(words, separator=", ", ignore_nulls=True)
    return pl.when(risk != "").then(risk)
