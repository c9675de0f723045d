"""All rules asked at once: what they find, weighed in money and days, snoozed ones apart."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.core.findings import amounts, closings, figures, movement, order
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.finding import Finding, Found, Snooze
from cockpit.core.findings.rules import Rule, load_rules
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


def find(asked: Asked, only: Collection[str] | None = None) -> Found:
    """Everything that the rules find.

    A rule that cannot look (no such column, a table that cannot be read) is named with the reason; the
    others look all the same.

    Args:
        asked: the cockpit under a question.
        only: the checks that are made; None for all.

    Raises:
        ConfigError: a rule of the workspace is wrong.
    """
    findings: list[Finding] = []
    blind: list[tuple[str, str]] = []
    checks = 0
    for name, rule in rules_of(asked.cockpit).items():
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
    return load_rules(cockpit.workspace.folder, (metric.name for metric in cockpit.catalogue))


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
