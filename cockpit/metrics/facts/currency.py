"""Money in one currency: one plan rate a currency; what has no rate is never added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from cockpit.metrics.facts.fact import UNRATED

MONEY = pl.Decimal(38, 4)
"""The type of money in a fact."""
_RATE_SCALE = 8
_PRODUCT_SCALE = 12
"""Scale of amount x rate before it is rounded to `MONEY`."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Plan rates of one workspace.

    Attributes:
        currency: the workspace's currency, or None if nothing says.
        by_currency: workspace currency for one unit of that currency; its own has 1.
    """

    currency: str | None
    by_currency: Mapping[str, Decimal]


def plan_rates(currency: str | None, fx: pl.DataFrame | None, as_of: date) -> Rates:
    """The newest plan rate of each currency that is valid on a day; a blank kind is a plan rate."""
    own = currency.strip().upper() if currency else None
    rates: dict[str, Decimal] = {}
    if fx is not None:
        valid = fx
        if "kind" in fx.columns:
            valid = valid.filter(pl.col("kind").is_null() | (pl.col("kind").str.to_lowercase() == "plan"))
        if "valid_from" in fx.columns:
            valid = valid.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= as_of))
            valid = valid.sort("valid_from", nulls_last=False)
        for name, rate in valid.select("currency", "rate").iter_rows():
            rates[name.strip().upper()] = rate
    if own is not None:
        rates[own] = Decimal(1)
    return Rates(own, rates)


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
    code = pl.col("currency").str.strip_chars().str.to_uppercase()
    used = sorted(
        frame["currency"].unique().drop_nulls().to_frame().select(code).to_series().unique().to_list()
    )
    used = [name for name in used if name]
    own = rates.currency
    if own is None and len(used) <= 1:
        return Converted(frame, used[0] if used else None)
    if all(name == own for name in used):
        return Converted(frame, own)
    unrated = tuple(name for name in used if name not in rates.by_currency)
    rate = (
        code.replace_strict(
            list(rates.by_currency),
            list(rates.by_currency.values()),
            default=None,
            return_dtype=pl.Decimal(38, _RATE_SCALE),
        )
        if rates.by_currency
        else pl.lit(None, dtype=pl.Decimal(38, _RATE_SCALE))
    )
    blank = pl.col("currency").is_null() | (code == "")
    if own is not None:
        rate = pl.when(blank).then(pl.lit(Decimal(1))).otherwise(rate)
    rate = rate.cast(pl.Decimal(38, _RATE_SCALE))
    converted = [
        (pl.col(name).cast(pl.Decimal(38, _PRODUCT_SCALE)) * pl.col("_rate")).round(4).cast(MONEY).alias(name)
        for name in present
    ]
    frame = frame.with_columns(rate.alias("_rate"), *(pl.col(name).alias(f"own_{name}") for name in present))
    frame = frame.with_columns(*converted, pl.col("_rate").is_null().alias(UNRATED)).drop("_rate")
    return Converted(frame if unrated else frame.drop(UNRATED), own, unrated)
