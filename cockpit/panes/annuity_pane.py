"""The annuity pane of Today: what fell due and became of it, what is still to come and at risk."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.panes.annuity_facts import HOW_TO_FILL, has_agreements
from cockpit.panes.annuity_outcomes import DUE, Outcomes, load_outcomes, outcome_place
from cockpit.panes.annuity_risk import AT_RISK, REASONS, TO_COME, UNTRACKED, RiskFacts, load_risk
from cockpit.panes.board import BoardRow, board_row
from cockpit.panes.days import month_day
from cockpit.panes.dimensions import path_of
from cockpit.panes.figures import ask, formats_of, metrics_of
from cockpit.panes.formats import Formats, Scale
from cockpit.panes.lines import Line, Role, Span, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Context
from cockpit.panes.wrapping import packed, wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.results import KpiRow

ON_TIME, BOOK = "renewal_on_time_rate", "renewal_book_base"
AMOUNT, SHARE, GAP = 9, 10, 3
NOTHING_DUE, NO_RISK = Outcomes(), RiskFacts({})


@dataclass(frozen=True, slots=True)
class AnnuityPane:
    """What the pane shows.

    Attributes:
        known: whether the workspace has agreements.
        label: the period's.
        through: the day up to which agreements fell due.
        end: the last day of the period, or None.
        outcomes: what fell due, by outcome.
        on_time: the rate of what was renewed in time, or None.
        risk: what is still to come, and of it at risk.
        whole: all that falls due in the period, or None.
    """

    known: bool
    label: str = ""
    through: date | None = None
    end: date | None = None
    outcomes: Outcomes = NOTHING_DUE
    on_time: BoardRow | None = None
    risk: RiskFacts = NO_RISK
    whole: "KpiRow | None" = None

    def row(self, name: str) -> BoardRow | None:
        """The figure of that name, where it stands in the pane with a change and a word."""
        return self.on_time if self.on_time is not None and self.on_time.name == name else None


def load_annuity_pane(cockpit: "Cockpit", context: Context) -> AnnuityPane:
    """The renewals of the period; nothing where the workspace has no agreements.

    Raises:
        CockpitError: the data cannot be read.
    """
    metrics = metrics_of(cockpit)
    if not has_agreements(cockpit) or ON_TIME not in metrics or BOOK not in metrics:
        return AnnuityPane(known=False)
    formats = formats_of(cockpit, context)
    result = ask(cockpit, context, (ON_TIME, BOOK))
    period = result.period
    return AnnuityPane(
        True,
        period.label,
        period.through or result.as_of,
        period.end,
        load_outcomes(cockpit, context),
        board_row(result.total(ON_TIME), metrics[ON_TIME], formats, path_of(cockpit, metrics[ON_TIME])),
        load_risk(cockpit, context),
        result.total(BOOK),
    )


def annuity_lines(pane: AnnuityPane, formats: Formats, width: int, height: int, margin: bool) -> list[Line]:
    """The pane: what fell due with a bar of what became of it, the rate, then what is to come and at risk."""
    pad = "  " if margin else ""
    inner = width - len(pad)
    total, whole = pane.outcomes.total, pane.whole
    scale = formats.scale(whole.value if whole is not None else None)
    fact = f"due in {pane.label} {formats.money(whole.value, scale)}" if whole is not None else ""
    title = rule("Annuity", fact, inner)
    lines = [line(pad, *title.spans, place=Place("view", "annuity")).fitted(width)]
    if not pane.known:
        told = wrapped(HOW_TO_FILL, width - len(pad))
        return [*lines, *(line(pad, Span(part, "dim")).fitted(width) for part in told)][: max(height, 1)]
    label = min(23, max(inner - AMOUNT - SHARE, 8))
    at = _Columns(pad, label, inner, formats, scale)
    if total is not None and total.value and pane.through is not None:
        bar = pane.outcomes.bar(min(max(inner - label - AMOUNT - GAP, 0), 30))
        lines.append(at.amount(f"Due to {month_day(pane.through)}", total, Span(bar, "bar"), outcomes=True))
        lines += [at.rate(pane.on_time)] if pane.on_time is not None else []
        lines += [
            at.amount(
                f"  {name}",
                row,
                Span(pane.outcomes.share(row, formats)),
                place=outcome_place(name),
                key=f"outcome:{name}",
            )
            for name, row in pane.outcomes.parts
        ]
    lines += _to_come(pane, at)
    return [row.fitted(width) for row in lines[: max(height, 1)]]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of the pane stand, and how amounts are written."""

    pad: str
    label: int
    inner: int
    formats: Formats
    scale: Scale

    def amount(
        self,
        words: str,
        row: "KpiRow",
        beside: Span,
        *,
        outcomes: bool = False,
        place: Place | None = None,
        key: str = "",
        role: Role = "text",
    ) -> Line:
        """Words, an amount, and what stands beside it."""
        spans = (
            Span(self.pad),
            Span(left(words, self.label), role),
            Span(right(self.formats.money(row.value, self.scale), AMOUNT), role),
            Span(" " * GAP),
            beside,
        )
        copied = (words.strip(), self.formats.raw(row.value), str(row.n))
        found = Place("rows", DUE) if outcomes else place or Place("rows", row.kpi)
        return Line(spans, found, key or f"annuity:{row.kpi}", copied)

    def rate(self, row: BoardRow) -> Line:
        """The rate of what was in time: its change, and what it needs."""
        formats = self.formats
        value = formats.value(row.value, row.unit) if row.value is not None else ""
        change = formats.delta(row.delta, row.unit, row.value)
        room = max(self.inner - self.label - AMOUNT - SHARE - 1, 0)
        spans = (
            Span("! " if row.off and self.pad else self.pad, "bad"),
            Span(left("  on time", self.label), "dim" if row.quiet else "text"),
            Span(right(value, AMOUNT), "dim" if row.quiet else "text"),
            Span(right(change, SHARE), "dim"),
            Span(" " + right(row.word, room), "bad" if row.off else "dim"),
        )
        copied = (row.label, formats.raw(row.value), formats.raw(row.delta))
        return Line(spans, row.place, f"kpi:{row.name}", copied)


def _to_come(pane: AnnuityPane, at: _Columns) -> list[Line]:
    """What is still to come, what of it is at risk and why, and what nobody works on."""
    totals = pane.risk.totals
    lines: list[Line] = []
    to_come, at_risk, untracked = (totals.get(name) for name in (TO_COME, AT_RISK, UNTRACKED))
    if to_come is not None and pane.end is not None and pane.through is not None and pane.end > pane.through:
        first = pane.through + timedelta(days=1)
        lines.append(at.amount(f"Due {month_day(first)} to {month_day(pane.end)}", to_come, Span("")))
    if at_risk is not None and at_risk.value:
        lines += _at_risk(pane, at_risk, at)
    if untracked is not None and untracked.value:
        words = "no deal, owner or contact"
        spans = (
            Span(at.pad),
            Span(left("  to find, 180 days", at.label)),
            Span(right(f"{untracked.n:,}", AMOUNT)),
            Span(" " * GAP + words, "dim"),
        )
        lines.append(Line(spans, Place("rows", UNTRACKED), f"annuity:{UNTRACKED}"))
    return lines


def _at_risk(pane: AnnuityPane, at_risk: "KpiRow", at: _Columns) -> list[Line]:
    """What is at risk, with its reasons beside it; they overlap, the amount does not."""
    reasons = [
        (float(row.value), f"{words} {at.formats.money(row.value, at.scale)}")
        for name, words in REASONS.items()
        if (row := pane.risk.totals.get(name)) is not None and row.value
    ]
    room = max(at.inner - at.label - AMOUNT - GAP, 0)
    texts = [text for _, text in sorted(reasons, key=lambda one: -one[0])]
    said = packed([*(f"{text}," for text in texts[:-1]), *texts[-1:]], room) if room >= 12 else []
    first = said[0] if said else ""
    lines = [at.amount("  at risk", at_risk, Span(first, "dim"), role="warn")]
    indent = at.pad + " " * (at.label + AMOUNT + GAP)
    return [*lines, *(line(indent, Span(text, "dim")) for text in said[1:])]
