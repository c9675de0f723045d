"""The fact `submissions`: what each node of the sales organisation said it would land, lock by lock.

A row of the table is one submission: fiscal period, node (an owner, a manager or a territory), its parent
node, category, amount, the day it was submitted and the day of the lock it is meant for. Whoever submits for
a period at any of its locks is due at all of them; a lock at which a node is missing gets a row without an
amount. Of several submissions for one lock the last in time counts, else the last.

A node's call is its category "call" where it names one, else its commit. Its forecast of week 3 is that of
the last lock before the third week of the period began. What it landed is what was won in the period by the
owner, manager or territory of that name.
"""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from cockpit.metrics.facts.currency import MONEY, Rates, in_one_currency
from cockpit.metrics.facts.deal_columns import GROUPS
from cockpit.metrics.facts.fact import DEAL, Fact

_CALLS = ("call", "mostlikely", "likely", "landing", "forecast", "fiftyfifty")
_BEFORE_WEEK_3 = timedelta(days=13)
_OF_NODE = ("owner", "manager", "territory")
_SAME = ["period", "node", "category", "locked_date"]
_TEXTS = ("parent", "submitter", "category", "note")

Bounds = Callable[[str], tuple[date, date] | None]


def submissions(
    table: pl.DataFrame,
    as_of: date,
    start: date | None,
    end: date | None,
    rates: Rates,
    bounds: Bounds,
    deals: Fact | None,
) -> Fact:
    """The fact for the submissions of all periods that lie in the one asked.

    Args:
        table: the table `submissions`.
        as_of: the day; later locks are not due yet.
        start: first day of the period asked, or None.
        end: last day of it, or None.
        rates: for money in other currencies.
        bounds: first and last day of the fiscal period with that name, None where there is no such period.
        deals: `opportunities` as of the day, for what was landed; None without deals.
    """
    absent = {name: f"needs {name}" for name in ("parent", "note") if name not in table.columns}
    if "locked_date" not in table.columns or "submitted_date" not in table.columns:
        lacking = "locked_date" if "locked_date" not in table.columns else "submitted_date"
        absent["is_on_time"] = f"needs {lacking}"
    converted = in_one_currency(table, ("amount",), rates)
    rows = _of_period(_whole(converted.frame), as_of, start, end, bounds)
    rows = _with_missing(rows)
    rows = _with_amounts(rows)
    if deals is None or not {"status", "closing_date", "amount"} <= set(deals.frame.columns):
        absent["actual_amount"] = "needs opportunities with status, close_date and amount"
    else:
        rows = _with_actual(rows, deals.frame)
    rows = rows.drop(["_first", "_last"], strict=False).with_row_index("_line")
    if "is_on_time" in absent:
        rows = rows.drop("is_on_time")
    if "parent" in absent:
        rows = rows.drop("reports_amount", "override_amount", "manager")
        absent.update(dict.fromkeys(("reports_amount", "override_amount", "manager"), "needs parent"))
    return Fact(
        "submissions", rows, "submissions", "submission_key", False, as_of, converted.currency, absent,
        converted.unrated,
    )  # fmt: skip


def _whole(table: pl.DataFrame) -> pl.DataFrame:
    """The table with every column that the rest asks for; without a lock the submission is its own."""
    blank = [pl.lit(None, pl.String).alias(name) for name in _TEXTS if name not in table.columns]
    days = [name for name in ("locked_date", "submitted_date") if name in table.columns]
    table = table.with_columns(
        *blank,
        pl.coalesce(days).alias("locked_date"),
        (pl.col("submitted_date") if "submitted_date" in days else pl.lit(None, pl.Date)).alias(
            "submitted_date"
        ),
    )
    return table.drop_nulls("locked_date")


def _of_period(
    rows: pl.DataFrame, as_of: date, start: date | None, end: date | None, bounds: Bounds
) -> pl.DataFrame:
    """What was known on the day of the fiscal periods that lie in the one asked; a node has one parent."""
    told = {name: bounds(name) for name in rows["period"].unique().to_list()}
    inside = {
        name: days
        for name, days in told.items()
        if days is not None and (start is None or days[0] >= start) and (end is None or days[1] <= end)
    }
    schema = {"period": pl.String, "_first": pl.Date, "_last": pl.Date}
    periods = pl.DataFrame([(name, *days) for name, days in inside.items()], schema=schema, orient="row")
    known = (pl.col("locked_date") <= as_of) & (pl.col("submitted_date") <= as_of).fill_null(value=True)
    known_rows = rows.filter(known).join(periods, on="period", maintain_order="left")
    newest = pl.col("parent").sort_by("locked_date", maintain_order=True).drop_nulls().last()
    parents = known_rows.group_by("period", "node", maintain_order=True).agg(newest)
    return known_rows.drop("parent").join(parents, on=["period", "node"], maintain_order="left")


def _with_missing(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each node, category and lock, and one for each node that is missing at a lock."""
    on_time = (pl.col("submitted_date") <= pl.col("locked_date")).fill_null(value=False)
    node = ["period", "node", "locked_date"]
    rows = rows.with_columns((pl.col("amount").is_not_null() & on_time).alias("is_on_time"))
    rows = (
        rows.with_columns(pl.col("is_on_time").any().over(node).alias("_any_on_time"))
        .sort("is_on_time", "submitted_date", nulls_last=False, maintain_order=True)
        .unique(_SAME, keep="last", maintain_order=True)
        .with_columns(pl.col("_any_on_time").alias("is_on_time"))
        .drop("_any_on_time")
    )
    locks = rows.select("period", "_first", "_last", "locked_date").unique(maintain_order=True)
    nodes = rows.select("period", "node", "parent").unique(maintain_order=True)
    due = nodes.join(locks, on="period").join(rows, on=node, how="anti")
    together = pl.concat([rows, due], how="diagonal").with_columns(
        pl.col("is_on_time").fill_null(value=False), pl.col("amount").is_not_null().alias("is_submitted")
    )
    key = pl.format("{} {} {}", "period", "node", "locked_date")
    return together.with_columns(
        key.alias("submission_key"), key.cast(pl.Categorical).to_physical().alias(DEAL),
        pl.col("node").alias("owner"), pl.col("parent").alias("manager"),
    )  # fmt: skip


def _with_amounts(rows: pl.DataFrame) -> pl.DataFrame:
    """Calls and commits, the change from lock to lock, and what the nodes below said."""
    group = pl.col("category").str.to_lowercase().str.replace_all(r"[^a-z]", "")
    named_call = group.is_in(list(_CALLS)).fill_null(value=False)
    commit = group.is_in([name for name, meant in GROUPS.items() if meant == "commit"])
    commit = commit.fill_null(pl.col("category").is_null()) & pl.col("is_submitted")
    rows = rows.with_columns(
        commit.alias("is_commit"), (named_call & pl.col("is_submitted")).alias("_named")
    ).with_columns(
        pl.when(pl.col("_named").any().over("period", "node")).then("_named").otherwise("is_commit")
        .alias("is_call"),
        (pl.col("locked_date") == pl.col("locked_date").max().over("period")).alias("is_newest"),
    ).drop("_named")  # fmt: skip
    before = pl.col("locked_date") <= pl.col("_first") + _BEFORE_WEEK_3
    lock = pl.when(before).then("locked_date").max().over("period")
    rows = rows.with_columns((pl.col("locked_date") == lock).fill_null(value=False).alias("is_of_week_3"))
    said = rows.filter("is_submitted").sort("locked_date", maintain_order=True)
    series = ["period", "node", "category"]
    changes = said.select(
        *_SAME, (pl.col("amount") - pl.col("amount").shift(1).over(series)).cast(MONEY).alias("change")
    )
    below = said.drop_nulls("parent").group_by("period", "parent", "category", "locked_date").agg(
        pl.col("amount").sum().cast(MONEY).alias("reports_amount")
    ).rename({"parent": "node"})  # fmt: skip
    parents = said.select("period", pl.col("parent").alias("node")).drop_nulls().unique()
    parents = parents.with_columns(pl.lit(value=False).alias("is_leaf"))
    for found, on in ((changes, _SAME), (below, _SAME), (parents, ["period", "node"])):
        rows = rows.join(found, on=on, how="left", nulls_equal=True, maintain_order="left")
    return rows.with_columns(
        pl.col("is_leaf").fill_null(value=True),
        (pl.col("amount") - pl.col("reports_amount")).cast(MONEY).alias("override_amount"),
    )


def _with_actual(rows: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """What each node won in its period: as an owner, else as a manager, else as a territory."""
    won = deals.filter(pl.col("status") == "won")
    asked = rows.select("period", "node", "_first", "_last").unique(maintain_order=True)
    amounts: list[pl.Series] = []
    kinds = [name for name in _OF_NODE if name in deals.columns]
    known = {name: set(deals[name].unique().drop_nulls().to_list()) for name in kinds}
    for _, node, first, last in asked.iter_rows():
        kind = next((name for name in kinds if node in known[name]), None)
        inside = (
            won.filter((pl.col(kind) == node) & pl.col("closing_date").is_between(first, last))
            if kind
            else None
        )
        amounts.append(pl.Series([None] if inside is None else [inside["amount"].sum()], dtype=MONEY))
    actual = pl.concat(amounts) if amounts else pl.Series([], dtype=MONEY)
    return rows.join(
        asked.select("period", "node", actual.alias("actual_amount")), on=["period", "node"], how="left",
        maintain_order="left",
    )  # fmt: skip
