"""Tasks: all that is to do, late first; grouped, sorted, narrowed in the filter language, saved by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from cockpit.panes.days import weekday
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, line, rule
from cockpit.panes.place import Place
from cockpit.panes.task_facts import TaskFacts, load_tasks
from cockpit.panes.task_groups import NOBODY, grouped, in_order_of
from cockpit.panes.task_lines import task_columns, task_line
from cockpit.panes.view import Choice, Completer, Context, RawTable, Size, View
from cockpit.panes.wrapping import after
from cockpit.work.saved import SavedView

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work.task import Task

GROUPINGS = (
    Choice("d", "due", "when due"),
    Choice("o", "owner", "owner"),
    Choice("w", "workstream", "workstream"),
    Choice("u", "ou", "OU"),
    Choice("k", "week", "week due"),
    Choice("r", "role", "role"),
    Choice("s", "status", "status"),
    Choice("f", "function", "function"),
    Choice("t", "triage", "triage"),
)
SORTINGS = (
    Choice("d", "due", "when due"),
    Choice("u", "urgency", "urgency"),
    Choice("s", "severity", "severity"),
    Choice("o", "owner", "owner"),
    Choice("w", "workstream", "workstream"),
    Choice("t", "title", "title"),
    Choice("c", "changed", "last changed"),
)
FILTER_OF = {
    "owner": "owner", "workstream": "workstream", "ou": "ou", "role": "role", "status": "status",
    "function": "function", "triage": "triage",
}  # fmt: skip
"""Groupings whose groups open: the filter word of each."""


MOST_CHAINS = 200
"""Of more tasks than that the detail beside a list does not tell what they wait for; their page does."""
GROUP = "group:"
"""What the keys of the groups' title lines begin with."""


@dataclass(frozen=True, slots=True)
class TasksData:
    """The tasks that match, the groups they stand in, in order, and what those that wait wait for."""

    facts: TaskFacts
    groups: "tuple[tuple[str, Sequence[Task]], ...]"
    chains: "Mapping[str, Sequence[tuple[int, Task]]]" = field(default_factory=dict)


@dataclass(frozen=True)
class TasksView(View):
    """The task list.

    Attributes:
        filter: what the list is narrowed by, in the filter language.
        grouping: name of one of `GROUPINGS`.
        sort: name of one of `SORTINGS`.
        backwards: whether it is sorted the other way round.
        focus: key of the task that the cursor starts on, or None.
    """

    filter: str = ""
    grouping: str = "due"
    sort: str = "due"
    backwards: bool = False
    focus: str | None = None

    name = "tasks"
    narrows_at_once = True

    @classmethod
    def at(cls, place: Place) -> "TasksView":
        """The list that a place leads to: its condition is a filter."""
        return cls(place.where or "", focus=place.focus)

    def crumbs(self) -> tuple[str, ...]:
        """The view, its grouping, its sorting; what it is narrowed by is told behind them."""
        by = () if self.grouping == "due" else (f"by {_label(GROUPINGS, self.grouping)}",)
        turned = ", reversed" if self.backwards else ""
        sort = () if self.sort == "due" and not turned else (f"{_label(SORTINGS, self.sort)} first{turned}",)
        return ("Tasks", *by, *sort)

    def quick(self, cockpit: "Cockpit", context: Context) -> TasksData:
        """The list itself: it needs no data."""
        return self.load(cockpit, context)

    def make_ready(self, cockpit: "Cockpit") -> None:
        """Have the tasks at hand that a filter may ask for."""
        if not self.filter:
            cockpit.work.make_ready(cockpit.today)

    def load(self, cockpit: "Cockpit", context: Context) -> TasksData:
        """The tasks that match, grouped.

        Raises:
            UsageError: the filter is wrong.
        """
        facts = load_tasks(cockpit, context, self.filter)
        blocked = (task.key for task in facts.unfinished if task.blocked_by)
        waiting = list(islice(blocked, MOST_CHAINS))
        chains = cockpit.work.blocking_chains(waiting, cockpit.today)
        return TasksData(facts, tuple(_grouped(cockpit, facts, self)), chains)

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
            late = 0 if self.grouping == "due" else sum(task.overdue for task in tasks)
            count = f"{len(tasks):,}, {late:,} late" if late and self.grouping != "due" else f"{len(tasks):,}"
            head = line(
                pad,
                Span(label, "title"),
                Span(f"  {count}", "dim"),
                place=Place("group", label),
                key=f"{GROUP}{label}",
            )
            rows += (BLANK, head)
            rows += tasks
        columns = task_columns(data.facts, inner)

        def make(start: int, stop: int) -> list[Line]:
            made = [
                row if isinstance(row, Line) else task_line(row, data.facts, columns, pad)
                for row in rows[start:stop]
            ]
            return [row.fitted(size.width) for row in made]

        cursor = len(lines) + self._first(rows) if rows else None
        body = after(lines, len(rows), make)
        return Page(
            size.width, size.height, (Block("tasks", 0, 0, size.width, size.height, body, cursor=cursor),)
        )

    def _first(self, rows: "Sequence[Line | Task]") -> int:
        """The row that the cursor starts on: the wanted one, else the first task."""
        if self.focus is not None:
            for index, row in enumerate(rows):
                if row.key == self.focus:
                    return index
        return 2

    def facts(self, data: TasksData) -> str:
        """How many are late, today's, near."""
        return data.facts.fact

    def open(self, data: TasksData, place: Place) -> View | None:
        """The task under the cursor, with the list as its siblings."""
        from cockpit.panes.task import TaskView

        if place.kind == "group":
            return self._inside(place.name)
        if place.kind != "task":
            return None
        keys = tuple(task.key for _, tasks in data.groups for task in tasks)
        return TaskView(place.name, keys)

    def _inside(self, label: str) -> "TasksView | None":
        """The tasks of one group alone, grouped by when they are due."""
        field = FILTER_OF.get(self.grouping)
        if field is None:
            return None
        value = "none" if label.startswith("(") else label.replace(" ", "_") if field == "status" else label
        word = f'{field}:"{value}"' if " " in value else f"{field}:{value}"
        if label.startswith(f"{NOBODY} "):
            word += f" role:{label.removeprefix(NOBODY).strip()}"
        return replace(self, filter=f"{self.filter} {word}".strip(), grouping="due", focus=None)

    def members(self, data: TasksData, line: Line | None) -> Sequence[str]:
        """The task under the cursor, or all of the group whose title is."""
        if line is None or line.place is None or line.key is None:
            return ()
        if line.place.kind != "group":
            return (line.key,)
        return [task.key for label, tasks in data.groups if label == line.place.name for task in tasks]

    def dimensions(self, data: TasksData) -> tuple[Choice, ...]:
        """What the list can be grouped by."""
        return GROUPINGS

    def divided(self, data: TasksData, dimension: str, line: Line | None) -> View:
        """Grouped another way."""
        return replace(self, grouping=dimension, focus=None if line is None else line.key)

    def sort_columns(self, data: TasksData) -> tuple[Choice, ...]:
        """What the list can be sorted by."""
        return SORTINGS

    def sorted_by(self, column: str) -> View:
        """Sorted another way; by the same column again, the other way round."""
        return replace(self, sort=column, backwards=column == self.sort and not self.backwards, focus=None)

    def savable(self) -> SavedView:
        """What is kept under a name of `[views]`."""
        by = None if self.grouping == "due" else self.grouping
        return SavedView(self.filter, by, None if self.sort == "due" else self.sort)

    @classmethod
    def of_saved(cls, name: str, saved: SavedView) -> "TasksView":
        """A saved view: its filter goes by its name, so that it can be narrowed further."""
        grouping = saved.by if saved.by in {choice.name for choice in GROUPINGS} else "due"
        sort = saved.sort if saved.sort in {choice.name for choice in SORTINGS} else "due"
        return cls(f"view:{name}", grouping or "due", sort or "due")

    def narrowed(self, text: str) -> View:
        """Only what matches; plain words are looked for in the text of tasks."""
        return replace(self, filter=text, focus=None)

    def narrowing_words(self, cockpit: "Cockpit") -> Completer:
        """The words, values and saved views that a filter may name."""
        from cockpit.work.filter_completion import completions

        known = cockpit.work.filter_values()
        return lambda text, position: completions(text, position, known)

    def check_narrowing(self, cockpit: "Cockpit", text: str) -> None:
        """Read the filter.

        Raises:
            FilterError: a word of it cannot be read.
        """
        cockpit.work.read_filter(text, typed=True)

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
        if task is None:
            return ()
        return task_facts(task, data.facts, width, data.chains.get(task.key, ()))

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
            "urgency",
            "severity",
            "ou",
        )
        rows = [tuple(getattr(task, name) for name in columns) for _, tasks in data.groups for task in tasks]
        return RawTable("Tasks", columns, rows)

    def subject(self, data: TasksData, line: Line | None) -> str | None:
        """The task under the cursor."""
        return line.key if line is not None and line.place is not None else None


def _label(choices: Sequence[Choice], name: str) -> str:
    return next((choice.label for choice in choices if choice.name == name), name)


def _grouped(cockpit: "Cockpit", facts: TaskFacts, view: TasksView) -> "Sequence[tuple[str, Sequence[Task]]]":
    plain = view.sort == "due" and not view.backwards
    tasks = (
        facts.tasks if plain else in_order_of(facts.tasks, view.sort, facts.today, backwards=view.backwards)
    )
    if view.grouping != "due":
        return grouped(tasks, view.grouping, cockpit.fiscal)
    if not plain:
        return [(f"By {_label(SORTINGS, view.sort)}", tasks)] if tasks else []
    late, now, near, later = facts.groups()
    named = (
        ("Late", late),
        ("Today", now),
        (f"To {weekday(facts.horizon)} {facts.horizon.day}", near),
        ("Later", later),
        ("Finished", facts.finished),
    )
    return [(label, tasks) for label, tasks in named if tasks]
