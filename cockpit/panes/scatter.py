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

LISTED = 50
"""The oldest of the large deals that are listed."""


@dataclass(frozen=True, slots=True)
class ScatterData:
    """The deals of a figure as points.

    Attributes:
        metric: the figure.
        formats: how figures are written.
        cloud: the points.
        limit: days from which on a deal counts as old.
        table: the table of the deals.
    """

    metric: "Metric"
    formats: Formats
    cloud: Cloud
    limit: float
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
        limit = float(cockpit.workspace.config.kpi.stale_days)
        if found.x in ("age_days", "cycle_days") and found.points:
            ordered = sorted(x for x, _, _ in found.points)
            limit = ordered[len(ordered) * 4 // 5]
        return ScatterData(metric, formats_of(cockpit, context), found, limit, table_of(cockpit, metric))

    def chart(self, data: ScatterData) -> Points:
        """Days to the right, the amount upwards in powers of ten; old and large deals stand out."""
        large = self._large(data)
        dots = tuple(Dot(x, y, name, x >= data.limit and y >= large) for x, y, name in data.cloud.points)
        loud = sum(dot.stands_out for dot in dots)
        fact = plural(data.cloud.count, "deal")
        if data.cloud.every > 1:
            fact = f"one of {data.cloud.every} of {fact}"
        fact += f", {loud:,} old and large"
        title = (
            f"{short_label(data.metric.label, 30)}: {label_of(data.cloud.x)} against {label_of(data.cloud.y)}"
        )
        mark = data.formats.value(data.limit, "days")
        return Points(
            title, fact, dots, label_of(data.cloud.x), label_of(data.cloud.y), "days", "money", True,
            data.limit, f"old from {mark} on",
        )  # fmt: skip

    @staticmethod
    def _large(data: ScatterData) -> float:
        """The amount from which on a deal is among the largest fifth."""
        ordered = sorted(y for _, y, _ in data.cloud.points)
        return ordered[len(ordered) * 4 // 5] if ordered else 0.0

    def page(self, data: ScatterData, size: Size) -> Page:
        """The points over the list of those that are old and large."""
        return chart_page(self.chart(data), data.formats, self._list(data, inner(size)), size)

    def _list(self, data: ScatterData, width: int) -> list[Line]:
        large = self._large(data)
        loud = sorted(
            ((y, x, name) for x, y, name in data.cloud.points if x >= data.limit and y >= large), reverse=True
        )
        if not loud:
            return []
        label = max(cells(name) for _, _, name in loud[:LISTED]) + 2
        shown = f"the largest {LISTED} of {len(loud):,}" if len(loud) > LISTED else f"{len(loud):,}"
        mark = data.formats.value(data.limit, "days")
        lines = [rule(f"Old (from {mark}) and large (top fifth)", shown, width)]
        lines.append(
            line(Span(left("", label) + right("amount", 12) + right(label_of(data.cloud.x), 20), "dim"))
        )
        for y, x, name in loud[:LISTED]:
            spans = (
                Span(left(name, label)),
                Span(right(data.formats.money(y), 12)),
                Span(right(data.formats.value(x, "days"), 20)),
            )
            place = Place("record", data.table, where=name)
            lines.append(Line(spans, place, f"deal:{name}", (name, f"{y:g}", f"{x:g}")))
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
