"""Whether a workspace has agreements, and its annuity figures as lines of a board."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.panes.board import BoardRow

if TYPE_CHECKING:
    from cockpit.core import Cockpit

TABLE = "agreements"
HOW_TO_FILL = "No agreements. Name their file in [sources.agreements] of cockpit.toml."


@dataclass(frozen=True, slots=True)
class AnnuityFacts:
    """The annuity figures.

    Attributes:
        rows: the figures, empty where the workspace has no agreements.
        fact: what their title says.
        period: the label of the period.
    """

    rows: tuple[BoardRow, ...] = ()
    fact: str = ""
    period: str = ""


def has_agreements(cockpit: "Cockpit") -> bool:
    """Whether the workspace has a source of agreements."""
    return TABLE in cockpit.workspace.config.sources
