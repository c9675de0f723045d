"""Today: where we are in the year, what needs a look, what is due, how the figures stand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.panes.annuity_pane import AnnuityPane, load_annuity_pane
from cockpit.panes.board import BoardFacts, board_table, load_board, recalled, remembered
from cockpit.panes.explained import explained
from cockpit.panes.faststart_facts import season
from cockpit.panes.figures import formats_of
from cockpit.panes.found import look, look_late
from cockpit.panes.lines import Line, Page
from cockpit.panes.message import message
from cockpit.panes.moves import MovesData, load_moved
from cockpit.panes.needs_you import as_shown
from cockpit.panes.place import Place
from cockpit.panes.rhythm_lines import load_rhythm
from cockpit.panes.ruler import ruler_facts
from cockpit.panes.task_facts import load_tasks
from cockpit.panes.today_data import TodayData
from cockpit.panes.today_detail import today_detail
from cockpit.panes.today_layout import today_page
from cockpit.panes.view import Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit

PANES = ("tasks", "pipeline", "rhythm", "annuity")
"""The panes that can change places."""


@dataclass(frozen=True)
class TodayView(View):
    """The first view.

    Attributes:
        order: its movable panes: above at the left and right, then below.
    """

    order: tuple[str, ...] = PANES

    name = "today"

    def quick(self, cockpit: "Cockpit", context: Context) -> TodayData:
        """Ruler, tasks and rhythm, and the figures of the last look with their age."""
        tasks = load_tasks(cockpit, context)
        formats = formats_of(cockpit, context)
        findings = as_shown(look_late(cockpit, context), formats, pending=True)
        return TodayData(
            formats=formats,
            ruler=ruler_facts(cockpit),
            findings=findings,
            tasks=tasks,
            rhythm=load_rhythm(cockpit, beyond=season(cockpit).agenda_item()),
            board=recalled(cockpit.last_known()),
            annuity=None,
        )

    def load(self, cockpit: "Cockpit", context: Context) -> TodayData:
        """All panes. Data that cannot be read is a finding; the panes that need none stay."""
        formats = formats_of(cockpit, context)
        board: BoardFacts | None = None
        annuity: AnnuityPane | None = None
        moved: MovesData | None = None
        problem = ""
        try:
            board, _ = load_board(cockpit, context)
            annuity = load_annuity_pane(cockpit, context)
            moved, _ = load_moved(cockpit, context)
            if context == Context():
                cockpit.remember(remembered(board, cockpit.now.strftime("%d %b %H:%M")))
        except CockpitError as error:
            problem = str(error.problems[0])
            board = board or recalled(cockpit.last_known())
        # the data bring the dates that tasks hang from, so they are looked at before the tasks
        tasks = load_tasks(cockpit, context)
        findings = as_shown(look(cockpit, context, moved=None if moved is None else moved.moves), formats)
        return TodayData(
            formats=formats,
            ruler=ruler_facts(cockpit),
            findings=findings,
            tasks=tasks,
            rhythm=load_rhythm(cockpit, beyond=season(cockpit).agenda_item()),
            board=board,
            annuity=annuity,
            moved=moved,
            problem=problem,
            message=message(cockpit),
        )

    def page(self, data: TodayData, size: Size) -> Page:
        """The panes side by side where there is room, as a digest where there is not."""
        return today_page(data, size, self.order)

    def movable_panes(self) -> tuple[str, ...]:
        """Tasks, figures, calendar and renewals."""
        return self.order

    def arranged(self, order: tuple[str, ...]) -> View:
        """The panes in another order; the ruler and what needs somebody stay on top."""
        return replace(self, order=order)

    def shares_data(self, other: View) -> bool:
        """In whatever order the panes stand, they show the same."""
        return isinstance(other, TodayView)

    def facts(self, data: TodayData) -> str:
        """What the figures stand at."""
        return data.board.fact if data.board is not None else ""

    def open(self, data: TodayData, place: Place) -> View | None:
        """Every line of Today leads to a view of its own."""
        return None

    def explanation(self, data: TodayData, line: Line | None) -> View | None:
        """Why the figure, the finding, the task or the day under the cursor is so."""
        return explained(line.place) if line is not None else None

    def detail(self, data: TodayData, line: Line | None, width: int) -> Sequence[Line]:
        """The task, the figure, the finding or the day under the cursor in words."""
        return today_detail(data, line, width)

    def table(self, data: TodayData) -> RawTable | None:
        """The board with raw values."""
        return None if data.board is None else board_table(data.board)

    def finding(self, data: TodayData, line: Line | None) -> str | None:
        """The key of the finding under the cursor."""
        if line is None or line.key is None or not line.key.startswith("finding:"):
            return None
        number = int(line.key.removeprefix("finding:"))
        return data.findings.shown[number - 1].key if number <= len(data.findings.shown) else None

    def subject(self, data: TodayData, line: Line | None) -> str | None:
        """The finding, the task, the day, or the figure with its period under the cursor."""
        finding = self.finding(data, line)
        if finding is not None:
            return f"finding/{finding}"
        if line is None or line.place is None or line.place.kind not in ("task", "kpi", "occurrence"):
            return None
        period = data.board.period if line.place.kind == "kpi" and data.board is not None else ""
        return f"{line.place.name}@{period}" if period else line.place.name
