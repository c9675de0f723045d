"""Money in one currency, at one basis; what has no rate is never added.

At the plan rate a currency has one rate, the newest valid on the day asked. At the dated rate each row has
that of its own date (closing or close date, due date, first day of a quota), or of the day asked where that
lies ahead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from cockpit.metrics.facts.fact import UNRATED
from cockpit.metrics.query import Basis

MONEY = pl.Decimal(38, 4)
"""The type of money in a fact."""
_RATE = pl.Decimal(38, 8)
_PRODUCT_SCALE = 12
"""Scale of amount x rate before it is rounded to `MONEY`."""
_OWN_DATES = ("_closing", "closed_date", "close_date", "due_date", "expires_date", "valid_from")
"""Columns with a row's own date; the first that is there and filled counts."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of one workspace.

    Attributes:
        currency: the workspace's currency, or None if nothing says.
        by_currency: workspace currency for one unit of that currency; its own has 1.
        dated: of the dated basis: `currency`, `from`, `rate`, in the order of the days; else None.
        as_of: the day asked.
    """

    currency: str | None
    by_currency: Mapping[str, Decimal]
    dated: pl.DataFrame | None = None
    as_of: date | None = None


def rates_of(currency: str | None, fx: pl.DataFrame | None, as_of: date, basis: Basis = "plan") -> Rates:
    """The rates known on a day; a blank kind is a plan rate, and serves both where no dated one is there."""
    own = currency.strip().upper() if currency else None
    rates: dict[str, Decimal] = {}
    dated = None
    if fx is not None:
        valid = fx.with_columns(
            pl.col("currency").cast(pl.String).str.strip_chars().str.to_uppercase(),
            pl.col("kind").cast(pl.String).fill_null("plan").str.to_lowercase() if "kind" in fx.columns
            else pl.lit("plan").alias("kind"),
            pl.col("valid_from") if "valid_from" in fx.columns else pl.lit(None, pl.Date).alias("valid_from"),
        ).filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= as_of))  # fmt: skip
        wanted = valid.filter(pl.col("kind") == basis).sort("valid_from", nulls_last=False)
        rates = dict(wanted.select("currency", "rate").iter_rows())
        if basis == "dated":
            dated = wanted.select("currency", pl.col("valid_from").fill_null(date.min).alias("from"), "rate")
    if own is not None:
        rates[own] = Decimal(1)
    return Rates(own, rates, dated, as_of)


@dataclass(frozen=True, slots=True)
class Converted:
    """A frame with its money in one currency.

    Attributes:
        frame: the frame; where a rate was applied the amount as recorded is kept as `own_NAME`.
        currency: what the money is in, or None where that cannot be said.
        unrated: currencies without a rate; their rows have null money and `_unrated` true.
    """

    frame: pl.DataFrame
    currency: str | None
    unrated: tuple[str, ...] = ()


def in_one_currency(frame: pl.DataFrame, columns: Sequence[str], rates: Rates) -> Converted:
    """Convert the money columns of a frame; a row without a currency is in the workspace's own."""
    present = [name for name in columns if name in frame.columns]
    casts = [pl.col(name).cast(MONEY) for name in present if frame.schema[name] != MONEY]
    frame = frame.with_columns(casts) if casts else frame
    if "currency" not in frame.columns:
        return Converted(frame, rates.currency)
    code = pl.col("currency").cast(pl.String).str.strip_chars().str.to_uppercase()
    used = sorted(
        frame["currency"].unique().drop_nulls().to_frame().select(code).to_series().unique().to_list()
    )
    used = [name for name in used if name]
    own = rates.currency
    if own is None and len(used) <= 1:
        return Converted(frame, used[0] if used else None)
    if all(name == own for name in used):
        return Converted(frame, own)
    frame = frame.with_columns(_rate(frame, code, rates).alias("_rate"))
    lacking = frame.filter(pl.col("_rate").is_null()).select(code).to_series().unique().drop_nulls()
    unrated = tuple(sorted(lacking.to_list()))
    converted = [
        (pl.col(name).cast(pl.Decimal(38, _PRODUCT_SCALE)) * pl.col("_rate")).round(4).cast(MONEY).alias(name)
        for name in present
    ]
    frame = frame.with_columns(pl.col(name).alias(f"own_{name}") for name in present)
    frame = frame.with_columns(*converted, pl.col("_rate").is_null().alias(UNRATED)).drop("_rate")
    return Converted(frame if unrated else frame.drop(UNRATED), own, unrated)


def _rate(frame: pl.DataFrame, code: pl.Expr, rates: Rates) -> pl.Series:
    """The rate of every row; null where its currency has none on its date."""
    blank = pl.col("currency").is_null() | (code == "")
    is_own = blank | (code == rates.currency) if rates.currency is not None else pl.lit(value=False)
    if rates.dated is None:
        rate = (
            code.replace_strict(
                list(rates.by_currency), list(rates.by_currency.values()), default=None, return_dtype=_RATE
            )
            if rates.by_currency
            else pl.lit(None, dtype=_RATE)
        )
        known = pl.when(is_own).then(pl.lit(Decimal(1), _RATE)).otherwise(rate)
        return frame.with_columns(known.cast(_RATE).alias("_rate"))["_rate"]
    days = [pl.col(name) for name in _OWN_DATES if name in frame.columns]
    day = pl.min_horizontal(pl.coalesce(*days, pl.lit(rates.as_of)), pl.lit(rates.as_of))
    keyed = frame.select(code.alias("currency"), day.alias("day"), is_own.fill_null(value=True).alias("own"))
    ordered = keyed.with_row_index("_place").sort("day")
    found = ordered.join_asof(
        rates.dated.sort("from"), left_on="day", right_on="from", by="currency", check_sortedness=False
    )
    one = pl.when("own").then(pl.lit(Decimal(1), _RATE)).otherwise(pl.col("rate").cast(_RATE))
    return found.with_columns(one.alias("rate")).sort("_place")["rate"]
