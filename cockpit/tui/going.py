"""Keys that go back and forward through what was seen, to marks, and to another workspace."""

from functools import partial

from cockpit.panes.view import Choice
from cockpit.tui.asking import narrow_to
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.session import Session
from cockpit.tui.visits import Visit, visit_of

MARKS = "abcdefghijklmnopqrstuvwxyz"


def back(session: Session) -> None:
    """To what was seen before, in whatever view it was."""
    _turn_to(session, session.visits.back(visit_of(session.state.trails)), "nothing was seen before this")


def forward(session: Session) -> None:
    """To what one came back from."""
    _turn_to(session, session.visits.forward(visit_of(session.state.trails)), "this is the newest")


def _turn_to(session: Session, visit: Visit | None, otherwise: str) -> None:
    if visit is None:
        session.say(otherwise)
    else:
        session.turn_to(visit)


def set_mark(session: Session) -> None:
    """Mark this place with the letter that is typed next."""

    def chosen(choice: Choice) -> None:
        session.visits.marks[choice.letter] = visit_of(session.state.trails)
        session.say(
            f"marked {choice.letter}; {session.keymap.words('go_mark')} {choice.letter} comes back here"
        )

    session.choose("mark this place with a letter", [Choice(letter, letter, "") for letter in MARKS], chosen)


def go_mark(session: Session) -> None:
    """To the mark of the letter that is typed next."""
    marks = session.visits.marks
    if not marks:
        session.say(f"no place is marked; {session.keymap.words('set_mark')} and a letter marks one")
        return

    def chosen(choice: Choice) -> None:
        session.visits.leave(visit_of(session.state.trails))
        session.turn_to(marks[choice.letter])

    choices = [Choice(letter, letter, _visit_words(marks[letter])) for letter in sorted(marks)]
    session.choose("to mark", choices, chosen)


def _visit_words(visit: Visit) -> str:
    """A place in a few words: its last crumb, else its view."""
    crumbs = visit.stops[-1].view.crumbs() if visit.stops else ()
    return crumbs[-1] if crumbs else visit.name.title()


def filter_again(session: Session) -> None:
    """Narrow this view by the text that another was narrowed by last; again: by the one before."""
    here = session.level.view.narrowing()
    texts = session.filters
    if not texts:
        session.say(f"nothing was narrowed yet; {session.keymap.words('narrow')} does")
        return
    text = texts[texts.index(here) - 1] if here in texts else texts[-1]
    if session.level.view.narrowed(text) is None:
        session.say("this cannot be narrowed")
    elif text == here:
        session.say(f"narrowed to {text} already")
    else:
        narrow_to(session, text)


def workspaces(session: Session) -> None:
    """Switch to another workspace that was opened before."""
    entries = _workspace_switches(session)
    if not entries:
        session.say("no other workspace was opened on this machine: cockpit -w DIR opens one")
        return
    session.pick(Picker("Switch to a workspace", entries, lambda entry: entry.target()))


def _workspace_switches(session: Session) -> list[Entry]:
    """The other workspaces as entries whose target switches to them."""
    from cockpit.tui.recents import known_workspaces

    here = session.cockpit.workspace.folder.absolute()
    return [
        Entry(known.name, f"workspace  {known.folder}", partial(session.shell.switch, known.folder))
        for known in known_workspaces()
        if known.folder != here
    ]
