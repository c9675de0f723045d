"""Keys that ask the same view something else: narrowed, divided, sorted, drawn; why, and anew."""

from cockpit.base.problems import CockpitError
from cockpit.panes.view import Choice, Completer
from cockpit.tui import blocks
from cockpit.tui.background import Outcome
from cockpit.tui.layout import focused_block, page_of, spot_of
from cockpit.tui.moving import clear_narrowing
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_again

WHILE_TYPING = 0.15
"""Seconds of quiet after which a text that is being typed narrows the view."""


# --- narrowing --------------------------------------------------------------------------------------------


def narrow(session: Session) -> None:
    """Only what matches a text; the view follows while it is typed, Esc gives back what was shown."""
    level = session.level
    before = level.view.narrowing()
    if level.view.narrowed(before) is None:
        session.ask("find", lambda text: _search(session, text), level.search)
        return

    def follow(text: str) -> None:
        quiet = 0 if session.level.view.narrows_at_once else WHILE_TYPING
        session.shell.later("narrow", quiet, lambda: narrow_to(session, text))

    def commit(text: str) -> None:
        narrow_to(session, text)
        session.remember_filter(text)
        _point_at_mistake(session, prompt, text)

    session.ask("narrow", commit, before, follow, lambda: narrow_to(session, before), session.filters)
    asked = session.state.prompt
    assert asked is not None
    prompt = asked
    _offer_words(session, prompt)


def _offer_words(session: Session, prompt: Prompt) -> None:
    """Let Tab complete the prompt, as soon as it is known with what."""
    view = session.level.view

    def known(completer: Completer | None) -> None:
        prompt.complete = completer

    session.run("words", lambda: view.narrowing_words(session.cockpit), known)


def _point_at_mistake(session: Session, prompt: Prompt, text: str) -> None:
    """Show the prompt again, the cursor behind the word that cannot be read, where there is one."""
    view = session.level.view

    def ended(outcome: Outcome) -> None:
        error = outcome.error
        if error is not None:
            spans = getattr(error, "spans", ())
            ask_again(session, prompt, error, sum(spans[0]) if spans else None)

    session.shell.background("check", lambda: view.check_narrowing(session.cockpit, text), ended)


def narrow_to(session: Session, text: str) -> None:
    """Show only what matches the text; what is shown stays until that is loaded."""
    session.shell.later("narrow", 0, lambda: None)
    view = session.level.view
    if text == view.narrowing():
        return
    try:
        narrowed = view.narrowed(text)
    except CockpitError as error:
        session.complain(error)
        return
    if narrowed is not None:
        session.swap(narrowed)


def _search(session: Session, text: str) -> None:
    session.level.search = text
    if text:
        next_match(session)
    else:
        clear_narrowing(session)


def next_match(session: Session) -> None:
    """To the next line in which the text occurs, starting again at the top after the last."""
    level = session.level
    text = (level.search or level.view.narrowing()).casefold()
    page_of(session.state, level)
    block = focused_block(level)
    if not text or block is None:
        session.say("there is nothing to look for; / asks")
        return
    spot = spot_of(level, block)
    start = spot.index if spot.index is not None else block.sticky
    lines = block.lines
    ahead = range(start + 1, min(len(lines), start + 1 + blocks.FAR * 8))
    again = range(block.sticky, min(start + 1, block.sticky + blocks.FAR * 8))
    for index in (*ahead, *again):
        if blocks.selectable(lines[index]) and text in lines[index].text.casefold():
            blocks.put(block, spot, index)
            session.shell.redraw()
            return
    session.say(f"nothing here matches {text}")


# --- dividing and sorting -----------------------------------------------------------------------------------


def divide(session: Session) -> None:
    """Divide by a dimension."""
    level = session.level
    choices = level.view.dimensions(level.data) if level.shows else ()
    if not choices:
        session.say(level.view.undivided(level.data) if level.shows else "this cannot be divided")
        return
    line = session.line()

    def chosen(choice: Choice) -> None:
        view = level.view.divided(level.data, choice.name, line)
        if view is None:
            session.say(f"this cannot be divided by {choice.label}")
        elif line is not None and line.place is not None and line.place.where:
            session.push(view)
        else:
            session.replace(view)

    session.choose("divide by", choices, chosen)


def sort(session: Session) -> None:
    """Sort by a column."""
    level = session.level
    choices = level.view.sort_columns(level.data) if level.shows else ()
    if not choices:
        session.say("this cannot be sorted")
        return

    def by(column: str) -> None:
        view = level.view.sorted_by(column)
        if view is not None:
            session.swap(view)

    if level.view.column():
        by(level.view.column())
    else:
        session.choose("sort by", choices, lambda choice: by(choice.name))


def chart(session: Session) -> None:
    """The figure as a picture; from a picture another one takes its place."""
    level, line = session.level, session.line()
    choices = level.view.pictures(level.data, line) if level.shows else ()
    if not choices:
        session.say("there is no figure here to draw")
        return

    def chosen(choice: Choice) -> None:
        view = level.view.picture(level.data, choice.name, line)
        if view is None:
            session.say(f"there is no {choice.label} of this")
        elif level.view.chart(level.data) is not None:
            session.replace(view)
        else:
            session.push(view)

    session.choose("draw", choices, chosen)


# --- why, and anew -----------------------------------------------------------------------------------------


def explain(session: Session) -> None:
    """Why what is under the cursor is so."""
    from cockpit.panes.explained import explained

    level, line = session.level, session.line()
    view = level.view.explanation(level.data, line) if level.shows else None
    if view is None and line is not None:
        view = explained(line.place)
    if view is None or view == level.view:
        session.say("there is nothing more to explain here")
    else:
        session.push(view)


def read_again(session: Session) -> None:
    """Pull the sources now; pressed again meanwhile, stop that. What is shown stays until it is done."""
    if session.read_sources is None:
        session.say("the sources are not read again here")
    else:
        session.read_sources()
