"""The orders in which tasks are listed: the most urgent first, or as they are worked down."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Literal

from cockpit.work.task import Task

Order = Literal["urgency", "due"]

SEVERITY_ORDER = {"high": 0, "medium": 1, "low": 2}


def ranking(order: Order, today: date) -> Callable[[Task], Any]:
    """What tasks are compared by in an order."""
    if order == "urgency":
        return lambda task: (-task.urgency, task.due or date.max, task.key)
    rank = SEVERITY_ORDER.get

    def key(task: Task) -> tuple[bool, date, str, int, str, str]:
        due = task.due
        return (
            task.finished,
            due or date.max,
            "" if due is not None and due < today else task.at or "24:00",
            rank(task.severity, 1),
            task.title.casefold(),
            task.key,
        )

    return key


def in_order(tasks: Iterable[Task], today: date) -> tuple[Task, ...]:
    """Late first, the latest leading; then by day and hour, severity and title; finished ones last."""
    return tuple(sorted(tasks, key=ranking("due", today)))
