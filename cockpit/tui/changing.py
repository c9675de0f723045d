"""Capitals: the keys that change the store, each through a one-line prompt where words are needed."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import UsageError
from cockpit.panes.days import full_day
from cockpit.panes.formats import plural
from cockpit.panes.lines import fit
from cockpit.tui.moving import step
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_again, ask_words, attempt

if TYPE_CHECKING:
    from cockpit.panes.agreement_list import AgreementsView
    from cockpit.work import Task, Work

TITLE_WIDTH = 24
"""Cells of a task's title in a question about it; the rest is for what is asked."""
SAID_WIDTH = 40
"""Cells of a task's title in what is said once it was changed."""
EVIDENCE_WORDS = {
    "link": "a link",
    "file": "a file",
    "number": "a number",
    "note": "a note",
    "signoff": "signed off by another person",
}
"""What each kind of evidence is, in words; kinds that nobody listed go by their own name."""


def select(session: Session) -> None:
    """Select the line, or all lines of a group from its title; again: no longer. The cursor goes on."""
    line = session.line()
    if line is None or line.key is None:
        session.say("this line cannot be selected")
        return
    level = session.level
    keys = set(level.view.members(level.data, line))
    if keys <= level.selected:
        level.selected -= keys
    else:
        level.selected |= keys
    step(session, 1)
    session.shell.redraw()


def task_keys(session: Session) -> list[str]:
    """The tasks that a capital is about: the selected ones, else the one under the cursor or shown."""
    level, line = session.level, session.line()
    on_tasks = level.view.name == "tasks" or (
        line is not None and line.place is not None and line.place.kind in ("task", "group")
    )
    if level.selected:
        return sorted(level.selected) if on_tasks else []
    if line is not None and line.place is not None and line.place.kind == "task":
        return [line.place.name]
    if line is not None and line.place is not None and line.place.kind == "group":
        return sorted(level.view.members(level.data, line))
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


Write = Callable[..., None]
"""Makes a change of each task: the change, what is said afterwards, and the prompt it was typed into."""


def on_tasks(session: Session, prepare: "Callable[[list[Task], Write], None]") -> None:
    """Look up the tasks, let `prepare` ask for words, and change them all as one change.

    The versions that were looked up go along, so that nobody's change in between is overwritten; where
    somebody changed the same field first, the user chooses whose stays. What is refused is asked again.
    """
    if refused(session):
        return
    keys = task_keys(session)
    if not keys:
        session.say("there is no task under the cursor")
        return
    tasks_found: list[Task] = []

    def look_up() -> "list[Task]":
        return [session.cockpit.work.task(key) for key in keys]

    def write(change: Callable[["Task"], Any], words: str, prompt: Prompt | None = None) -> None:
        def job() -> None:
            with session.cockpit.store.together():
                for task in tasks_found:
                    change(task)

        def again() -> None:
            session.run("write", look_up, with_newer_versions)

        def with_newer_versions(tasks: "list[Task]") -> None:
            tasks_found[:] = tasks
            write(change, words, prompt)

        said = words + _what_changed(tasks_found, session.keymap.words("undo"))
        attempt(session, job, lambda _: _changed(session, said), prompt, again)

    def looked_up(tasks: "list[Task]") -> None:
        tasks_found.extend(tasks)
        prepare(tasks, write)

    session.run("write", look_up, looked_up)


def _what_changed(tasks: "list[Task]", undo: str) -> str:
    """What is said behind a change: of one task its title, of several how many; and what takes it back."""
    what = f": {fit(tasks[0].title, SAID_WIDTH)}" if len(tasks) == 1 else f" ({len(tasks)} tasks)"
    return f"{what}; {undo} takes it back" if undo else what


def title_of(tasks: "list[Task]") -> str:
    """What a question calls the tasks that it is about."""
    return fit(tasks[0].title, TITLE_WIDTH) if len(tasks) == 1 else f"{len(tasks)} tasks"


def _asking(
    session: Session, verb: str, words: str, change: Callable[["Work", "Task", str], Any], said: str
) -> None:
    """A change that needs one line of words."""

    def prepare(tasks: "list[Task]", write: Write) -> None:
        ask_words(
            session,
            f"{verb} {title_of(tasks)}; {words}:",
            lambda text, prompt: write(lambda task: change(session.cockpit.work, task, text), said, prompt),
        )

    on_tasks(session, prepare)


def assign(session: Session) -> None:
    """Give the tasks to somebody; Tab completes the names that are known, and a new one is said to be new."""
    work = session.cockpit.work

    def prepare(tasks: "list[Task]", write: Write) -> None:
        def known() -> list[str]:
            return [name for name in work.filter_values()["owner"] if name != "none"]

        def commit(text: str, prompt: Prompt) -> None:
            def change(task: "Task") -> Any:
                return work.assign(task.key, text, seen_version=task.version)

            write(change, _assigned_words(work, text.strip(), known()), prompt)

        def complete(text: str, position: int) -> tuple[int, Sequence[str]]:
            begun = text[:position].casefold()
            return 0, [name for name in known() if name.casefold().startswith(begun)]

        ask_words(session, f"assign {title_of(tasks)}; to (Tab completes):", commit).complete = complete

    on_tasks(session, prepare)


def _assigned_words(work: "Work", text: str, known: Sequence[str]) -> str:
    """To whom it was assigned, as the task has it; a name that nobody has had yet may be mistyped."""
    folded = text.casefold()
    named = work.people.named(text)
    owner = named.owner_name if named is not None else "you" if folded == "me" else text
    is_new = named is None and folded not in {name.casefold() for name in known}
    return f"assigned to {owner}{', who is new here' if is_new else ''}"


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

    def prepare(tasks: "list[Task]", write: Write) -> None:
        def commit(text: str, prompt: Prompt) -> None:
            given = text.strip() or None

            def change(task: "Task") -> Any:
                return session.cockpit.work.done(task.key, given, seen_version=task.version)

            write(change, "done" if given else "done without evidence", prompt)

        ask_words(session, f"done {title_of(tasks)}; {asked_evidence(tasks)}:", commit)

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

    def prepare(tasks: "list[Task]", write: Write) -> None:
        def ask_reason(day: str, _: Prompt) -> None:
            def commit(reason: str, prompt: Prompt) -> None:
                def change(task: "Task") -> Any:
                    return session.cockpit.work.move(task.key, day, reason, seen_version=task.version)

                write(change, f"postponed to {day}", prompt)

            ask_words(session, f"postpone to {day}; why:", commit)

        ask_day(session, f"postpone {title_of(tasks)}; to which day (2026-12-01, +2bd):", ask_reason)

    on_tasks(session, prepare)


def ask_day(session: Session, label: str, then: Callable[[str, Prompt], None]) -> None:
    """Ask for a day; what is none is asked again. `then` gets the day as 2026-12-04."""

    def commit(text: str, prompt: Prompt) -> None:
        try:
            day = session.cockpit.work.day(text)
        except UsageError as error:
            ask_again(session, prompt, error)
        else:
            then(day.isoformat(), prompt)

    ask_words(session, label, commit)


def _snoozed(session: Session) -> bool:
    """Ask until when and why the finding under the cursor is kept quiet; False where there is none."""
    level, line = session.level, session.line()
    key = level.view.finding(level.data, line) if level.shows else None
    if key is None:
        return False
    if refused(session):
        return True

    def ask_reason(text: str, prompt: Prompt) -> None:
        from cockpit.core.findings.snooze import day_of, snooze

        try:
            day = day_of(session.cockpit, text)
        except UsageError as error:
            ask_again(session, prompt, error)
            return
        ask_words(
            session,
            f"quiet until {full_day(day)}; why:",
            lambda reason, prompt: attempt(
                session,
                lambda: snooze(session.cockpit, key, reason, day),
                lambda _: _changed(session, f"quiet until {full_day(day)}; U takes it back"),
                prompt,
            ),
        )

    ask_words(session, "quiet until which day (2026-12-01, +5bd, empty for a week):", ask_reason)
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
    data, view_of_tasks = level.data, session.keymap.words("view_tasks")

    def write(_: str) -> None:
        session.run(
            "write",
            lambda: view.add_tasks(session.cockpit, data, keys),
            lambda tasks: _changed(
                session, added(tasks, len(keys), session.keymap.words("undo"), view_of_tasks)
            ),
        )

    question = f"a task for each of {len(keys)} agreements; Enter makes them:"
    if len(keys) == 1:
        question = f"a task for {keys[0].removeprefix('agreement:').rpartition(':')[0]}; Enter makes it:"
    session.ask(question, write)


def added(tasks: "list[Task]", asked: int, undo: str, view: str) -> str:
    """What is said of tasks made of so many agreements: how many, where, and what had one already."""
    if not tasks:
        return "it has an unfinished task already" if asked == 1 else "each has an unfinished task already"
    left = asked - len(tasks)
    had = f", {left:,} had one already" if left else ""
    day = f", due {full_day(tasks[0].due)}" if len(tasks) == 1 and tasks[0].due is not None else ""
    shown = f"; {view} shows {'it' if len(tasks) == 1 else 'them'}" if view else ""
    taken_back = f", {undo} takes {'it' if len(tasks) == 1 else 'them'} back" if undo else ""
    return f"{plural(len(tasks), 'task')} added{day}{had}{shown}{taken_back}"


def add(session: Session) -> None:
    """A new task: its title, then when it is due; in a list of agreements one for each of them."""
    from cockpit.panes.agreement_list import AgreementsView

    if refused(session):
        return
    if session.level.shows and isinstance(session.level.view, AgreementsView):
        _add_for_agreements(session, session.level.view)
        return

    def ask_due(title: str, prompt: Prompt) -> None:
        if not title.strip():
            prompt.refuse("a task needs a title")
            session.state.prompt = prompt
            return

        def commit(due: str, second: Prompt) -> None:
            attempt(
                session,
                lambda: session.cockpit.work.add(title.strip(), owner="me", due=due.strip() or None),
                lambda task: _changed(session, f"added {task.key}"),
                second,
            )

        ask_words(session, f"{title.strip()}; due (2026-12-01, +2bd, empty for none):", commit)

    ask_words(session, "new task:", ask_due)


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
