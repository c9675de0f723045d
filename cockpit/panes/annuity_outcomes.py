"""What fell due in the period by what became of it: a total, a bar of its parts, a line a part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.panes.figures import ask, metrics_of
from cockpit.panes.formats import Formats, parts_bar
from cockpit.panes.lines import Line, Span, left, line, right
from cockpit.panes.place import Place
from cockpit.panes.view import Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.results import KpiRow

DUE = "renewal_due_base"
GLYPHS: Mapping[str, str] = {
    "renewed in time": "█",
    "extended in time": "▓",
    "renewed late": "▒",
    "extended late": "▒",
    "recaptured": "▒",
    "lapsed": "░",
}
"""The outcomes in their order, and what each is drawn with."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What fell due.

    Attributes:
        total: the base that fell due, or None where that is not known.
        parts: its parts by outcome, in the order of `GLYPHS`; those of nothing are left out.
    """

    total: "KpiRow | None" = None
    parts: "tuple[tuple[str, KpiRow], ...]" = ()

    def bar(self, width: int) -> str:
        """The parts in proportion."""
        return parts_bar([(row.value or 0, GLYPHS.get(name, "·")) for name, row in self.parts], width)

    def share(self, row: "KpiRow", formats: Formats) -> str:
        """A part of the whole in percent."""
        whole = float(self.total.value) if self.total is not None and self.total.value else 0.0
        return formats.value(float(row.value or 0) / whole, "percent") if whole else ""


def load_outcomes(cockpit: "Cockpit", context: Context) -> Outcomes:
    """What fell due in the period and became of it; nothing where the data cannot tell."""
    if DUE not in metrics_of(cockpit):
        return Outcomes()
    try:
        result = ask(cockpit, context, (DUE,), by=("outcome",))
    except CockpitError:
        return Outcomes()
    order = list(GLYPHS)
    pairs = [(str(row.by["outcome"]), row) for row in result.groups(DUE) if row.value]
    pairs.sort(key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    return Outcomes(result.total(DUE), tuple(pairs))


def outcome_place(name: str) -> Place:
    """The agreements that had an outcome."""
    return Place("rows", DUE, where=f"outcome = '{name}'", focus=name)


def outcome_lines(outcomes: Outcomes, formats: Formats, width: int) -> list[Line]:
    """What fell due: its total, a bar of its parts, then a line a part."""
    total = outcomes.total
    if total is None or not total.value:
        return []
    scale = formats.scale(total.value)
    label = max(min(26, width - 22), 8)
    heading = (
        Span(left("Due to date", label) + right(formats.money(total.value, scale), 8), "strong"),
        Span(right(f"{total.n:,}", 14), "dim"),
    )
    lines = [
        Line(heading, Place("rows", DUE), "outcome:"),
        line(Span(outcomes.bar(max(min(width, label + 22), 1)), "bar")),
    ]
    for name, row in outcomes.parts:
        spans = (
            Span(f"{GLYPHS.get(name, '·')} {left(name, label - 2)}"),
            Span(right(formats.money(row.value, scale), 8)),
            Span(right(outcomes.share(row, formats), 8)),
            Span(right(f"{row.n:,}", 6), "dim"),
        )
        copied = (name, formats.raw(row.value), str(row.n))
        lines.append(Line(spans, outcome_place(name), f"outcome:{name}", copied))
    return lines
