"""The same figure as a picture (`c`): which pictures there are of it, and what they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from cockpit.panes.charts.chart import Chart
from cockpit.panes.charts.columns import column_lines
from cockpit.panes.charts.points import point_lines
from cockpit.panes.figures import called
from cockpit.panes.formats import Formats
from cockpit.panes.head import WIDE
from cockpit.panes.lines import Block, Line, Page, Span
from cockpit.panes.view import Choice, Size, View

if TYPE_CHECKING:
    from cockpit.metrics.definition import Metric

TREND = Choice("t", "trend", "trend")
SPREAD = Choice("d", "spread", "distribution")
PIVOT = Choice("p", "pivot", "pivot")
BRIDGE = Choice("b", "bridge", "bridge of the change")
FUNNEL = Choice("f", "funnel", "funnel")
SCATTER = Choice("s", "scatter", "scatter of age against amount")
COHORTS = Choice("h", "cohorts", "heat map of cohorts")
MOVES = Choice("w", "moves", "waterfall of what moved")
RESTATED = Choice("r", "restated", "as reported beside as corrected")

_VIEWS: dict[str, tuple[str, str]] = {
    "trend": ("trend", "TrendView"),
    "spread": ("spread", "SpreadView"),
    "pivot": ("pivot", "PivotView"),
    "bridge": ("bridge", "BridgeView"),
    "funnel": ("funnel", "FunnelView"),
    "scatter": ("scatter", "ScatterView"),
    "cohorts": ("cohorts", "CohortsView"),
    "moves": ("moves", "MovesView"),
    "restated": ("restated", "RestatedView"),
}


@dataclass(frozen=True)
class PictureView(View):
    """A figure drawn.

    Attributes:
        metric: the figure's name.
        where: the condition that narrows it, or None.
        path: the breadcrumb down to the figure.
        choices: the pictures there are of it.
    """

    metric: str
    where: str | None = None
    path: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()

    name = "pipeline"
    word: ClassVar[str] = ""
    """What the picture is called in the breadcrumb."""

    def crumbs(self) -> tuple[str, ...]:
        """The way to the figure, then the picture."""
        return (*(self.path or ("Pipeline", called(self.metric))), self.word)

    def pictures(self, data: Any, line: Line | None) -> tuple[Choice, ...]:
        """The other pictures of the same figure."""
        return self.choices

    def picture(self, data: Any, name: str, line: Line | None) -> View:
        """The same figure drawn another way."""
        return picture(name, self.metric, self.where, self.path, self.choices)

    def explanation(self, data: Any, line: Line | None) -> View | None:
        """Why the figure is what it is."""
        from cockpit.panes.explain import ExplainView

        return ExplainView(self.metric, self.where, self.crumbs())


def pictures_for(metric: "Metric") -> tuple[Choice, ...]:
    """The pictures that there are of a figure."""
    found = [TREND]
    if metric.kind != "derived":
        found += [SPREAD, SCATTER]
    found += [PIVOT, BRIDGE]
    if "opportunities" in metric.facts or metric.kind == "derived":
        found += [FUNNEL, COHORTS, MOVES]
    found.append(RESTATED)
    return tuple(found)


def picture(
    name: str,
    metric: str,
    where: str | None = None,
    path: tuple[str, ...] = (),
    choices: tuple[Choice, ...] = (),
) -> View:
    """A picture of a figure by its name."""
    module, kind = _VIEWS[name]
    view = getattr(import_module(f"cockpit.panes.{module}"), kind)
    return cast(View, view(metric, where, path, choices))


def chart_page(chart: Chart, formats: Formats, below: Sequence[Line], size: Size) -> Page:
    """A chart over a list of what it shows; the chart gets what the list leaves, at least half."""
    pad = 1 if size.width >= WIDE else 0
    width = size.width - 2 * pad
    tall = min(max(size.height - len(below) - 2, size.height * 3 // 5), 26)
    if len(below) and tall > size.height - 5:
        tall = max(size.height - 5, 5)
    if not below:
        tall = size.height
    drawn = (
        column_lines(chart, formats, width, tall)
        if chart.kind == "columns"
        else point_lines(chart, formats, width, tall)
        if chart.kind == "points"
        else []
    )
    blocks = [Block("chart", 0, 0, size.width, tall, padded(drawn, pad, size.width), sticky=0)]
    rest = size.height - tall - 1
    if below and rest >= 2:
        blocks.append(Block("values", 0, tall + 1, size.width, rest, padded(below, pad, size.width)))
    return Page(size.width, size.height, tuple(blocks))


def list_page(lines: Sequence[Line], size: Size, sticky: int = 1, foot: Sequence[Line] = ()) -> Page:
    """Lines of a chart as one pane over the whole size."""
    pad = 1 if size.width >= WIDE else 0
    body = padded(lines, pad, size.width)
    below = tuple(padded(foot, pad, size.width))
    height = min(size.height, len(body) + len(below))
    return Page(
        size.width,
        size.height,
        (Block("chart", 0, 0, size.width, height, body, sticky=sticky, foot=below),),
    )


def inner(size: Size) -> int:
    """The cells between the margins."""
    return size.width - (2 if size.width >= WIDE else 0)


def padded(lines: Sequence[Line], pad: int, width: int) -> list[Line]:
    """The lines with a margin at the left, fitted to the width."""
    return [replace(row, spans=(Span(" " * pad), *row.spans)).fitted(width) for row in lines]
