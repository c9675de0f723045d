"""What is known of renewals: what fell due and how it went, what is still to come and at risk."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.panes.board import BoardRow, board_lines, board_row
from cockpit.panes.dimensions import path_of
from cockpit.panes.figures import ask, formats_of, metrics_of
from cockpit.panes.formats import Formats
from cockpit.panes.lines import Line, Span, line, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.results import KpiResult

NAMES = (
    "renewal_due_base",
    "renewal_on_time_rate",
    "renewal_to_come_base",
    "renewal_at_risk_base",
    "renewal_coverage",
    "untracked_annuity",
)
TABLE = "agreements"
HOW_TO_FILL = "No agreements. Name their file in [sources.agreements] of cockpit.toml."


@dataclass(frozen=True, slots=True)
class AnnuityFacts:
    """The annuity figures.

    Attributes:
        rows: the figures, empty where the workspace has no agreements.
        fact: what the pane's title says.
        empty: what would fill the pane, where it is empty.
    """

    rows: tuple[BoardRow, ...] = ()
    fact: str = ""
    empty: str = HOW_TO_FILL

    def row(self, name: str) -> BoardRow | None:
        """The figure of that name, where it is among them."""
        return next((row for row in self.rows if row.name == name), None)


def has_agreements(cockpit: "Cockpit") -> bool:
    """Whether the workspace has a source of agreements."""
    return TABLE in cockpit.workspace.config.sources


def load_annuity(cockpit: "Cockpit", context: Context) -> "tuple[AnnuityFacts, KpiResult | None]":
    """The annuity figures and the result they were made of.

    Raises:
        CockpitError: the data cannot be read.
    """
    metrics = metrics_of(cockpit)
    names = [name for name in NAMES if name in metrics]
    if not has_agreements(cockpit) or not names:
        return AnnuityFacts(), None
    result = ask(cockpit, context, names)
    formats = formats_of(cockpit, context)
    rows = tuple(
        board_row(result.total(name), metrics[name], formats, path_of(cockpit, metrics[name]))
        for name in names
    )
    return AnnuityFacts(rows, result.period.label), result


def annuity_pane(facts: AnnuityFacts, formats: Formats, width: int, height: int, margin: bool) -> list[Line]:
    """The pane of Today: a line a figure."""
    pad = "  " if margin else ""
    title = rule("Annuity", facts.fact, width - len(pad))
    lines = [line(pad, *title.spans, place=Place("view", "annuity")).fitted(width)]
    if not facts.rows:
        lines.append(line(pad, Span(facts.empty, "dim")).fitted(width))
    lines += board_lines(facts.rows, formats, width, margin)
    return lines[: max(height, 1)]
