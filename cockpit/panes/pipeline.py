"""Pipeline: the figures in groups, a line each, with value, change, shape and word; each opens.

Under them stands what moved in the open pipeline since the last lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cockpit.panes.board import (
    BoardFacts,
    BoardRow,
    board_table,
    group_of,
    load_board,
    rank_of_group,
    recalled,
)
from cockpit.panes.board_lines import board_lines
from cockpit.panes.figure_detail import figure_detail
from cockpit.panes.figures import formats_of, metrics_of
from cockpit.panes.formats import Formats, plural
from cockpit.panes.head import WIDE, data_words
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, cells, line, rule
from cockpit.panes.moves import MovesData, MovesView, drawn_waterfall, load_moved, moved_pane, unmoved_pane
from cockpit.panes.notes import note_mark
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric

BOARD, ALL = "board", "all"
SHORTEST_RULE = 6
"""Cells of a title's rule that are left when more is said at its end."""
MOVED_HEIGHT = 5
"""Lines of the pane of what moved."""


@dataclass(frozen=True, slots=True)
class PipelineData:
    """The board and what stands with it.

    Attributes:
        board: its figures.
        formats: how they are written.
        metrics: the catalogue, by name.
        moved: what moved since the last lock, or None where that is not known.
        unmoved: why it is not known.
        age: when the data was read, in words.
        period: label of the period, which names figures in notes.
        notes: how many notes each subject has.
    """

    board: BoardFacts
    formats: Formats
    metrics: "Mapping[str, Metric]" = field(default_factory=dict)
    moved: MovesData | None = None
    unmoved: str = ""
    age: str = ""
    period: str = ""
    notes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PipelineView(View):
    """The figures.

    Attributes:
        needle: the text that labels must contain.
        shown: "board", "all", or the name of a group.
    """

    needle: str = ""
    shown: str = BOARD

    name = "pipeline"
    narrows_at_once = True

    def crumbs(self) -> tuple[str, ...]:
        """The view's name, and what of the catalogue is shown where it is not the board."""
        return ("Pipeline",) if self.shown == BOARD else ("Pipeline", self.shown.capitalize())

    def quick(self, cockpit: "Cockpit", context: Context) -> PipelineData | None:
        """Of the board the figures of the last look with their age.

        Of the catalogue the values alone, once the data has been read: what is usual for so many figures is
        asked of many earlier days, which takes its time.
        """
        if self.shown != BOARD:
            return None if cockpit.data_read_at is None else self._values(cockpit, context)
        board = recalled(cockpit.last_known()) if context == Context() else None
        return None if board is None else PipelineData(board, formats_of(cockpit, context))

    def _values(self, cockpit: "Cockpit", context: Context) -> PipelineData:
        """The figures that are shown, without comparison and weeks."""
        metrics = metrics_of(cockpit)
        alone = replace(context, against="")
        board, result = load_board(cockpit, alone, trends=False, chosen=self._chosen(metrics))
        return PipelineData(
            board,
            formats_of(cockpit, context),
            metrics,
            age=data_words(cockpit)[0],
            period=result.period.label,
        )

    def _chosen(self, metrics: "Mapping[str, Metric]") -> list[str] | None:
        """The figures of the catalogue that are shown, by group; None for those of the board."""
        if self.shown == BOARD:
            return None
        ordered = sorted(metrics.items(), key=lambda item: rank_of_group(group_of(item[1])))
        return [name for name, one in ordered if self.shown in (ALL, group_of(one).casefold())]

    def load(self, cockpit: "Cockpit", context: Context) -> PipelineData:
        """Every figure that is shown, and what moved.

        Raises:
            CockpitError: the data cannot be read.
        """
        metrics = metrics_of(cockpit)
        board, result = load_board(cockpit, context, chosen=self._chosen(metrics))
        moved, unmoved = load_moved(cockpit, context) if self.shown == BOARD else (None, "")
        return PipelineData(
            board,
            formats_of(cockpit, context),
            metrics,
            moved,
            unmoved,
            data_words(cockpit)[0],
            result.period.label,
            cockpit.store.note_counts(),
        )

    def rows(self, data: PipelineData) -> tuple[BoardRow, ...]:
        """The figures that match what the view is narrowed by."""
        needle = self.needle.casefold()
        return tuple(
            row for row in data.board.rows if needle in f"{row.label} {row.name} {row.group}".casefold()
        )

    def page(self, data: PipelineData, size: Size) -> Page:
        """The figures in groups; what moved under them where there is room."""
        wide = size.width >= WIDE
        lines = self._lines(data, size.width)
        height = size.height
        below = height - len(lines) - 1
        if (data.moved is None and not data.unmoved) or below < MOVED_HEIGHT:
            block = Block("pipeline", 0, 0, size.width, height, lines)
            return Page(size.width, height, (block,))
        pad = 2 if wide else 0
        inside = size.width - 2 * pad
        pane = (
            unmoved_pane(data.unmoved, inside)
            if data.moved is None
            else moved_pane(data.moved, inside, below)
        )
        shown = [row.indented(pad, size.width) for row in pane]
        return Page(
            size.width,
            height,
            (
                Block("pipeline", 0, 0, size.width, len(lines), lines),
                Block("moved", 0, len(lines) + 1, size.width, min(len(shown), below), shown),
            ),
        )

    def _lines(self, data: PipelineData, width: int) -> list[Line]:
        margin = width >= WIDE
        pad = "  " if margin else ""
        rows = self.rows(data)
        name = "Pipeline" if self.shown == BOARD else self.shown.capitalize()
        fact = data.board.fact + (f", {data.age}" if data.age else "")
        rate = f", {data.board.rate} rate" if data.board.rate else ""
        room = width - len(pad) * 2
        if cells(name) + cells(fact) + cells(rate) + SHORTEST_RULE <= room:
            fact += rate
        title = rule(name, fact, room)
        lines = [line(pad, *title.spans).fitted(width)]
        if not data.board.rows:
            words = "No figures chosen: name them in [kpi] board of cockpit.toml."
            lines.append(line(pad, Span(words, "dim")).fitted(width))
        elif not rows:
            words = "No figure's name contains that; Esc shows all again."
            if self.shown == BOARD:
                words = "No figure of the board is named so; Esc shows all again, d a the whole catalogue."
            lines.append(line(pad, Span(words, "dim")).fitted(width))
        groups = list(dict.fromkeys(row.group for row in rows))
        ordered = [row for group in groups for row in rows if row.group == group]
        drawn = board_lines(ordered, data.formats, width - (2 if margin else 0), margin)
        last = "" if self.shown == ALL else groups[0] if groups else ""
        for row, shown in zip(ordered, drawn, strict=True):
            if row.group != last:
                lines.append(BLANK.fitted(width))
                if self.shown == ALL:
                    lines.append(self._title_of(row.group, rows, pad, width))
            last = row.group
            lines.append(self._marked(shown, row, data, width))
        return lines

    @staticmethod
    def _title_of(group: str, rows: Sequence[BoardRow], pad: str, width: int) -> Line:
        """The name of a group over its figures, where the whole catalogue is listed."""
        count = sum(row.group == group for row in rows)
        title = rule(group, plural(count, "figure"), width - len(pad) * 2)
        return line(pad, *title.spans).fitted(width)

    @staticmethod
    def _marked(shown: Line, row: BoardRow, data: PipelineData, width: int) -> Line:
        """The line with a mark where somebody wrote a note on the figure."""
        count = data.notes.get(f"{row.name}@{data.period}", 0)
        return note_mark(shown, count, width) if count else shown.fitted(width)

    def facts(self, data: PipelineData) -> str:
        """What the figures stand at."""
        return data.board.fact

    def open(self, data: PipelineData, place: Place) -> View | None:
        """The figure by its first dimension, or what moved."""
        from cockpit.panes.drill import KpiView

        if place.kind == "moves":
            return MovesView.at(place)
        return KpiView.at(place) if place.kind == "kpi" else None

    def dimensions(self, data: PipelineData) -> tuple[Choice, ...]:
        """The board, the whole catalogue, or one of its groups."""
        from cockpit.panes.dimensions import choices

        named = sorted({group_of(metric) for metric in data.metrics.values()}, key=rank_of_group)
        groups = [group.casefold() for group in named]
        return choices([BOARD, ALL, *groups])

    def divided(self, data: PipelineData, dimension: str, line: Line | None) -> View:
        """Other figures of the catalogue."""
        return PipelineView(shown=dimension)

    def shares_data(self, other: View) -> bool:
        """Whether only the text differs that names must contain."""
        return isinstance(other, PipelineView) and other.shown == self.shown

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
        """The pictures of the figure under the cursor; of what moved, those of the pipeline that moved."""
        from cockpit.panes.pictures import pictures_for

        metric = data.metrics.get(_drawn(line))
        return () if metric is None else pictures_for(metric)

    def picture(self, data: PipelineData, name: str, line: Line | None) -> View | None:
        """The figure under the cursor drawn."""
        from cockpit.panes.pictures import picture

        if line is None or line.place is None:
            return None
        return picture(name, _drawn(line), line.place.where, choices=self.pictures(data, line))

    def detail(self, data: PipelineData, line: Line | None, width: int) -> Sequence[Line]:
        """The figure under the cursor with its last weeks and its definition; or the waterfall."""
        if line is None or line.place is None:
            return ()
        if line.place.kind == "moves":
            return [] if data.moved is None else drawn_waterfall(data.moved, width)
        row = data.board.row(line.place.name)
        if row is None:
            return ()
        return figure_detail(
            row, data.formats, width, data.board.compared, data.board.weeks, data.metrics.get(row.name)
        )

    def table(self, data: PipelineData) -> RawTable:
        """The figures with raw values."""
        return board_table(replace(data.board, rows=self.rows(data)))

    def subject(self, data: PipelineData, line: Line | None) -> str | None:
        """The figure under the cursor with its period."""
        if line is None or line.place is None or line.place.kind != "kpi":
            return None
        return f"{line.place.name}@{data.period}" if data.period else line.place.name


def _drawn(line: Line | None) -> str:
    """The metric that a line is drawn as."""
    if line is None or line.place is None:
        return ""
    return "open_pipeline_in_period" if line.place.kind == "moves" else line.place.name
