"""Small tables, a calendar-year calendar and an engine, for the tests of the metric engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from cockpit.base.problems import UsageError
from cockpit.fiscal.compare import Comparison
from cockpit.fiscal.periods import Span
from cockpit.fiscal.unit import Unit
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.engine import Engine
from cockpit.metrics.query import MetricSettings, Query
from cockpit.sources.spec import TABLES
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


class CalendarYears:
    """Fiscal years that are calendar years, in quarters; enough of a fiscal calendar for the engine."""

    def today(self) -> date:
        return date(2030, 1, 1)

    def unit(self, kind: str, when: date) -> Unit | None:
        if kind == "year":
            return self._unit(kind, when.year, 1)
        return self._unit(kind, when.year, (when.month - 1) // 3 + 1) if kind == "quarter" else None

    def _unit(self, kind: str, year: int, number: int) -> Unit:
        if kind == "year":
            return Unit(
                "year", year, 1, date(year, 1, 1), date(year, 12, 31), f"FY{year % 100:02}", f"FY{year}"
            )
        after = date(year + number // 4, number % 4 * 3 + 1, 1)
        label = f"FY{year % 100:02}-Q{number}"
        return Unit(
            "quarter", year, number, date(year, number * 3 - 2, 1), after - timedelta(1), label, label
        )

    def shift(self, unit: Unit, count: int) -> Unit:
        place = unit.fy * 4 + unit.number - 1 + count
        return self._unit("quarter", place // 4, place % 4 + 1)

    def units(self, kind: str, first: date, last: date) -> list[Unit]:
        found: list[Unit] = []
        unit = self.unit(kind, first)
        while unit is not None and unit.start <= last:
            found.append(unit)
            unit = self.unit(kind, unit.end + timedelta(1))
        return found

    def unit_named(self, text: str) -> Unit:
        year, _, quarter = text.removeprefix("FY").partition("-Q")
        if not (year.isdigit() and (quarter.isdigit() or not quarter)):
            raise UsageError(f"no unit {text}")
        kind = "quarter" if quarter else "year"
        return self._unit(kind, 2000 + int(year) % 100, int(quarter or 1))


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
    return Asked(Engine(catalogue, loaded, CalendarYears(), MetricSettings(**settings)))  # type: ignore[arg-type]


def against(period: Span, through: str) -> Comparison:
    """A comparison with a period through a day."""
    return Comparison(period, date.fromisoformat(through))
