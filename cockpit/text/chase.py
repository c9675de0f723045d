"""What to send to the owners of tasks: what is late, since when, what holds it up, what is asked of them."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from cockpit.panes.days import clock, full_day
from cockpit.panes.task_words import held_up_by

if TYPE_CHECKING:
    from cockpit.panes.view import Question
    from cockpit.work import Task


def chasing_text(tasks: "Sequence[Task]", today: date) -> str:
    """The text: a paragraph an owner, a task a line, under it what is asked.

    Args:
        tasks: what the owners are asked about.
        today: the calendar's day.
    """
    by_owner: dict[str, list[Task]] = {}
    for task in tasks:
        by_owner.setdefault(addressee(task), []).append(task)
    paragraphs = []
    for owner, theirs in by_owner.items():
        lines = [f"{owner}:"]
        for task in theirs:
            lines += [f"- {task.title}{_due(task, today)}", f"  {_asked(task)}"]
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs) + "\n"


def asking_text(questions: "Sequence[Question]") -> str:
    """The text about figures, deals and agreements: a paragraph a person, what is asked about a line each."""
    by_person: dict[str, list[str]] = {}
    for one in questions:
        by_person.setdefault(one.person, []).append(f"- {one.about}")
    asked = "What is behind it, what follows, and by when?"
    return "\n\n".join("\n".join((f"{who}:", *lines, asked)) for who, lines in by_person.items()) + "\n"


def chasing_subject(tasks: "Sequence[Task]") -> str:
    """The subject of a mail with that text."""
    late = sum(task.overdue for task in tasks)
    if len(tasks) == 1:
        return tasks[0].title
    return f"{len(tasks)} tasks, {late} late" if late else f"{len(tasks)} tasks"


def addressee(task: "Task") -> str:
    """Who is asked: the owner, else the role."""
    return task.owner or task.owner_role or "nobody yet"


def _due(task: "Task", today: date) -> str:
    if task.due is None:
        return ""
    text = f", due {full_day(task.due)}" + (f" {clock(task.at)}" if task.at else "")
    left = task.business_days_left
    if task.overdue:
        days = -left if left is not None else (today - task.due).days
        unit = "business day" if left is not None else "day"
        text += f", {days} {unit}{'s' if days != 1 else ''} late"
    return text


def _asked(task: "Task") -> str:
    """What the owner shall do next."""
    held = held_up_by(task)
    if task.block_reason:
        return f"It is {held}. What frees it, and by when?"
    if task.blocked_by:
        return f"It {held} first. Who moves that, and by when?"
    if task.owner is None:
        return "Nobody has it yet: please take it, or say who should."
    rule = task.evidence_rule
    proof = (rule.get("prompt") or rule.get("kind")) if rule else None
    asked = "Please finish it, or say by when" if task.status == "in_progress" else "Please say by when"
    return f"{asked}; what is asked as evidence: {proof}." if proof else f"{asked}."
