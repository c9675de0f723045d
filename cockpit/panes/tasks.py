"""Tasks: all that is to do, late first, or grouped by whose it is; narrowed in the filter language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.panes.days import weekday
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, line, rule
from cockpit.panes.place import Place
from cockpit.panes.task_lines import TaskFacts, task_columns, task_line
from cockpit.panes.view import Choice, Context, RawTable, Size, View
from cockpit.panes.wrapping import after
from cockpit.work.filter import BARE_WORDS

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work.task import Task

GROUPINGS = (
    Choice("d", "due", "when due"),
    Choice("o", "owner", "owner"),
    Choice("w", "workstream", "workstream"),
    Choice("r", "role", "role"),
    Choice("k", "week", "week due"),
    Choice("s", "status", "status"),
)


@dataclass(frozen=True, slots=True)
class TasksData:
    """The tasks that match, and the groups they stand in, in order."""

    facts: TaskFacts
    groups: "tuple[tuple[str, tuple[Task, ...]], ...]"


@dataclass(frozen=True)
class TasksView(View):
    """The task list.

    Attributes:
        filter: what the list is narrowed by, in the filter language.
        grouping: name of one of `GROUPINGS`.
        focus: key of the task that the cursor starts on, or None.
    """

    filter: str = ""
    grouping: str = "due"
    focus: str | None = None

    name = "tasks"

    @classmethod
    def at(cls, place: Place) -> "TasksView":
        """The list that a place leads to: its condition is a filter."""
        return cls(place.where or "", focus=place.focus)

    def crumbs(self) -> tuple[str, ...]:
        """The view, its filter, its grouping."""
        by = () if self.grouping == "due" else (f"by {self.grouping}",)
        return ("Tasks", *((self.filter,) if self.filter else ()), *by)

    def quick(self, cockpit: "Cockpit", context: Context) -> TasksData:
        """The list itself: it needs no data."""
        return self.load(cockpit, context)

    def load(self, cockpit: "Cockpit", context: Context) -> TasksData:
        """The tasks that match, grouped.

        Raises:
            UsageError: the filter is wrong.
        """
        from cockpit.panes.today import load_tasks

        facts = load_tasks(cockpit, context, as_filter(self.filter))
        return TasksData(facts, tuple(_grouped(cockpit, facts, self.grouping)))

    def page(self, data: TasksData, size: Size) -> Page:
        """One list with a title line a group."""
        margin = size.width >= WIDE
        pad = " " if margin else ""
        inner = size.width - 2 * len(pad)
        shown = f"“{self.filter}”   " if self.filter else ""
        title = rule("Tasks", f"{shown}{data.facts.fact}", inner)
        lines = [line(pad, *title.spans).fitted(size.width)]
        if not data.facts.tasks:
            words = (
                "Nothing matches; Esc shows all again."
                if self.filter
                else "Nothing is late and nothing has begun."
            )
            more = "  / all shows every task, + makes one." if not self.filter else ""
            lines.append(line(pad, Span(words + more, "dim")).fitted(size.width))
        rows: list[Line | Task] = []
        for label, tasks in data.groups:
            late = sum(task.overdue for task in tasks)
            count = f"{len(tasks):,}, {late:,} late" if late and self.grouping != "due" else f"{len(tasks):,}"
            rows += [BLANK, line(pad, Span(label, "title"), Span(f"  {count}", "dim")), *tasks]
        columns = task_columns(data.facts, inner)

        def make(start: int, stop: int) -> list[Line]:
            made = [
                row if isinstance(row, Line) else task_line(row, data.facts, columns, pad)
                for row in rows[start:stop]
            ]
            return [row.fitted(size.width) for row in made]

        keys = [None if isinstance(row, Line) else row.key for row in rows]
        cursor = len(lines) + keys.index(self.focus) if self.focus in keys and self.focus else None
        body = after(lines, len(rows), make)
        return Page(
            size.width, size.height, (Block("tasks", 0, 0, size.width, size.height, body, cursor=cursor),)
        )

    def facts(self, data: TasksData) -> str:
        """How many are late, today's, near."""
        return data.facts.fact

    def open(self, data: TasksData, place: Place) -> View | None:
        """The task under the cursor, with the list as its siblings."""
        from cockpit.panes.task import TaskView

        if place.kind != "task":
            return None
        keys = tuple(task.key for _, tasks in data.groups for task in tasks)
        return TaskView(place.name, keys)

    def dimensions(self, data: TasksData) -> tuple[Choice, ...]:
        """What the list can be grouped by."""
        return GROUPINGS

    def divided(self, data: TasksData, dimension: str, line: Line | None) -> View:
        """Grouped another way."""
        return replace(self, grouping=dimension, focus=line.key if line is not None else None)

    def narrowed(self, text: str) -> View:
        """Only what matches; plain words are looked for in the text of tasks."""
        return replace(self, filter=text, focus=None)

    def narrowing(self) -> str:
        """The filter."""
        return self.filter

    def explanation(self, data: TasksData, line: Line | None) -> View | None:
        """Due rule and history of the task under the cursor."""
        return self.open(data, line.place) if line is not None and line.place is not None else None

    def detail(self, data: TasksData, line: Line | None, width: int) -> Sequence[Line]:
        """The task under the cursor."""
        from cockpit.panes.task import task_facts

        task = next((task for task in data.facts.tasks if line is not None and task.key == line.key), None)
        return task_facts(task, data.facts, width) if task is not None else ()

    def table(self, data: TasksData) -> RawTable:
        """The list with raw values."""
        columns = (
            "key",
            "title",
            "workstream",
            "status",
            "owner",
            "owner_role",
            "due",
            "at",
            "business_days_left",
        )
        rows = [tuple(getattr(task, name) for name in columns) for _, tasks in data.groups for task in tasks]
        return RawTable("Tasks", columns, rows)

    def subject(self, data: TasksData, line: Line | None) -> str | None:
        """The task under the cursor."""
        return line.key if line is not None and line.place is not None else None


def as_filter(text: str) -> str:
    """What was typed, plain words quoted, so that the filter language takes them as text."""
    if '"' in text:
        return text
    return " ".join(
        word if ":" in word or word.removeprefix("-") in BARE_WORDS else f'"{word}"' for word in text.split()
    )


def _grouped(cockpit: "Cockpit", facts: TaskFacts, grouping: str) -> "list[tuple[str, tuple[Task, ...]]]":
    if grouping == "due":
        late, now, near, later = facts.groups()
        named = (
            ("Late", late),
            ("Today", now),
            (f"To {weekday(facts.horizon)} {facts.horizon.day}", near),
            ("Later", later),
        )
        return [(label, tuple(tasks)) for label, tasks in named if tasks]
    label = _labels(cockpit)[grouping]
    groups: dict[str, list[Task]] = {}
    for task in facts.tasks:
        groups.setdefault(label(task), []).append(task)
    if grouping == "week":
        return [(name, tuple(tasks)) for name, tasks in groups.items()]
    ranked = sorted(
        groups.items(), key=lambda pair: (-sum(task.overdue for task in pair[1]), pair[0].casefold())
    )
    return [(name, tuple(tasks)) for name, tasks in ranked]


def _labels(cockpit: "Cockpit") -> "dict[str, Callable[[Task], str]]":
    def week(task: "Task") -> str:
        unit = cockpit.fiscal.unit("week", task.due) if task.due is not None else None
        return unit.label if unit is not None else "no date"

    return {
        "owner": lambda task: task.owner or "(nobody)",
        "workstream": lambda task: task.workstream,
        "role": lambda task: task.owner_role or "(no role)",
        "status": lambda task: task.status.replace("_", " "),
        "week": week,
    }
