"""`E` on a task: what it says, changed in place, a field by its letter; elsewhere the calendar's file."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cockpit.panes.lettered import lettered
from cockpit.panes.view import Choice
from cockpit.tui import changing, editing
from cockpit.tui.changing import Write
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_words

if TYPE_CHECKING:
    from cockpit.work import Task

FIELDS = (
    Choice("t", "title", "title"),
    Choice("o", "owner", "owner"),
    Choice("d", "due", "due"),
    Choice("s", "severity", "severity"),
    Choice("w", "workstream", "stream"),
    Choice("u", "ou", "OU"),
    Choice("g", "triage", "triage"),
    Choice("z", "wait", "wait"),
)
FUNCTION = Choice("f", "function", "function")
STEP = Choice("c", "step", "check step")
NEEDS = Choice("n", "needs", "needs")
RULE = Choice("r", "rule", "rule")


def edit(session: Session) -> None:
    """Pick the field of the tasks that changes; on an occurrence or elsewhere, edit the calendar."""
    keys = changing.task_keys(session)
    if not keys:
        editing.edit(session)
        return

    def prepare(tasks: "list[Task]", write: Write) -> None:
        session.choose("edit", _choices(tasks), lambda choice: _edit(session, choice.name, tasks, write))

    changing.on_tasks(session, prepare)


def _choices(tasks: "list[Task]") -> list[Choice]:
    """What of these tasks can be changed: an ask has a function, a task of the calendar its rule there."""
    choices = list(FIELDS)
    if any(task.triage is not None for task in tasks):
        choices.append(FUNCTION)
    if len(tasks) == 1 and tasks[0].checklist:
        choices.append(STEP)
    if all(task.calendar is None for task in tasks):
        choices.append(NEEDS)
    elif len(tasks) == 1:
        choices.append(RULE)
    return choices


def _edit(session: Session, field: str, tasks: "list[Task]", write: Write) -> None:
    special = {
        "owner": lambda: changing.assign(session),
        "due": lambda: changing.postpone(session),
        "rule": lambda: editing.edit(session),
        "wait": lambda: _wait(session, tasks, write),
        "step": lambda: _tick(session, tasks, write),
        "needs": lambda: _need(session, tasks, write),
        "triage": lambda: _triage(session, tasks, write),
    }
    if field in special:
        special[field]()
        return
    values = {getattr(task, field) or "" for task in tasks}

    def commit(text: str, prompt: Prompt) -> None:
        def change(task: "Task") -> Any:
            return session.cockpit.work.edit(task.key, {field: text}, seen_version=task.version)

        write(change, f"{field} changed", prompt)

    label = f"{field} of {changing.title_of(tasks)}:"
    prompt = ask_words(session, label, commit, values.pop() if len(values) == 1 else "")
    _complete_with(session, prompt, field)


def _complete_with(session: Session, prompt: Prompt, field: str) -> None:
    """Let Tab go through the values that other tasks have."""

    def known(values: list[str]) -> None:
        def complete(text: str, position: int) -> tuple[int, list[str]]:
            typed = text[:position].casefold()
            return 0, [value for value in values if value.casefold().startswith(typed)]

        prompt.complete = complete

    session.run("words", lambda: list(session.cockpit.work.filter_values().get(field, ())), known)


def _wait(session: Session, tasks: "list[Task]", write: Write) -> None:
    def ask_for(day: str, prompt: Prompt) -> None:
        def commit(words: str, second: Prompt) -> None:
            def change(task: "Task") -> Any:
                return session.cockpit.work.wait(task.key, day, words, seen_version=task.version)

            write(change, f"waits until {day}", second)

        ask_words(session, f"wait until {day}; for whom or what:", commit)

    changing.ask_day(
        session, f"{changing.title_of(tasks)} waits until which day (2026-12-01, +2bd):", ask_for
    )


def _tick(session: Session, tasks: "list[Task]", write: Write) -> None:
    task = tasks[0]
    if len(tasks) > 1 or not task.checklist:
        session.say("a step is checked on one task that has a checklist")
        return
    steps = list(task.checklist[:9])
    choices = [
        Choice(str(number), step, f"{'x ' if step in task.checked else ''}{step}")
        for number, step in enumerate(steps, 1)
    ]

    def tick(choice: Choice) -> None:
        def change(found: "Task") -> Any:
            ticked = choice.name not in found.checked
            return session.cockpit.work.tick(found.key, choice.name, ticked, seen_version=found.version)

        write(change, f"{choice.name}: {'unchecked' if choice.name in task.checked else 'checked'}")

    session.choose("check", choices, tick)


def _need(session: Session, tasks: "list[Task]", write: Write) -> None:
    def commit(text: str, prompt: Prompt) -> None:
        def change(task: "Task") -> Any:
            return session.cockpit.work.need(task.key, text.split(), seen_version=task.version)

        write(change, "needs changed", prompt)

    needs = " ".join(tasks[0].needs) if len(tasks) == 1 else ""
    ask_words(session, f"{changing.title_of(tasks)} needs these keys first:", commit, needs)


def _triage(session: Session, tasks: "list[Task]", write: Write) -> None:
    from cockpit.work.task import TRIAGE

    def change_with(to: str, **more: Any) -> Callable[["Task"], Any]:
        return lambda task: session.cockpit.work.triage(task.key, to, seen_version=task.version, **more)

    def chosen(choice: Choice) -> None:
        asked = {"assigned": ("owner", "to whom"), "transferred": ("function", "to which function"),
                 "declined": ("reason", "why")}.get(choice.name)  # fmt: skip
        if asked is None and all(task.function for task in tasks):
            write(change_with(choice.name), choice.name)
            return
        name, words = asked or ("function", "an ask of which function")

        def commit(text: str, prompt: Prompt) -> None:
            write(change_with(choice.name, **{name: text}), choice.name, prompt)

        ask_words(session, f"{choice.name} {changing.title_of(tasks)}; {words}:", commit)

    session.choose("triage", lettered(TRIAGE), chosen)
