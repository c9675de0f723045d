"""Needs you: at most three findings, ranked, each a sentence with its number and the place it opens.

What is found, and how it is weighed, is decided by the rules of `cockpit.core.findings`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.core.findings.finding import Found
from cockpit.panes.formats import Formats, plural
from cockpit.panes.found import place_of, rest
from cockpit.panes.lines import Line, Span, cells, fit, left, line, right, rule
from cockpit.panes.place import Place

MOST = 3
REPEATED_SORT = 25.0
"""How much rank a further finding of a sort loses, so that three findings tell of different things."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that needs a look.

    Attributes:
        sort: which kind of check found it ("late", "change" ...).
        rank: the higher, the sooner it is shown.
        strong: the first words, emphasised: what it is about.
        rest: the number, the cause; begins with what separates it from the first words.
        tag: what stands at the right end.
        place: where Enter leads.
        key: its identity, by which it is snoozed.
    """

    sort: str
    rank: float
    strong: str
    rest: str
    tag: str
    place: Place
    key: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found.

    Attributes:
        shown: at most three.
        found: how many findings there are in all.
        checks: how many checks were made.
        pending: whether the figures are still being read.
    """

    shown: tuple[Finding, ...]
    found: int
    checks: int
    pending: bool = False

    @property
    def fact(self) -> str:
        """What stands at the right of the title."""
        if self.pending:
            return "figures are being read"
        return f"{len(self.shown)} of {plural(self.checks, 'check')}"


def chosen(findings: Sequence[Finding], checks: int, pending: bool = False) -> Findings:
    """The three that matter most.

    Of one figure only the weightiest finding counts; a further one of a sort has to weigh more.
    """
    waiting: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: -finding.rank):
        if finding.place.kind != "kpi" or finding.place.name not in {other.place.name for other in waiting}:
            waiting.append(finding)
    found = len(waiting)
    picked: list[Finding] = []
    while waiting and len(picked) < MOST:
        sorts = [finding.sort for finding in picked]
        best = max(waiting, key=lambda finding: finding.rank - REPEATED_SORT * sorts.count(finding.sort))
        picked.append(best)
        waiting.remove(best)
    picked.sort(key=lambda finding: -finding.rank)
    return Findings(tuple(picked), found, checks, pending)


def as_shown(found: Found, formats: Formats, pending: bool = False) -> Findings:
    """What the rules found as the pane shows it."""
    findings = [
        Finding(one.check, one.rank, one.about, rest(one, formats), one.tag, place_of(one.lead), one.key)
        for one in found.findings
    ]
    return chosen(findings, found.checks, pending)


def needs_lines(findings: Findings, width: int, margin: bool) -> list[Line]:
    """The pane: a title and one line a finding; words say it when nothing was found."""
    pad = 1 if margin else 0
    title = rule("Needs you", findings.fact, width - 2 * pad)
    lines = [line(" " * pad, *title.spans).fitted(width)]
    number = "  {}  " if margin else "  {} "
    for index, finding in enumerate(findings.shown, 1):
        prefix = number.format(index)
        tag = fit(finding.tag, 20) if width >= 70 else ""
        inner = width - cells(prefix) - pad
        room = inner - (cells(tag) + 1 if tag else 0)
        strong = fit(finding.strong, max(room * 2 // 3, 10))
        rest = left(finding.rest, max(room - cells(strong), 0))
        spans = [Span(prefix), Span(strong, "strong"), Span(rest)]
        if tag:
            spans.append(Span(" " + right(tag, cells(tag)), "dim"))
        lines.append(
            Line(tuple(spans), finding.place, f"finding:{index}", (finding.strong, finding.rest)).fitted(
                width
            )
        )
    if not findings.shown:
        words = (
            "The figures are being read."
            if findings.pending
            else "Nothing is late, off target or wrong with the data."
        )
        lines.append(line("  " + " " * pad, Span(words, "dim")).fitted(width))
    return lines
