"""What Today shows, before it is laid out."""

from dataclasses import dataclass

from cockpit.panes.annuity_pane import AnnuityPane
from cockpit.panes.board import BoardFacts
from cockpit.panes.formats import Formats
from cockpit.panes.moves import MovesData
from cockpit.panes.needs_you import Findings
from cockpit.panes.rhythm_lines import RhythmFacts
from cockpit.panes.ruler import RulerFacts
from cockpit.panes.task_facts import TaskFacts


@dataclass(frozen=True, slots=True)
class TodayData:
    """Everything that Today shows, independent of the size of the screen.

    Attributes:
        formats: how figures are written.
        ruler, findings, tasks, rhythm: of the panes of those names.
        board: the pipeline figures, or None before anything is known.
        annuity: the renewals, or None while they are being read.
        moved: what moved in the open pipeline since the last lock, or None where that is not known.
        problem: why the figures are not fresh, in words, or "".
        message: what others did, or "".
    """

    formats: Formats
    ruler: RulerFacts
    findings: Findings
    tasks: TaskFacts
    rhythm: RhythmFacts
    board: BoardFacts | None
    annuity: AnnuityPane | None
    moved: MovesData | None = None
    problem: str = ""
    message: str = ""
