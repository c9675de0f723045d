"""`m`: a text for those behind what is under the cursor or selected, copied or handed to mail, and noted.

Of tasks it asks their owners to go on; of figures, deals and agreements it asks those whose they are.
"""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cockpit.panes.view import Question
from cockpit.text.chase import addressee, asking_text, chasing_subject, chasing_text
from cockpit.tui.changing import task_keys
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_words

if TYPE_CHECKING:
    from cockpit.work import Task

COPYING = "copy the message (Tab: to mail); note on it:"
MAILING = "hand the message to mail (Tab: copy it); note on it:"


def message(session: Session) -> None:
    """Ask for the note that goes with the message; Enter sends both on their way."""
    keys = task_keys(session)
    if keys:
        session.run(
            "write",
            lambda: [session.cockpit.work.task(key) for key in keys],
            lambda tasks: _about_tasks(session, tasks),
        )
        return
    level, line = session.level, session.line()
    under = [line.key] if line is not None and line.key is not None else []
    questions = level.view.questions(level.data, sorted(level.selected) or under) if level.shows else ()
    if questions:
        _about_questions(session, questions)
    else:
        session.say("nobody is behind this line; m asks the owners of tasks, deals, agreements and figures")


def _about_tasks(session: Session, tasks: "list[Task]") -> None:
    def note(text: str) -> None:
        for task in tasks:
            session.cockpit.work.note(task.key, text)

    people = [addressee(task) for task in tasks]
    text = chasing_text(tasks, session.cockpit.today)
    _ask(session, people, chasing_subject(tasks), text, note)


def _about_questions(session: Session, questions: Sequence[Question]) -> None:
    def note(text: str) -> None:
        for one in questions:
            session.cockpit.store.add_note(one.subject, text)

    subject = questions[0].about if len(questions) == 1 else f"{len(questions)} questions"
    _ask(session, [one.person for one in questions], subject, asking_text(questions), note)


def _ask(
    session: Session, people: Sequence[str], subject: str, text: str, note: Callable[[str], None]
) -> None:
    def commit(words: str, prompt: Prompt) -> None:
        where = _sent(session, subject, text, to_mail=prompt.label == MAILING)
        session.level.selected.clear()
        if session.read_only or session.cockpit.read_only or not words.strip():
            session.say(where)
            return

        def job() -> None:
            with session.cockpit.store.together():
                note(words.strip())

        session.run("write", job, lambda _: session.say(f"{where}, noted on {len(people)}"))

    prompt = ask_words(session, COPYING, commit, f"asked {', '.join(dict.fromkeys(people))}")
    prompt.switch = lambda: MAILING if prompt.label == COPYING else COPYING


def _sent(session: Session, subject: str, text: str, *, to_mail: bool) -> str:
    """Hand the message over; returns where it went. Without a mail program here it is copied."""
    if to_mail and not os.environ.get("SSH_CONNECTION"):
        from urllib.parse import quote

        address = f"mailto:?subject={quote(subject)}&body={quote(text)}"
        if session.shell.open_address(address):
            return "handed to mail"
    return f"copied {session.shell.copy(text)}"
