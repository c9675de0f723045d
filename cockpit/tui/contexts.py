"""Keys that change what holds in every view: comparison, period, slice, hidden amounts, the day."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

from cockpit.base.problems import CockpitError
from cockpit.fiscal import resolve_period
from cockpit.panes.days import full_day
from cockpit.panes.lettered import lettered
from cockpit.panes.view import STATES, TARGET, Choice, View
from cockpit.tui.background import Outcome
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_again, ask_words

OTHER = Choice("o", "", "other…")


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
        words = "versus (last-year, FY27-Q1, full:FY27-Q1, a day, a lock):"
        ask_words(session, words, partial(_ask_versus, session))
    else:
        level = session.level
        if choice.name in STATES and level.page is not None:
            level.focus = next((one.name for one in level.page.blocks if one.name == "moved"), level.focus)
        session.change_context(replace(session.state.context, against=choice.name))


def _ask_versus(session: Session, text: str, prompt: Prompt) -> None:
    """Compare with what was written; what means nothing is asked again."""
    words, context = text.strip(), session.state.context

    def ended(outcome: Outcome) -> None:
        if outcome.error is not None:
            ask_again(session, prompt, outcome.error)
        else:
            session.change_context(replace(session.state.context, against=words))

    def exact() -> None:
        session.cockpit.question(period=context.period, vs=words, as_of=context.as_of)

    session.shell.background("versus", exact, ended)


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
            words = "period (FY27-Q2, last-year, ytd, 2026-10-01..2026-10-31):"
            ask_words(session, words, lambda text, prompt: _ask_period(session, text.strip(), prompt))
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


def _ask_period(session: Session, text: str, prompt: Prompt | None = None) -> None:
    context = session.state.context
    try:
        partner = usual_partner(session, text)
        if context.against != usual_partner(session, context.period):
            partner = context.against  # chosen by hand
    except CockpitError as error:
        if prompt is not None:
            ask_again(session, prompt, error)
        else:
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
    session.swap(view)
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
