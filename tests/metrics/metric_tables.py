"""Small tables, a calendar-year calendar and an engine, for the tests of the metric engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from cockpit.base.paths import bundled
from cockpit.fiscal import FiscalCalendar
from cockpit.fiscal.compare import Comparison
from cockpit.fiscal.periods import Span
from cockpit.fiscal.unit import Unit
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.engine import Engine
from cockpit.metrics.query import MetricSettings, Query
from cockpit.sources.canonical import TABLES
from cockpit.sources.table import REJECT_SCHEMA, LoadReport, Table

CATALOGUE = Catalogue.load()
ALL = Span("all", None, None)
_TYPES = {
    "text": pl.String(),
    "money": pl.Decimal(38, 4),
    "probability": pl.Decimal(38, 6),
    "rate": pl.Decimal(38, 8),
    "date": pl.Date(),
    "number": pl.Float64(),
    "bool": pl.Boolean(),
    "status": pl.String(),
}


def day(text: str | None) -> date | None:
    """A date from ISO text; None stays None."""
    return None if text is None else date.fromisoformat(text)


def span(label: str, first: str, last: str, unit: Unit | None = None) -> Span:
    """A period."""
    return Span(label, date.fromisoformat(first), date.fromisoformat(last), unit)


CALENDAR_YEARS = FiscalCalendar.load(
    bundled("calendars") / "calendar-year.toml", (bundled("calendars") / "holidays",)
)
"""Fiscal years that are calendar years."""


def frame_of(
    name: str, rows: Sequence[Mapping[str, Any]], extra: Mapping[str, pl.DataType] | None = None
) -> pl.DataFrame:
    """A typed frame with the canonical columns that any of the rows has."""
    columns = {key for row in rows for key in row}
    schema = {key: _TYPES[column.type] for key, column in TABLES[name].columns.items() if key in columns}
    schema |= dict(extra or {})
    data = {
        key: [
            Decimal(str(row[key]))
            if isinstance(kind, pl.Decimal) and row.get(key) is not None
            else day(row[key])
            if kind == pl.Date and isinstance(row.get(key), str)
            else row.get(key)
            for row in rows
        ]
        for key, kind in schema.items()
    }
    frame = pl.DataFrame(data, schema=schema)
    return frame.with_row_index("_row", offset=2)


class StoredStates:
    """The deals of a few days, as a stored history would give them.

    Args:
        frames: by day, the table of opportunities at the end of it.
    """

    def __init__(self, frames: Mapping[date, pl.DataFrame]) -> None:
        self.frames = dict(frames)
        self.changed = 0

    def version(self) -> int:
        """Raise `changed` when a frame was added."""
        return self.changed

    def is_stored(self, day: date) -> bool:
        """Whether the day is one of those."""
        return day in self.frames

    def is_overwritten(self, day: date) -> bool:
        """Whether the day is one of those."""
        return day in self.frames

    def taken(self, day: date, table: str = "opportunities") -> tuple[str, str | None] | None:
        """A name where the day is one of those."""
        return ("state", None) if table == "opportunities" and day in self.frames else None

    def deals_on(self, day: date) -> pl.DataFrame | None:
        """The deals of that day."""
        return self.frames.get(day)

    def table_on(self, table: str, day: date) -> pl.DataFrame | None:
        """No other table was stored."""
        return None

    def changes(self, field: str) -> pl.DataFrame | None:
        """No single changes were stored."""
        return None


def table(name: str, frame: pl.DataFrame) -> Table:
    """The frame as if it had been loaded."""
    nothing = pl.DataFrame(schema=REJECT_SCHEMA)
    report = LoadReport(
        name, (f"{name}.csv",), datetime(2026, 1, 1, tzinfo=UTC), frame.height, frame.height, nothing, nothing
    )
    return Table(name, frame, report)


@dataclass(frozen=True)
class Asked:
    """An engine with shorter ways to ask it."""

    engine: Engine

    def query(self, *names: str, as_of: str, period: Span = ALL, **more: Any) -> Query:
        return Query(names, period, date.fromisoformat(as_of), **more)

    def row(self, name: str, as_of: str, period: Span = ALL, **more: Any) -> Any:
        return self.engine.values(self.query(name, as_of=as_of, period=period, **more)).rows[0]

    def value(self, name: str, as_of: str, period: Span = ALL, **more: Any) -> Any:
        return self.row(name, as_of, period, **more).value

    def groups(self, name: str, as_of: str, *by: str, period: Span = ALL, **more: Any) -> dict[Any, Any]:
        rows = self.engine.values(self.query(name, as_of=as_of, period=period, by=by, **more)).groups(name)
        return {tuple(row.by.values()) if len(by) > 1 else row.by[by[0]]: row.value for row in rows}


def ask(
    deals: Sequence[Mapping[str, Any]] | pl.DataFrame = (),
    *,
    catalogue: Catalogue = CATALOGUE,
    tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **settings: Any,
) -> Asked:
    """An engine over deals and other tables given as plain rows."""
    loaded = {name: table(name, frame_of(name, rows)) for name, rows in (tables or {}).items()}
    if isinstance(deals, pl.DataFrame):
        loaded["opportunities"] = table("opportunities", deals)
    elif deals:
        loaded["opportunities"] = table("opportunities", frame_of("opportunities", deals))
    settings.setdefault("currency", "USD")
    settings.setdefault("today", date(2030, 1, 1))
    return Asked(Engine(catalogue, loaded, CALENDAR_YEARS, MetricSettings(**settings)))


def against(period: Span, through: str) -> Comparison:
    """A comparison with a period through a day."""
    return Comparison(period, date.fromisoformat(through))
