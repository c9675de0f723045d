"""The distribution of a figure: how its deals are spread over amount, age, cycle or another number."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.core.shapes import AMOUNTS, Bin, Spread, spread
from cockpit.panes.charts.bars import bar_lines
from cockpit.panes.charts.chart import Bar, Bars
from cockpit.panes.conditions import both, column
from cockpit.panes.dimensions import choices, label_of
from cockpit.panes.figures import formats_of, metrics_of, short_label
from cockpit.panes.formats import Formats, plural
from cockpit.panes.lines import Line, Page
from cockpit.panes.pictures import PictureView, inner, list_page
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric


@dataclass(frozen=True, slots=True)
class SpreadData:
    """How the rows of a figure are spread."""

    metric: "Metric"
    formats: Formats
    spread: Spread


@dataclass(frozen=True)
class SpreadView(PictureView):
    """The distribution over `over`, which is asked with `d`; "" for the first number that the rows have."""

    over: str = ""
    word = "distribution"

    def load(self, cockpit: "Cockpit", context: Context) -> SpreadData:
        """The rows counted in bins.

        Raises:
            CockpitError: the figure has no rows, or they have no number.
        """
        found = spread(
            cockpit,
            self.metric,
            self.over or None,
            self.where,
            context.period,
            context.as_of,
            context.slice,
        )
        return SpreadData(metrics_of(cockpit)[self.metric], formats_of(cockpit, context), found)

    def chart(self, data: SpreadData) -> Bars:
        """A bar a bin, with its share, its sum, and the marks that a mean hides."""
        formats, found = data.formats, data.spread
        money = found.column in AMOUNTS
        bars = []
        for one in found.bins:
            share = formats.number(one.count / found.count * 100, 1) if found.count else "0"
            note = f"{share} %"
            if money and found.total:
                note += f"   {formats.money(one.amount):>7}"
            place = Place("rows", self.metric, where=both(self.where, self._condition(one, found.column)))
            bars.append(
                Bar(
                    _range_words(one, found.column, formats),
                    float(one.count),
                    formats.number(one.count),
                    note=note,
                    place=place,
                    key=f"bin:{one.low}",
                )
            )
        unit = _unit(found.column)
        said = [
            f"{name} {formats.value(round(value, 4), unit)}"
            for name, value in (("half below", found.median), ("80 % below", found.p80), ("mean", found.mean))
            if value is not None
        ]
        notes = [f"{', '.join(said)}."] if said else []
        if found.blank:
            notes.append(f"Left out: {plural(found.blank, 'row')} without a value.")
        title = f"{short_label(data.metric.label, 40)}: {label_of(found.column)}"
        return Bars(title, plural(found.count, "row"), tuple(bars), tuple(notes))

    @staticmethod
    def _condition(one: Bin, name: str) -> str:
        parts = []
        if one.low is not None:
            parts.append(f"{column(name)} >= {one.low:.10g}")
        if one.high is not None:
            parts.append(f"{column(name)} < {one.high:.10g}")
        return " AND ".join(parts) or f"{column(name)} IS NOT NULL"

    def page(self, data: SpreadData, size: Size) -> Page:
        """A line a bin; Enter opens its rows."""
        return list_page(bar_lines(self.chart(data), inner(size)), size)

    def dimensions(self, data: SpreadData) -> tuple[Choice, ...]:
        """The numbers of the rows."""
        return choices(data.spread.columns)

    def divided(self, data: SpreadData, dimension: str, line: Line | None) -> View:
        """Over another number."""
        return replace(self, over=dimension)

    def table(self, data: SpreadData) -> RawTable:
        """A row a bin."""
        rows = [(one.low, one.high, one.count, one.amount) for one in data.spread.bins]
        return RawTable(f"{self.metric} by {data.spread.column}", ("from", "to", "rows", "sum"), rows)


def _unit(name: str) -> str:
    if name in AMOUNTS:
        return "money"
    return "percent" if name == "probability" else "days"


def _range_words(one: Bin, name: str, formats: Formats) -> str:
    unit = _unit(name)

    def text(value: float) -> str:
        if unit != "money":
            return formats.value(value, unit).replace(" d", "")
        scale = formats.scale(value)
        return formats.money(value, scale).replace(f"{formats.decimal}0{scale}", scale)

    suffix = " days" if unit == "days" else ""
    if one.low is None and one.high is None:
        return "all"
    if one.low is None:
        return f"below {text(one.high or 0)}{suffix}"
    if one.high is None:
        return f"{text(one.low)}{suffix} and more"
    return f"{text(one.low)} to {text(one.high)}{suffix}"
