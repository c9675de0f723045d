"""Checks over what is not in order: late tasks, control totals that do not tie, sources with problems."""

from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, Problem
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.finding import Amount, Finding, Lead, Said
from cockpit.core.findings.words import count, day_words, label

if TYPE_CHECKING:
    from cockpit.core.findings.rules import Rule
    from cockpit.work import Task

SEVERITY = {"critical": 0, "high": 1, "normal": 2, "low": 3}


def late(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """One finding for all late tasks: the one that is worst by severity and days, and how many more."""
    owners = asked.cockpit.slice_owners.get(asked.slice or "")
    tasks = [
        task
        for task in asked.cockpit.tasks()
        if task.overdue and not task.waiting and (owners is None or task.owner in owners)
    ]
    if not tasks:
        return []

    def weight(task: "Task") -> tuple[int, int]:
        return (SEVERITY.get(task.severity, 2), task.business_days_left or 0)

    worst = min(tasks, key=weight)
    days = -(worst.business_days_left or 0)
    since = f" since {day_words(worst.due)}" if worst.due is not None else ""
    owner = worst.owner or worst.owner_role or "nobody"
    others = len(tasks) - 1
    said = f" is late {days} BD{since}, {owner}" if days else f" is late{since}, {owner}"
    if others:
        said += f"; {count(others, 'more task')} late"
    lead = Lead("view", "tasks", where="overdue", focus=worst.key) if others else Lead("task", worst.key)
    days += 5 * (2 - SEVERITY.get(worst.severity, 2)) if worst.severity != "low" else 0
    return [Finding(name, f"{name}/{worst.key}", rule.check, worst.title, (said,), rule.tag, lead, days=days)]


def controls(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """Each control total that does not tie, by how much."""
    found: list[Finding] = []
    for control in asked.cockpit.controls():
        if control.ties:
            continue
        about = label(asked, control.metric) if asked.has(control.metric) else control.metric
        unit = asked.metric(control.metric).unit if asked.has(control.metric) else "number"
        said: list[Said]
        if control.difference is None:
            said = [f" of {control.subject} cannot be set against its control total: {control.reason}"]
        else:
            said = [f" of {control.subject} does not tie: "]
            said += [Amount(control.difference, unit, change=True), " beside "]
            said += [Amount(control.expected, unit), f" ({control.source})" if control.source else ""]
        lead = (
            Lead("kpi", control.metric, where=control.where, period=control.period)
            if asked.has(control.metric)
            else Lead("view", "data")
        )
        stake = float(abs(control.difference)) if control.difference is not None and unit == "money" else 0.0
        key = f"{name}/{control.metric}@{control.period}" + (f"/{control.where}" if control.where else "")
        same = sum(one.key.split("#")[0] == key for one in found)
        key += f"#{same + 1}" if same else ""
        found.append(Finding(name, key, rule.check, about, tuple(said), rule.tag, lead, money=stake))
    return found


def data(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """What could not be read, then what of it was not taken."""
    found = []
    problems: list[Problem] = []
    try:
        sources = list(asked.cockpit.sources())
    except CockpitError as error:
        sources, problems = [], list(error.problems)
    problems += [one for one in asked.cockpit.problems if one.severity == "error"]
    problems = list(dict.fromkeys(problems))
    if problems:
        first = problems[0]
        about = first.key or (first.file or "").rsplit("/", 1)[-1] or "the workspace"
        more = f"; {count(len(problems) - 1, 'more problem')}" if len(problems) > 1 else ""
        said = f": {first.message}{more}"
        lead = Lead("view", "data", focus=about)
        found.append(Finding(name, f"{name}/{about}", rule.check, about, (said,), rule.tag, lead, days=30))
    for source in sources:
        counts = [
            (source.rejected, "row rejected", "rows rejected"),
            (source.repeated, "id repeated", "ids repeated"),
            (source.unmatched, "look-up key unmatched", "look-up keys unmatched"),
        ]
        words = [count(number, one, many) for number, one, many in counts if number]
        if not words:
            continue
        read = source.rows + source.rejected
        share = (source.rejected + source.repeated) / max(read, 1)
        said = f": {', '.join(words)} of {count(read, 'row')}"
        found.append(
            Finding(
                name,
                f"{name}/{source.name}",
                rule.check,
                source.name.capitalize(),
                (said,),
                rule.tag,
                Lead("data", source.name),
                days=min(round(share * 200), 20),
            )
        )
    return found
