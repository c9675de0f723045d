"""The fact `opportunities`: every line as it stood on a day, with its outcome, ages and flags.

State on a day A: a row exists if it was created on or before A or has no created date; it is won or
lost only if its closing date is on or before A, else it is open. The closing date is `closed_date`, else
the `close_date` of a won or lost row. Of a row that closed after A and has no `closed_date`, the close
date expected at A is unknown: `close_date` is null there and `close_date_unknown` true.
"""

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial

import polars as pl

from cockpit.metrics.facts.columns import OWN_COLUMNS
from cockpit.metrics.facts.currency import OWN, Conversion, Rates, as_money, conversion
from cockpit.metrics.facts.fact import DEAL, UNRATED, Fact, without_namesakes
from cockpit.metrics.facts.made import ROWS_AT_ONCE, Columns, Recipe, given, in_pieces_of, numbered
from cockpit.metrics.facts.repeats import places_of_repeated, short_hash
from cockpit.metrics.query import MetricSettings

STATUS = pl.Enum(["lost", "open", "won"])
"""In the order in which a deal's lines decide: won if any is won, else open if any is open."""
_STATUS, _CLOSE = "_status", "_close_date"
"""Status and close date as they are recorded, whatever the day."""
CHANGE_DATES = ("stage_date", "modified_date", "last_activity_date")
EMPTY_WORDS = ("", ".", "tbd")
"""What people type into a required field to get past it; compared without case and blanks."""
_OMITTED = ("omitted", "omit", "omitted from forecast")


def prepared(table: pl.DataFrame) -> pl.DataFrame:
    """The table with what does not depend on a day: outcome as an Enum, deal numbers.

    What is recorded of a column whose value depends on the day has a name of its own.
    """
    frame = without_namesakes(table, "opportunities")
    pushes = [name for name in OWN_COLUMNS["opportunities"] if name in frame.columns]
    frame = frame.drop(name for name in pushes if not frame.schema[name].is_numeric())
    if "status" in frame.columns:
        words = (one["status"].cast(pl.String) for one in frame.iter_slices(ROWS_AT_ONCE))
        status = pl.concat([pl.Series([], dtype=STATUS), *(one.cast(STATUS, strict=False) for one in words)])
        frame = frame.drop("status").with_columns(in_pieces_of(frame, status).alias(_STATUS))
        if "close_date" in frame.columns:
            frame = frame.rename({"close_date": _CLOSE})
    numbers = _deal_numbers(frame["opportunity_id"])
    return frame if numbers is None else frame.with_columns(in_pieces_of(frame, numbers).alias(DEAL))


def _deal_numbers(ids: pl.Series) -> pl.Series | None:
    """A number for each id that several rows have, null elsewhere; None where no id stands there twice."""
    hashes = [
        piece.select(short_hash(pl.col(ids.name))).to_series()
        for piece in ids.to_frame().iter_slices(ROWS_AT_ONCE)
    ]
    places = places_of_repeated(hashes)
    places = places.filter(ids.gather(places).is_duplicated())
    if places.is_empty():
        return None
    numbers = ids.gather(places).rank("dense").cast(pl.UInt32)
    return pl.repeat(None, len(ids), dtype=pl.UInt32, eager=True).scatter(places, numbers)


def _recorded_closing(columns: Collection[str]) -> pl.Expr:
    """When a row of a prepared frame closes, as it is recorded."""
    closed = pl.col(_STATUS) != "open"
    expected = pl.when(closed).then(pl.col(_CLOSE)) if _CLOSE in columns else pl.lit(None, pl.Date)
    separate = pl.col("closed_date") if "closed_date" in columns else pl.lit(None, pl.Date)
    return pl.coalesce(separate, expected)


def latest_date(frame: pl.DataFrame, today: date) -> date | None:
    """The newest created, closing, stage, modified or last-activity date that is not after `today`.

    Args:
        frame: as `prepared` gives it.
        today: the day.
    """
    days = [pl.col(name) for name in ("created_date", *CHANGE_DATES) if name in frame.columns]
    if _STATUS in frame.columns:
        days.append(pl.when(pl.col(_STATUS) != "open").then(_recorded_closing(frame.columns)))
    newest = [day.filter(day <= today).max().alias(str(place)) for place, day in enumerate(days)]
    pieces = [
        piece.lazy().select(newest).collect().row(0) for piece in frame.iter_slices(ROWS_AT_ONCE) if days
    ]
    return max((day for found in pieces for day in found if day is not None), default=None)


def opportunities(frame: pl.DataFrame, as_of: date, rates: Rates, settings: MetricSettings) -> Fact:
    """The fact as of a day.

    Args:
        frame: as `prepared` gives it.
        as_of: the day.
        rates: for money in other currencies.
        settings: stale days, required fields, unqualified stages.
    """
    absent: dict[str, str] = {}
    made: dict[str, Recipe] = {}
    held, converted = _with_money(frame, rates, made)
    exists = None
    if "created_date" in held.columns and _after(held["created_date"].max(), as_of):
        exists = pl.col("created_date").is_null() | (pl.col("created_date") <= as_of)
    _add_outcome(made, held, as_of, absent)
    present = {*held.columns, *made}
    _add_ages(made, present, as_of, absent)
    _add_flags(made, present, as_of, settings, absent)
    late: dict[str, Recipe] = {}
    blank = [name for name in settings.required_fields if name not in {*present, *made}]
    if blank:
        absent.update(dict.fromkeys(("filled_fields", "needed_fields"), f"needs {', '.join(blank)}"))
    else:
        needed = len(settings.required_fields)
        late["filled_fields"] = partial(_filled_fields, names=settings.required_fields)
        late["needed_fields"] = given(pl.lit(needed, pl.UInt8))
    return Fact(
        "opportunities", held, "opportunities", "opportunity_id", DEAL not in held.columns, as_of,
        converted.currency, absent, converted.unrated, late, made, exists,
    )  # fmt: skip


def _after(day: object, as_of: date) -> bool:
    return isinstance(day, date) and day > as_of


def _with_money(
    frame: pl.DataFrame, rates: Rates, made: dict[str, Recipe]
) -> tuple[pl.DataFrame, Conversion]:
    """The frame with its amounts as recorded, and how they come into one currency."""
    has_amount = "amount" in frame.columns
    frame = as_money(frame, ["amount"] if has_amount else [])
    dates = [pl.col(name) for name in ("closed_date", "close_date", _CLOSE) if name in frame.columns]
    if _STATUS in frame.columns:
        dates.insert(0, _recorded_closing(frame.columns))
    found = conversion(frame, rates, dates)
    if found.rate is None:
        return frame, found
    if found.unrated:
        made[UNRATED] = given(found.rate.is_null())
    if has_amount:
        frame = frame.rename({"amount": f"{OWN}amount"})
        made["amount"] = given(found.money(f"{OWN}amount"))
    return frame, found


def _add_outcome(made: dict[str, Recipe], held: pl.DataFrame, as_of: date, absent: dict[str, str]) -> None:
    if _STATUS not in held.columns:
        outcome = (
            "status",
            "deal_status",
            "closing_date",
            "deal_closing_date",
            "cycle_days",
            "close_date_unknown",
        )
        absent.update(dict.fromkeys(outcome, "needs status"))
        return
    recorded, closing = pl.col(_STATUS), _recorded_closing(held.columns)
    closed = ((recorded != "open") & (closing <= as_of)).fill_null(value=False)
    later = ((recorded != "open") & (closing > as_of)).fill_null(value=False)
    if "closed_date" in held.columns:
        later &= pl.col("closed_date").is_null()
    made["status"] = given(pl.when(closed).then(recorded).otherwise(pl.lit("open", STATUS)))
    made["closing_date"] = given(pl.when(closed).then(closing))
    made["close_date_unknown"] = given(later)
    if _CLOSE in held.columns:
        made["close_date"] = given(pl.when(~later).then(pl.col(_CLOSE)))
    if DEAL in held.columns:
        made["deal_status"] = partial(_of_deal, value="status", alone="status")
        made["deal_closing_date"] = partial(_of_deal, value="closes", alone="closing_date")
    else:
        made["deal_status"] = given(pl.col("status"))
        made["deal_closing_date"] = given(pl.col("closing_date"))


def _of_deal(columns: Columns, value: str, alone: str) -> pl.Expr:
    """What the lines of a deal come to together; of a deal of one row that row's own."""
    deals = columns.once("deals", partial(_deals, columns))
    of_deal = numbered(pl.col(DEAL), deals[DEAL], deals[value])
    return pl.when(pl.col(DEAL).is_not_null()).then(of_deal).otherwise(pl.col(alone))


def _deals(columns: Columns) -> pl.DataFrame:
    """Of every deal of several rows its outcome, when it closes, and when it was created."""
    created = "created_date" in columns.held.columns
    rows = columns.rows((DEAL, "status", "closing_date", *(["created_date"] if created else [])))
    won = pl.col("status") == "won"
    return (
        rows.collected(lambda lazy: lazy.filter(pl.col(DEAL).is_not_null()))
        .group_by(DEAL)
        .agg(
            won.any().alias("any_won"),
            (pl.col("status") == "open").any().alias("any_open"),
            pl.col("closing_date").filter(won).min().alias("first_win"),
            pl.col("closing_date").max().alias("last_loss"),
            *([pl.col("created_date").min().alias("created")] if created else []),
        )
        .with_columns(
            pl.when("any_won").then(pl.lit("won")).when("any_open").then(pl.lit("open"))
            .otherwise(pl.lit("lost")).cast(STATUS).alias("status"),
            pl.when("any_won").then("first_win").when(~pl.col("any_open")).then("last_loss").alias("closes"),
        )
    )  # fmt: skip


def _days(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    """Whole days from one date to another."""
    return later.cast(pl.Int32) - earlier.cast(pl.Int32)


def _add_ages(made: dict[str, Recipe], present: Collection[str], as_of: date, absent: dict[str, str]) -> None:
    day = pl.lit(as_of)
    if "created_date" in present and "closing_date" in present:
        made["cycle_days"] = _cycle_days
        closing = pl.col("closing_date").fill_null(day)
        made["age_days"] = given(_days(closing, pl.col("created_date")))
    else:
        missing = "created_date" if "created_date" not in present else "status"
        absent.update(dict.fromkeys(("cycle_days", "age_days"), f"needs {missing}"))
    if "stage_date" in present:
        made["days_in_stage"] = given(_days(day, _known(pl.col("stage_date"), as_of)))
    else:
        absent["days_in_stage"] = "needs stage_date"
    changes = [name for name in CHANGE_DATES if name in present]
    if changes:
        newest = pl.max_horizontal(changes) if len(changes) > 1 else pl.col(changes[0])
        made["days_since_change"] = given(_days(day, _known(newest, as_of)))
    else:
        absent["days_since_change"] = absent["is_stale"] = (
            "needs stage_date, modified_date or last_activity_date"
        )


def _cycle_days(columns: Columns) -> pl.Expr:
    """From the day on which the deal was created to that on which it closed."""
    created = pl.col("created_date")
    if DEAL in columns.held.columns:
        created = _of_deal(columns, "created", "created_date")
    return _days(pl.col("deal_closing_date"), created)


def _known(day: pl.Expr, as_of: date) -> pl.Expr:
    """The date, or null where it lies after the as-of date and so hides the one known then."""
    return pl.when(day <= as_of).then(day)


def _add_flags(
    made: dict[str, Recipe],
    present: Collection[str],
    as_of: date,
    settings: MetricSettings,
    absent: dict[str, str],
) -> None:
    made["is_omitted"] = _is_omitted if "forecast_category" in present else given(pl.lit(value=False))
    if not settings.unqualified_stages:
        made["is_qualified"] = given(pl.lit(value=True))
    elif "stage" in present:
        unqualified = pl.col("stage").is_in(list(settings.unqualified_stages))
        made["is_qualified"] = given(~unqualified.fill_null(value=False))
    else:
        absent["is_qualified"] = "needs stage"
    if "close_date" in present and "status" in present:
        late = (pl.col("status") == "open") & (pl.col("close_date") < as_of).fill_null(value=False)
        made["is_past_due"] = given(late)
        days = _days(pl.lit(as_of), pl.col("close_date"))
        made["days_past_due"] = given(pl.when("is_past_due").then(days))
    else:
        missing = "close_date" if "close_date" not in present else "status"
        absent.update(dict.fromkeys(("is_past_due", "days_past_due"), f"needs {missing}"))
    if "days_since_change" in made:
        made["is_stale"] = given(pl.col("days_since_change") > settings.stale_days)


def _is_omitted(columns: Columns) -> pl.Expr:
    known = columns.held["forecast_category"].unique().drop_nulls().to_list()
    words = [word for word in known if word.lower() in _OMITTED]
    return pl.col("forecast_category").is_in(words).fill_null(value=False)


def _filled_fields(columns: Columns, names: Sequence[str]) -> pl.Expr:
    """How many of the fields hold something, row by row."""
    filled = [_filled(columns, name).cast(pl.UInt8) for name in names]
    return pl.sum_horizontal(*filled, pl.lit(0, pl.UInt8))


def _filled(columns: Columns, name: str) -> pl.Expr:
    column, dtype = pl.col(name), columns.held.schema.get(name)
    if dtype == pl.Categorical:
        known = columns.held[name].unique().drop_nulls().to_list()
        empty = [word for word in known if word.strip().lower() in EMPTY_WORDS]
        return ~column.is_in(empty).fill_null(value=True)
    if dtype == pl.String:
        words = column.str.strip_chars().str.to_lowercase()
        return ~words.is_in(list(EMPTY_WORDS)).fill_null(value=True)
    return column.is_not_null()
