"""The fact `managed_accounts`: the list of accounts with named coverage, each beside its account in the CRM.

An account of the list matches when the CRM has it with the same owner, territory and segment, as far as both
tables have these columns; a blank on one side only is a difference.
"""

from datetime import date

import polars as pl

from cockpit.metrics.facts.fact import DEAL, Fact

COMPARED = ("owner", "territory", "segment")
"""The columns that have to be the same."""


def managed_accounts(listed: pl.DataFrame, accounts: pl.DataFrame | None, as_of: date) -> Fact:
    """The fact as of a day, which only names it: neither table has dates.

    Args:
        listed: the table `managed_accounts`.
        accounts: the table `accounts`, if it is there.
        as_of: the day.
    """
    rows, absent = listed.with_row_index("_line"), dict[str, str]()
    shared = [name for name in COMPARED if accounts is not None and name in accounts.columns]
    shared = [name for name in shared if name in listed.columns]
    if accounts is None:
        absent.update(dict.fromkeys(("is_in_crm", "is_matched", "mismatch"), "needs accounts"))
    else:
        known = accounts.group_by("account_id").agg(
            pl.lit(value=True).alias("is_in_crm"),
            *(pl.col(name).first().alias(f"_crm_{name}") for name in shared),
        )
        rows = rows.join(known, on="account_id", how="left", maintain_order="left").with_columns(
            pl.col("is_in_crm").fill_null(value=False)
        )
        if shared:
            rows = _compared(rows, shared)
        else:
            needed = "needs owner, territory or segment in accounts too"
            absent.update(dict.fromkeys(("is_matched", "mismatch"), needed))
    single = rows["account_id"].n_unique() == rows.height
    if not single:
        rows = rows.with_columns(pl.col("account_id").cast(pl.Categorical).to_physical().alias(DEAL))
    return Fact("managed_accounts", rows, "managed_accounts", "account_id", single, as_of, absent=absent)


def _compared(rows: pl.DataFrame, shared: list[str]) -> pl.DataFrame:
    differs = {name: pl.col(name).ne_missing(pl.col(f"_crm_{name}")) for name in shared}
    words = [pl.when(differs[name]).then(pl.lit(name)) for name in shared]
    told = pl.concat_str(words, separator=", ", ignore_nulls=True)
    mismatch = pl.when(~pl.col("is_in_crm")).then(pl.lit("not in the CRM")).when(told != "").then(told)
    return rows.with_columns(
        (pl.col("is_in_crm") & ~pl.any_horizontal(list(differs.values()))).alias("is_matched"),
        mismatch.alias("mismatch"),
    ).drop(f"_crm_{name}" for name in shared)
