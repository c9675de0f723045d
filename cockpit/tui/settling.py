"""Changes that did not go through: what was refused is asked again, of two people's changes one is chosen."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cockpit.base.clean import clean
from cockpit.base.problems import UsageError
from cockpit.panes.days import moment
from cockpit.tui.background import Outcome
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.problem_words import in_a_line
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.work.history import DERIVED

if TYPE_CHECKING:
    from cockpit.store import ChangeConflict


def ask_words(session: Session, label: str, commit: Callable[[str, Prompt], None], text: str = "") -> Prompt:
    """Ask for one line; `commit` gets the prompt too, so that it can be shown again with its text."""
    session.ask(label, lambda typed: commit(typed, prompt), text)
    asked = session.state.prompt
    assert asked is not None
    prompt = asked
    return prompt


def ask_again(session: Session, prompt: Prompt, error: Exception, position: int | None = None) -> None:
    """Show a prompt again with what was typed into it, and why it was not taken."""
    if session.state.prompt is None and session.state.picker is None:
        session.state.prompt = prompt
        prompt.refuse(in_a_line(error), position)
        session.shell.redraw()
    else:
        session.complain(error)


def attempt(
    session: Session,
    job: Callable[[], Any],
    then: Callable[[Any], None],
    prompt: Prompt | None = None,
    again: Callable[[], None] | None = None,
) -> None:
    """Make a change in the background.

    Args:
        session: whose screen it is.
        job: makes the change.
        then: called with what it returned.
        prompt: what was typed for it; shown again when the text is refused.
        again: makes the change anew on what others made of it, when theirs was first.
    """

    def ended(outcome: Outcome) -> None:
        from cockpit.store import ChangeConflict

        error = outcome.error
        if error is None:
            then(outcome.value)
        elif isinstance(error, ChangeConflict) and error.clashes and again is not None:
            _settle(session, error, again)
        elif isinstance(error, UsageError) and prompt is not None:
            ask_again(session, prompt, error)
        else:
            session.complain(error)

    session.write(job, ended)


def _settle(session: Session, conflict: "ChangeConflict", again: Callable[[], None]) -> None:
    """Show mine, theirs and what it was before, and let one be chosen."""
    first = conflict.clashes[0]
    clashes = [clash for clash in conflict.clashes if clash.key == first.key]
    told = [clash for clash in clashes if clash.field not in DERIVED] or clashes
    fields = ", ".join(clash.field.replace("_", " ") for clash in told)
    when = moment(first.at, session.cockpit.fiscal.zone)

    def said(values: list[Any]) -> str:
        return clean("; ".join("nothing" if value is None else str(value) for value in values))

    def put_back() -> Any:
        return session.cockpit.work.put_back(first.key, {clash.field: clash.base for clash in clashes})

    entries = [
        Entry(said([clash.mine for clash in told]), "what you wanted; it replaces theirs", again, "mine"),
        Entry(
            said([clash.theirs for clash in told]),
            f"by {clean(first.by)}, {when}; it stays",
            lambda: _left(session, first.by),
            "theirs",
        ),
        Entry(
            said([clash.base for clash in told]),
            "as it was before both of you",
            lambda: attempt(session, put_back, lambda _: _renewed(session, "put back to what it was")),
            "base",
        ),
    ]
    title = f"{first.key}: {clean(first.by)} changed {fields} first; Enter chooses"
    session.pick(Picker(title, entries, lambda entry: entry.target(), leave=lambda: _left(session, first.by)))


def _left(session: Session, by: str) -> None:
    _renewed(session, f"left as {clean(by)} has it")


def _renewed(session: Session, words: str) -> None:
    session.mark_stale()
    session.reload()
    session.say(words)
