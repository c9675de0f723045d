"""From clean text to typed columns, and the list of what could not be cast."""

from dataclasses import dataclass

import polars as pl

from cockpit.sources.canonical import ColumnType
from cockpit.sources.numbers import (
    MONEY_SCALE,
    PROBABILITY_SCALE,
    RATE_SCALE,
    currency_marks,
    decimals,
    plain_decimals,
)
from cockpit.sources.spec import SourceSpec, StatusSpec

EARLIEST_YEAR = 1900
"""An earlier date is a two-digit year read as a whole one, or a typing error: it is no date."""
_ISO_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f")
_TRUE = ("true", "yes", "y", "t", "1", "ja", "wahr", "oui", "si", "sí")
_FALSE = ("false", "no", "n", "f", "0", "nein", "falsch", "non")
OUTCOMES = ("open", "won", "lost")


@dataclass(frozen=True, slots=True)
class Cast:
    """A typed column, and why those values that are null in it though they were not blank are so."""

    column: pl.Series
    reason: str
    currency_marks: tuple[str, ...] = ()
    """The distinct currency signs and codes beside the amounts of a money column."""


@dataclass(frozen=True, slots=True)
class Caster:
    """Casts the columns of one source.

    Attributes:
        spec: formats, decimal mark and scales.
        zone: IANA zone in which days are counted, or None.
        typed_dates: whether ISO text is a day whatever the declared format (cells that were typed).
    """

    spec: SourceSpec
    zone: str | None = None
    typed_dates: bool = False

    def cast(self, column: pl.Series, kind: ColumnType) -> Cast:
        """Cast one text column; the name stays."""
        match kind:
            case "money":
                return self._money(column)
            case "rate":
                return Cast(decimals(column, RATE_SCALE, self.spec.decimal, percent=False), "not a rate")
            case "percent":
                number = decimals(column, PROBABILITY_SCALE, self.spec.decimal, percent=True)
                return Cast(number, "not a percentage")
            case "probability":
                return self._probability(column)
            case "number":
                return Cast(_number(column, self.spec.decimal), "not a number")
            case "date":
                return self._date(column)
            case "bool":
                return Cast(_bool(column), "neither true nor false")
            case "status":
                return Cast(_outcome(column, self.spec.status), "status is not listed as won, lost or open")
            case "text":
                return Cast(column, "")

    def _money(self, column: pl.Series) -> Cast:
        reason = "not an amount"
        plain = plain_decimals(column, MONEY_SCALE, self.spec.decimal)
        if plain is not None:
            return Cast(plain, reason)
        amounts = decimals(column, MONEY_SCALE, self.spec.decimal, percent=False)
        return Cast(amounts, reason, tuple(currency_marks(column.unique())))

    def _probability(self, column: pl.Series) -> Cast:
        scale = self.spec.probability_scale
        values = column.unique().drop_nulls()
        # A bare number on a scale of 100 means the same as one with a percent sign.
        written = values if scale == 1 else values.str.strip_suffix("%") + "%"
        meant = decimals(written, PROBABILITY_SCALE, self.spec.decimal, percent=True)
        inside = meant.is_between(0, 1).fill_null(False)
        number = column.replace_strict(
            values.filter(inside), meant.filter(inside), default=None, return_dtype=meant.dtype
        )
        return Cast(number, f"not a probability from 0 to {scale}")

    def _date(self, column: pl.Series) -> Cast:
        formats = self.spec.formats_of(column.name)
        tried = [*formats, *(_ISO_FORMATS if self.typed_dates else ())]
        days: pl.Series | None = None
        for chrono_format in tried:
            parsed = self._days(column, chrono_format)
            days = parsed if days is None else days.zip_with(days.is_not_null(), parsed)
            if days.null_count() == column.null_count():
                break
        assert days is not None, "a column has at least one format"
        earliest = days.min()
        if earliest is not None and earliest.year < EARLIEST_YEAR:  # type: ignore[union-attr]
            days = pl.select(pl.when(days.dt.year() >= EARLIEST_YEAR).then(days)).to_series()
        return Cast(days.alias(column.name), f"not a date as {' or '.join(formats)}")

    def _days(self, column: pl.Series, chrono_format: str) -> pl.Series:
        """Days by one format. A time with an offset, or in the source's zone, is moved to `zone` first."""
        if not has_time(chrono_format):
            return column.str.to_date(chrono_format, strict=False)
        times = column.str.to_datetime(chrono_format, strict=False)
        if isinstance(times.dtype, pl.Datetime) and times.dtype.time_zone is not None:
            target = self.zone or self.spec.timezone
            times = times.dt.convert_time_zone(target) if target else times
        elif self.spec.timezone is not None and self.zone is not None:
            times = times.dt.replace_time_zone(self.spec.timezone, ambiguous="earliest", non_existent="null")
            times = times.dt.convert_time_zone(self.zone)
        return times.dt.date()


def has_time(chrono_format: str) -> bool:
    """Whether a chrono format tells a time of day."""
    return any(
        mark in chrono_format for mark in ("%H", "%I", "%k", "%l", "%T", "%R", "%r", "%X", "%c", "%s", "%+")
    )


def _number(column: pl.Series, decimal_mark: str) -> pl.Series:
    """The numbers; a plainly written one is the same whatever stands in other rows."""
    if decimal_mark != ".":
        return decimals(column, 10, decimal_mark, percent=False).cast(pl.Float64)
    plain = column.cast(pl.Float64, strict=False)
    plain = plain.set(~plain.is_finite().fill_null(True), None)
    if plain.null_count() == column.null_count():
        return plain
    written = decimals(column, 10, decimal_mark, percent=False).cast(pl.Float64)
    return plain.zip_with(plain.is_not_null(), written)


def _bool(column: pl.Series) -> pl.Series:
    return column.str.to_lowercase().replace_strict(
        [*_TRUE, *_FALSE], [True] * len(_TRUE) + [False] * len(_FALSE), default=None, return_dtype=pl.Boolean
    )


def _outcome(column: pl.Series, status: StatusSpec | None) -> pl.Series:
    """open, won or lost; null where the value is not listed."""
    listed: dict[str, str] = {}
    otherwise: str | None = None
    if status is None or status.value is not None:
        listed = {outcome: outcome for outcome in OUTCOMES}
    else:
        for outcome in OUTCOMES:
            for value in getattr(status, outcome):
                if value == "*":
                    otherwise = outcome
                else:
                    listed[value.strip().casefold()] = outcome
    values = column.unique()
    meanings = [
        otherwise if value is None else listed.get(value.casefold(), otherwise) for value in values.to_list()
    ]
    return column.replace_strict(values, pl.Series(meanings, dtype=pl.String), return_dtype=pl.String)
