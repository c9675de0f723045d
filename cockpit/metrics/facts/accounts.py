"""The fact `accounts`: every account, whether somebody can be reached there, and whether a team is on it."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from cockpit.metrics.facts.currency import Rates, in_one_currency
from cockpit.metrics.facts.fact import DEAL, Fact

FRESH_DAYS = 365
"""An install base older than that is not known any more."""


def accounts(
    table: pl.DataFrame,
    as_of: date,
    rates: Rates,
    contacts: pl.DataFrame | None,
    team: pl.DataFrame | None,
    contact_days: int = FRESH_DAYS,
    required_roles: Sequence[str] = (),
    listed: pl.DataFrame | None = None,
    plan: pl.DataFrame | None = None,
) -> Fact:
    """The fact as of a day.

    Args:
        table: the accounts.
        as_of: the day.
        rates: for money in other currencies.
        contacts: people at the accounts, if the table is there.
        team: people who work on the accounts, if the table is there.
        contact_days: a contact verified longer ago does not count.
        required_roles: roles that every account's team needs; without them any active person will do.
        listed: the list of managed accounts, if the table is there.
        plan: the rows of consumption plans, if the table is there.
    """
    converted = in_one_currency(table, ("potential", "install_base"), rates)
    rows, absent = converted.frame, dict[str, str]()
    if "install_base" in rows.columns:
        known = pl.col("install_base").is_not_null()
        if "install_base_date" in rows.columns:
            age = pl.lit(as_of).cast(pl.Int32) - pl.col("install_base_date").cast(pl.Int32)
            known &= (age.is_between(0, FRESH_DAYS)).fill_null(value=False)
        rows = rows.with_columns(known.alias("has_install_base"))
    else:
        absent["has_install_base"] = "needs install_base"
    owned = pl.col("owner").is_not_null() if "owner" in rows.columns else pl.lit(value=True)
    rows = rows.with_columns(owned.alias("is_managed"))
    rows = _with_members(
        rows, _reachable(contacts, as_of, contact_days), "is_contactable", absent, "contacts"
    )
    complete = _complete(team, as_of, required_roles)
    rows = _with_members(rows, complete, "is_team_complete", absent, "team")
    rows = _with_members(rows, _planned(plan, as_of), "has_valid_plan", absent, "consumption_plan")
    rows = _with_members(rows, _listed(listed, rows), "is_listed", absent, "managed_accounts")
    if "plan_required" not in rows.columns:
        absent["plan_required"] = "needs plan_required in accounts"
    single = rows["account_id"].n_unique() == rows.height
    rows = rows.with_row_index("_line")
    if not single:
        number = pl.col("account_id").cast(pl.Categorical).to_physical()
        rows = rows.with_columns(pl.when(pl.col("account_id").is_duplicated()).then(number).alias(DEAL))
    return Fact(
        "accounts", rows, "accounts", "account_id", single, as_of, converted.currency, absent,
        converted.unrated,
    )  # fmt: skip


def _with_members(
    rows: pl.DataFrame, members: pl.Series | None, name: str, absent: dict[str, str], table: str
) -> pl.DataFrame:
    if members is None:
        absent[name] = f"needs {table}"
        return rows
    return rows.with_columns(pl.col("account_id").is_in(members.implode()).fill_null(value=False).alias(name))


def _reachable(contacts: pl.DataFrame | None, as_of: date, most_days: int) -> pl.Series | None:
    """Accounts with a contact that has a channel, consent, a role and was verified of late.

    Of these only what the table has columns for is asked; an e-mail address needs an @.
    """
    if contacts is None or "account_id" not in contacts.columns:
        return None
    asked = []
    channels = []
    if "email" in contacts.columns:
        channels.append(pl.col("email").str.contains("@", literal=True))
    if "phone" in contacts.columns:
        channels.append(pl.col("phone").str.contains(r"\d"))
    if channels:
        asked.append(pl.any_horizontal(one.fill_null(value=False) for one in channels))
    if "consent" in contacts.columns:
        asked.append(pl.col("consent"))
    if "role" in contacts.columns:
        asked.append(pl.col("role").is_not_null())
    if "verified_date" in contacts.columns:
        age = pl.lit(as_of).cast(pl.Int32) - pl.col("verified_date").cast(pl.Int32)
        asked.append(age.is_between(0, most_days))
    met = pl.all_horizontal(one.fill_null(value=False) for one in asked) if asked else pl.lit(value=True)
    return contacts.filter(met)["account_id"].drop_nulls().unique()


def _complete(team: pl.DataFrame | None, as_of: date, roles: Sequence[str]) -> pl.Series | None:
    if team is None:
        return None
    active = pl.lit(value=True)
    if "valid_from" in team.columns:
        active &= (pl.col("valid_from") <= as_of).fill_null(value=True)
    if "valid_to" in team.columns:
        active &= (pl.col("valid_to") >= as_of).fill_null(value=True)
    people = team.filter(active & pl.col("person").is_not_null())
    if not roles:
        return people["account_id"].unique()
    if "role" not in people.columns:
        return None
    held = (
        people.filter(pl.col("role").is_in(list(roles))).group_by("account_id").agg(pl.col("role").n_unique())
    )
    return held.filter(pl.col("role") == len(set(roles)))["account_id"]


def _planned(plan: pl.DataFrame | None, as_of: date) -> pl.Series | None:
    """Accounts with a current plan without gaps: something lies ahead, and no row lacks date or amount."""
    if plan is None:
        return None
    whole = pl.col("due_date").is_not_null() & (pl.col("amount") > 0).fill_null(value=False)
    sound = (
        plan.group_by("account_id")
        .agg(whole.all().alias("whole"), (pl.col("due_date") >= as_of).any().alias("ahead"))
        .filter(pl.col("whole") & pl.col("ahead").fill_null(value=False))
    )
    return sound["account_id"]


def _listed(listed: pl.DataFrame | None, accounts: pl.DataFrame) -> pl.Series | None:
    """Accounts that are on the list, or whose parent is."""
    if listed is None:
        return None
    named = listed["account_id"].drop_nulls().unique()
    if "parent_id" not in accounts.columns:
        return named
    children = accounts.filter(pl.col("parent_id").is_in(named.implode()))["account_id"]
    return pl.concat([named, children]).unique()
