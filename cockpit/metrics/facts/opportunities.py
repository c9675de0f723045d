"""The fact `opportunities`: every line as it stood on a day, with its outcome, ages and flags.

State on a day A: a row exists if it was created on or before A or has no created date; it is won or
lost only if its closing date is on or before A, else it is open. The closing date is `closed_date`, else
the `close_date` of a won or lost row. Of a row that closed after A and has no `closed_date`, the close
date expected at A is unknown: `close_date` is null there and `close_date_unknown` true.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import polars as pl

from cockpit.metrics.facts.currency import Rates, in_one_currency
from cockpit.metrics.facts.fact import DEAL, Fact
from cockpit.metrics.query import MetricSettings

STATUS = pl.Enum(["lost", "open", "won"])
"""In the order in which a deal's lines decide: won if any is won, else open if any is open."""
CHANGE_DATES = ("stage_date", "modified_date", "last_activity_date")
EMPTY_WORDS = ("", ".", "tbd")
"""What people type into a required field to get past it; compared without case and blanks."""
_OMITTED = ("omitted", "omit", "omitted from forecast")


def prepared(table: pl.DataFrame) -> pl.DataFrame:
    """The table with what does not depend on a day: outcome as an Enum, closing date, deal numbers."""
    columns = set(table.columns)
    frame = table.with_row_index("_line")
    if "status" in columns:
        frame = frame.with_columns(pl.col("status").cast(pl.String).cast(STATUS, strict=False))
        closed = pl.col("status") != "open"
        expected = (
            pl.when(closed).then(pl.col("close_date")) if "close_date" in columns else pl.lit(None, pl.Date)
        )
        separate = pl.col("closed_date") if "closed_date" in columns else pl.lit(None, pl.Date)
        frame = frame.with_columns(pl.coalesce(separate, expected).alias("_closing"))
    # Different hashes are of different ids, and need a fraction of the memory of the ids.
    if frame["opportunity_id"].hash().n_unique() < frame.height:
        frame = frame.with_columns(_deal_numbers(frame["opportunity_id"]).alias(DEAL))
    return frame


def _deal_numbers(ids: pl.Series) -> pl.Series:
    """A number for each id that several rows have, null elsewhere."""
    places = ids.is_duplicated().arg_true()
    numbers = ids.gather(places).rank("dense").cast(pl.UInt32)
    return pl.repeat(None, len(ids), dtype=pl.UInt32, eager=True).scatter(places, numbers)


def latest_date(table: pl.DataFrame, today: date) -> date | None:
    """The newest created, closing, stage, modified or last-activity date that is not after `today`."""
    names = [name for name in ("created_date", "_closing", *CHANGE_DATES) if name in table.columns]
    newest = table.select(pl.col(name).filter(pl.col(name) <= today).max() for name in names)
    if "_closing" in names:
        closed = (pl.col("_closing") <= today) & (pl.col("status") != "open")
        newest = newest.with_columns(table.select(pl.col("_closing").filter(closed).max()).to_series())
    found = [day for day in newest.row(0) if day is not None] if names else []
    return max(found, default=None)


def opportunities(frame: pl.DataFrame, as_of: date, rates: Rates, settings: MetricSettings) -> Fact:
    """The fact as of a day.

    Args:
        frame: as `prepared` gives it.
        as_of: the day.
        rates: for money in other currencies.
        settings: stale days, required fields, unqualified stages.
    """
    converted = in_one_currency(frame, ("amount",), rates)
    rows = converted.frame
    if "created_date" in rows.columns and (rows["created_date"] > as_of).any():
        rows = rows.filter(pl.col("created_date").is_null() | (pl.col("created_date") <= as_of))
    absent: dict[str, str] = {}
    rows = _with_outcome(rows, as_of, absent)
    rows = _with_ages(rows, as_of, absent)
    rows = _with_flags(rows, as_of, settings, absent)
    late: dict[str, Callable[[pl.DataFrame], pl.Series]] = {}
    blank = [name for name in settings.required_fields if name not in rows.columns]
    if blank:
        absent.update(dict.fromkeys(("filled_fields", "needed_fields"), f"needs {', '.join(blank)}"))
    else:
        late["filled_fields"] = partial(_filled_fields, names=settings.required_fields)
        late["needed_fields"] = partial(_needed_fields, names=settings.required_fields)
    return Fact(
        "opportunities", rows, "opportunities", "opportunity_id", DEAL not in rows.columns, as_of,
        converted.currency, absent, converted.unrated, late,
    )  # fmt: skip


def _with_outcome(rows: pl.DataFrame, as_of: date, absent: dict[str, str]) -> pl.DataFrame:
    if "status" not in rows.columns:
        outcome = (
            "status",
            "deal_status",
            "closing_date",
            "deal_closing_date",
            "cycle_days",
            "close_date_unknown",
        )
        absent.update(dict.fromkeys(outcome, "needs status"))
        return rows
    closed = ((pl.col("status") != "open") & (pl.col("_closing") <= as_of)).fill_null(value=False)
    later = ((pl.col("status") != "open") & (pl.col("_closing") > as_of)).fill_null(value=False)
    if "closed_date" in rows.columns:
        later &= pl.col("closed_date").is_null()
    columns = [
        pl.when(closed).then(pl.col("status")).otherwise(pl.lit("open", STATUS)).alias("status"),
        pl.when(closed).then(pl.col("_closing")).alias("closing_date"),
        later.alias("close_date_unknown"),
    ]
    if "close_date" in rows.columns:
        columns.append(pl.when(~later).then(pl.col("close_date")).alias("close_date"))
    rows = rows.with_columns(columns).drop("_closing")
    if DEAL not in rows.columns:
        return rows.with_columns(
            pl.col("status").alias("deal_status"), pl.col("closing_date").alias("deal_closing_date")
        )
    won = pl.col("status") == "won"
    deals = (
        rows.filter(pl.col(DEAL).is_not_null())
        .group_by(DEAL)
        .agg(
            won.any().alias("any_won"),
            (pl.col("status") == "open").any().alias("any_open"),
            pl.col("closing_date").filter(won).min().alias("first_win"),
            pl.col("closing_date").max().alias("last_loss"),
            *([pl.col("created_date").min().alias("_created")] if "created_date" in rows.columns else []),
        )
        .with_columns(
            pl.when("any_won").then(pl.lit("won")).when("any_open").then(pl.lit("open"))
            .otherwise(pl.lit("lost")).cast(STATUS).alias("_status"),
            pl.when("any_won").then("first_win").when(~pl.col("any_open")).then("last_loss").alias("_closes"),
        )
        .drop("any_won", "any_open", "first_win", "last_loss")
    )  # fmt: skip
    several = pl.col(DEAL).is_not_null()
    rows = rows.join(deals, on=DEAL, how="left", maintain_order="left").with_columns(
        pl.when(several).then("_status").otherwise("status").alias("deal_status"),
        pl.when(several).then("_closes").otherwise("closing_date").alias("deal_closing_date"),
    )
    return rows.drop("_status", "_closes")


def _days(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    """Whole days from one date to another."""
    return later.cast(pl.Int32) - earlier.cast(pl.Int32)


def _with_ages(rows: pl.DataFrame, as_of: date, absent: dict[str, str]) -> pl.DataFrame:
    present, day = set(rows.columns), pl.lit(as_of)
    columns: list[pl.Expr] = []
    if "created_date" in present and "deal_closing_date" in present:
        created = pl.col("created_date")
        if "_created" in present:
            created = pl.when(pl.col(DEAL).is_not_null()).then("_created").otherwise("created_date")
        columns.append(_days(pl.col("deal_closing_date"), created).alias("cycle_days"))
        columns.append(_days(pl.col("closing_date").fill_null(day), pl.col("created_date")).alias("age_days"))
    else:
        missing = "created_date" if "created_date" not in present else "status"
        absent.update(dict.fromkeys(("cycle_days", "age_days"), f"needs {missing}"))
    if "stage_date" in present:
        columns.append(_days(day, _known(pl.col("stage_date"), as_of)).alias("days_in_stage"))
    else:
        absent["days_in_stage"] = "needs stage_date"
    changes = [name for name in CHANGE_DATES if name in present]
    if changes:
        newest = pl.max_horizontal(changes) if len(changes) > 1 else pl.col(changes[0])
        columns.append(_days(day, _known(newest, as_of)).alias("days_since_change"))
    else:
        absent["days_since_change"] = absent["is_stale"] = (
            "needs stage_date, modified_date or last_activity_date"
        )
    return rows.with_columns(columns)


def _known(day: pl.Expr, as_of: date) -> pl.Expr:
    """The date, or null where it lies after the as-of date and so hides the one known then."""
    return pl.when(day <= as_of).then(day)


def _with_flags(
    rows: pl.DataFrame, as_of: date, settings: MetricSettings, absent: dict[str, str]
) -> pl.DataFrame:
    present = set(rows.columns)
    columns: list[pl.Expr] = []
    if "forecast_category" in present:
        known = rows["forecast_category"].unique().drop_nulls().to_list()
        words = [word for word in known if word.lower() in _OMITTED]
        omitted = pl.col("forecast_category").is_in(words).fill_null(value=False)
    else:
        omitted = pl.lit(value=False)
    columns.append(omitted.alias("is_omitted"))
    if "stage" in present or not settings.unqualified_stages:
        unqualified = (
            pl.col("stage").is_in(list(settings.unqualified_stages)).fill_null(value=False)
            if settings.unqualified_stages else pl.lit(value=False)
        )  # fmt: skip
        columns.append((~unqualified).alias("is_qualified"))
    else:
        absent["is_qualified"] = "needs stage"
    if "close_date" in present and "status" in present:
        late = (pl.col("status") == "open") & (pl.col("close_date") < as_of).fill_null(value=False)
        columns.append(late.alias("is_past_due"))
        columns.append(pl.when(late).then(_days(pl.lit(as_of), pl.col("close_date"))).alias("days_past_due"))
    else:
        missing = "close_date" if "close_date" not in present else "status"
        absent.update(dict.fromkeys(("is_past_due", "days_past_due"), f"needs {missing}"))
    if "days_since_change" in present:
        columns.append((pl.col("days_since_change") > settings.stale_days).alias("is_stale"))
    return rows.with_columns(columns)


def _filled_fields(frame: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """How many of the fields hold something, row by row."""
    filled = [_filled(frame, name).cast(pl.UInt8) for name in names]
    return frame.select(pl.sum_horizontal(*filled, pl.lit(0, pl.UInt8)).alias("filled_fields")).to_series()


def _needed_fields(frame: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    return pl.repeat(len(names), frame.height, dtype=pl.UInt8, eager=True)


def _filled(frame: pl.DataFrame, name: str) -> pl.Expr:
    column, dtype = pl.col(name), frame.schema[name]
    if dtype == pl.Categorical:
        known = frame[name].unique().drop_nulls().to_list()
        empty = [word for word in known if word.strip().lower() in EMPTY_WORDS]
        return ~column.is_in(empty).fill_null(value=True)
    if dtype == pl.String:
        words = column.str.strip_chars().str.to_lowercase()
        return ~words.is_in(list(EMPTY_WORDS)).fill_null(value=True)
    return column.is_not_null()
