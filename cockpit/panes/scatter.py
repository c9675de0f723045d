"""Age against amount: which deals are large and old, the ones worth a question."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.core.shapes import Cloud, cloud
from cockpit.panes.charts.chart import Dot, Points
from cockpit.panes.dimensions import choices, label_of, table_of
from cockpit.panes.figures import formats_of, metrics_of, short_label
from cockpit.panes.formats import Formats, plural
from cockpit.panes.lines import Line, Page, Span, cells, left, line, right, rule
from cockpit.panes.pictures import PictureView, chart_page, inner
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric

WORD = 24
"""Cells that each word of a listed deal takes at most."""


@dataclass(frozen=True, slots=True)
class ScatterData:
    """The deals of a figure as points.

    Attributes:
        metric: the figure.
        formats: how figures are written.
        cloud: the points.
        table: the table of the deals.
    """

    metric: "Metric"
    formats: Formats
    cloud: Cloud
    table: str


@dataclass(frozen=True)
class ScatterView(PictureView):
    """The scatter; `over` is the number of days, asked with `d`."""

    over: str = ""
    word = "scatter"

    def load(self, cockpit: "Cockpit", context: Context) -> ScatterData:
        """The deals with their days and amounts.

        Raises:
            CockpitError: the figure has no rows with an amount and an age.
        """
        metric = metrics_of(cockpit)[self.metric]
        found = cloud(
            cockpit,
            self.metric,
            self.over or None,
            self.where,
            context.period,
            context.as_of,
            context.slice,
        )
        return ScatterData(metric, formats_of(cockpit, context), found, table_of(cockpit, metric))

    def chart(self, data: ScatterData) -> Points:
        """Days to the right, the amount upwards in powers of ten; old and large deals stand out."""
        old, large = data.cloud.old_from, data.cloud.large_from
        dots = tuple(Dot(x, y, name, x >= old and y >= large) for x, y, name in data.cloud.points)
        fact = plural(data.cloud.count, "deal")
        if data.cloud.every > 1:
            fact = f"one of {data.cloud.every} of {fact}"
        fact += f", {data.cloud.far_count:,} old and large"
        title = (
            f"{short_label(data.metric.label, 30)}: {label_of(data.cloud.x)} against {label_of(data.cloud.y)}"
        )
        mark = data.formats.value(old, "days")
        return Points(
            title, fact, dots, label_of(data.cloud.x), label_of(data.cloud.y), "days", "money", True,
            old, f"old from {mark} on",
        )  # fmt: skip

    def page(self, data: ScatterData, size: Size) -> Page:
        """The points over the list of those that are old and large."""
        return chart_page(self.chart(data), data.formats, self._list(data, inner(size)), size)

    def _list(self, data: ScatterData, width: int) -> list[Line]:
        far, count = data.cloud.far, data.cloud.far_count
        if not far:
            return []
        label = max(cells(one.identity) for one in far) + 2
        shown = f"the largest {len(far)} of {count:,}" if count > len(far) else f"{count:,}"
        mark = data.formats.value(data.cloud.old_from, "days")
        words = {
            name: min(max([cells(name), *(cells(one.words[name]) for one in far)]), WORD) + 2
            for name in far[0].words
            if any(one.words[name] for one in far)
        }
        heads = left("", label) + right("amount", 12) + right(label_of(data.cloud.x), 20) + "   "
        heads += "".join(left(label_of(name), size) for name, size in words.items())
        lines = [rule(f"Old (from {mark}) and large (top fifth)", shown, width), line(Span(heads, "dim"))]
        for one in far:
            spans = (
                Span(left(one.identity, label)),
                Span(right(data.formats.money(one.y), 12)),
                Span(right(data.formats.value(one.x, "days"), 20)),
                Span("   " + "".join(left(one.words[name], size) for name, size in words.items()), "dim"),
            )
            place = Place("record", data.table, where=one.identity)
            copied = (one.identity, f"{one.y:g}", f"{one.x:g}")
            lines.append(Line(spans, place, f"deal:{one.identity}", copied).fitted(width))
        return lines

    def dimensions(self, data: ScatterData) -> tuple[Choice, ...]:
        """The numbers of days that the deals have."""
        return choices(data.cloud.columns)

    def divided(self, data: ScatterData, dimension: str, line: Line | None) -> View:
        """Against another number of days."""
        return replace(self, over=dimension)

    def table(self, data: ScatterData) -> RawTable:
        """A row a deal."""
        rows = [(name, x, y) for x, y, name in data.cloud.points]
        return RawTable(
            f"{self.metric}, {data.cloud.x} against {data.cloud.y}",
            ("deal", data.cloud.x, data.cloud.y),
            rows,
        )

    def subject(self, data: ScatterData, line: Line | None) -> str | None:
        """The deal under the cursor."""
        if line is None or line.place is None:
            return None
        return f"{data.table}/{line.place.where}"
