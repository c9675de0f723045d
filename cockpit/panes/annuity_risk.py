"""What is still to come in the period and what of it is at risk: reasons overlap, the total does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.panes.figures import ask, metrics_of
from cockpit.panes.formats import Formats
from cockpit.panes.lines import Line, Role, Span, left, line, right
from cockpit.panes.place import Place
from cockpit.panes.view import Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.results import KpiRow

TO_COME, AT_RISK, UNTRACKED = "renewal_to_come_base", "renewal_at_risk_base", "untracked_annuity"
REASONS: Mapping[str, str] = {
    "renewal_no_deal_base": "no deal by T-120",
    "renewal_missed_gate_base": "gate missed",
    "renewal_no_contact_base": "no contact",
    "renewal_pushed_base": "pushed past due",
}
"""The figures of the reasons and their words."""
TITLES: Mapping[str, str] = {
    TO_COME: "Still to come",
    AT_RISK: "At risk",
    **{name: f"At risk: {words}" for name, words in REASONS.items()},
}
"""What the lists behind the figures are called."""


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """The totals by metric; empty where the catalogue has none of them."""

    totals: "Mapping[str, KpiRow]"
    overlap: int = 0
    """How many times an agreement is counted under a reason besides its first."""


def load_risk(cockpit: "Cockpit", context: Context) -> RiskFacts:
    """What is to come and at risk in the period, by reason, and what is untracked."""
    metrics = metrics_of(cockpit)
    names = [name for name in (TO_COME, AT_RISK, *REASONS, UNTRACKED) if name in metrics]
    if AT_RISK not in names:
        return RiskFacts({})
    result = ask(cockpit, context, names)
    totals = {name: result.total(name) for name in names}
    reasons = sum(totals[name].n for name in REASONS if name in totals)
    return RiskFacts(totals, reasons - totals[AT_RISK].n)


def risk_lines(facts: RiskFacts, formats: Formats, width: int) -> list[Line]:
    """A line each: what is to come, what of it is at risk, each reason, what to find."""
    if not facts.totals:
        return []
    to_come, at_risk = facts.totals.get(TO_COME), facts.totals[AT_RISK]
    scale = formats.scale(*(row.value for row in facts.totals.values() if row.unit == "money"))
    label = max(min(26, width - 22), 8)

    def figure(words: str, row: "KpiRow", role: Role, share: str = "") -> Line:
        amount = formats.money(row.value, scale) if row.value is not None else row.reason or ""
        place = Place("rows", row.kpi)
        copied = (words.strip(), formats.raw(row.value), str(row.n))
        spans = (
            Span(left(words, label), role if role != "bad" else "text"),
            Span(right(amount, 8), role if row.value else "dim"),
            Span(right(share, 8), "dim"),
            Span(right(f"{row.n:,}", 6), "dim"),
        )
        return Line(spans, place, f"risk:{row.kpi}", copied)

    lines = [figure("Still to come", to_come, "strong")] if to_come is not None else []
    share = ""
    if to_come is not None and to_come.value and at_risk.value is not None:
        share = formats.value(float(at_risk.value) / float(to_come.value), "percent")
    lines.append(figure("At risk", at_risk, "strong" if not at_risk.value else "warn", share))
    lines += [
        figure(f"  {words}", facts.totals[name], "text")
        for name, words in REASONS.items()
        if name in facts.totals
    ]
    if facts.overlap > 0:
        words = f"  reasons overlap {facts.overlap:,}x, the total does not"
        lines.append(line(Span(words, "dim")))
    untracked = facts.totals.get(UNTRACKED)
    if untracked is not None and untracked.value is not None:
        role: Role = "warn" if untracked.n else "dim"
        spans = (Span(left("Find annuity", label)), Span(right("180 days", 16), "dim"))
        count = Span(right(f"{untracked.n:,}", 6), role)
        lines.append(Line((*spans, count), Place("rows", UNTRACKED), "risk:find"))
    return lines
