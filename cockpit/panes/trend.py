"""A figure over time: by week, period or quarter, each beside the same one a year before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.fiscal import UnitKind
from cockpit.panes.charts.chart import Bar, Chart, Columns
from cockpit.panes.days import day_and_month
from cockpit.panes.dimensions import fiscal_column
from cockpit.panes.figures import ask, basis, formats_of, metrics_of, noun_of
from cockpit.panes.formats import Formats, Number
from cockpit.panes.lines import Line, Page, Span, cells, left, line, right, rule
from cockpit.panes.pictures import PictureView, chart_page, inner
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.fiscal import Unit
    from cockpit.metrics.definition import Metric

UNITS = (Choice("w", "week", "week"), Choice("p", "period", "period"), Choice("q", "quarter", "quarter"))
HOW_MANY: Mapping[UnitKind, int] = {"week": 26, "period": 18, "quarter": 12}
"""How many units are shown, the running one included."""


@dataclass(frozen=True, slots=True)
class Instant:
    """One unit of a trend.

    Attributes:
        unit: the fiscal unit.
        value: None where it is not known.
        before: the value of the same unit a year before, or None.
        words: what the value stands on.
        running: whether the unit has not ended yet.
    """

    unit: "Unit"
    value: Number | None
    before: Number | None
    words: str
    running: bool


@dataclass(frozen=True, slots=True)
class TrendData:
    """A figure over time.

    Attributes:
        metric: what is drawn.
        formats: how figures are written.
        instants: the oldest first.
        column: the column that names the unit of a row, by which a unit is opened; None for a stock.
        unit: week, period or quarter.
        facts: what stands at the right of the title.
    """

    metric: "Metric"
    formats: Formats
    instants: tuple[Instant, ...]
    column: str | None
    unit: UnitKind
    facts: str


@dataclass(frozen=True)
class TrendView(PictureView):
    """The trend; `unit` is asked with `d`."""

    unit: UnitKind = "week"
    word = "trend"

    def load(self, cockpit: "Cockpit", context: Context) -> TrendData:
        """The figure of each unit up to the as-of date.

        Raises:
            CockpitError: the figure cannot be had.
        """
        metrics = metrics_of(cockpit)
        metric = metrics[self.metric]
        units = _units(cockpit, context, self.unit)
        column = fiscal_column(metric, metrics, self.unit)
        formats = formats_of(cockpit, context)
        if column is None:
            instants, facts = _states(cockpit, context, metric, self.where, units, formats)
        else:
            instants, facts = _flows(cockpit, context, metric, self.where, units, column, formats)
        return TrendData(metric, formats, instants, column, self.unit, facts)

    def chart(self, data: TrendData) -> Chart:
        """Columns, the same unit a year before as marks."""
        bars = tuple(
            Bar(
                label=one.unit.own_label.split("-")[-1] if self.unit == "week" else one.unit.own_label,
                value=None if one.value is None else float(one.value),
                text=data.formats.value(one.value, data.metric.unit),
                beside=None if one.before is None else float(one.before),
                note=one.words,
                role="bar_rest" if one.running else "bar",
            )
            for one in data.instants
        )
        beside = f"the same {self.unit} a year before" if any(bar.beside is not None for bar in bars) else ""
        return Columns(f"{data.metric.label}, by {self.unit}", data.facts, bars, data.metric.unit, beside)

    def page(self, data: TrendData, size: Size) -> Page:
        """The columns over the list of their values, the newest first."""
        return chart_page(self.chart(data), data.formats, self._list(data, inner(size)), size)

    def _list(self, data: TrendData, width: int) -> list[Line]:
        known = [one for one in data.instants if one.value is not None]
        if not known:
            return []
        label = max(cells(_label(one)) for one in known) + 2
        heads = left("", label) + right("value", 10)
        has_before = any(one.before is not None for one in known)
        if has_before:
            heads += right("year before", 14) + right("change", 12)
        lines = [rule("Values", "newest first", width), line(Span(heads, "dim"))]
        for one in reversed(known):
            change = None
            if one.value is not None and one.before is not None:
                change = float(one.value) - float(one.before)
            unit = data.metric.unit
            spans = (
                Span(left(_label(one), label), "dim" if one.running else "text"),
                Span(right(data.formats.value(one.value, unit), 10)),
                Span(right(data.formats.value(one.before, unit), 14) if has_before else "", "dim"),
                Span(right(data.formats.delta(change, unit, one.value), 12) if has_before else ""),
                Span("   " + one.words, "dim"),
            )
            place = None
            if data.column is not None and data.metric.kind != "derived":
                place = Place("rows", self.metric, where=self.where, focus=one.unit.label)
            copied = (_label(one), data.formats.raw(one.value), data.formats.raw(one.before))
            lines.append(Line(spans, place, f"unit:{one.unit.label}", copied))
        return lines

    def open(self, data: TrendData, place: Place) -> View | None:
        """The rows of the unit."""
        from cockpit.panes.rows import RowsView

        one = next((one for one in data.instants if one.unit.label == place.focus), None)
        if place.kind != "rows" or one is None:
            return None
        return RowsView(self.metric, where=self.where, period=one.unit.label)

    def dimensions(self, data: TrendData) -> tuple[Choice, ...]:
        """The units of time."""
        return UNITS

    def divided(self, data: TrendData, dimension: str, line: Line | None) -> View:
        """By another unit of time."""
        return replace(self, unit=next((kind for kind in HOW_MANY if kind == dimension), self.unit))

    def table(self, data: TrendData) -> RawTable:
        """A line a unit."""
        rows: Sequence[Sequence[Any]] = [
            (one.unit.label, one.unit.start, one.unit.end, one.value, one.before) for one in data.instants
        ]
        columns = (self.unit, "start", "end", "value", "year_before")
        return RawTable(f"{data.metric.label}, by {self.unit}", columns, rows)

    def subject(self, data: TrendData, line: Line | None) -> str:
        """The figure of the unit under the cursor, else of the running one."""
        label = data.instants[-1].unit.label if data.instants else ""
        if line is not None and line.key is not None and line.key.startswith("unit:"):
            label = line.key.removeprefix("unit:")
        return f"{self.metric}@{label}"


def _label(one: Instant) -> str:
    return f"{one.unit.own_label}  to {day_and_month(one.unit.end)}" + (", running" if one.running else "")


def _units(cockpit: "Cockpit", context: Context, kind: UnitKind) -> "list[Unit]":
    """The last units up to the as-of date, the oldest first; fewer where the calendar ends."""
    day = context.as_of or cockpit.as_of
    unit = cockpit.fiscal.unit(kind, day)
    found: list[Unit] = []
    while unit is not None and len(found) < HOW_MANY[kind]:
        found.append(unit)
        try:
            unit = cockpit.fiscal.shift(unit, -1)
        except CockpitError:
            break
    return found[::-1]


def _flows(
    cockpit: "Cockpit",
    context: Context,
    metric: "Metric",
    where: str | None,
    units: "Sequence[Unit]",
    column: str,
    formats: Formats,
) -> tuple[tuple[Instant, ...], str]:
    """One question for all units: the figure by the fiscal unit of its date."""
    everything = replace(context, period="all", against="")
    result = ask(cockpit, everything, (metric.name,), by=(column,), where=where)
    rows = {row.by[column]: row for row in result.groups(metric.name)}
    zero = 0 if metric.additive else None
    instants = []
    for unit in units:
        row = rows.get(unit.label)
        before = rows.get(_year_before(cockpit, unit))
        running = unit.end > result.as_of
        instants.append(
            Instant(
                unit,
                row.value if row is not None else zero,
                before.value if before is not None and not running else None,
                basis(row, formats, noun_of(metric)) if row is not None else "",
                running,
            )
        )
    return tuple(instants), f"to {day_and_month(result.as_of)}"


def _states(
    cockpit: "Cockpit",
    context: Context,
    metric: "Metric",
    where: str | None,
    units: "Sequence[Unit]",
    formats: Formats,
) -> tuple[tuple[Instant, ...], str]:
    """A stock at the end of each unit, of days whose state was stored: a rebuilt one would mislead."""
    from cockpit.metrics.results import REBUILT

    day = context.as_of or cockpit.as_of
    instants = []
    missing = 0
    for unit in units:
        at = min(unit.end, day)
        value, words, stored = None, "", False
        if cockpit.known.holds(at):
            result = ask(cockpit, replace(context.at(at), against=""), (metric.name,), where=where)
            row = result.total(metric.name)
            stored = REBUILT not in row.marks
            if stored:
                value, words = row.value, basis(row, formats, noun_of(metric))
        missing += not stored
        instants.append(Instant(unit, value, None, words, unit.end > day))
    said = f"{len(units) - missing} of {len(units)} states stored" if missing else ""
    return tuple(instants), said or f"to {day_and_month(day)}"


def _year_before(cockpit: "Cockpit", unit: "Unit") -> str | None:
    try:
        return cockpit.fiscal.unit_of(unit.kind, unit.fy - 1, unit.number).label
    except CockpitError:
        return None
