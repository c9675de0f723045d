"""A task in full: what is asked, when and why then, what proves it, and all that happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from typing import TYPE_CHECKING

from cockpit.panes.days import full_day, moment, near_day
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Role, Span, left, line, rule
from cockpit.panes.place import Place
from cockpit.panes.task_facts import TaskFacts
from cockpit.panes.task_words import condition_of, held_up_by, when, whose
from cockpit.panes.task_words import since as since_words
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import labelled, packed, wrapped
from cockpit.work.evidence import in_words

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.store import Note
    from cockpit.work import Change, Task


Chain = Sequence["tuple[int, Task]"]
"""What a task waits for, in order, each with its depth from 1."""


@dataclass(frozen=True, slots=True)
class TaskData:
    """A task, its journal from the oldest entry on, its notes, what it waits for, why it is due then."""

    task: "Task"
    facts: TaskFacts
    history: "tuple[Change, ...]"
    notes: "tuple[Note, ...]"
    zone: tzinfo
    chain: Chain = ()
    rule: str = ""
    reason: str = ""
    defined: str = ""


@dataclass(frozen=True)
class TaskView(View):
    """One task.

    Attributes:
        key: its key.
        siblings: the keys of the list that it was opened from.
    """

    key: str
    siblings: tuple[str, ...] = ()

    name = "tasks"

    @classmethod
    def at(cls, place: Place) -> "TaskView":
        """The task that a place of kind "task" leads to."""
        return cls(place.name)

    def crumbs(self) -> tuple[str, ...]:
        """The view, then the key."""
        return ("Tasks", self.key)

    def load(self, cockpit: "Cockpit", context: Context) -> TaskData:
        """The task with its history, its notes and its due rule.

        Raises:
            UsageError: there is no such task.
        """
        task = cockpit.work.task(self.key, cockpit.today)
        facts = TaskFacts((task,), cockpit.today, cockpit.today, cockpit.user.names)
        rule_text, reason, defined = _due_rule(cockpit, task)
        return TaskData(
            task,
            facts,
            tuple(cockpit.work.history(self.key)),
            tuple(cockpit.work.notes(self.key)),
            cockpit.fiscal.zone,
            tuple(cockpit.work.blocking_chain(self.key, cockpit.today)) if task.blocked_by else (),
            rule_text,
            reason,
            defined,
        )

    def page(self, data: TaskData, size: Size) -> Page:
        """Facts, notes, history under each other."""
        pad = " " if size.width >= WIDE else ""
        width = min(size.width - 2 * len(pad), 118)
        lines = task_facts(data.task, data.facts, width, data.chain)
        lines += labelled("rule", data.rule, width)
        lines += labelled("reason", data.reason, width)
        lines += labelled("defined in", data.defined, width)
        if data.notes:
            lines += [BLANK, rule("Notes", str(len(data.notes)), width)]
            for note in data.notes:
                lines += labelled(moment(note.at, data.zone), f"{note.author}: {note.text}", width, 18)
        lines += [BLANK, rule("History", f"{len(data.history)}, newest first", width)]
        for change in reversed(data.history):
            reason = f" ({change.reason})" if change.reason else ""
            words = f"{change.actor}: {change.what}{reason}"
            lines += labelled(moment(change.at, data.zone), words, width, 18)
        shown = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(size.width, size.height, (Block("task", 0, 0, size.width, size.height, shown),))

    def facts(self, data: TaskData) -> str:
        """When it is due."""
        return when(data.task, data.facts.today)

    def sibling(self, data: TaskData, step: int) -> View | None:
        """The next or previous task of the list it was opened from."""
        if len(self.siblings) < 2 or self.key not in self.siblings:
            return None
        return replace(self, key=self.siblings[(self.siblings.index(self.key) + step) % len(self.siblings)])

    def table(self, data: TaskData) -> RawTable:
        """The task's fields."""
        return RawTable(self.key, ("field", "value"), [*data.task.as_json().items()])

    def subject(self, data: TaskData, line: Line | None) -> str:
        """The task."""
        return self.key


def task_facts(task: "Task", facts: TaskFacts, width: int, chain: Chain = ()) -> list[Line]:
    """A task in words: for its own view and for the panel beside the list.

    Args:
        task: the task.
        facts: the list that it stands in.
        width: cells to fill.
        chain: what it waits for, and what that waits for, each with its depth from 1.
    """
    today = facts.today
    role: Role = "late" if task.overdue else "text"
    lines = [rule(task.title, "", width), line(Span(left("due", 14), "dim"), Span(when(task, today), role))]
    if task.due is not None:
        lines += labelled("", f"{full_day(task.due)} {task.at or ''}".strip(), width)
    if task.original_due is not None and task.original_due != task.due:
        times = f"{task.slips} time{'s' if task.slips > 1 else ''}"
        moved = f"from {near_day(task.original_due, today)}, {times}"
        lines += labelled("moved", f"{moved}: {task.due_reason or 'no reason given'}", width)
    lines += labelled("owner", _owner(task, facts), width)
    lines += labelled("escalated", _escalated(task, today), width)
    lines += labelled("status", _status(task, today), width)
    lines += _chain_lines(chain, facts, width)
    if task.blocks:
        lines += labelled("needed by", f"{task.blocks} more", width)
    if task.evidence_rule is not None:
        asked = " ".join(
            str(part)
            for part in (task.evidence_rule.get("prompt"), f"({in_words(task.evidence_rule)})")
            if part
        )
        lines += labelled("evidence", task.evidence or f"asked: {asked}", width)
    elif task.evidence:
        lines += labelled("evidence", task.evidence, width)
    for index, step in enumerate(task.checklist):
        mark = "x" if step in task.checked else " "
        lines += labelled("steps" if index == 0 else "", f"[{mark}] {step}", width)
    for index, part in enumerate(packed(_urgency_parts(task), max(width - 14, 16))):
        lines.append(line(Span(left("urgency" if index == 0 else "", 14), "dim"), part))
    unit = f", {task.ou}" if task.ou else ""
    lines += labelled("workstream", f"{task.workstream}, severity {task.severity}{unit}", width)
    if task.triage is not None:
        lines += labelled("ask", f"{task.function or 'no function'}: {task.triage}", width)
    lines += labelled("period", task.period or "", width)
    lines += labelled("row", f"{task.source} {task.row_key}" if task.row_key else "", width)
    lines += labelled("key", task.key, width)
    lines += labelled("notes", f"{task.notes}" if task.notes else "", width)
    return [row.fitted(width) for row in lines]


def _urgency_parts(task: "Task") -> list[str]:
    """Such as "13.5 =", "due 9.6,", "severity 3.9": words that belong together."""
    parts = [f"{name} {points:g}" for name, points in task.urgency_parts.items()]
    return [f"{task.urgency:g} =", *(f"{part}," for part in parts[:-1]), parts[-1]] if parts else []


def _owner(task: "Task", facts: TaskFacts) -> str:
    if task.owner is None:
        return f"nobody yet, for {task.owner_role}" if task.owner_role else "nobody yet"
    role = f" ({task.owner_role})" if task.owner_role else ""
    cover = f", covered by {task.covered_by}" if task.covered_by else ""
    return f"{whose(task, facts.me)}{role}{cover}"


def _escalated(task: "Task", today: date) -> str:
    """To whom it has gone, or when it will go."""
    if task.escalated_to is not None:
        return f"to {task.escalated_to}"
    if task.escalate is None or task.finished:
        return ""
    on = date.fromisoformat(task.escalate["on"])
    return f"goes to {task.escalate['to']} when late, {near_day(on, today)}"


def _status(task: "Task", today: date) -> str:
    """The status with what holds the task up, since when or until when."""
    said = task.status.replace("_", " ")
    if task.block_reason:
        since = _day_of(task.blocked_since, today)
        said = f"blocked{since}: {task.block_reason}"
    elif task.drop_reason:
        said = f"dropped: {task.drop_reason}"
    elif task.blocked_by:
        said += f", {condition_of(task, today)}"
    if task.wait_for and task.wait_until is not None:
        said += f", waits for {task.wait_for} until {near_day(task.wait_until, today)}"
    late = since_words(task, today)
    return f"{said}, late {late}" if late else said


def _day_of(instant: str | None, today: date) -> str:
    return f" since {near_day(date.fromisoformat(instant[:10]), today)}" if instant else ""


def _chain_lines(chain: Chain, facts: TaskFacts, width: int) -> list[Line]:
    """What the task waits for; Enter opens each."""
    lines: list[Line] = []
    for depth, task in chain:
        indent = "  " * (depth - 2) + "└ " if depth > 1 else ""
        held = held_up_by(task) if not task.blocked_by else ""
        words = f"{task.title}, {whose(task, facts.me)}, {when(task, facts.today)}"
        role: Role = "late" if task.overdue else "text"
        for part in wrapped(f"{words}, {held}" if held else words, max(width - 14 - len(indent), 16)):
            label = Span(left("" if lines else "waits for", 14), "dim")
            place = Place("task", task.key)
            lines.append(line(label, Span(indent + part, role), place=place, key=task.key))
            indent = " " * len(indent)
    return lines


def _due_rule(cockpit: "Cockpit", task: "Task") -> tuple[str, str, str]:
    """The rule of a task that the calendar asks for, why it gives that day, and where it stands."""
    day = task.original_due or task.due
    if day is None or task.calendar is None:
        return "", "", ""
    for occurrence in cockpit.rhythm(day, day):
        if occurrence.key == task.key:
            at = f":{occurrence.line}" if occurrence.line else ""
            return occurrence.rule, occurrence.reason, f"{occurrence.file}{at}"
    return "", "", ""
