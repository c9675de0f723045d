"""What every fact is: a frame as of a day, what it is counted by, and which columns it cannot have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

DEAL = "_deal"
"""A number for each deal of several rows, null for the others; only where there is such a deal."""
UNRATED = "_unrated"
"""Whether the row's currency has no rate; only where there is such a row."""
_FAR = timedelta(days=60 * 366)
"""Dates farther than this from the as-of date get no fiscal label: they are typing mistakes."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as of one day.

    Attributes:
        name: its name in the catalogue.
        frame: its rows; columns that begin with `_` are the engine's own.
        table: the table it is made from.
        key: the column that names a deal, or None where every row counts.
        single: whether no deal has more than one row.
        absent: columns that the source's columns do not suffice for, with the reason to show.
        unrated: currencies without a rate.
        late: columns that are only made when they are used, from the frame.
        currency: what money is in.
        as_of: the day.
        serial: tells one making of rows from another; what is made from the frame is kept under it.
    """

    name: str
    frame: pl.DataFrame
    table: str
    key: str | None
    single: bool
    as_of: date
    currency: str | None = None
    absent: Mapping[str, str] = field(default_factory=dict)
    unrated: tuple[str, ...] = ()
    late: Mapping[str, Callable[[pl.DataFrame], pl.Series]] = field(default_factory=dict)
    serial: int = field(default_factory=count().__next__)

    def has(self, column: str) -> bool:
        """Whether the column is there or can be made."""
        return column in self.frame.columns or column in self.late

    def why_absent(self, column: str) -> str:
        """The reason to show for a column that is not there."""
        return self.absent.get(column, f"needs {column}")


def fiscal_labels(
    frame: pl.DataFrame, *, source: str, unit: str, calendar: "FiscalCalendar", as_of: date
) -> pl.Series:
    """The canonical label of the fiscal unit of each date; null where there is no date or no such unit."""
    days = frame[source]
    distinct = days.drop_nulls().unique()
    near = distinct.filter((distinct >= as_of - _FAR) & (distinct <= as_of + _FAR))
    if near.is_empty():
        return pl.Series([None] * len(days), dtype=pl.String)
    first, last = near.min(), near.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    labels = {}
    for one in calendar.units(unit, first, last):  # type: ignore[arg-type]
        labels[one.start] = (one.label, one.end)
    starts = sorted(labels)
    if not starts:
        return pl.Series([None] * len(days), dtype=pl.String)
    units = pl.DataFrame(
        {
            "start": starts,
            "label": [labels[start][0] for start in starts],
            "end": [labels[start][1] for start in starts],
        }
    )
    by_day = (
        near.sort()
        .to_frame("day")
        .join_asof(units, left_on="day", right_on="start", strategy="backward")
        .filter(pl.col("day") <= pl.col("end"))
    )
    return days.to_frame("day").join(
        by_day.select("day", "label"), on="day", how="left", maintain_order="left"
    )["label"]
