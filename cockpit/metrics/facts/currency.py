"""Money in one currency, at one basis; what has no rate is never added.

At the plan rate a currency has one rate, the newest valid on the day asked. At the dated rate each row has
that of its own date (closing or close date, due date, first day of a quota), or of the day asked where that
lies ahead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

import polars as pl

from cockpit.metrics.facts.fact import UNRATED
from cockpit.metrics.facts.made import ROWS_AT_ONCE
from cockpit.metrics.query import Basis

MONEY = pl.Decimal(38, 4)
"""The type of money in a fact."""
_RATE = pl.Decimal(38, 8)
_PRODUCT_SCALE = 12
"""Scale of amount x rate before it is rounded to `MONEY`."""
OWN = "own_"
"""Before the name of a column that holds money as it was recorded."""
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
class Conversion:
    """What has to be done with the money of a frame.

    Attributes:
        currency: what the money is in afterwards, or None where that cannot be said.
        rate: by which each row's money is multiplied, null where its currency has none on its date; None
            where all rows are in one currency as they are.
        unrated: currencies without a rate.
    """

    currency: str | None
    rate: pl.Expr | None = None
    unrated: tuple[str, ...] = ()

    def money(self, own: str) -> pl.Expr:
        """The converted money of a column that holds it as it was recorded."""
        assert self.rate is not None
        return (pl.col(own).cast(pl.Decimal(38, _PRODUCT_SCALE)) * self.rate).round(4).cast(MONEY)


def conversion(frame: pl.DataFrame, rates: Rates, dates: Sequence[pl.Expr] | None = None) -> Conversion:
    """How the money of a frame comes into one currency; a row without a currency is in the workspace's own.

    Args:
        frame: the rows.
        rates: of the workspace.
        dates: a row's own dates, the first that is filled counts; those columns that tables have for it
            when left out.
    """
    if "currency" not in frame.columns:
        return Conversion(rates.currency)
    code = pl.col("currency").cast(pl.String).str.strip_chars().str.to_uppercase()
    words = frame["currency"].unique().drop_nulls().to_frame()
    used = sorted(name for name in words.select(code).to_series().unique().to_list() if name)
    own = rates.currency
    if own is None and len(used) <= 1:
        return Conversion(used[0] if used else None)
    if all(name == own for name in used):
        return Conversion(own)
    if dates is None:
        dates = [pl.col(name) for name in _OWN_DATES if name in frame.columns]
    rate = _rate(code, rates, dates)
    lacking = [
        piece.lazy().filter(rate.is_null()).select(code).collect().to_series().unique()
        for piece in frame.iter_slices(ROWS_AT_ONCE)
    ]
    return Conversion(own, rate, tuple(sorted(pl.concat(lacking).drop_nulls().unique())) if lacking else ())


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


def as_money(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The frame with these of its columns as money."""
    casts = [pl.col(name).cast(MONEY) for name in columns if frame.schema[name] != MONEY]
    return frame.with_columns(casts) if casts else frame


def in_one_currency(frame: pl.DataFrame, columns: Sequence[str], rates: Rates) -> Converted:
    """Convert the money columns of a frame."""
    present = [name for name in columns if name in frame.columns]
    frame = as_money(frame, present)
    found = conversion(frame, rates)
    if found.rate is None:
        return Converted(frame, found.currency)
    frame = frame.with_columns(pl.col(name).alias(f"{OWN}{name}") for name in present).with_columns(
        *(found.money(f"{OWN}{name}").alias(name) for name in present),
        *([found.rate.is_null().alias(UNRATED)] if found.unrated else []),
    )
    return Converted(frame, found.currency, found.unrated)


def _rate(code: pl.Expr, rates: Rates, dates: Sequence[pl.Expr]) -> pl.Expr:
    """The rate of every row; null where its currency has none on its date."""
    blank = pl.col("currency").is_null() | (code == "")
    is_own = blank | (code == rates.currency) if rates.currency is not None else pl.lit(value=False)
    one = pl.lit(Decimal(1), _RATE)
    if rates.dated is not None:
        known = rates.dated.sort("from")
        day = pl.min_horizontal(pl.coalesce(*dates, pl.lit(rates.as_of)), pl.lit(rates.as_of))
        keys = pl.struct(code.alias("currency"), day.alias("day"))
        dated = keys.map_batches(partial(_dated, known=known), return_dtype=_RATE, is_elementwise=True)
        return pl.when(is_own.fill_null(value=True)).then(one).otherwise(dated)
    if not rates.by_currency:
        return pl.when(is_own).then(one)
    listed, values = list(rates.by_currency), list(rates.by_currency.values())
    planned = code.replace_strict(listed, values, default=None, return_dtype=_RATE)
    return pl.when(is_own).then(one).otherwise(planned)


def _dated(rows: pl.Series, known: pl.DataFrame) -> pl.Series:
    """Of every currency and day the newest rate that is valid on it."""
    ordered = rows.struct.unnest().with_row_index("_place").sort("day")
    found = ordered.join_asof(known, left_on="day", right_on="from", by="currency", check_sortedness=False)
    return found.sort("_place")["rate"].cast(_RATE)
