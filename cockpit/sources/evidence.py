"""What a column's values show: its date format, its decimal mark, its scale, each with the evidence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import polars as pl

from cockpit.sources.casting import EARLIEST_YEAR, has_time
from cockpit.sources.numbers import PROBABILITY_SCALE, decimals

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%Y",
    "%d.%m.%y",
    "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
    "%Y%m%d",
)  # fmt: skip
_TIMES = (" %H:%M:%S%.f", " %H:%M", " %I:%M:%S %p", " %I:%M %p", ", %H:%M:%S", ", %H:%M", ", %I:%M %p",
          "T%H:%M:%S%.f", "T%H:%M:%S%.f%#z", " %H:%M:%S%.f%#z")  # fmt: skip
DATE_FORMATS: tuple[str, ...] = (*_DAYS, *(day + time for day, time in product(_DAYS, _TIMES)))
"""Formats that are tried, in chrono notation."""
_DAY_AND_MONTH = re.compile(r"^%([dm])([/.-])%([dm])\2")
"""How a format begins that reads another day when its first two numbers are swapped."""
_ENOUGH = 0.9
"""Share of values that must fit a format before it is proposed at all."""


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """What the values of a column say about its date format.

    Attributes:
        formats: those that fit as many values as any: none, one, or, when it cannot be told, several.
        fitting, total: values that fit the first of them, and values that are not blank.
        words: the same in a sentence.
        newest: the newest day that is not after `today` by the first format.
    """

    formats: tuple[str, ...]
    fitting: int
    total: int
    words: str


def parsed_days(values: pl.Series, chrono_format: str) -> pl.Series:
    """Days by one format; null where a value does not fit."""
    try:
        if has_time(chrono_format):
            days = values.str.to_datetime(chrono_format, strict=False).dt.date()
        else:
            days = values.str.to_date(chrono_format, strict=False)
    except pl.exceptions.PolarsError:
        return pl.Series(values.name, [None] * len(values), dtype=pl.Date)
    return days.set(days.dt.year() < EARLIEST_YEAR, None)


def date_evidence(column: pl.Series) -> DateEvidence:
    """Try all known formats on the distinct values of a cleaned text column."""
    counted = column.drop_nulls().value_counts().rename({column.name: "value"})
    values, counts = counted["value"], counted["count"]
    total = int(counts.sum() or 0)
    if not total:
        return DateEvidence((), 0, 0, "has no values")
    few = values.head(200)
    plausible = [one for one in DATE_FORMATS if parsed_days(few, one).null_count() <= 0.5 * len(few)]
    fits = {one: int(counts.filter(parsed_days(values, one).is_not_null()).sum() or 0) for one in plausible}
    best = max(fits.values(), default=0)
    if best < _ENOUGH * total:
        return DateEvidence((), best, total, f"no known date format fits its values, such as {values[0]!r}")
    leaders = _distinct_meanings(values, [one for one in plausible if fits[one] == best])
    first = leaders[0]
    if len(leaders) > 1:
        return DateEvidence(
            tuple(leaders), best, total,
            f"all {best:,} values fit {' and '.join(leaders)} alike, such as {values[0]!r}: which is meant?",
        )  # fmt: skip
    amount = f"all {total:,} values" if best == total else f"{best:,} of {total:,} values"
    words = f"{amount} read as {first}{_against(values, counts, first)}"
    if best < total:
        stray = values.filter(parsed_days(values, first).is_null())[0]
        words += f"; {total - best:,} do not, such as {stray!r}, and will be reported"
    return DateEvidence((first,), best, total, words)


def _distinct_meanings(values: pl.Series, formats: Sequence[str]) -> list[str]:
    """The formats, without those that read every value as an earlier one of them does."""
    kept: list[str] = []
    meanings: list[pl.Series] = []
    for one in formats:
        meaning = parsed_days(values, one)
        if not any(meaning.equals(other) for other in meanings):
            kept.append(one)
            meanings.append(meaning)
    return kept


def _against(values: pl.Series, counts: pl.Series, chosen: str) -> str:
    """What speaks against day and month being meant the other way round; empty where they cannot be."""
    swapped = _DAY_AND_MONTH.sub(r"%\3\2%\1\2", chosen)
    if swapped == chosen:
        return ""
    fitting = int(counts.filter(parsed_days(values, swapped).is_not_null()).sum() or 0)
    return f"; no value fits {swapped}" if not fitting else f"; only {fitting:,} fit {swapped}"


def newest_day(column: pl.Series, chrono_format: str, today: date) -> date | None:
    """The newest day of a column that is not after `today`."""
    days = parsed_days(column.drop_nulls(), chrono_format)
    newest = days.filter(days <= today).max()
    return newest if isinstance(newest, date) else None


@dataclass(frozen=True, slots=True)
class NumberEvidence:
    """What the values of a column say about its decimal mark; None when they are no numbers."""

    decimal: str | None
    fitting: int
    total: int
    unsure: bool = False


def number_evidence(column: pl.Series) -> NumberEvidence:
    """Which decimal mark fits more values; unsure where both fit all and mean different numbers."""
    values = column.drop_nulls()
    total = len(values)
    readings = {mark: decimals(values, 4, mark, percent=True) for mark in ".,"}
    fits = {mark: total - reading.null_count() for mark, reading in readings.items()}
    mark = "," if fits[","] > fits["."] else "."
    if not total or fits[mark] < _ENOUGH * total:
        return NumberEvidence(None, fits[mark], total)
    unsure = fits["."] == fits[","] and not readings["."].equals(readings[","])
    return NumberEvidence(mark, fits[mark], total, unsure)


def probability_scale(column: pl.Series, decimal_mark: str) -> tuple[int | None, str]:
    """1 or 100 and the evidence, or None when the values are no probabilities."""
    values = column.drop_nulls()
    bare = values.filter(~values.str.contains("%", literal=True))
    if not len(bare):
        return (1, "all values carry a percent sign") if len(values) else (None, "has no values")
    numbers = decimals(bare, PROBABILITY_SCALE, decimal_mark, percent=False).drop_nulls()
    if len(numbers) < _ENOUGH * len(bare):
        return None, f"its values are no numbers, such as {bare[0]!r}"
    low, high = float(numbers.min()), float(numbers.max())  # type: ignore[arg-type]
    span = f"values run from {low:g} to {high:g}"
    if low < 0 or high > 100:
        return None, f"{span}, which is no probability"
    return (1, f"{span}: a share of 1") if high <= 1 else (100, f"{span}: percent")
