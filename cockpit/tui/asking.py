"""Keys that ask the same view something else: narrowed, divided, sorted, compared, of another day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from cockpit.base.problems import CockpitError
from cockpit.fiscal import resolve_period
from cockpit.panes.days import full_day
from cockpit.panes.view import STATES, TARGET, Choice, Completer, View
from cockpit.tui import blocks
from cockpit.tui.background import Outcome
from cockpit.tui.layout import focused_block, page_of, spot_of
from cockpit.tui.moving import clear_narrowing
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_again

WHILE_TYPING = 0.15
"""Seconds of quiet after which a text that is being typed narrows the view."""
OTHER = Choice("o", "", "other…")


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
        data = session.level.data
        session.replace(narrowed)
        session.loader.show_quick(session.level, data)


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
        session.say("this cannot be divided")
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
            data = level.data
            session.replace(view)
            session.loader.show_quick(session.level, data)

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


# --- what is compared, which period, which slice ------------------------------------------------


def versus(session: Session) -> None:
    """Compare with another period, or in the way of the view that is shown."""
    level = session.level
    own = level.view.comparisons(level.data) if level.shows else ()
    if own:
        session.choose("versus", own, lambda choice: _compare(session, choice))
        return
    try:
        before, year_before = _partners(session)
    except CockpitError as error:
        session.complain(error)
        return
    choices = [Choice("q", before, f"the one before ({before})")]
    if year_before:
        choices.append(Choice("y", year_before, f"a year before ({year_before})"))
    states = _states(session)
    choices += [Choice(word[0], word, states[word]) for word in states]
    choices += [Choice("t", TARGET, "the target only"), Choice("n", "", "nothing"), OTHER]
    session.choose("versus", choices, lambda choice: _against(session, choice))


def _states(session: Session) -> dict[str, str]:
    """The stored states that can be compared with; none before figures are read, which reads the history."""
    from cockpit.core.known import comparable_states

    return comparable_states(session.cockpit) if session.cockpit.data.now_held is not None else {}


def _compare(session: Session, choice: Choice) -> None:
    _instead(session, session.level.view.compared(session.level.data, choice.name))


def _partners(session: Session) -> tuple[str, str | None]:
    """The period before the asked one, and the same one a year before, as labels."""
    fiscal = session.cockpit.fiscal
    day = session.day
    unit = resolve_period(fiscal, session.state.context.period, day).unit
    if unit is None:
        return "last-quarter", None
    if unit.kind == "year":
        return fiscal.shift(unit, -1).label, None
    return fiscal.shift(unit, -1).label, fiscal.unit_of(unit.kind, unit.fy - 1, unit.number).label


def _against(session: Session, choice: Choice) -> None:
    if choice is OTHER:
        session.ask(
            "versus, a period",
            lambda text: session.change_context(replace(session.state.context, against=text.strip())),
        )
    else:
        level = session.level
        if choice.name in STATES and level.page is not None:
            level.focus = next((one.name for one in level.page.blocks if one.name == "moved"), level.focus)
        session.change_context(replace(session.state.context, against=choice.name))


PERIODS = (
    Choice("w", "this-week", "week"), Choice("m", "this-period", "period"),
    Choice("q", "this-quarter", "quarter"), Choice("h", "this-half", "half"),
    Choice("y", "this-year", "year"), Choice("l", "last-quarter", "last quarter"),
    Choice("a", "all", "all"), Choice("left", "-1", "one back"), Choice("right", "1", "one on"), OTHER,
)  # fmt: skip


def period(session: Session) -> None:
    """Ask for another period."""

    def chosen(choice: Choice) -> None:
        if choice is OTHER:
            session.ask("period", lambda text: _ask_period(session, text.strip()))
        elif choice.letter in ("left", "right"):
            _step_period(session, int(choice.name))
        else:
            _ask_period(session, choice.name)

    session.choose("period", PERIODS, chosen)


def _step_period(session: Session, steps: int) -> None:
    fiscal = session.cockpit.fiscal
    day = session.day
    unit = resolve_period(fiscal, session.state.context.period, day).unit
    if unit is None:
        session.say("this period has no next one")
    else:
        _ask_period(session, fiscal.shift(unit, steps).label)


def _ask_period(session: Session, text: str) -> None:
    context = session.state.context
    try:
        partner = usual_partner(session, text)
        if context.against != usual_partner(session, context.period):
            partner = context.against  # chosen by hand
    except CockpitError as error:
        session.complain(error)
        return
    session.change_context(replace(context, period=text, against=partner))
    session.say(f"period {text}" + (f", against {partner}" if partner else ", against nothing"))


def usual_partner(session: Session, period: str) -> str:
    """What a period is compared with unless somebody chooses: the one before of its kind, if it has a kind.

    Raises:
        CockpitError: there is no such period.
    """
    fiscal = session.cockpit.fiscal
    day = session.day
    unit = resolve_period(fiscal, period, day).unit
    if unit is None:
        return ""
    return "last-quarter" if period == "this-quarter" else fiscal.shift(unit, -1).label


def standing_slice(session: Session) -> None:
    """A standing filter that holds in every view."""
    names = list(session.cockpit.slices)
    if not names:
        session.say("there are no slices: [slices] in cockpit.toml names them, and [people] says who is me")
        return

    def chosen(choice: Choice) -> None:
        session.change_context(replace(session.state.context, slice=choice.name or None))
        session.say(f"only {choice.name}, in every view; w a shows all" if choice.name else "everything")

    session.choose("only", [Choice("a", "", "all"), *lettered(names, {"a"})], chosen)


def lettered(names: list[str], taken: set[str]) -> list[Choice]:
    """Each name with a letter of its own, one of its letters where that is free."""
    choices = []
    for name in names:
        letters = [*name.casefold(), *"abcdefghijklmnopqrstuvwxyz0123456789"]
        letter = next((found for found in letters if found.isalnum() and found not in taken), None)
        if letter is not None:
            taken.add(letter)
            choices.append(Choice(letter, name, name))
    return choices


def blank_money(session: Session) -> None:
    """Hide all amounts, or show them again."""
    hidden = not session.state.context.blank_money
    session.change_context(replace(session.state.context, blank_money=hidden))
    session.say("amounts are hidden" if hidden else "amounts are shown")


# --- another day -------------------------------------------------------------------------------------------


def _instead(session: Session, view: View | None) -> bool:
    """Show another view in the place of this one; what is shown stays until it is loaded."""
    if view is None:
        return False
    data = session.level.data
    session.replace(view)
    session.loader.show_quick(session.level, data)
    return True


def _stepped(session: Session, by: Literal["day", "stop", "today"], step: int) -> bool:
    """Whether the view that is shown goes to another day in its own way."""
    level = session.level
    return level.shows and _instead(session, level.view.stepped(level.data, by, step))


def step_day(session: Session, steps: int) -> None:
    """One business day back or on."""
    if _stepped(session, "day", steps):
        return
    day = _asked_day(session)
    if day is not None:
        business = session.cockpit.fiscal.business
        _stand_at(session, business.previous(day) if steps < 0 else business.next(day))


def step_stop(session: Session, steps: int) -> None:
    """To the last lock or period end before, or to the next one; from the last of them to today."""
    if _stepped(session, "stop", steps):
        return
    day = _asked_day(session)
    if day is None:
        return
    fiscal = session.cockpit.fiscal
    unit = fiscal.unit("period", day) or fiscal.unit("quarter", day)
    if unit is None:
        session.say("the calendar has no periods there")
        return
    locks = _locks(session)
    own = session.own_as_of or session.cockpit.today
    if steps < 0:
        stop = max([unit.start - timedelta(days=1), *(lock for lock in locks if lock < day)])
    else:
        end = unit.end if day < unit.end else fiscal.shift(unit, 1).end
        later = [end, *(lock for lock in locks if lock > day)]
        stop = min([*later, own] if day < own else later)
    _stand_at(session, stop, locks.get(stop, ""))


def _locks(session: Session) -> dict[date, str]:
    """The days of locked states, with their labels; none before figures are read, which reads the history."""
    from cockpit.core.known import lock_days

    return lock_days(session.cockpit) if session.cockpit.data.now_held is not None else {}


def _asked_day(session: Session) -> date | None:
    day = session.state.context.as_of or session.own_as_of
    if day is None:
        session.say("the figures are still being read")
    return day


def _stand_at(session: Session, day: date, what: str = "") -> None:
    if day > session.cockpit.today:
        session.say(f"{full_day(day)} is still to come")
        return
    session.change_context(session.state.context.at(None if day == session.own_as_of else day))
    session.say(f"as of {full_day(day)}" + (f", {what}" if what else ""))


def own_day(session: Session) -> None:
    """The workspace's own date again."""
    if _stepped(session, "today", 0):
        return
    if session.state.context.as_of is None:
        own = session.own_as_of
        session.say("the figures stand at the workspace's own date" + (f", {full_day(own)}" if own else ""))
        return
    session.change_context(session.state.context.at(None))
    session.say("as of the workspace's own date again")


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
