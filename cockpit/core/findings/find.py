"""All rules asked at once: what they find, weighed in money and days, snoozed ones apart."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, Problem
from cockpit.core.findings import amounts, closings, figures, movement, order
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.finding import Finding, Found, Lead, Snooze
from cockpit.core.findings.rules import Rule, load_rules, read_rules
from cockpit.core.findings.snooze import snoozes

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit

Looker = Callable[[str, Rule, Asked], list[Finding]]

LOOKERS: Mapping[str, Looker] = {
    "change": figures.changes,
    "target": figures.targets,
    "limit": figures.limits,
    "lump": closings.lumps,
    "coverage": amounts.coverage,
    "risk": amounts.risks,
    "late": order.late,
    "movement": movement.movements,
    "control": order.controls,
    "data": order.data,
}
"""What looks for each kind of check."""
TENTH = 10.0
MOST_DAYS = 10
WRONG_RULE, WRONG_RULE_DAYS = 90.0, 30
"""What a rule that is wrong weighs: as much as a source that cannot be read."""


def find(asked: Asked, only: Collection[str] | None = None) -> Found:
    """Everything that the rules find.

    A rule that cannot look (no such column, a table that cannot be read) is named with the reason; one that
    is wrong is itself a finding. The others look all the same.

    Args:
        asked: the cockpit under a question.
        only: the checks that are made; None for all.
    """
    rules, problems = read_rules(asked.cockpit.workspace.folder, _metric_names(asked.cockpit))
    findings = [_wrong(one) for one in problems] if only is None else []
    blind: list[tuple[str, str]] = []
    checks = 0
    for name, rule in rules.items():
        if only is not None and rule.check not in only:
            continue
        look = LOOKERS[rule.check]
        try:
            found = look(name, rule, asked)
        except CockpitError as error:
            blind.append((name, str(error.problems[0])))
            continue
        checks += 1
        findings += [one.ranked(rank(one, rule, asked)) for one in found]
    findings = _without_repeats(findings)
    quiet = snoozes(asked.cockpit)
    snoozed = [one for one in findings if one.key in quiet]
    return Found(
        tuple(one for one in findings if one.key not in quiet),
        tuple(_snoozed(one, quiet) for one in snoozed),
        checks,
        tuple(blind),
    )


def rules_of(cockpit: "Cockpit") -> dict[str, Rule]:
    """The rules that hold in a workspace.

    Raises:
        ConfigError: a rule of its own is wrong.
    """
    return load_rules(cockpit.workspace.folder, _metric_names(cockpit))


def _metric_names(cockpit: "Cockpit") -> list[str]:
    return [metric.name for metric in cockpit.catalogue]


def _wrong(problem: Problem) -> Finding:
    """A rule of the workspace that is wrong, which leaves something unseen."""
    file = (problem.file or "").rsplit("/", 1)[-1]
    about = f"{file}:{problem.line}" if problem.line else file
    hint = f" ({problem.hint})" if problem.hint else ""
    key = f"rules/{about}/{problem.key}"
    said = f": rule {problem.key}: {problem.message}{hint}"
    lead = Lead("view", "data", focus=about)
    return Finding("rules", key, "data", about, (said,), "rules", lead, days=WRONG_RULE_DAYS).ranked(
        WRONG_RULE
    )


def rank(finding: Finding, rule: Rule, asked: Asked) -> float:
    """Points: the rule's own, more for the money at stake and for the days."""
    points = rule.weight
    if finding.money and rule.money_points:
        points += rule.money_points * min(finding.money / asked.yardstick * TENTH, 2.0)
    return points + rule.day_points * min(finding.days, MOST_DAYS)


def _without_repeats(findings: list[Finding]) -> list[Finding]:
    """The weightiest first; of one figure at one place only the weightiest."""
    kept: list[Finding] = []
    seen: set[tuple[str, str | None]] = set()
    for finding in sorted(findings, key=lambda one: (-one.rank, one.key)):
        place = (finding.lead.name, finding.lead.focus or finding.lead.where)
        if finding.lead.kind == "kpi" and place in seen:
            continue
        seen.add(place)
        kept.append(finding)
    return kept


def _snoozed(finding: Finding, quiet: Mapping[str, Snooze]) -> Finding:
    return replace(finding, snooze=quiet[finding.key])
