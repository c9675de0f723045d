"""Pipeline: the board in full, a line a figure, each of which opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cockpit.panes.board import BoardFacts, BoardRow, board_lines, load_board, recalled
from cockpit.panes.figures import formats_of, metrics_of
from cockpit.panes.formats import Formats
from cockpit.panes.head import WIDE
from cockpit.panes.lines import Block, Line, Page, Span, line, rule
from cockpit.panes.place import Place
from cockpit.panes.today import board_table
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric


@dataclass(frozen=True, slots=True)
class PipelineData:
    """The board and how its figures are written."""

    board: BoardFacts
    formats: Formats
    metrics: "Mapping[str, Metric]" = field(default_factory=dict)


@dataclass(frozen=True)
class PipelineView(View):
    """The board.

    Attributes:
        needle: the text that labels must contain.
    """

    needle: str = ""

    name = "pipeline"

    def crumbs(self) -> tuple[str, ...]:
        """The view's name."""
        return ("Pipeline",)

    def quick(self, cockpit: "Cockpit", context: Context) -> PipelineData | None:
        """The figures of the last look with their age."""
        board = recalled(cockpit.last_known()) if context == Context() else None
        return None if board is None else PipelineData(board, formats_of(cockpit, context))

    def load(self, cockpit: "Cockpit", context: Context) -> PipelineData:
        """Every figure of the board."""
        board, _ = load_board(cockpit, context)
        return PipelineData(board, formats_of(cockpit, context), metrics_of(cockpit))

    def rows(self, data: PipelineData) -> tuple[BoardRow, ...]:
        """The figures that match what the view is narrowed by."""
        needle = self.needle.casefold()
        return tuple(row for row in data.board.rows if needle in f"{row.label} {row.name}".casefold())

    def page(self, data: PipelineData, size: Size) -> Page:
        """One table."""
        margin = size.width >= WIDE
        pad = "  " if margin else ""
        rows = self.rows(data)
        title = rule("Pipeline", data.board.fact, size.width - len(pad) * 2)
        lines = [line(pad, *title.spans).fitted(size.width)]
        if not data.board.rows:
            words = "No figures chosen: name them in [kpi] board of cockpit.toml."
            lines.append(line(pad, Span(words, "dim")).fitted(size.width))
        elif not rows:
            words = "No figure's name contains that; Esc shows all again."
            lines.append(line(pad, Span(words, "dim")).fitted(size.width))
        lines += [
            row.fitted(size.width)
            for row in board_lines(rows, data.formats, size.width - (2 if margin else 0), margin)
        ]
        return Page(size.width, size.height, (Block("pipeline", 0, 0, size.width, size.height, lines),))

    def facts(self, data: PipelineData) -> str:
        """What the figures stand at."""
        return data.board.fact

    def open(self, data: PipelineData, place: Place) -> View | None:
        """The figure by its first dimension."""
        from cockpit.panes.drill import KpiView

        return KpiView.at(place) if place.kind == "kpi" else None

    def narrowed(self, text: str) -> View:
        """Only the figures whose name contains the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that names contain."""
        return self.needle

    def explanation(self, data: PipelineData, line: Line | None) -> View | None:
        """Why the figure under the cursor is so."""
        if line is None or line.place is None or line.place.kind != "kpi":
            return None
        from cockpit.panes.explain import ExplainView

        return ExplainView(line.place.name, line.place.where)

    def pictures(self, data: PipelineData, line: Line | None) -> tuple[Choice, ...]:
        """The pictures of the figure under the cursor."""
        from cockpit.panes.pictures import pictures_for

        metric = None if line is None or line.place is None else data.metrics.get(line.place.name)
        return () if metric is None else pictures_for(metric)

    def picture(self, data: PipelineData, name: str, line: Line | None) -> View | None:
        """The figure under the cursor drawn."""
        from cockpit.panes.pictures import picture

        if line is None or line.place is None:
            return None
        return picture(name, line.place.name, line.place.where, choices=self.pictures(data, line))

    def table(self, data: PipelineData) -> RawTable:
        """The board with raw values."""
        return board_table(replace(data.board, rows=self.rows(data)))

    def subject(self, data: PipelineData, line: Line | None) -> str | None:
        """The figure under the cursor."""
        return line.place.name if line is not None and line.place is not None else None
