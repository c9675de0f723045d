"""The task list as text: when, what, what holds it up, whose; grouped with counts, late ones first."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from cockpit.panes.task_groups import grouped, in_order_of
from cockpit.panes.task_words import held_up_by, since, when, whose
from cockpit.text.table import table_text

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.work import Task

COLUMNS = ("when", "since", "what", "held up by", "whose", "key")


def tasks_text(
    tasks: "Sequence[Task]",
    today: date,
    fiscal: "FiscalCalendar",
    by: str | None = None,
    sort: str | None = None,
    width: int | None = None,
    asked: str = "",
) -> str:
    """The tasks as text.

    Args:
        tasks: what is listed.
        today: the calendar's day.
        fiscal: the calendar, for the weeks.
        by: the field they are grouped by, or None.
        sort: the column they are sorted by, or None for the order in which they are worked down.
        width: cells to fit into, or None to cut nothing.
        asked: the filter, for the words when nothing matches it.

    Raises:
        UsageError: there is no such field or column.
    """
    ordered = in_order_of(tasks, sort or "due", today)
    groups = [("", ordered)] if by is None else grouped(ordered, by, fiscal)
    if not tasks:
        return f"no task matches {asked}" if asked else "nothing is overdue and no lead has begun"
    parts = []
    for name, group in groups:
        count = (
            f"{len(group)} task{'s' if len(group) != 1 else ''}, {sum(task.overdue for task in group)} late"
        )
        parts.append(f"{name}: {count}" if name else f"{count}\n")
        parts.append(table_text(COLUMNS, [_row(task, today) for task in group], width))
        parts.append("")
    return "\n".join(parts).rstrip("\n")


def _row(task: "Task", today: date) -> tuple[str, ...]:
    return (
        when(task, today),
        since(task, today),
        task.title,
        held_up_by(task),
        whose(task, frozenset()),
        task.key,
    )
