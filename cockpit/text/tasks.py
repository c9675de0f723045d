"""The task list as text: when, what, why, whose; grouped with counts, late ones first."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from cockpit.panes.task_words import condition_of, in_order, when, whose
from cockpit.text.table import table_text

if TYPE_CHECKING:
    from cockpit.work import Task


def tasks_text(
    tasks: "Sequence[Task]", today: date, by: str | None = None, width: int | None = None, asked: str = ""
) -> str:
    """The tasks as text.

    Args:
        tasks: what is listed.
        today: the calendar's day.
        by: the field they are grouped by, or None.
        width: cells to fit into, or None to cut nothing.
        asked: the filter, for the words when nothing matches it.

    Raises:
        UsageError: there is no such field.
    """
    if not tasks:
        return f"no task matches {asked}" if asked else "nothing is overdue and no lead has begun"
    ordered = in_order(tasks, today)
    columns = ("when", "what", "why", "whose", "key")
    if by is None:
        late = sum(task.overdue for task in ordered)
        head = f"{len(ordered)} tasks, {late} late"
        return f"{head}\n\n{table_text(columns, [_row(task, today) for task in ordered], width)}"
    _check_field(by)
    groups: dict[str, list[Task]] = {}
    for task in ordered:
        groups.setdefault(_group(task, by), []).append(task)
    late_in = Counter({name: sum(task.overdue for task in group) for name, group in groups.items()})
    parts = []
    for name, group in sorted(groups.items(), key=lambda item: (-late_in[item[0]], item[0])):
        parts.append(f"{name}: {len(group)} tasks, {late_in[name]} late")
        parts.append(table_text(columns, [_row(task, today) for task in group], width))
        parts.append("")
    return "\n".join(parts).rstrip("\n")


def _row(task: "Task", today: date) -> tuple[str, str, str, str, str]:
    return (when(task, today), task.title, condition_of(task, today), whose(task, frozenset()), task.key)


FIELDS = ("owner", "workstream", "status", "due", "period", "owner_role", "severity", "calendar")


def _check_field(name: str) -> None:
    from cockpit.base.problems import Problem, UsageError, did_you_mean

    if name not in FIELDS:
        hint = did_you_mean(name, FIELDS) or f"fields: {', '.join(FIELDS)}"
        raise UsageError(Problem(f"tasks cannot be grouped by {name!r}", key="--by", hint=hint))


def _group(task: "Task", by: str) -> str:
    value = getattr(task, by)
    return "(none)" if value is None else str(value)
