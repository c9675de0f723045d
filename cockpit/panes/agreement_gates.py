"""The timeline of an agreement: the gates from T-18 months to T+90 days, and how each was passed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cockpit.panes.days import full_day, month_day
from cockpit.panes.lines import Line, Role, Span, cells, left, line
from cockpit.panes.place import Place
from cockpit.panes.task_words import when

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work import Task

TABLE = "agreements"
BEFORE, AFTER = timedelta(days=600), timedelta(days=120)
"""How far around its due date an agreement has gates."""
NARROW = 60
"""Below this width days are written without their weekday, and words only where they can be read."""
LEAST_WORDS = 12
"""Cells below which the words of a gate say nothing."""
OFFSET = re.compile(r"^T([+-]\S+)?\s+")
"""The offset at the front of a gate's title."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate of an agreement.

    Attributes:
        offset: the rule by which it is due, such as "T-120d".
        due: the day.
        title: what is to be done.
        owner: whose it is: a person, else a role.
        task: its task, or None where nobody was asked for it.
        done_on: the day on which the task was finished, or None.
    """

    offset: str
    due: date
    title: str
    owner: str
    task: "Task | None" = None
    done_on: date | None = None


def finished_days(cockpit: "Cockpit", keys: Sequence[str]) -> dict[str, date]:
    """The day on which each of those tasks was finished, where it is, in the calendar's time zone."""
    zone = cockpit.fiscal.zone
    return {key: at.astimezone(zone).date() for key, at in cockpit.work.finished_at(keys).items()}


def load_gates(
    cockpit: "Cockpit", row: dict[str, Any], tasks: "Sequence[Task]", done_on: Mapping[str, date]
) -> tuple[Gate, ...]:
    """The gates of an agreement in time order: those that have a task, and those that the calendar knows.

    Args:
        cockpit: whose calendar it is.
        row: the agreement.
        tasks: what hangs from it.
        done_on: the day on which each of the tasks was finished, as `finished_days` tells.
    """
    due = row.get("expires_date") or row.get("due_date")
    if due is None:
        return ()
    actions = [action for action in cockpit.calendar.actions if _hangs(action)]
    rules = {action.id: action.rule_text for action in actions}
    found = {
        gate: Gate(
            rules.get(gate, ""),
            day,
            task.title,
            task.owner or task.owner_role or "",
            task,
            done_on.get(task.key),
        )
        for task in tasks
        if task.calendar is not None and (day := task.original_due or task.due) is not None
        for gate in (task.key.split("/")[1],)
    }
    for gate, one in _planned(cockpit, actions, row, due).items():
        found.setdefault(gate, Gate(rules[gate], one.date, one.title, one.owner_role or ""))
    return tuple(sorted(found.values(), key=lambda gate: (gate.due, gate.offset)))


def _hangs(action: Any) -> bool:
    return action.for_each is not None and action.for_each.source == TABLE


def _planned(cockpit: "Cockpit", actions: Sequence[Any], row: dict[str, Any], due: date) -> dict[str, Any]:
    """By action, its occurrence for this agreement, whether or not the action is meant for it."""
    from cockpit.rhythm import Anchor

    identity = str(row["agreement_id"])
    anchors = {
        action.for_each.anchor_set: [Anchor(action.for_each.anchor_set, identity, due, due, "")]
        for action in actions
    }
    wanted = {action.id for action in actions}
    found = cockpit.calendar.occurrences(due - BEFORE, due + AFTER, anchors=anchors)
    return {one.event: one for one in found if one.event in wanted}


def gate_lines(gates: Sequence[Gate], today: date, settled: date | None, width: int) -> list[Line]:
    """A line a gate: when, how it was passed, what is asked, whose, and the evidence.

    Args:
        gates: in time order.
        today: the calendar's day.
        settled: the day on which the agreement was renewed, extended or ended, or None.
        width: cells.
    """
    lines = []
    narrow = width < NARROW
    state_width = max((cells(_state(gate, today, settled)[0]) for gate in gates), default=8)
    owner_width = 20 if width >= 100 else 0
    day_width = 12 if narrow else 18
    for gate in gates:
        state, role = _state(gate, today, settled)
        quiet: Role = "dim" if gate.task is None else "text"
        room = max(width - 8 - day_width - state_width - owner_width - 2, 8)
        title = gate.title.split(": ", 1)[-1]
        if narrow:  # the offset stands in front of it already
            title = OFFSET.sub("", title)
        evidence = gate.task.evidence if gate.task is not None else None
        words = f"{title}; {evidence}" if evidence else title
        day = f"{month_day(gate.due)} {gate.due.year}" if narrow else full_day(gate.due)
        spans = [
            Span(left(gate.offset, 8), "strong" if role == "late" else quiet),
            Span(left(day, day_width - 1) + " ", quiet),
            Span(left(state, state_width) + "  ", role),
            Span("" if narrow and room < LEAST_WORDS else left(words, room), quiet),
            Span(left(gate.owner, owner_width), "dim"),
        ]
        key = gate.task.key if gate.task is not None else f"gate:{gate.offset}"
        place = Place("task", gate.task.key) if gate.task is not None else None
        copied = (gate.offset, gate.due.isoformat(), state, title, gate.owner, evidence or "")
        lines.append(Line(tuple(spans), place, key, copied))
    return lines or [line(Span("No gates: no action of the calendar hangs from agreements.", "dim"))]


def _state(gate: Gate, today: date, settled: date | None) -> tuple[str, Role]:
    """How a gate was passed, and what that means."""
    task = gate.task
    if task is None:
        if settled is not None and settled <= gate.due:
            return "settled before", "dim"
        return ("no task", "dim") if gate.due < today else ("to come", "dim")
    if task.finished:
        if task.status == "dropped":
            return "dropped", "dim"
        words = "done" if task.status == "done" else "done, no evidence"
        late = (gate.done_on - gate.due).days if gate.done_on is not None else 0
        return (f"{words} {late} d late", "warn") if late > 0 else (words, "good")
    return when(task, today), "late" if task.overdue else "text"
