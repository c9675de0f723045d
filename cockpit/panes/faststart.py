"""FastStart: out of season the day it opens; in season how far each workstream or owner is."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.panes.faststart_facts import WORKSTREAM, Season, Share, season, shares
from cockpit.panes.formats import bar
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, cells, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.task_lines import TaskFacts, task_columns, task_line
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit

GROUPINGS = (Choice("o", "owner", "owner"), Choice("a", "all", "all together"))


@dataclass(frozen=True, slots=True)
class FastStartData:
    """The season, its tasks, and how far each group of them is."""

    season: Season
    facts: TaskFacts
    shares: tuple[Share, ...]
    total: Share | None


@dataclass(frozen=True)
class FastStartView(View):
    """The season of the fiscal year's start.

    Attributes:
        grouping: name of one of `GROUPINGS`.
        needle: the text that groups and tasks must contain.
    """

    grouping: str = "owner"
    needle: str = ""

    name = "faststart"

    def crumbs(self) -> tuple[str, ...]:
        """The view's name."""
        return ("FastStart",)

    def quick(self, cockpit: "Cockpit", context: Context) -> FastStartData:
        """All of it: it needs no data."""
        return self.load(cockpit, context)

    def load(self, cockpit: "Cockpit", context: Context) -> FastStartData:
        """The season's tasks and shares; out of season none are read."""
        from cockpit.panes.today import load_tasks

        current = season(cockpit)
        if not current.running:
            return FastStartData(current, TaskFacts((), current.today, current.today), (), None)
        facts = load_tasks(cockpit, f"workstream:{WORKSTREAM} all")
        tasks = tuple(
            task
            for task in facts.tasks
            if task.due is not None
            and current.opens <= task.due <= current.closes
            and self.needle.casefold()
            in f"{task.title} {task.owner or ''} {task.owner_role or ''}".casefold()
        )
        total = shares(tasks, "workstream", current.today)
        return FastStartData(
            current,
            replace(facts, tasks=tasks),
            tuple(shares(tasks, "owner", current.today)) if self.grouping == "owner" else tuple(total),
            total[0] if total else None,
        )

    def page(self, data: FastStartData, size: Size) -> Page:
        """One line out of season; in season shares, then the unfinished tasks."""
        pad = " " if size.width >= WIDE else ""
        width = size.width - 2 * len(pad)
        lines: list[Line] = []
        if not data.season.running:
            lines.append(line(data.season.words))
        else:
            done = f"{data.total.done} of {data.total.total} done" if data.total is not None else ""
            lines.append(
                rule(f"FastStart {data.season.year}", f"{done}, {data.season.words.split(' ', 2)[2]}", width)
            )
            if not data.shares:
                words = "No tasks: actions of the calendar with workstream faststart would fill this."
                lines.append(line(Span(words, "dim")))
            lines += [_share_line(share, width) for share in data.shares]
            open_tasks = [task for task in data.facts.tasks if not task.finished]
            if open_tasks:
                lines += [BLANK, rule("Unfinished", str(len(open_tasks)), width)]
                lines += [task_line(task, data.facts, task_columns(data.facts, width)) for task in open_tasks]
        shown = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(size.width, size.height, (Block("faststart", 0, 0, size.width, size.height, shown),))

    def facts(self, data: FastStartData) -> str:
        """When it opens or closes."""
        return data.season.words

    def open(self, data: FastStartData, place: Place) -> View | None:
        """The tasks of the group under the cursor."""
        from cockpit.panes.views import view_for

        return view_for(place)

    def dimensions(self, data: FastStartData) -> tuple[Choice, ...]:
        """By whom the shares are grouped."""
        return GROUPINGS

    def divided(self, data: FastStartData, dimension: str, line: Line | None) -> View:
        """Grouped another way."""
        return replace(self, grouping=dimension)

    def narrowed(self, text: str) -> View:
        """Only tasks that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that tasks contain."""
        return self.needle

    def table(self, data: FastStartData) -> RawTable:
        """The shares with raw values."""
        rows = [(share.name, share.done, share.total, share.should, share.late) for share in data.shares]
        return RawTable("FastStart", ("group", "done", "total", "due until today", "late"), rows)

    def subject(self, data: FastStartData, line: Line | None) -> str | None:
        """The task under the cursor."""
        return line.key if line is not None and line.place is not None else None


def _share_line(share: Share, width: int) -> Line:
    """A group: done of all, a bar with what is done, what should be, and what is late."""
    words = f"{share.done} of {share.total} done, {share.should} due" + (
        f", {share.late} late" if share.late else ""
    )
    name_width = min(24, max(width // 4, 8))
    bar_width = max(min(width - name_width - cells(words) - 4, 40), 0)
    filled = bar(share.done, max(share.total, 1), bar_width)
    spans = (
        Span(left(share.name, name_width), "text"),
        Span(" " + filled, "bar"),
        Span("·" * (bar_width - cells(filled)), "bar_rest"),
        Span(
            "  " + right(words, max(width - name_width - bar_width - 3, 0)), "late" if share.late else "dim"
        ),
    )
    place = Place("view", "tasks", where=f'workstream:{WORKSTREAM} owner:"{share.name}"')
    return Line(spans, place, f"share:{share.name}").fitted(width)
