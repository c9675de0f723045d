"""Tasks as lines: when, what, since when, whose."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.panes.lines import BLANK, Line, Role, Span, cells, fit, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.task_facts import TaskFacts
from cockpit.panes.task_words import (
    begun,
    condition_of,
    held_up_by,
    since,
    when,
    whose,
    whose_within,
)

if TYPE_CHECKING:
    from cockpit.work.task import Task

SAMPLE = 100
"""Tasks that are looked at to find how wide the columns are."""
WITH_CONDITION, WITH_SINCE = 70, 100
"""From so many cells on a line has those columns."""
TITLES_FROM = 28
"""The column of the titles is no narrower where there is room."""


@dataclass(frozen=True, slots=True)
class TaskColumns:
    """The cells of each column of a task's line; a column without room for it is 0."""

    due: int
    title: int
    since: int
    condition: int
    owner: int


def task_columns(facts: TaskFacts, width: int) -> TaskColumns:
    """Columns for lines of that width, as wide as the tasks at the top need.

    From `WITH_CONDITION` cells on there is what holds a task up, from `WITH_SINCE` also a column of its own
    for the day since which it is late; what is left over goes to what holds it up.
    """
    sample = facts.tasks[:SAMPLE]
    owners = max((cells(whose(task, facts.me)) for task in sample), default=0)
    owner = min(max(owners, 8), max((width + 2) // 4, 8))
    due = 14 if width >= 50 else 13
    if width < WITH_CONDITION:
        return TaskColumns(due, width - due - owner - 1, 0, 0, owner)
    apart = width >= WITH_SINCE and any(task.overdue for task in sample)
    since_width = max(cells(since(task, facts.today)) for task in sample) + 2 if apart else 0
    room = width - due - since_width - owner - 2
    least = min(max(width // 4, 22), 36)
    titles = max((cells(task.title) for task in sample), default=0) + 1
    title = room - least if width < WITH_SINCE else min(max(titles, TITLES_FROM), room - least)
    return TaskColumns(due, title, since_width, room - title, owner)


def short_title(title: str, width: int) -> str:
    """A title that fits; of "AG-5236 Deltawood Freight: T-60 offer" the record's key and the work stay."""
    about, colon, work = title.partition(": ")
    if not colon or cells(title) <= width:
        return fit(title, width)
    room = width - cells(work) - 2
    key = about.split(" ")[0]
    return f"{fit(about, room) if room > cells(key) + 3 else key}: {work}"


def task_line(task: "Task", facts: TaskFacts, columns: TaskColumns, pad: str = "") -> Line:
    """A task as a line: when, title, since when and what holds it up where there is room, owner."""
    role: Role = "late" if task.overdue else "dim" if task.finished or task.waiting else "text"
    spans = [
        Span(pad + left(when(task, facts.today), columns.due), role),
        Span(
            left(short_title(task.title, columns.title - 1), columns.title),
            "dim" if role == "dim" else "text",
        ),
    ]
    if columns.condition:
        said = condition_of(task, facts.today)
        if columns.since:
            spans.append(Span(" " + left(since(task, facts.today), columns.since - 1), "dim"))
            said = held_up_by(task) or begun(task)
        spans.append(Span(" " + left(said, columns.condition), "dim"))
    owner = right(whose_within(task, facts.me, columns.owner), columns.owner)
    spans.append(Span(" " + owner, "dim" if task.owner is None else "text"))
    copied = (task.key, task.title, task.due.isoformat() if task.due else "", task.owner or "")
    return Line(tuple(spans), Place("task", task.key), task.key, copied)


def tasks_pane(facts: TaskFacts, width: int, height: int, margin: bool) -> list[Line]:
    """The pane of Today: as many tasks as fit, and how many more there are."""
    pad = " " if margin else ""
    title = rule("Tasks", facts.fact, width - len(pad))
    lines = [line(pad, *title.spans, place=Place("view", "tasks"))]
    if not facts.tasks:
        lines.append(line(pad, Span("Nothing is late and nothing has begun; 3 shows all tasks.", "dim")))
        return [row.fitted(width) for row in lines[:height]]
    groups = [group for group in facts.groups() if group]
    spaced = len(facts.tasks) + len(groups) - 1 <= height - 1 or height >= 12
    shown: list[Task | None] = []
    for group in groups:
        if shown and spaced:
            shown.append(None)
        shown += group
    room = max(height - 1, 0)
    more = 0
    if len(shown) > room:
        shown = shown[: max(room - 1, 0)]
        while shown and shown[-1] is None:
            shown.pop()
        more = len(facts.tasks) - sum(task is not None for task in shown)
    columns = task_columns(facts, width - len(pad))
    lines += [BLANK if task is None else task_line(task, facts, columns, pad) for task in shown]
    if more and room:
        lines.append(line(Span(f"{pad}{more:,} more", "dim"), place=Place("view", "tasks"), key="tasks:more"))
    return [row.fitted(width) for row in lines[: max(height, 1)]]
