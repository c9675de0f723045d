"""FastStart as lines: gates with their figures, shares against the plan, people who pass or miss."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from cockpit.panes.days import day_and_month, near_day
from cockpit.panes.faststart_facts import TO_COME, WORKSTREAM
from cockpit.panes.faststart_gates import GateFacts
from cockpit.panes.formats import plural
from cockpit.panes.lines import Line, Role, Span, cells, fit, left, right
from cockpit.panes.place import Place
from cockpit.panes.task_facts import TaskFacts
from cockpit.panes.task_lines import TaskColumns, task_line

if TYPE_CHECKING:
    from cockpit.fiscal import BusinessDays
    from cockpit.work.gate_people import GateResult, Standing, State
    from cockpit.work.gates import Gate
    from cockpit.work.readiness import Share
    from cockpit.work.task import Task

GATE = "gate:"
"""Before a gate's id where a place of the view leads to it."""
STATE_ROLES: "dict[State, Role]" = {"missed": "late", "passed": "dim", "unknown": "dim", "open": "text"}


def _gate_place(identity: str) -> Place:
    """Where Enter on a gate leads."""
    return Place("view", "faststart", where=GATE + identity)


def due_label(gate: "Gate") -> str:
    """The due rule in short: "BD20", "FY-30"."""
    text = gate.due
    if text.startswith("day 1 of year"):
        return "FY" + text.removeprefix("day 1 of year").replace(" ", "").removesuffix("d")
    return text.removesuffix(" of year").removesuffix(" of the year")


def needed_words(gate: "Gate") -> str:
    """The share that must pass: "all", "95 %"."""
    return "all" if gate.threshold >= 1 else f"{gate.threshold * 100:g} %"


def figure_words(result: "GateResult") -> str:
    """How many pass: "38 of 40"; "" where it cannot be said."""
    return "" if result.reason else f"{result.passed:,} of {result.total:,}"


def state_words(result: "GateResult", business: "BusinessDays | None") -> str:
    """How the gate stands to its day: "passed", "8 BD left", "missed by 3 BD", "due today"."""
    if result.reason:
        return result.reason
    if result.state == "passed":
        return "passed"
    if result.due is None:
        return "no day: no holidays listed"
    if result.due == result.today:
        return "due today"
    return _distance(result.due, result.today, business)


def gate_line(facts: GateFacts, width: int, business: "BusinessDays | None") -> Line:
    """A gate: a mark where it is missed, its day, what must hold, how many do, how it stands."""
    result = facts.result
    role = STATE_ROLES[result.state]
    mark = "! " if result.state == "missed" else "  "
    label = left(due_label(result.gate), 6)
    day = ""
    if width >= 64 and result.due is not None:
        day = left(day_and_month(result.due) if width >= 100 else near_day(result.due, result.today), 12)
    room = width - len(mark) - cells(label) - cells(day)
    words = _gate_words(facts, business, room - cells(result.gate.title) - 2)
    title = fit(result.gate.title, max(room - cells(words) - 2, room // 3))
    rest = max(room - cells(title), 0)
    spans = (
        Span(mark + label, role),
        Span(day, "dim" if role == "dim" else "text"),
        Span(title, "dim" if role == "dim" else "text"),
        Span(right(fit(words, max(rest - 2, 0)), rest), role),
    )
    copied = (result.gate.id, str(result.due or ""), str(result.passed), str(result.total), result.state)
    return Line(spans, _gate_place(result.gate.id), f"gate:{result.gate.id}", copied).fitted(width)


def _gate_words(facts: GateFacts, business: "BusinessDays | None", room: int) -> str:
    """How many pass, which share, how it stands to its day, how many tasks are open: what has room."""
    result = facts.result
    state = state_words(result, business)
    if result.reason:
        return state
    figure = figure_words(result)
    needs = f" of {needed_words(result.gate)}" if result.gate.threshold < 1 else ""
    open_tasks = f", {plural(len(facts.tasks), 'task')} open" if facts.tasks else ""
    full = "   ".join((figure, _percent(result) + needs, state + open_tasks))
    for words in (full, "   ".join((figure, state + open_tasks)), "   ".join((figure, state))):
        if cells(words) <= room:
            return words
    return f"{figure}  {state}"


def share_line(share: "Share", width: int, name_width: int) -> Line:
    """A group: its share done against what should be, as a bar and in words, and what is late.

    The bar: what is done, what should be done and is not, what is still to come.
    """
    should = f"{_part(share.should, share.total)} due"
    short = f"{_part(share.done, share.total)} done, {should}"
    counts = f"{share.done:,} of {share.total:,}"
    late = f"{share.late} late" if share.late else ""
    words = short + (f"   {late}" if late else "")
    if width >= 76:
        words = f"{counts:>9}   {short:<23}{late:>8}"
    bar_width = max(min(width - name_width - cells(words) - 4, 40), 0)
    spans = (
        Span(left(share.name, name_width) + " ", "text"),
        *_bar_spans(share, bar_width),
        Span(right(words, max(width - name_width - bar_width - 1, 0)), "late" if late else "dim"),
    )
    copied = (share.name, str(share.done), str(share.total), str(share.should), str(share.late))
    return Line(spans, Place("view", "tasks", where=_filter_of(share)), f"share:{share.name}", copied).fitted(
        width
    )


def _bar_spans(share: "Share", width: int) -> tuple[Span, ...]:
    """Done, due but not done, and to come, in proportion."""
    total = max(share.total, 1)
    done = min(round(share.done / total * width), width)
    should = max(min(round(share.should / total * width), width) - done, 0)
    rest = width - done - should
    return Span("█" * done, "bar"), Span("░" * should, "late"), Span("·" * rest, "bar_rest")


def _filter_of(share: "Share") -> str:
    """The task list that a group leads to."""
    words = [f"workstream:{share.workstream or WORKSTREAM}"]
    if share.person:
        words.append(f'owner:"{share.person}"')
    elif share.role:
        words.append(f"role:{share.role}")
    return " ".join([*words, "all"])


def standing_columns(people: "Sequence[Standing]", width: int) -> tuple[int, int, int, int]:
    """Cells for name, manager, status, and what is missing."""
    sample = people[:200]
    name = min(max((cells(one.name) for one in sample), default=8), max(width // 3, 8))
    manager = min(max((cells(one.manager or "") for one in sample), default=0), width // 5)
    status = min(max((cells(one.status) for one in sample), default=0), width // 5) if width >= 60 else 0
    return name, manager, status, max(width - name - manager - status - 8, 0)


def standing_line(one: "Standing", columns: tuple[int, int, int, int], place: Place | None = None) -> Line:
    """One of a gate's people: a mark, the name, the manager, the status, what is missing."""
    name, manager, status, missing = columns
    words = "; ".join(one.missing) if one.missing else "passes"
    role: Role = "dim" if one.passed else "text"
    spans = (
        Span("  " if one.passed else "! ", role if one.passed else "late"),
        Span(left(one.name, name) + "  ", role),
        Span(left(one.manager or "", manager) + "  ", "dim"),
        Span(left(one.status, status) + "  ", "dim"),
        Span(left(words, missing), role),
    )
    copied = (one.name, one.manager or "", one.status, "; ".join(one.missing))
    return Line(spans, place, f"person:{one.key}", copied)


def season_task_line(task: "Task", facts: TaskFacts, columns: TaskColumns) -> Line:
    """A task; one that is not made yet leads to its occurrence in the calendar."""
    made = task_line(task, facts, columns)
    return made if task.version != TO_COME else replace(made, place=Place("occurrence", task.key))


def _percent(result: "GateResult") -> str:
    share = result.share
    if share is None:
        return ""
    floored = int(share * 1000) / 10
    return f"{floored:.1f} %"


def _part(count: int, total: int) -> str:
    """A share in whole per cent; 100 % only when nothing is left, 0 % only when there is nothing."""
    if not total or count in (0, total):
        return "100 %" if total and count else "0 %"
    return f"{min(max(round(count * 100 / total), 1), 99)} %"


def _distance(due: date, today: date, business: "BusinessDays | None") -> str:
    """How far off a day is; without holiday lists in calendar days."""
    ahead = due > today
    first, last = (today, due) if ahead else (due, today)
    if business is not None and business.covers(first) and business.covers(last):
        count = business.count(first, last) - business.is_business_day(first)
        unit = "BD"
    else:
        count, unit = (last - first).days, "d"
    return f"{count} {unit} left" if ahead else f"missed by {count} {unit}"
