"""A figure by two dimensions at once, with totals that are the figure by each of them."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import UsageError
from cockpit.panes.charts.chart import Cell, Matrix
from cockpit.panes.charts.matrix import matrix_lines
from cockpit.panes.conditions import both, equals, shown
from cockpit.panes.dimensions import choices, dimensions_of, label_of, path_of
from cockpit.panes.figures import ENOUGH, ask, formats_of, metrics_of, short_label
from cockpit.panes.formats import MISSING, Formats, is_money
from cockpit.panes.lines import Line, Page
from cockpit.panes.pictures import PictureView, inner, list_page
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import KpiRow

PEOPLE = ("manager", "owner", "account", "name", "next_step")
"""Dimensions that rarely say anything across, since each value of one has its own of the other."""
TIMES = ("created_", "close_", "closing_")
MOST_COLUMNS = 40
"""Columns that are loaded; of more values the largest are taken, and the title says so."""


@dataclass(frozen=True, slots=True)
class PivotData:
    """A figure by two dimensions.

    Attributes:
        metric: the figure.
        formats: how figures are written.
        down, across: the dimensions.
        rows, columns: their values, the largest first.
        cells: the figure of each pair that has rows.
        row_totals, column_totals: the figure by one dimension alone.
        total: the figure.
        available: the dimensions there are.
        left_out: how many values of `across` are not shown.
    """

    metric: "Metric"
    formats: Formats
    down: str
    across: str
    rows: tuple[Any, ...]
    columns: tuple[Any, ...]
    cells: "dict[tuple[Any, Any], KpiRow]"
    row_totals: "dict[Any, KpiRow]"
    column_totals: "dict[Any, KpiRow]"
    total: "KpiRow"
    available: tuple[str, ...]
    left_out: int


@dataclass(frozen=True)
class PivotView(PictureView):
    """The pivot; `d` picks what goes down, and what went down then goes across."""

    down: str = ""
    across: str = ""
    first: int = 0
    word = "pivot"

    def load(self, cockpit: "Cockpit", context: Context) -> PivotData:
        """The figure by both dimensions and by each alone.

        Raises:
            UsageError: the figure has no two dimensions.
        """
        metric = metrics_of(cockpit)[self.metric]
        available = dimensions_of(cockpit, metric)
        path = [*path_of(cockpit, metric), *available]
        beside = [
            name
            for name in available
            if name not in PEOPLE and not name.endswith("_id") and not name.startswith(TIMES)
        ] + path
        down = self.down or next((name for name in path if name != self.across and name in available), "")
        across = self.across or next((name for name in beside if name != down and name in available), "")
        if not down or not across or down == across:
            raise UsageError(f"{self.metric} has no two dimensions to set against each other")
        pairs = ask(cockpit, context, (self.metric,), by=(down, across), where=self.where)
        rows = ask(cockpit, context, (self.metric,), by=(down,), where=self.where)
        columns = ask(cockpit, context, (self.metric,), by=(across,), where=self.where)
        row_totals = {row.by[down]: row for row in rows.groups(self.metric)}
        column_totals = {row.by[across]: row for row in columns.groups(self.metric)}
        picked = sorted(column_totals, key=lambda value: -column_totals[value].n)[:MOST_COLUMNS]
        return PivotData(
            metric,
            formats_of(cockpit, context),
            down,
            across,
            tuple(row_totals),
            tuple(value for value in column_totals if value in set(picked)),
            {(row.by[down], row.by[across]): row for row in pairs.groups(self.metric)},
            row_totals,
            column_totals,
            rows.total(self.metric),
            available,
            len(column_totals) - len(picked),
        )

    def chart(self, data: PivotData) -> Matrix:
        """Rows and columns with their totals; a rate of few deals is faint."""
        scale = data.formats.scale(data.total.value) if is_money(data.metric.unit) else None

        def cell(row: "KpiRow | None", where: str | None) -> Cell:
            if row is None or row.value is None:
                return Cell(None, "" if row is None else MISSING)
            text = data.formats.value(row.value, data.metric.unit, scale)
            faint = data.metric.proportion and row.n < ENOUGH
            return Cell(float(row.value), text, Place("kpi", self.metric, where=where), faint)

        body = []
        for down in data.rows:
            inside = equals(data.down, down)
            across = [
                cell(data.cells.get((down, value)), both(self.where, inside, equals(data.across, value)))
                for value in data.columns
            ]
            body.append((*across, cell(data.row_totals[down], both(self.where, inside))))
        foot = [
            cell(data.column_totals[value], both(self.where, equals(data.across, value)))
            for value in data.columns
        ]
        body.append((*foot, cell(data.total, self.where)))
        fact = f"{label_of(data.down)} by {label_of(data.across)}"
        if data.left_out:
            fact += f", {data.left_out:,} rarer left out"
        if data.metric.proportion:
            fact += f", faint below {ENOUGH} deals"
        places = tuple(
            Place("kpi", self.metric, where=both(self.where, equals(data.down, value))) for value in data.rows
        )
        return Matrix(
            short_label(data.metric.label, 40),
            fact,
            label_of(data.down),
            (*(shown(value) for value in data.rows), "All"),
            (*(shown(value) for value in data.columns), "All"),
            tuple(body),
            totals=True,
            places=places,
        )

    def page(self, data: PivotData, size: Size) -> Page:
        """The table; Enter opens a row, `>` and `<` pass over columns."""
        drawn = matrix_lines(self.chart(data), inner(size), self.first)
        return list_page((*drawn.head, *drawn.body), size, sticky=2, foot=drawn.foot)

    def sibling(self, data: PivotData, step: int) -> View | None:
        """The columns further right or left."""
        return replace(self, first=min(max(self.first + step * 3, 0), max(len(data.columns) - 1, 0)))

    def dimensions(self, data: PivotData) -> tuple[Choice, ...]:
        """What the rows can be; the old rows become the columns."""
        return choices(data.available)

    def divided(self, data: PivotData, dimension: str, line: Line | None) -> View:
        """The picked dimension goes down, what went down goes across."""
        across = data.down if dimension != data.down else data.across
        return replace(self, down=dimension, across=across, first=0)

    def table(self, data: PivotData) -> RawTable:
        """The whole matrix with raw values, totals last."""

        def value(row: "KpiRow | None") -> Any:
            return None if row is None else row.value

        rows: list[tuple[Any, ...]] = [
            (
                shown(down),
                *(value(data.cells.get((down, across))) for across in data.columns),
                value(data.row_totals[down]),
            )
            for down in data.rows
        ]
        rows.append(("All", *(value(data.column_totals[one]) for one in data.columns), data.total.value))
        columns = (data.down, *(shown(one) for one in data.columns), "All")
        return RawTable(f"{self.metric} by {data.down} and {data.across}", columns, rows)
