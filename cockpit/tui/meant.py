"""What a text typed into the palette can mean beside the list: a day, a fiscal label, a division, a deal."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.panes.days import full_day
from cockpit.panes.place import Place
from cockpit.tui.ranking import Entry, Index, ranked
from cockpit.tui.session import Session

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
UNIT = re.compile(r"[hqpw]\d{1,2}")
"""A label without its year: q3, p05."""
MOST_DIVISIONS = 12
MOST_DEALS = 20
LEAST_OF_AN_ID = 3
"""Characters, a digit among them, from which on ids of deals are looked through."""


def meant(session: Session, text: str) -> list[Entry]:
    """What the text can mean, the likeliest first; nothing where it is only to be looked for."""
    text = text.strip()
    return [
        *_days(session, text),
        *_units(session, text),
        *_divisions(session.cockpit, text),
        *_deals(session.cockpit, text),
    ]


# --- days ---------------------------------------------------------------------------------------------------


def _days(session: Session, text: str) -> Iterator[Entry]:
    asked = re.sub(r"^as of\s+", "", text.casefold())
    day = typed_day(asked, session.cockpit.today)
    if day is None:
        return
    focus = day.isoformat()
    calendar = Entry(
        f"calendar at {focus}", f"rhythm, {full_day(day)}", lambda: show_calendar(session, focus)
    )
    figures = Entry(
        f"as of {focus}",
        f"figures of {full_day(day)}",
        lambda: session.change_context(session.state.context.at(day)),
    )
    wanted = [calendar] if day > session.cockpit.today else [calendar, figures]
    yield from reversed(wanted) if asked != text.casefold() else wanted


def typed_day(text: str, today: date) -> date | None:
    """A day as people write it, or None.

    Args:
        text: 2026-11-30, "30 nov", "nov 30 2026", "tomorrow", "fri"; a day without a year is the nearest one,
            a weekday the next one, today counted.
        today: the day from which that is reckoned.
    """
    words = re.findall(r"[a-z]+|\d+", text.casefold())
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
            return date.fromisoformat(text.strip())
        if len(words) == 1 and words[0] in NEAR:
            return today + timedelta(days=NEAR[words[0]])
        if len(words) == 1 and words[0][:3] in WEEKDAYS and len(words[0]) >= 3:
            return today + timedelta(days=(WEEKDAYS.index(words[0][:3]) - today.weekday()) % 7)
        return _day_of_month(words, today)
    except (ValueError, OverflowError):
        return None


def _day_of_month(words: Sequence[str], today: date) -> date | None:
    """Such as "30 nov": the words may begin with a weekday."""
    if words and words[0] in WEEKDAYS:
        words = words[1:]
    names = [word for word in words if word.isalpha()]
    numbers = [int(word) for word in words if word.isdecimal()]
    if len(names) != 1 or len(names[0]) < 3 or names[0][:3] not in MONTHS or len(numbers) not in (1, 2):
        return None
    month = MONTHS.index(names[0][:3]) + 1
    if len(numbers) == 2:
        return date(numbers[1], month, numbers[0])
    near = [date(year, month, numbers[0]) for year in (today.year - 1, today.year, today.year + 1)]
    return min(near, key=lambda day: abs(day - today))


def show_calendar(session: Session, focus: str) -> None:
    """The calendar at a day or of a fiscal unit."""
    session.show("rhythm")
    view = session.views.view_for(Place("view", "rhythm", focus=focus))
    if view is not None:
        session.replace(view)


# --- fiscal units -------------------------------------------------------------------------------------------


def _units(session: Session, text: str) -> Iterator[Entry]:
    if not (text[:1].isalpha() and any(character.isdigit() for character in text)):
        return
    fiscal = session.cockpit.fiscal
    try:
        if UNIT.fullmatch(text.casefold()):
            text = f"{fiscal.require_unit('year', session.cockpit.today).label}-{text.upper()}"
        label = fiscal.unit_named(text).label
    except CockpitError:
        return
    yield Entry(f"calendar of {label}", "rhythm", lambda: show_calendar(session, label))
    yield Entry(
        f"period {label}",
        "ask for that period",
        lambda: session.change_context(replace(session.state.context, period=label)),
    )


# --- figures by dimension -----------------------------------------------------------------------------------


def _divisions(cockpit: "Cockpit", text: str) -> Iterator[Entry]:
    """Such as "close rate by manager": the best figures that can be divided so."""
    figure, between, dimension = text.casefold().partition(" by ")
    if not between or not figure.strip() or cockpit.data.now_held is None:
        return
    from cockpit.panes.dimensions import dimensions_of, label_of

    metrics: list[Metric] = list(cockpit.catalogue)
    index = Index.of([Entry(metric.label, metric.name, metric) for metric in metrics])
    found = 0
    for entry in ranked(figure, [index])[:MOST_DIVISIONS]:
        metric = entry.target
        for name in dimensions_of(cockpit, metric):
            if label_of(name).startswith(dimension.strip()):
                place = Place("kpi", metric.name, by=(name,))
                yield Entry(f"{metric.label} by {label_of(name)}", metric.name, place)
                found += 1
                break
        if found == MOST_DIVISIONS:
            return


# --- deals --------------------------------------------------------------------------------------------------


def _deals(cockpit: "Cockpit", text: str) -> Iterator[Entry]:
    """The deals whose id starts with the text; a million ids are looked through in a few milliseconds."""
    held = cockpit.data.now_held
    table = None if held is None else held.tables.get("opportunities")
    telling = len(text) >= LEAST_OF_AN_ID and any(character.isdigit() for character in text)
    if table is None or not telling or "opportunity_id" not in table.frame.columns:
        return
    import polars as pl

    known = [name for name in ("opportunity_id", "name", "account", "owner") if name in table.frame.columns]
    identity = pl.col("opportunity_id").cast(pl.String)
    starts = identity.str.starts_with(text) | identity.str.starts_with(text.upper())
    rows = table.frame.lazy().filter(starts).select(known).head(MOST_DEALS).collect().rows()
    for row in dict.fromkeys(rows):
        words = "  ".join(str(value) for value in ("deal", *row[1:]) if value)
        yield Entry(str(row[0]), words, Place("record", "opportunities", where=str(row[0])))
