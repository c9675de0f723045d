"""Needs you: at most three findings, ranked, each a sentence with its number and the place it opens.

Three sorts of checks: what is late, what is off target or has changed more than usual, and what is
wrong with the data. A change counts only outside its own usual swing and with at least 30 deals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from cockpit.base.problems import Problem
from cockpit.panes.conditions import shown
from cockpit.panes.days import near_day
from cockpit.panes.figures import basis, noun_of, short_label, target_text, worse
from cockpit.panes.formats import Formats, plural
from cockpit.panes.lines import Line, Span, cells, fit, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.task_words import SEVERITY_ORDER

if TYPE_CHECKING:
    from cockpit.core.status import SourceStatus
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import KpiRow
    from cockpit.work.task import Task

Sort = Literal["late", "off", "change", "data"]
MOST = 3
REPEATED_SORT = 25.0
"""How much rank a further finding of a sort loses, so that three findings tell of different things."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that needs a look.

    Attributes:
        sort: which kind of check found it.
        rank: the higher, the sooner it is shown.
        strong: the first words, emphasised: what it is about.
        rest: the number, the cause; begins with what separates it from the first words.
        tag: what stands at the right end.
        place: where Enter leads.
    """

    sort: Sort
    rank: float
    strong: str
    rest: str
    tag: str
    place: Place


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


def late_findings(tasks: "Sequence[Task]", today: date) -> list[Finding]:
    """One finding for all late tasks: how many, and the one that is worst by severity and days."""
    late = [task for task in tasks if task.overdue and not task.waiting]
    if not late:
        return []

    def weight(task: "Task") -> tuple[int, int]:
        return (SEVERITY_ORDER.get(task.severity, 1), task.business_days_left or 0)

    worst = min(late, key=weight)
    days = -(worst.business_days_left or 0)
    since = f" since {near_day(worst.due, today)}" if worst.due else ""
    owner = worst.owner or worst.owner_role or "nobody"
    others = len(late) - 1
    rest = f" is late {days} BD{since}, {owner}" if days else f" is late{since}, {owner}"
    if others:
        rest += f"; {plural(others, 'more task')} late"
        place = Place("view", "tasks", where="overdue", focus=worst.key)
    else:
        place = Place("task", worst.key)
    rank = 60 + 12 * (2 - SEVERITY_ORDER.get(worst.severity, 1)) + min(days, 10) * 2 + min(others, 10)
    return [Finding("late", rank, worst.title, rest, "tasks", place)]


def target_findings(
    totals: "Sequence[KpiRow]", metrics: "Mapping[str, Metric]", formats: Formats
) -> list[Finding]:
    """Figures that miss their target, by how far; what they were, where that has changed unusually."""
    findings: list[Finding] = []
    for row in totals:
        if row.status not in ("warn", "bad") or row.value is None or row.target is None:
            continue
        metric = metrics[row.kpi]
        over = metric.good == "down"
        miss = abs(float(row.value) - float(row.target)) / (abs(float(row.target)) or 1.0)
        rank = (90 if row.status == "bad" else 50) + min(miss, 1.0) * 20
        gap = formats.delta(float(row.target) - float(row.value), row.unit, row.target).lstrip("+-")
        rest = f" {formats.value(row.value, row.unit)}, {'limit' if over else 'needs'} "
        rest += f"{target_text(row, formats)}: {gap} {'over' if over else 'short'}"
        if row.compare is not None and row.compare.unusual:
            rest += f", was {formats.value(row.compare.value, row.unit)}"
            rank += 10
        said = basis(row, formats, noun_of(metric))
        rest += f"; {said}" if said else ""
        place = Place("kpi", metric.name, by=metric.drill[:1])
        findings.append(Finding("off", rank, _name(metric), rest, _tag(metric), place))
    return findings


def change_findings(
    rows: "Sequence[KpiRow]", metrics: "Mapping[str, Metric]", formats: Formats
) -> list[Finding]:
    """Totals and groups whose change for the worse lies outside their usual swing.

    Where the total has changed so, its groups are no news of their own; where it misses its target, that
    finding tells of the change too.
    """
    findings: list[Finding] = []
    unusual = [row for row in rows if row.compare is not None and row.compare.unusual]
    whole = {row.kpi for row in unusual if not row.by}
    for row in unusual:
        metric = metrics[row.kpi]
        compare = row.compare
        told = row.kpi in whole if row.by else row.status in ("warn", "bad")
        if compare is None or told or not worse(compare.delta, metric.good):
            continue
        group = ", ".join(shown(value) for value in row.by.values())
        value = formats.value(row.value, row.unit)
        before = formats.value(compare.value, row.unit)
        change = formats.delta(compare.delta, row.unit, row.value)
        swing = formats.delta(compare.swing, row.unit).lstrip("+") if compare.swing is not None else "unknown"
        rest = f" {value}, was {before} ({change}, usual swing {swing})"
        said = basis(row, formats, noun_of(metric))
        rest += f"; {said}" if said else ""
        size = abs(float(compare.delta or 0)) / (compare.swing or 1.0)
        strong = f"{group}: {_name(metric)}" if group else _name(metric)
        place = Place("kpi", row.kpi, by=tuple(row.by) or metric.drill[:1], focus=group or None)
        rank = 70 + min(size, 4.0) * 8 - (10 if group else 0)
        findings.append(Finding("change", rank, strong, rest, _tag(metric), place))
    return findings


def data_findings(sources: "Sequence[SourceStatus]", problems: Sequence[Problem]) -> list[Finding]:
    """What is wrong with the data: what could not be read, then what of it was not taken."""
    findings: list[Finding] = []
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        more = f"; {plural(len(errors) - 1, 'more problem')}" if len(errors) > 1 else ""
        first = errors[0]
        about = first.key or (first.file or "").rsplit("/", 1)[-1] or "the workspace"
        findings.append(
            Finding("data", 95, about, f": {first.message}{more}", "data", Place("view", "data", focus=about))
        )
    for source in sources:
        counts = [
            (source.rejected, "row rejected", "rows rejected"),
            (source.repeated, "id repeated", "ids repeated"),
            (source.unmatched, "look-up key unmatched", "look-up keys unmatched"),
        ]
        words = [plural(count, one, many) for count, one, many in counts if count]
        if not words:
            continue
        share = (source.rejected + source.repeated) / max(source.rows, 1)
        text = f": {', '.join(words)} of {plural(source.rows, 'row')}"
        findings.append(
            Finding(
                "data",
                30 + min(share * 400, 40),
                source.name.capitalize(),
                text,
                "data",
                Place("data", source.name),
            )
        )
    return findings


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


def _name(metric: "Metric") -> str:
    return short_label(metric.label, 26)


def _tag(metric: "Metric") -> str:
    return short_label(metric.label, 14).lower()
