"""A gate opened: what must be done for it, who misses and why, who passes, and what is vacant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.base.problems import UsageError
from cockpit.panes.days import day_and_month
from cockpit.panes.faststart_facts import season_asked, season_work
from cockpit.panes.faststart_gates import GateFacts, load_gates
from cockpit.panes.faststart_lines import (
    due_label,
    figure_words,
    needed_words,
    season_task_line,
    standing_columns,
    standing_line,
    state_words,
)
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Role, Span, line, rule
from cockpit.panes.place import Place
from cockpit.panes.task_facts import TaskFacts
from cockpit.panes.task_lines import task_columns
from cockpit.panes.view import Choice, Context, RawTable, Size, View
from cockpit.panes.wrapping import after, wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.fiscal import BusinessDays
    from cockpit.work.gate_people import Standing

GROUPINGS = (
    Choice("s", "state", "who misses, who passes"),
    Choice("m", "manager", "manager"),
    Choice("w", "missing", "what is missing"),
)


@dataclass(frozen=True, slots=True)
class GateData:
    """A gate, its people in groups, and what is around it.

    Attributes:
        facts: the gate as of today.
        groups: its people by the label of their group.
        tasks: what holds it up, for its lines.
        siblings: the ids of all gates.
        business: the calendar's business days.
    """

    facts: GateFacts
    groups: "tuple[tuple[str, tuple[Standing, ...]], ...]"
    tasks: TaskFacts
    siblings: tuple[str, ...]
    business: "BusinessDays"


@dataclass(frozen=True)
class GateView(View):
    """The people of a gate.

    Attributes:
        gate: its id.
        grouping: name of one of `GROUPINGS`.
        needle: the text that people must contain.
    """

    gate: str
    grouping: str = "state"
    needle: str = ""

    name = "faststart"

    def crumbs(self) -> tuple[str, ...]:
        """The view, the gate, and what it is divided by."""
        by = () if self.grouping == "state" else (f"by {self.grouping}",)
        return ("FastStart", self.gate, *by)

    def load(self, cockpit: "Cockpit", context: Context) -> GateData:
        """The gate put to its table; where the standing slice is people, only those are listed.

        Raises:
            UsageError: there is no such gate, or the season is not open.
        """
        current = season_asked(cockpit, context.as_of)
        if not current.running:
            raise UsageError(current.words)
        gates = load_gates(cockpit, current, season_work(cockpit, current).tasks)
        facts = gates.named(self.gate)
        needle = self.needle.casefold()
        owners = cockpit.slice_owners.get(context.slice or "")
        people = [
            one
            for one in facts.result.people
            if (owners is None or one.name in owners)
            and needle in f"{one.name} {one.manager or ''} {one.status} {' '.join(one.missing)}".casefold()
        ]
        return GateData(
            facts,
            _grouped(people, self.grouping),
            TaskFacts(facts.tasks, current.today, current.today, cockpit.user.names),
            tuple(one.gate.id for one in gates.facts),
            cockpit.fiscal.business,
        )

    def page(self, data: GateData, size: Size) -> Page:
        """The gate in words, its tasks, then its people."""
        pad = " " if size.width >= WIDE else ""
        width = size.width - 2 * len(pad)
        result, gate = data.facts.result, data.facts.gate
        fact = state_words(result, data.business)
        lines = [rule(gate.title, figure_words(result) or "cannot be decided", width)]
        lines += [line(Span(text, "dim")) for text in wrapped(self._words(data), width)]
        if result.reason or result.state != "passed":
            role: Role = "late" if result.state == "missed" else "text"
            more = f": {result.lacking:,} more must pass" if result.lacking else ""
            lines += [line(Span(text, role)) for text in wrapped(f"{fact}{more}", width)]
        if data.facts.tasks:
            columns = task_columns(data.tasks, width)
            lines += [BLANK, rule("Still to be done for it", str(len(data.facts.tasks)), width)]
            lines += [season_task_line(task, data.tasks, columns) for task in data.facts.tasks]
        if result.vacant:
            lines += [BLANK, rule("Vacant, set apart", str(len(result.vacant)), width)]
            lines += [line(Span(text, "dim")) for text in wrapped(", ".join(result.vacant), width)]
        rows: list[Line | Standing] = []
        for label, people in data.groups:
            rows += [BLANK, rule(label, f"{len(people):,}", width), *people]
        if not data.groups and self.needle:
            rows.append(line(Span("Nobody contains that; Esc shows all again.", "dim")))
        columns_of_people = standing_columns(result.people, width)

        def make(start: int, stop: int) -> list[Line]:
            made = [
                row
                if isinstance(row, Line)
                else standing_line(row, columns_of_people, self._place(data, row))
                for row in rows[start:stop]
            ]
            return [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in made]

        fixed = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        body = after(fixed, len(rows), make)
        return Page(size.width, size.height, (Block("gate", 0, 0, size.width, size.height, body),))

    def _words(self, data: GateData) -> str:
        """What the gate asks, of whom, by when."""
        gate, due = data.facts.gate, data.facts.result.due
        by = f"{due_label(gate)}, {day_and_month(due)}" if due is not None else due_label(gate)
        asked = " and ".join(condition.words for condition in gate.passes)
        of_these = " and ".join(condition.words for condition in gate.counts)
        where = f" where {of_these}" if of_these else ""
        whom = f"{needed_words(gate)} of those in {gate.each} of {gate.table}{where}"
        return f"By {by}: {asked}, for {whom}; vacancies apart."

    def _place(self, data: GateData, one: "Standing") -> Place:
        """The record behind one of its people, else their tasks."""
        if data.facts.opens_records:
            return Place("record", data.facts.gate.table, where=one.key)
        return _tasks_of(one)

    def facts(self, data: GateData) -> str:
        """How the gate stands."""
        return state_words(data.facts.result, data.business)

    def dimensions(self, data: GateData) -> tuple[Choice, ...]:
        """How its people are grouped."""
        return GROUPINGS

    def divided(self, data: GateData, dimension: str, line: Line | None) -> View:
        """Grouped another way."""
        return replace(self, grouping=dimension)

    def narrowed(self, text: str) -> View:
        """Only people that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that people contain."""
        return self.needle

    def sibling(self, data: GateData, step: int) -> View | None:
        """The next or previous gate."""
        if len(data.siblings) < 2:
            return None
        index = (data.siblings.index(self.gate) + step) % len(data.siblings)
        return replace(self, gate=data.siblings[index])

    def explanation(self, data: GateData, line: Line | None) -> View | None:
        """What the person under the cursor has to do."""
        from cockpit.panes.views import view_for

        if line is None or line.key is None or not line.key.startswith("person:"):
            return None
        key = line.key.removeprefix("person:")
        one = next((one for one in data.facts.result.people if one.key == key), None)
        return view_for(_tasks_of(one)) if one is not None else None

    def table(self, data: GateData) -> RawTable:
        """The people with raw values."""
        columns = (data.facts.gate.each, "name", "manager", "status", "passed", "missing")
        rows = [
            (one.key, one.name, one.manager, one.status, one.passed, "; ".join(one.missing))
            for _, people in data.groups
            for one in people
        ]
        return RawTable(data.facts.gate.title, columns, rows)

    def subject(self, data: GateData, line: Line | None) -> str:
        """The task or person under the cursor, else the gate."""
        key = line.key if line is not None else None
        if key is not None and not key.startswith("person:"):
            return key
        person = "" if key is None else f"/{key.removeprefix('person:')}"
        return f"faststart/gate:{self.gate}{person}"


def _tasks_of(one: "Standing") -> Place:
    name = one.name.replace('"', "")
    return Place("view", "tasks", where=f'owner:"{name}" all')


def _grouped(people: "Sequence[Standing]", grouping: str) -> "tuple[tuple[str, tuple[Standing, ...]], ...]":
    """The people by the label of their group; the group with the most who miss comes first."""
    groups: dict[str, list[Standing]] = {}
    for one in people:
        if grouping == "manager":
            label = one.manager or "(no manager known)"
        elif grouping == "missing":
            label = "; ".join(one.missing) or "Passes"
        else:
            label = "Passes" if one.passed else "Misses"
        groups.setdefault(label, []).append(one)
    ranked = sorted(
        groups.items(), key=lambda pair: (-sum(not one.passed for one in pair[1]), pair[0].casefold())
    )
    return tuple((label, tuple(members)) for label, members in ranked)
