"""The fact `renewals`: every agreement as of a day, whether it was kept in time, covered and tracked.

In time means renewed or extended, with the package complete, on or before the due date. The package of a
renewal is complete on the later of contract and purchase order date where the source has them, else on
the renewed date. An extension is in time by its own date; the later date it extends to is a due date that
counts once more, as a row of its own (`term_id` tells both apart). What came first, renewal or extension, is
what kept the agreement.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from cockpit.metrics.facts.currency import Rates, in_one_currency
from cockpit.metrics.facts.fact import DEAL, Fact
from cockpit.metrics.facts.renewal_links import LINKED, with_links

EXPIRY_WINDOW = timedelta(days=180)
"""How far ahead an agreement counts as expiring."""
RECAPTURE_WINDOW = "12mo"
"""How long after its due date a lapsed agreement can still be won back."""
_DATES = (
    "due_date", "expires_date", "renewed_date", "extended_date", "extended_to", "contract_date", "po_date",
    "terminated_date",
)  # fmt: skip
ATTACHED = "attached_amount"
"""The source's own column with the value of new products that were sold with the renewal."""


def renewals(
    agreements: pl.DataFrame,
    as_of: date,
    rates: Rates,
    open_deals: pl.DataFrame | None,
    contacts: pl.DataFrame | None,
    grace_days: int = 30,
    first_dates: Mapping[str, date] | None = None,
) -> Fact:
    """The fact as of a day.

    Args:
        agreements: the table.
        as_of: the day.
        rates: for money in other currencies.
        open_deals: opportunity_id and, where known, agreement_id and close_date of deals open on that day;
            None without deals.
        contacts: the table of contacts, if there is one.
        grace_days: days after the due date in which a late renewal is late and no recapture.
        first_dates: by agreement, the expiry date under which it was first seen; the due date where the
            source has none of its own.
    """
    rows, absent = agreements, dict[str, str]()
    if ATTACHED in rows.columns and not rows[ATTACHED].dtype.is_numeric():
        absent[ATTACHED] = f"needs {ATTACHED} as money"
        rows = rows.drop(ATTACHED)
    money = ("base_amount", "renewed_amount", *([ATTACHED] if ATTACHED in rows.columns else []))
    converted = in_one_currency(rows, money, rates)
    rows = _with_dates(converted.frame, as_of, first_dates or {})
    rows = _with_outcome(rows, as_of, grace_days)
    rows = _with_expiry(rows, as_of)
    rows = with_links(rows, open_deals, contacts)
    if open_deals is None:
        absent.update(dict.fromkeys(LINKED, "needs opportunities"))
    if "has_no_contact" not in rows.columns:
        absent["has_no_contact"] = "needs contacts"
    single = rows["agreement_id"].n_unique() == rows.height
    if not single:
        number = pl.col("agreement_id").cast(pl.Categorical).to_physical()
        rows = rows.with_columns(pl.when(pl.col("agreement_id").is_duplicated()).then(number).alias(DEAL))
    return Fact(
        "renewals", rows, "agreements", "agreement_id", single, as_of, converted.currency, absent,
        converted.unrated,
    )  # fmt: skip


def _with_dates(rows: pl.DataFrame, as_of: date, first_dates: Mapping[str, date]) -> pl.DataFrame:
    """Every date the rules need; what happened after the day has not happened yet."""
    present = set(rows.columns)
    blank = [pl.lit(None, pl.Date).alias(name) for name in _DATES if name not in present]
    rows = rows.with_row_index("_line").with_columns(blank)
    frozen = pl.lit(None, pl.Date)
    if first_dates and rows["due_date"].null_count():
        frozen = pl.col("agreement_id").replace_strict(
            list(first_dates), list(first_dates.values()), default=None, return_dtype=pl.Date
        )
    rows = rows.with_columns(
        pl.coalesce("due_date", frozen, "expires_date").alias("due_date"),
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
    identity = pl.col("agreement_id").cast(pl.String)
    rows = rows.with_columns(pl.lit(value=False).alias("is_extended_term"), identity.alias("term_id"))
    is_later = (pl.col("extended_to") > pl.col("due_date")).fill_null(value=False)
    extended = rows.filter(pl.col("extended_date").is_not_null() & is_later)
    again = extended.with_columns(
        pl.concat_str(identity, pl.lit(" to "), pl.col("extended_to").dt.to_string()).alias("term_id"),
        pl.col("extended_to").alias("due_date"),
        pl.col("extended_to").alias("expires_date"),
        pl.lit(None, pl.Date).alias("extended_date"),
        pl.lit(None, pl.Date).alias("extended_to"),
        pl.lit(value=True).alias("is_extended_term"),
    )
    return pl.concat([rows, again]).drop("_line").with_row_index("_line")


def _with_outcome(rows: pl.DataFrame, as_of: date, grace_days: int) -> pl.DataFrame:
    """How it went: kept by the earlier of renewal and extension, in time, late, or after the grace."""
    due, kept = pl.col("due_date"), pl.col("kept_date")
    late = pl.col("days_late")
    rows = rows.with_columns(
        pl.min_horizontal("complete_date", "extended_date").alias("kept_date"),
        (pl.col("extended_date") < pl.col("complete_date")).fill_null(
            pl.col("complete_date").is_null() & pl.col("extended_date").is_not_null()
        ).alias("is_extended"),
        (pl.col("terminated_date") <= due).fill_null(value=False).alias("is_terminated"),
        (due.cast(pl.Int32) - pl.lit(as_of).cast(pl.Int32)).alias("days_to_due"),
        due.dt.offset_by(RECAPTURE_WINDOW).alias("recapture_until"),
        pl.lit(grace_days, pl.Int32).alias("grace_days"),
    ).with_columns((kept.cast(pl.Int32) - due.cast(pl.Int32)).alias("days_late"))  # fmt: skip
    word = pl.when("is_extended").then(pl.lit("extended")).otherwise(pl.lit("renewed"))
    outcome = (
        pl.when("is_terminated").then(pl.lit("terminated"))
        .when(late <= 0).then(word + " in time")
        .when(late <= grace_days).then(word + " late")
        .when(late > grace_days).then(pl.lit("recaptured"))
        .when(due > as_of).then(pl.lit("to come"))
        .otherwise(pl.lit("lapsed"))
    )  # fmt: skip
    return rows.with_columns((late <= 0).fill_null(value=False).alias("is_on_time"), outcome.alias("outcome"))


def _with_expiry(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What expires soon, and what is still to be settled; signed without its package counts as settled."""
    expires = pl.col("expires_date")
    settled = pl.any_horizontal(
        pl.col(name).is_not_null() for name in ("renewed_date", "extended_date", "terminated_date")
    )
    near = (expires >= as_of) & (expires <= as_of + EXPIRY_WINDOW)
    return rows.with_columns(
        (expires.cast(pl.Int32) - pl.lit(as_of).cast(pl.Int32)).alias("days_to_expiry"),
        (near.fill_null(value=False) & ~settled).alias("is_expiring"),
        ((pl.col("outcome") == "to come") & ~settled).alias("is_unsettled"),
    )
