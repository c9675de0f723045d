"""The task list as text: when, what, what holds it up, whose; grouped with counts, late ones first."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from cockpit.base.cells import cells, fit
from cockpit.panes.task_groups import grouped, in_order_of
from cockpit.panes.task_words import held_up_by, since, when, whose
from cockpit.text.table import table_text

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.work import Task

COLUMNS = ("when", "since", "what", "held up by", "whose", "key")
SHORTEST_KEY = 30
"""Cells that a key needs to be of use on a terminal."""
SHORTEST_REASON, SHORTEST_TITLE = 20, 20
"""Cells that are kept for what holds a task up, and for its title."""


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
    columns, widths = _fitting(ordered, today, by, width)
    groups = [("", ordered)] if by is None else grouped(ordered, by, fiscal)
    if not tasks:
        return f"no task matches {asked}" if asked else "nothing is overdue and no lead has begun"
    parts = []
    for name, group in groups:
        count = (
            f"{len(group)} task{'s' if len(group) != 1 else ''}, {sum(task.overdue for task in group)} late"
        )
        parts.append(f"{name}: {count}" if name else f"{count}\n")
        parts.append(table_text(columns, [_row(task, today, columns, widths) for task in group], width))
        parts.append("")
    if "key" not in columns:
        parts.append("the keys do not fit: a wider terminal, or --csv, shows them")
    return "\n".join(parts).rstrip("\n")


def _fitting(
    tasks: "Sequence[Task]", today: date, by: str | None, width: int | None
) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    """The columns that a terminal has room for; the cells of title and reason, None where nothing is cut.

    What is late, whose it is, since when and why goes before the keys.
    """
    if width is None or not tasks:
        return COLUMNS, None
    told = [name for name in COLUMNS if (name, by) != ("whose", "owner")]
    rows = [_row(task, today, told) for task in tasks]
    needed = {
        name: max(cells(text) for text in (name, *column))
        for name, column in zip(told, zip(*rows, strict=True), strict=True)
    }
    room = width - 2 * (len(told) - 1)
    if sum(needed.values()) > room and sum(needed.values()) - needed["key"] > room - SHORTEST_KEY:
        told.remove("key")
        room += 2
    room -= sum(needed[name] for name in told if name not in ("what", "held up by"))
    titles = min(needed["what"], max(room - min(needed["held up by"], SHORTEST_REASON), SHORTEST_TITLE))
    return tuple(told), (titles, max(room - titles, SHORTEST_REASON))


def _row(
    task: "Task", today: date, columns: "Sequence[str]", widths: tuple[int, int] | None = None
) -> tuple[str, ...]:
    title, reason = task.title, held_up_by(task)
    if widths is not None:
        from cockpit.panes.task_lines import short_title  # lines of the screen, which a pipe does without

        title, reason = short_title(title, widths[0]), fit(reason, widths[1])
    told = {
        "when": when(task, today),
        "since": since(task, today).removeprefix("since "),
        "what": title,
        "held up by": reason,
        "whose": whose(task, frozenset()),
        "key": task.key,
    }
    return tuple(told[name] for name in columns)
