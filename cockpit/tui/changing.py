"""Capitals: the keys that change the store, each through a one-line prompt where words are needed."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cockpit.panes.days import full_day
from cockpit.panes.lines import fit
from cockpit.tui.moving import step
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.session import Session

if TYPE_CHECKING:
    from cockpit.panes.agreement_list import AgreementsView
    from cockpit.work import Task, Work


TITLE_WIDTH = 24
"""Cells of a task's title in a question about it; the rest is for what is asked."""
EVIDENCE_WORDS = {
    "link": "a link",
    "file": "a file",
    "number": "a number",
    "note": "a note",
    "signoff": "signed off by another person",
}
"""What each kind of evidence is, in words; kinds that nobody listed go by their own name."""


def select(session: Session) -> None:
    """Select the line, or no longer; the cursor goes on."""
    line = session.line()
    if line is None or line.key is None:
        session.say("this line cannot be selected")
        return
    selected = session.level.selected
    if line.key in selected:
        selected.discard(line.key)
    else:
        selected.add(line.key)
    step(session, 1)
    session.shell.redraw()


def task_keys(session: Session) -> list[str]:
    """The tasks that a capital is about: the selected ones, else the one under the cursor or shown."""
    level, line = session.level, session.line()
    if level.selected:
        return sorted(level.selected)
    if line is not None and line.place is not None and line.place.kind == "task":
        return [line.place.name]
    subject = level.view.subject(level.data, line) if level.shows else None
    return [subject] if subject is not None and level.view.name == "tasks" else []


def refused(session: Session) -> bool:
    """Whether nothing can be changed; says so."""
    if session.read_only or session.cockpit.read_only:
        session.say("opened read-only: nothing can be changed")
        return True
    return False


def _changed(session: Session, words: str) -> None:
    session.level.selected.clear()
    session.mark_stale()
    session.reload()
    session.say(words)


def on_tasks(
    session: Session,
    prepare: Callable[["list[Task]", Callable[[Callable[["Task"], Any], str], None]], None],
) -> None:
    """Look up the tasks, let `prepare` ask for words, and change them all as one change.

    The versions that were looked up go along, so that nobody's change in between is overwritten.
    """
    if refused(session):
        return
    keys = task_keys(session)
    if not keys:
        session.say("there is no task under the cursor")
        return

    def write(change: Callable[["Task"], Any], words: str) -> None:
        def job() -> None:
            with session.cockpit.store.together():
                for task in tasks_found:
                    change(task)

        count = f" ({len(tasks_found)} tasks)" if len(tasks_found) > 1 else ""
        session.run("write", job, lambda _: _changed(session, words + count))

    tasks_found: list[Task] = []

    def looked_up(tasks: "list[Task]") -> None:
        tasks_found.extend(tasks)
        prepare(tasks, write)

    session.run("write", lambda: [session.cockpit.work.task(key) for key in keys], looked_up)


def _title(tasks: "list[Task]") -> str:
    return fit(tasks[0].title, TITLE_WIDTH) if len(tasks) == 1 else f"{len(tasks)} tasks"


def _asking(
    session: Session, verb: str, words: str, change: Callable[["Work", "Task", str], Any], said: str
) -> None:
    """A change that needs one line of words."""

    def prepare(tasks: "list[Task]", write: Callable[[Callable[["Task"], Any], str], None]) -> None:
        session.ask(
            f"{verb} {_title(tasks)}; {words}:",
            lambda text: write(lambda task: change(session.cockpit.work, task, text), said),
        )

    on_tasks(session, prepare)


def assign(session: Session) -> None:
    """Give the tasks to somebody."""

    def change(work: "Work", task: "Task", text: str) -> Any:
        return work.assign(task.key, text, seen_version=task.version)

    _asking(session, "assign", "to", change, "assigned")


def block(session: Session) -> None:
    """Blocked, and why."""

    def change(work: "Work", task: "Task", text: str) -> Any:
        return work.block(task.key, text, seen_version=task.version)

    _asking(session, "block", "why", change, "blocked")


def drop(session: Session) -> None:
    """Dropped, and why."""

    def change(work: "Work", task: "Task", text: str) -> Any:
        return work.drop(task.key, text, seen_version=task.version)

    _asking(session, "drop", "why", change, "dropped")


def claim(session: Session) -> None:
    """Claim; what is claimed already is started."""

    def change(task: "Task") -> Any:
        work = session.cockpit.work
        act = work.start if task.status in ("claimed", "blocked") else work.claim
        return act(task.key, seen_version=task.version)

    on_tasks(session, lambda tasks, write: write(change, "claimed" if len(tasks) > 1 else _claimed(tasks[0])))


def _claimed(task: "Task") -> str:
    return "started" if task.status in ("claimed", "blocked") else "claimed"


def done(session: Session) -> None:
    """Done, with the evidence."""

    def prepare(tasks: "list[Task]", write: Callable[[Callable[["Task"], Any], str], None]) -> None:
        words = asked_evidence(tasks)
        session.ask(
            f"done {_title(tasks)}; {words}:",
            lambda text: write(
                lambda task: session.cockpit.work.done(
                    task.key, text.strip() or None, seen_version=task.version
                ),
                "done" if text.strip() else "done without evidence",
            ),
        )

    on_tasks(session, prepare)


def asked_evidence(tasks: "list[Task]") -> str:
    """What the tasks ask to be shown, in words: "The call in one line (a note)"; never the rule itself."""
    rules = {_rule_words(task.evidence_rule) for task in tasks}
    return rules.pop() if len(rules) == 1 else "evidence"


def _rule_words(rule: "Mapping[str, Any] | None") -> str:
    if not rule:
        return "evidence, or nothing"
    kind = str(rule.get("kind") or "evidence")
    words = EVIDENCE_WORDS.get(kind, kind)
    if rule.get("pass"):
        words += f" {rule['pass']}"
    return f"{rule['prompt']} ({words})" if rule.get("prompt") else words


def reopen(session: Session) -> None:
    """Open again what was finished."""
    on_tasks(
        session,
        lambda tasks, write: write(
            lambda task: session.cockpit.work.reopen(task.key, seen_version=task.version), "reopened"
        ),
    )


def postpone(session: Session) -> None:
    """To another day, and why: two lines, one after the other; a finding is kept quiet until that day."""
    if _snoozed(session):
        return

    def prepare(tasks: "list[Task]", write: Callable[[Callable[["Task"], Any], str], None]) -> None:
        def ask_reason(day: str) -> None:
            session.ask(
                f"postpone to {day.strip()}; why:",
                lambda reason: write(
                    lambda task: session.cockpit.work.move(
                        task.key, day.strip(), reason, seen_version=task.version
                    ),
                    f"postponed to {day.strip()}",
                ),
            )

        session.ask(f"postpone {_title(tasks)}; to which day (2026-12-01, +2bd):", ask_reason)

    on_tasks(session, prepare)


def _snoozed(session: Session) -> bool:
    """Ask until when and why the finding under the cursor is kept quiet; False where there is none."""
    level, line = session.level, session.line()
    key = level.view.finding(level.data, line) if level.shows else None
    if key is None:
        return False
    if refused(session):
        return True

    def ask_reason(text: str) -> None:
        from cockpit.core.findings.snooze import day_of, snooze

        day = day_of(session.cockpit, text)
        session.ask(
            f"quiet until {full_day(day)}; why:",
            lambda reason: session.run(
                "write",
                lambda: snooze(session.cockpit, key, reason, day),
                lambda _: _changed(session, f"quiet until {full_day(day)}; U takes it back"),
            ),
        )

    session.ask("quiet until which day (2026-12-01, +5bd, empty for a week):", ask_reason)
    return True


def note(session: Session) -> None:
    """A note on what is under the cursor: a task, a figure, a deal."""
    if refused(session):
        return
    level, line = session.level, session.line()
    subject = level.view.subject(level.data, line) if level.shows else None
    if subject is None and line is not None and line.place is not None and line.place.kind == "task":
        subject = line.place.name
    if subject is None:
        session.say("there is nothing here to write a note on")
        return

    def write(text: str) -> None:
        if text.strip():
            session.run(
                "write",
                lambda: session.cockpit.store.add_note(subject, text.strip()),
                lambda _: _changed(session, "noted"),
            )

    session.ask(f"note on {subject}:", write)


def _add_for_agreements(session: Session, view: "AgreementsView") -> None:
    """A task for each selected agreement, else for the one under the cursor."""
    level, line = session.level, session.line()
    keys = sorted(level.selected) or ([line.key] if line is not None and line.key is not None else [])
    if not keys:
        session.say("there is no agreement under the cursor")
        return
    data, count = level.data, f"{len(keys)} agreement{'s' if len(keys) > 1 else ''}"

    def write(_: str) -> None:
        session.run(
            "write",
            lambda: view.add_tasks(session.cockpit, data, keys),
            lambda tasks: _changed(
                session, f"{len(tasks)} tasks added" if tasks else "each has an unfinished task already"
            ),
        )

    session.ask(f"a task for each of {count}; Enter makes them:", write)


def add(session: Session) -> None:
    """A new task: its title, then when it is due; in a list of agreements one for each of them."""
    from cockpit.panes.agreement_list import AgreementsView

    if refused(session):
        return
    if session.level.shows and isinstance(session.level.view, AgreementsView):
        _add_for_agreements(session, session.level.view)
        return

    def ask_due(title: str) -> None:
        if not title.strip():
            session.say("a task needs a title")
            return
        session.ask(
            f"{title.strip()}; due (2026-12-01, +2bd, empty for none):",
            lambda due: session.run(
                "write",
                lambda: session.cockpit.work.add(title.strip(), owner="me", due=due.strip() or None),
                lambda task: _changed(session, f"added {task.key}"),
            ),
        )

    session.ask("new task:", ask_due)


def undo(session: Session) -> None:
    """One's own last changes; Enter takes one back together with the later ones, or does one again."""
    if refused(session):
        return

    def listed(changes: list[str]) -> None:
        entries = []
        for position, words in enumerate(changes):
            later = f"and the {position} after it" if position else ""
            entries.append(Entry(words, later, position + 1, mark="undo"))
        entries.append(Entry("what was undone last", "do it again", 0, mark="redo"))
        session.pick(Picker("Your last changes", entries, lambda entry: _undo(session, entry.target)))

    session.run("write", lambda: list(session.cockpit.work.undoable()), listed)


def _undo(session: Session, count: int) -> None:
    def job() -> None:
        work = session.cockpit.work
        if count == 0:
            work.redo()
        for _ in range(count):
            work.undo()

    session.run("write", job, lambda _: _changed(session, "undone" if count else "done again"))
