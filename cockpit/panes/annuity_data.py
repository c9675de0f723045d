"""What the annuity view shows, before it is laid out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cockpit.panes.annuity_behind import NO_QUARTERS, Largest, Quarters
from cockpit.panes.annuity_book import Book
from cockpit.panes.annuity_facts import AnnuityFacts
from cockpit.panes.annuity_outcomes import Outcomes
from cockpit.panes.annuity_risk import RiskFacts
from cockpit.panes.formats import Formats

if TYPE_CHECKING:
    from cockpit.metrics.definition import Metric


@dataclass(frozen=True, slots=True)
class AnnuityData:
    """Everything that the view shows.

    Attributes:
        figures: the rates.
        outcomes: what fell due and became of it.
        risk: what is to come and at risk.
        book: the book by month or quarter.
        formats: how amounts are written.
        known: whether the workspace has agreements.
        quarters: the figures in the last whole quarters.
        largest: the largest agreements of each line, by its key.
        metrics: the definitions.
    """

    figures: AnnuityFacts
    outcomes: Outcomes
    risk: RiskFacts
    book: Book
    formats: Formats
    known: bool = True
    quarters: Quarters = NO_QUARTERS
    largest: Mapping[str, tuple[Largest, ...]] = field(default_factory=dict)
    metrics: "Mapping[str, Metric]" = field(default_factory=dict)
