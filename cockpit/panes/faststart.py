"""FastStart: out of season the day it opens; in season how ready the year's start is and what holds it up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.base.problems import Problem
from cockpit.panes.days import day_and_month
from cockpit.panes.faststart_chart import chart_lines
from cockpit.panes.faststart_facts import (
    NO_PROGRESS,
    Progress,
    Season,
    progress_of,
    season_asked,
    season_work,
)
from cockpit.panes.faststart_gates import NO_GATES, GateFacts, Gates, load_gates
from cockpit.panes.faststart_lines import (
    GATE,
    gate_line,
    needed_words,
    season_task_line,
    share_line,
    standing_columns,
    standing_line,
)
from cockpit.panes.formats import plural
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, cells, line, rule
from cockpit.panes.place import Place
from cockpit.panes.task_facts import TaskFacts
from cockpit.panes.task_lines import task_columns
from cockpit.panes.task_words import in_order
from cockpit.panes.view import Choice, Context, RawTable, Size, View
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from datetime import date

    from cockpit.core import Cockpit
    from cockpit.fiscal import BusinessDays
    from cockpit.work.readiness import Share, Step

GROUPINGS = (
    Choice("o", "owner", "owner"),
    Choice("w", "workstream", "workstream"),
    Choice("b", "both", "workstream and owner"),
    Choice("a", "all", "all together"),
)
BESIDE = 12
"""So many people who miss a gate stand beside it."""
SIDE_BY_SIDE = 150
"""From this width the critical path and the unfinished tasks stand beside the rest."""


@dataclass(frozen=True, slots=True)
class FastStartData:
    """The season and how far it is.

    Attributes:
        season: its days.
        facts: its tasks, for their lines.
        progress: what is done against what should be.
        total: all of it together, or None where there are no tasks.
        shares: the same by group.
        gates: how the gates stand; undecided while the data is being read, none out of season.
        business: the calendar's business days, or None out of season.
        untold: how many of the season's tasks fell due before work began here, so that nobody knows of them.
        began: the day on which it began, where there are such.
        rows_of_now: whether the season is looked at on another day than today, while the tables are today's.
    """

    season: Season
    facts: TaskFacts
    progress: Progress = NO_PROGRESS
    total: "Share | None" = None
    shares: "tuple[Share, ...]" = ()
    gates: Gates = NO_GATES
    business: "BusinessDays | None" = None
    untold: int = 0
    began: "date | None" = None
    rows_of_now: bool = False


@dataclass(frozen=True)
class FastStartView(View):
    """The season of the fiscal year's start.

    Attributes:
        grouping: name of one of `GROUPINGS`.
        needle: the text that gates, groups and tasks must contain.
    """

    grouping: str = "owner"
    needle: str = ""

    name = "faststart"

    @classmethod
    def at(cls, place: Place) -> View:
        """The season narrowed by a text, or the gate that a place names."""
        where = place.where or ""
        if where.startswith(GATE):
            from cockpit.panes.faststart_gate import GateView

            return GateView(where.removeprefix(GATE))
        return cls(needle=where)

    def crumbs(self) -> tuple[str, ...]:
        """The view's name and what it is divided by."""
        by = () if self.grouping == "owner" else (f"by {self.grouping}",)
        return ("FastStart", *by)

    def quick(self, cockpit: "Cockpit", context: Context) -> FastStartData:
        """The season and its tasks; the gates wait for the data."""
        return self._loaded(cockpit, context, with_gates=False)

    def load(self, cockpit: "Cockpit", context: Context) -> FastStartData:
        """The season's tasks, shares and gates; out of season nothing is read.

        Where the standing slice is people only their tasks count; a gate is always the whole field's.
        """
        return self._loaded(cockpit, context, with_gates=True)

    def _loaded(self, cockpit: "Cockpit", context: Context, with_gates: bool) -> FastStartData:
        from cockpit.work.readiness import share_of, shares_by

        current = season_asked(cockpit, context.as_of)
        nothing = TaskFacts((), current.today, current.today)
        if not current.running:
            return FastStartData(current, nothing)
        every = season_work(cockpit, current)
        owners = cockpit.slice_owners.get(context.slice or "")
        theirs = tuple(task for task in every.tasks if owners is None or task.owner in owners)
        progress = progress_of(cockpit, current, theirs, every.finished_at)
        steps = progress.steps
        needle = self.needle.casefold()
        shown = [step for step in steps if needle in _searched(step)]
        shares = shares_by(shown, _KEYS[self.grouping], current.today)
        facts = replace(
            nothing, tasks=in_order([step.task for step in shown], current.today), me=cockpit.user.names
        )
        gates = load_gates(cockpit, current, every.tasks, read=with_gates)
        if needle:
            kept = tuple(one for one in gates.facts if needle in one.gate.title.casefold())
            gates = replace(gates, facts=kept)
        return FastStartData(
            season=current,
            facts=facts,
            progress=progress,
            total=share_of(steps, current.today) if steps else None,
            shares=tuple(shares),
            gates=gates,
            business=cockpit.fiscal.business,
            untold=every.untold,
            began=every.began,
            rows_of_now=current.today != cockpit.today,
        )

    def page(self, data: FastStartData, size: Size) -> Page:
        """One line out of season; in season gates, burn-up and shares, then the path and the tasks."""
        pad = " " if size.width >= WIDE else ""
        if not data.season.running:
            shown = [line(pad, data.season.words).fitted(size.width)]
            return Page(size.width, size.height, (Block("faststart", 0, 0, size.width, size.height, shown),))
        chart_height = 4 if size.height < 30 else 8 if size.height < 50 else 14
        if size.width < SIDE_BY_SIDE or size.height < 20:
            lines = self._standing(data, size.width - 2 * len(pad), chart_height)
            work = self._work(data, size.width - 2 * len(pad))
            lines += [BLANK, *work] if work else []
            shown = _padded(lines, pad, size.width)
            return Page(size.width, size.height, (Block("faststart", 0, 0, size.width, size.height, shown),))
        left_width = size.width * 3 // 5
        right_width = size.width - left_width - 2
        standing = _padded(self._standing(data, left_width - len(pad), chart_height), pad, left_width)
        work = _padded(self._work(data, right_width - len(pad)), "", right_width)
        return Page(
            size.width,
            size.height,
            (
                Block("faststart", 0, 0, left_width, size.height, standing),
                Block("work", left_width + 2, 0, right_width, size.height, work),
            ),
        )

    def _standing(self, data: FastStartData, width: int, chart_height: int) -> list[Line]:
        """Title, gates, burn-up, shares."""
        done = f"{data.total.done:,} of {data.total.total:,} done, " if data.total is not None else ""
        runs = data.season.words.split(" ", 2)[2]
        as_of = f" as of {day_and_month(data.season.today)}" if data.rows_of_now else ""
        lines = [rule(f"FastStart {data.season.year}{as_of}", f"{done}{runs}", width), BLANK]
        lines += _gate_lines(data, width)
        if data.total is None:
            nothing = "No tasks: actions of the calendar with workstream faststart would fill this."
            said = _remarks(data) or [nothing]
            return [
                *lines,
                BLANK,
                *(line(Span(part, "dim")) for words in said for part in wrapped(words, width)),
            ]
        chart = chart_lines(data.progress.points, data.total.total, width, chart_height)
        lines += [BLANK, *chart] if chart else []
        label = next(choice.label for choice in GROUPINGS if choice.name == self.grouping)
        legend = "█ done  ░ due, not done  · to come"
        by = f"by {label}" if self.grouping != "all" else "all"
        title = f"Readiness {by}"
        lines += [BLANK, rule(title, legend if width >= cells(title) + cells(legend) + 6 else "", width)]
        name_width = min(
            max((cells(share.name) for share in data.shares), default=8), max(width * 3 // 10, 8)
        )
        lines += [share_line(share, width, name_width) for share in data.shares]
        if not data.shares:
            lines.append(line(Span("Nothing contains that; Esc shows all again.", "dim")))
        lines += [line(Span(part, "dim")) for words in _remarks(data) for part in wrapped(words, width)]
        return lines

    def _work(self, data: FastStartData, width: int) -> list[Line]:
        """The critical path and the unfinished tasks."""
        columns = task_columns(data.facts, width)
        lines: list[Line] = []
        path = data.progress.path
        if path and not self.needle:
            left = path[-1].business_days_left
            to = f", {left} BD to the last" if left is not None and left >= 0 else ""
            lines += [rule("Critical path", f"{len(path)} tasks{to}", width)]
            lines += [season_task_line(task, data.facts, columns) for task in path]
        on_path = set() if self.needle else {task.key for task in path}
        others = [task for task in data.facts.tasks if not task.finished and task.key not in on_path]
        if others:
            title = "Unfinished beside it" if on_path else "Unfinished"
            lines += [BLANK] if lines else []
            lines += [rule(title, str(len(others)), width)]
            lines += [season_task_line(task, data.facts, columns) for task in others]
        return lines

    def facts(self, data: FastStartData) -> str:
        """When it opens or closes."""
        return data.season.words

    def open(self, data: FastStartData, place: Place) -> View | None:
        """The gate or the tasks of the group under the cursor."""
        from cockpit.panes.views import view_for

        return view_for(place)

    def dimensions(self, data: FastStartData) -> tuple[Choice, ...]:
        """By whom the shares are grouped."""
        return GROUPINGS

    def divided(self, data: FastStartData, dimension: str, line: Line | None) -> View:
        """Grouped another way."""
        return replace(self, grouping=dimension)

    def narrowed(self, text: str) -> View:
        """Only gates, groups and tasks that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that they contain."""
        return self.needle

    def table(self, data: FastStartData) -> RawTable:
        """Gates and shares with raw values."""
        columns = ("what", "name", "due", "done", "total", "planned", "late", "state")
        rows: list[tuple[object, ...]] = []
        for one in data.gates.facts:
            result = one.result
            planned = None if result.reason else result.passed + result.lacking
            counted = (None, None) if result.reason else (result.passed, result.total)
            state = result.reason or result.state
            rows.append(("gate", one.gate.title, result.due, *counted, planned, len(one.tasks), state))
        for share in data.shares:
            row = (share.done, share.total, share.should, share.late, "")
            rows.append((self.grouping, share.name, None, *row))
        return RawTable("FastStart", columns, rows)

    def subject(self, data: FastStartData, line: Line | None) -> str | None:
        """The task or gate under the cursor."""
        if line is None or line.place is None or line.key is None:
            return None
        return f"faststart/{line.key}" if line.key.startswith(GATE) else line.key

    def detail(self, data: FastStartData, line: Line | None, width: int) -> Sequence[Line]:
        """The task under the cursor, or what holds up the gate there."""
        key = line.key if line is not None else None
        for one in data.gates.facts:
            if key == GATE + one.gate.id:
                return _gate_detail(one, replace(data.facts, tasks=one.tasks), width)
        task = next((task for task in data.facts.tasks if task.key == key), None)
        if task is None:
            return ()
        from cockpit.panes.task import task_facts

        return task_facts(task, data.facts, width)


def _gate_detail(one: GateFacts, facts: TaskFacts, width: int) -> list[Line]:
    """What must be done for a gate and who holds it up, beside it."""
    lines = [rule(one.gate.title, f"needs {needed_words(one.gate)}", width)]
    lines += [season_task_line(task, facts, task_columns(facts, width)) for task in one.tasks]
    lacking = [person for person in one.result.people if not person.passed]
    if lacking:
        lines += [BLANK, rule("Misses", f"{len(lacking):,}", width)]
        columns = standing_columns(lacking, width)
        lines += [standing_line(person, columns) for person in lacking[:BESIDE]]
        if len(lacking) > BESIDE:
            lines.append(line(Span(f"{len(lacking) - BESIDE:,} more; Enter shows all", "dim")))
    if one.result.vacant:
        lines += [BLANK, rule("Vacant, set apart", f"{len(one.result.vacant):,}", width)]
        lines += [line(Span(part, "dim")) for part in wrapped(", ".join(one.result.vacant), width)[:BESIDE]]
    if len(lines) == 1:
        words = one.result.reason or "Nothing holds it up."
        lines += [line(Span(part, "dim")) for part in wrapped(words, width)]
    return lines


def _remarks(data: FastStartData) -> list[str]:
    """What has to be known to read the shares right."""
    said = []
    if data.total is not None and data.total.total != len(data.progress.steps):
        said.append("A task counts once for each person who has it: a role for its people in [people].")
    if data.untold and data.began is not None:
        before = f"{plural(data.untold, 'task')} fell due before work began here, {day_and_month(data.began)}"
        said.append(f"{before}: nothing is known of {'it' if data.untold == 1 else 'them'}, so not counted.")
    return said


def _gate_lines(data: FastStartData, width: int) -> list[Line]:
    passed = sum(one.result.state == "passed" for one in data.gates.facts)
    by = ", by the rows of now" if data.rows_of_now else ""
    lines = [rule("Gates", f"{passed} of {len(data.gates.facts)} passed{by}", width)]
    lines += _problem_lines(data.gates.problems, width)
    lines += [gate_line(one, width, data.business) for one in data.gates.facts]
    if len(lines) == 1:
        lines.append(line(Span("No gate contains that.", "dim")))
    return lines


def _problem_lines(problems: Sequence[Problem], width: int) -> list[Line]:
    return [line(Span(part, "bad")) for problem in problems for part in wrapped(str(problem), width)]


def _searched(step: "Step") -> str:
    task = step.task
    return f"{task.title} {task.workstream} {task.owner or ''} {task.owner_role or ''}".casefold()


def _owner(step: "Step") -> tuple[str, str, str]:
    role, person = step.task.owner_role or "", step.task.owner or ""
    return "", role, person if person or role else "(nobody)"


_KEYS: "dict[str, Callable[[Step], tuple[str, str, str]]]" = {
    "owner": _owner,
    "workstream": lambda step: (step.task.workstream, "", ""),
    "both": lambda step: (step.task.workstream, *_owner(step)[1:]),
    "all": lambda step: ("", "", ""),
}
"""Workstream, role and person of a step's group, by the name of the grouping."""


def _padded(lines: Sequence[Line], pad: str, width: int) -> list[Line]:
    return [replace(row, spans=(Span(pad), *row.spans)).fitted(width) for row in lines]
