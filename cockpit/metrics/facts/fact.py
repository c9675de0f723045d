"""What every fact is: rows as of a day, what they are counted by, and which columns there cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

import polars as pl

from cockpit.metrics.facts.columns import made_names
from cockpit.metrics.facts.kept import Kept
from cockpit.metrics.facts.made import Columns, Recipe, numbered

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

DEAL = "_deal"
"""A number for each deal of several rows, null for the others; only where there is such a deal."""
UNRATED = "_unrated"
"""Whether the row's currency has no rate; only where there is such a row."""
_EPOCH = date(1970, 1, 1)
"""Day 0 of a date as a number."""
_FAR = timedelta(days=60 * 366)
"""Dates farther than this from the as-of date get no fiscal label: they are typing mistakes."""
_SERIALS = count()


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as of one day.

    Attributes:
        name: its name in the catalogue.
        held: its rows; columns that begin with `_` are the engine's own.
        table: the table it is made from.
        key: the column that names a deal, or None where every row counts.
        single: whether no deal has more than one row.
        absent: columns that the source's columns do not suffice for, with the reason to show.
        unrated: currencies without a rate.
        late: columns that are only made when they are asked for by name.
        currency: what money is in.
        as_of: the day.
        made: columns that every row has on that day, made from what is held.
        exists: which of the held rows there are on that day; None where that is all of them.
        serial: tells one making of rows from another; what is made from them is kept under it.
    """

    name: str
    held: pl.DataFrame
    table: str
    key: str | None
    single: bool
    as_of: date
    currency: str | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
    unrated: tuple[str, ...] = ()
    late: Mapping[str, Recipe] = field(default_factory=dict)
    made: Mapping[str, Recipe] = field(default_factory=dict)
    exists: pl.Expr | None = None
    serial: int = field(default_factory=_SERIALS.__next__)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that every row has, held or made."""
        return (*self.held.columns, *self.made)

    @property
    def frame(self) -> pl.DataFrame:
        """The rows of the day with `columns`; what is made is made anew."""
        return Columns(self, Kept({})).all_rows().whole() if self.made else self.held

    def has(self, column: str) -> bool:
        """Whether the column is there or can be made."""
        return column in self.made or column in self.late or column in self.held.columns

    def why_absent(self, column: str) -> str:
        """The reason to show for a column that is not there."""
        return self.absent.get(column, f"needs {column}")

    def recipe(self, column: str) -> Recipe:
        """How a column is made that is not held.

        Raises:
            KeyError: the fact has no such column.
        """
        return self.made[column] if column in self.made else self.late[column]

    def of(self, rows: pl.DataFrame) -> "Fact":
        """The fact of other rows, which have all `columns`."""
        return replace(self, held=rows, made={}, exists=None, serial=next(_SERIALS))


def without_namesakes(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """A table's rows without own columns that are called like one that its fact makes itself.

    Args:
        frame: the rows, with canonical columns and those that only this source has.
        table: the table.
    """
    made = made_names(table)
    return frame.drop(name for name in frame.columns if name in made)


def fiscal_labels(
    columns: Columns, *, source: str, unit: str, calendar: "FiscalCalendar", as_of: date
) -> pl.Expr:
    """The canonical label of the fiscal unit of each date; null where there is no date or no such unit."""
    days = columns.rows((source,)).different(source)
    return fiscal_label(pl.col(source), days, unit=unit, calendar=calendar, as_of=as_of)


def fiscal_label(
    day: pl.Expr, days: pl.Series, *, unit: str, calendar: "FiscalCalendar", as_of: date
) -> pl.Expr:
    """The canonical label of the fiscal unit of a date.

    Args:
        day: the date of a row.
        days: at least every date that occurs.
        unit: kind of the fiscal unit.
        calendar: has the units.
        as_of: the day asked; dates far from it are typing mistakes and get no label.
    """
    near = days.drop_nulls().unique()
    near = near.filter((near >= as_of - _FAR) & (near <= as_of + _FAR))
    first, last = near.min(), near.max()
    if not isinstance(first, date) or not isinstance(last, date):
        return pl.lit(None, pl.String)
    found: dict[int, str] = {}
    for one in calendar.units(unit, first, last):  # type: ignore[arg-type]
        for number in range((max(one.start, first) - first).days, (min(one.end, last) - first).days + 1):
            found[number] = one.label
    words = pl.Series(list(found.values()), dtype=pl.Enum(sorted(set(found.values()))))
    numbers = pl.Series(list(found), dtype=pl.UInt32)
    return numbered(day.cast(pl.Int32) - (first - _EPOCH).days, numbers, words)
