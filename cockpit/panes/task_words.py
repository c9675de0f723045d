"""What there is to say about a task in a few words."""

import re
from datetime import date
from typing import TYPE_CHECKING

from cockpit.base.cells import cells, fit
from cockpit.panes.days import deadline, near_day
from cockpit.work.order import SEVERITY_ORDER as SEVERITY_ORDER
from cockpit.work.order import in_order as in_order

if TYPE_CHECKING:
    from cockpit.work.task import Task

_PARTS = re.compile(r"[-_ ]+")


def when(task: "Task", today: date) -> str:
    """When a task is due, in words; what sleeps says until when."""
    if task.finished:
        return task.status.replace("_", " ")
    if task.wait_until is not None:
        return f"waits {near_day(task.wait_until, today)}"
    return deadline(task.due, task.at, today, task.business_days_left)


def whose(task: "Task", me: frozenset[str]) -> str:
    """The owner, else the role; "you" for the user's own."""
    if task.owner is None:
        return task.owner_role or "(nobody)"
    return "you" if task.owner.casefold() in me else task.owner


def whose_within(task: "Task", me: frozenset[str], width: int) -> str:
    """The same in so many cells: a role by its initials ("SM"), a person by the last name ("C. Jensen")."""
    said = whose(task, me)
    if cells(said) <= width:
        return said
    if task.owner is None:
        parts = _PARTS.split(said)
        return "".join(part[:1] for part in parts).upper() if len(parts) > 1 else fit(said, width)
    first, _, last = said.rpartition(" ")
    short = f"{first[0]}. {last}" if first else said
    return short if cells(short) <= width else fit(last, width)


def condition_of(task: "Task", today: date) -> str:
    """What else there is to know: blocked, waiting, since when it is late."""
    return held_up_by(task) or since(task, today) or begun(task)


def begun(task: "Task") -> str:
    """Whether somebody has taken it on: "claimed", "started"."""
    return {"claimed": "claimed", "in_progress": "started"}.get(task.status, "")


def held_up_by(task: "Task") -> str:
    """What a task waits for: what blocks it, what it needs first, for whom or what it sleeps."""
    if task.block_reason:
        return f"blocked: {task.block_reason}"
    if task.blocked_by:
        more = f" and {len(task.blocked_by) - 1} more" if len(task.blocked_by) > 1 else ""
        return f"needs {task.needs_title or _short_key(task.blocked_by[0])}{more}"
    return f"for {task.wait_for}" if task.wait_for else ""


def since(task: "Task", today: date) -> str:
    """Since when a task is late: "since Wed 18"."""
    return f"since {near_day(task.due, today)}" if task.overdue and task.due is not None else ""


def _short_key(key: str) -> str:
    """A key without its calendar: "rob-pack/FY27-P04"."""
    _, _, rest = key.partition("/")
    return rest if "/" in rest else key
