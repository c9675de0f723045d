"""How a list of tasks is grouped and sorted, on the screen and in commands alike."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.work.order import SEVERITY_ORDER, in_order

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.work.task import Task

FIELDS = (
    "owner", "workstream", "ou", "week", "role", "status", "severity", "period", "function", "triage",
    "calendar", "due",
)  # fmt: skip
"""What tasks can be grouped by; `owner_role` is another name of `role`."""
IN_TIME = ("week", "due", "period")
"""Groupings whose groups stand in the order of time; of the others the one with most late tasks is first."""

NOBODY = "(nobody)"
"""What a group of tasks that nobody has begins with; the role follows, where there is one."""

SORTS = ("due", "urgency", "severity", "owner", "workstream", "title", "changed")
"""What tasks can be sorted by; `due` puts the latest first."""


def grouped(
    tasks: "Sequence[Task]", by: str, fiscal: "FiscalCalendar"
) -> "list[tuple[str, tuple[Task, ...]]]":
    """The tasks by the value of a field, each group in the order given.

    Raises:
        UsageError: tasks cannot be grouped by that.
    """
    label = _labels(fiscal)[_checked_field(by)]
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(label(task), []).append(task)
    if _checked_field(by) in IN_TIME:
        ranked = sorted(groups.items(), key=lambda pair: min(task.due or date.max for task in pair[1]))
    else:
        ranked = sorted(
            groups.items(), key=lambda pair: (-sum(task.overdue for task in pair[1]), pair[0].casefold())
        )
    return [(name, tuple(found)) for name, found in ranked]


def _checked_field(by: str) -> str:
    """The field that a word names.

    Raises:
        UsageError: there is no such field.
    """
    name = "role" if by == "owner_role" else by.casefold()
    if name not in FIELDS:
        hint = did_you_mean(by, FIELDS) or f"fields: {', '.join(FIELDS)}"
        raise UsageError(Problem(f"tasks cannot be grouped by {by!r}", key="--by", hint=hint))
    return name


def _labels(fiscal: "FiscalCalendar") -> "dict[str, Callable[[Task], str]]":
    weeks: dict[date, str] = {}

    def week(task: "Task") -> str:
        if task.due is None:
            return "(no date)"
        if task.due not in weeks:
            unit = fiscal.unit("week", task.due)
            weeks[task.due] = unit.label if unit is not None else "(no week)"
        return weeks[task.due]

    return {
        "owner": lambda task: task.owner or f"{NOBODY} {task.owner_role or ''}".rstrip(),
        "workstream": lambda task: task.workstream,
        "ou": lambda task: task.ou or "(no OU)",
        "week": week,
        "role": lambda task: task.owner_role or "(no role)",
        "status": lambda task: task.status.replace("_", " "),
        "severity": lambda task: task.severity,
        "period": lambda task: task.period or "(no period)",
        "function": lambda task: task.function or "(no function)",
        "triage": lambda task: task.triage or "(no ask)",
        "calendar": lambda task: task.calendar or "(no calendar)",
        "due": lambda task: task.due.isoformat() if task.due is not None else "(no date)",
    }


def in_order_of(
    tasks: "Sequence[Task]", column: str, today: date, backwards: bool = False
) -> "tuple[Task, ...]":
    """The tasks sorted by a column; those that are equal in it stay as they are worked down.

    Args:
        tasks: in any order.
        column: one of `SORTS`.
        today: the calendar's day.
        backwards: the other way round.

    Raises:
        UsageError: tasks cannot be sorted by that.
    """
    if column not in SORTS:
        hint = did_you_mean(column, SORTS) or f"columns: {', '.join(SORTS)}"
        raise UsageError(Problem(f"tasks cannot be sorted by {column!r}", key="--sort", hint=hint))
    ordered = in_order(tasks, today)
    if column == "due":
        return ordered[::-1] if backwards else ordered
    return tuple(sorted(ordered, key=_RANKS[column], reverse=backwards))


def _changed(task: "Task") -> float:
    return -datetime.fromisoformat(task.updated_at).timestamp()


_RANKS: "dict[str, Callable[[Task], Any]]" = {
    "urgency": lambda task: -task.urgency,
    "severity": lambda task: SEVERITY_ORDER.get(task.severity, 1),
    "owner": lambda task: (task.owner is None, (task.owner or "").casefold()),
    "workstream": lambda task: task.workstream.casefold(),
    "title": lambda task: task.title.casefold(),
    "changed": _changed,
}
