"""Tasks as lines: when, what, since when, whose; ordered as they should be worked down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cockpit.panes.days import deadline, near_day, weekday
from cockpit.panes.lines import BLANK, Line, Role, Span, cells, left, line, right, rule
from cockpit.panes.place import Place

if TYPE_CHECKING:
    from cockpit.work.task import Task

SAMPLE = 100
"""Tasks that are looked at to find how wide the owners' column is."""
SEVERITY_ORDER = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """The tasks that want attention as of a day.

    Attributes:
        tasks: late ones first, the latest leading; then today's by hour; then what comes.
        today: the calendar's day.
        horizon: the second business day after today: what is due until then is counted as near.
        me: names that mean the user, folded; their tasks say "you".
    """

    tasks: "tuple[Task, ...]"
    today: date
    horizon: date
    me: frozenset[str] = frozenset()

    def groups(self) -> "tuple[list[Task], list[Task], list[Task], list[Task]]":
        """Late, today's, near (to the horizon), later."""
        late: list[Task] = []
        now: list[Task] = []
        near: list[Task] = []
        later: list[Task] = []
        for task in self.tasks:
            if task.due is None or task.due > self.horizon:
                later.append(task)
            elif task.overdue or task.due < self.today:
                late.append(task)
            elif task.due == self.today:
                now.append(task)
            else:
                near.append(task)
        return late, now, near, later

    @property
    def fact(self) -> str:
        """Such as "4 late   3 today   5 to Wed"."""
        late, now, near, _ = self.groups()
        return f"{len(late):,} late   {len(now)} today   {len(near)} to {weekday(self.horizon)}"


def in_order(tasks: "Sequence[Task]", today: date) -> "tuple[Task, ...]":
    """Late first, the latest of them leading; then by day and hour; then by severity and title."""

    def rank(task: "Task") -> tuple[date, str, int, str, str]:
        return (
            task.due or date.max,
            "" if task.due is not None and task.due < today else task.at or "24:00",
            SEVERITY_ORDER.get(task.severity, 1),
            task.title.casefold(),
            task.key,
        )

    return tuple(sorted(tasks, key=rank))


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


def condition_of(task: "Task", today: date) -> str:
    """What else there is to know: blocked, waiting, since when it is late."""
    if task.block_reason:
        return f"blocked: {task.block_reason}"
    if task.blocked_by:
        return f"needs {len(task.blocked_by)} more"
    if task.wait_for:
        return f"for {task.wait_for}"
    if task.overdue and task.due is not None:
        return f"since {near_day(task.due, today)}"
    return {"claimed": "claimed", "in_progress": "started"}.get(task.status, "")


@dataclass(frozen=True, slots=True)
class TaskColumns:
    """The cells of each column of a task's line; `condition` is 0 where there is no room for it."""

    due: int
    title: int
    condition: int
    owner: int


def task_columns(facts: TaskFacts, width: int) -> TaskColumns:
    """Columns for lines of that width; the owner's is as wide as the names at the top need."""
    longest = max((cells(whose(task, facts.me)) for task in facts.tasks[:SAMPLE]), default=0)
    owner = min(max(longest, 8), max(width // 5, 8))
    due = 14 if width >= 50 else 12
    condition = min(max(width // 4, 22), 36) if width >= 70 else 0
    return TaskColumns(due, width - due - owner - condition - (2 if condition else 1), condition, owner)


def task_line(task: "Task", facts: TaskFacts, columns: TaskColumns, pad: str = "") -> Line:
    """A task as a line: when, title, condition where there is room, owner."""
    role: Role = "late" if task.overdue else "dim" if task.finished or task.waiting else "text"
    spans = [
        Span(pad + left(when(task, facts.today), columns.due), role),
        Span(left(task.title, columns.title), "dim" if role == "dim" else "text"),
    ]
    if columns.condition:
        spans.append(Span(" " + left(condition_of(task, facts.today), columns.condition), "dim"))
    owner = right(whose(task, facts.me), columns.owner)
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
