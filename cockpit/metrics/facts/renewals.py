"""The fact `renewals`: every agreement as of a day, whether it was kept in time, covered and tracked.

In time means renewed or extended, with the package complete, on or before the due date. The package of a
renewal is complete on the later of contract and purchase order date where the source has them, else on
the renewed date. An extension is in time by its own date; the date it extends to is a due date that
counts once more, as a row of its own.
"""

from datetime import date, timedelta

import polars as pl

from cockpit.metrics.facts.currency import Rates, in_one_currency
from cockpit.metrics.facts.fact import DEAL, Fact

EXPIRY_WINDOW = timedelta(days=180)
"""How far ahead an agreement counts as expiring."""


def renewals(
    agreements: pl.DataFrame,
    as_of: date,
    rates: Rates,
    open_deals: pl.DataFrame | None,
    contacts: pl.DataFrame | None,
) -> Fact:
    """The fact as of a day.

    Args:
        agreements: the table.
        as_of: the day.
        rates: for money in other currencies.
        open_deals: opportunity_id and, if known, agreement_id of deals open on that day; None without deals.
        contacts: the table of contacts, if there is one.
    """
    converted = in_one_currency(agreements, ("base_amount", "renewed_amount"), rates)
    rows, absent = _with_dates(converted.frame, as_of), {}
    rows = _with_outcome(rows, as_of)
    rows = _with_expiry(rows, as_of)
    if open_deals is None and "opportunity_id" not in rows.columns:
        absent.update(dict.fromkeys(("is_covered", "is_untracked", "missing"), "needs opportunities"))
    else:
        rows = _with_tracking(rows, open_deals, contacts)
    single = rows["agreement_id"].n_unique() == rows.height
    if not single:
        number = pl.col("agreement_id").cast(pl.Categorical).to_physical()
        rows = rows.with_columns(pl.when(pl.col("agreement_id").is_duplicated()).then(number).alias(DEAL))
    return Fact(
        "renewals", rows, "agreements", "agreement_id", single, as_of, converted.currency, absent,
        converted.unrated,
    )  # fmt: skip


_DATES = (
    "due_date", "expires_date", "renewed_date", "extended_date", "extended_to", "contract_date", "po_date",
    "terminated_date",
)  # fmt: skip


def _with_dates(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Every date the rules need; what happened after the day has not happened yet."""
    present = set(rows.columns)
    blank = [pl.lit(None, pl.Date).alias(name) for name in _DATES if name not in present]
    rows = rows.with_row_index("_line").with_columns(blank)
    rows = rows.with_columns(
        pl.coalesce("due_date", "expires_date").alias("due_date"),
        pl.coalesce("expires_date", "due_date").alias("expires_date"),
        *(
            pl.when(pl.col(name) <= as_of).then(pl.col(name)).alias(name)
            for name in ("renewed_date", "extended_date", "terminated_date")
        ),
    )
    package = [name for name in ("contract_date", "po_date") if name in present]
    complete = pl.col("renewed_date")
    if package:
        whole = pl.all_horizontal(pl.col(name).is_not_null() for name in package)
        complete = pl.when(whole & pl.col("renewed_date").is_not_null()).then(pl.max_horizontal(package))
    rows = rows.with_columns(complete.alias("complete_date"))
    rows = rows.with_columns(
        pl.when(pl.col("complete_date") <= as_of).then(pl.col("complete_date")).alias("complete_date")
    )
    rows = rows.with_columns(pl.lit(value=False).alias("is_extended_term"))
    extended = rows.filter(pl.col("extended_date").is_not_null() & pl.col("extended_to").is_not_null())
    again = extended.with_columns(
        pl.col("extended_to").alias("due_date"),
        pl.col("extended_to").alias("expires_date"),
        pl.lit(None, pl.Date).alias("extended_date"),
        pl.lit(None, pl.Date).alias("extended_to"),
        pl.lit(value=True).alias("is_extended_term"),
    )
    return pl.concat([rows, again]).drop("_line").with_row_index("_line")


def _with_outcome(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    due = pl.col("due_date")
    renewed = (pl.col("complete_date") <= due).fill_null(value=False)
    extended = (pl.col("extended_date") <= due).fill_null(value=False)
    terminated = (pl.col("terminated_date") <= due).fill_null(value=False)
    outcome = (
        pl.when(terminated).then(pl.lit("terminated"))
        .when(extended).then(pl.lit("extended in time"))
        .when(renewed).then(pl.lit("renewed in time"))
        .when(pl.col("complete_date").is_not_null()).then(pl.lit("renewed late"))
        .when(pl.col("extended_date").is_not_null()).then(pl.lit("extended late"))
        .when(due > as_of).then(pl.lit("to come"))
        .otherwise(pl.lit("lapsed"))
    )  # fmt: skip
    return rows.with_columns(
        terminated.alias("is_terminated"), (renewed | extended).alias("is_on_time"), outcome.alias("outcome")
    )


def _with_expiry(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    expires = pl.col("expires_date")
    settled = (
        pl.col("renewed_date").is_not_null()
        | pl.col("extended_date").is_not_null()
        | pl.col("terminated_date").is_not_null()
    )
    near = (expires >= as_of) & (expires <= as_of + EXPIRY_WINDOW)
    return rows.with_columns(
        (expires.cast(pl.Int32) - pl.lit(as_of).cast(pl.Int32)).alias("days_to_expiry"),
        (near.fill_null(value=False) & ~settled).alias("is_expiring"),
    )


def _with_tracking(
    rows: pl.DataFrame, open_deals: pl.DataFrame | None, contacts: pl.DataFrame | None
) -> pl.DataFrame:
    """A link between agreement and deal counts in either direction."""
    covered = pl.lit(value=False)
    if open_deals is not None:
        if "opportunity_id" in rows.columns:
            covered |= pl.col("opportunity_id").is_in(open_deals["opportunity_id"].unique().implode())
        if "agreement_id" in open_deals.columns:
            covered |= pl.col("agreement_id").is_in(
                open_deals["agreement_id"].drop_nulls().unique().implode()
            )
    lacks = {"opportunity": ~covered.fill_null(value=False)}
    if "owner" in rows.columns:
        lacks["owner"] = pl.col("owner").is_null()
    if contacts is not None and "account_id" in contacts.columns and "account_id" in rows.columns:
        known = contacts["account_id"].drop_nulls().unique().implode()
        lacks["contact"] = ~pl.col("account_id").is_in(known).fill_null(value=False)
    words = [pl.when(lack).then(pl.lit(word)) for word, lack in lacks.items()]
    return rows.with_columns(
        (~lacks["opportunity"]).alias("is_covered"),
        pl.any_horizontal(list(lacks.values())).alias("is_untracked"),
        pl.concat_str(words, separator=", ", ignore_nulls=True).alias("missing"),
    ).with_columns(pl.when(pl.col("missing") != "").then(pl.col("missing")).alias("missing"))
