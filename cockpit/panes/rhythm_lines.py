"""The coming days as lines: what happens, what is due, which days are closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from cockpit.panes.days import clock, day_and_month, month_day, near_day, short_day, weekday
from cockpit.panes.lines import Line, Role, Span, cells, fit, left, line, right, rule
from cockpit.panes.place import Place

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.rhythm import Occurrence

FURTHER_DAYS = 21
"""How many days beyond the next business days are known, for screens with room."""
ROOMY = 8
"""Lines that must be left over before further days are shown."""
MARKS = {"deadline": "◆", "window": "│", "closed": "x"}
"""What stands before a title, by kind."""


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """Something on a day: an event, an action, a closed day, the end of a fiscal unit.

    Attributes:
        date: the day.
        at: "09:00", or "".
        title: what it is.
        note: what stands at its right: "closed", a role, a status.
        key: the occurrence's key, or None for what is no occurrence.
        kind: deadline, review ... as the calendar names it; "closed", "unit", "due" for a count of actions.
        here: the time where the viewer is, where that is another one than the calendar's.
        occurrence: what occurs, or None.
    """

    date: date
    at: str
    title: str
    note: str = ""
    key: str | None = None
    kind: str = ""
    here: str = ""
    occurrence: "Occurrence | None" = None


@dataclass(frozen=True, slots=True)
class RhythmFacts:
    """What comes.

    Attributes:
        today: the calendar's day.
        items: from today on, in time order.
        near: how many of them lie in the next business days, which are shown first.
        fact: what the pane's title says: "next 10 BD".
        beyond: the next thing after them that is far away but large: when FastStart opens; or None.
    """

    today: date
    items: tuple[AgendaItem, ...]
    near: int
    fact: str = "next 10 BD"
    beyond: AgendaItem | None = None


def load_rhythm(cockpit: "Cockpit", business_days: int = 10, beyond: AgendaItem | None = None) -> RhythmFacts:
    """Events, closed days and ends of units in the next business days; reads no figures."""
    today = cockpit.today
    business = cockpit.fiscal.business
    if business.covers(today):
        last = business.add(today, business_days)
    else:
        last = today + timedelta(days=business_days * 7 // 5)
    items = agenda(cockpit, today, last + timedelta(days=FURTHER_DAYS))
    near = sum(item.date <= last for item in items)
    return RhythmFacts(today, tuple(items), near, f"next {business_days} BD", beyond)


def events(cockpit: "Cockpit", first: date, last: date) -> "list[Occurrence]":
    """The events of all calendars, without the required actions, whose dates may hang from data."""
    return [
        occurrence
        for calendar in (cockpit.calendar, *cockpit.other_calendars)
        for occurrence in calendar.occurrences(first, last)
        if occurrence.type == "event"
    ]


def agenda(cockpit: "Cockpit", first: date, last: date) -> list[AgendaItem]:
    """Events, closed days and ends of units on the days of a range, in time order."""
    items = [item_of(occurrence) for occurrence in events(cockpit, first, last)]
    items += day_items(cockpit, first, last)
    return sorted(items, key=agenda_order)


def item_of(occurrence: "Occurrence", note: str = "", here: str = "") -> AgendaItem:
    """An occurrence as a line of the agenda.

    Args:
        occurrence: what occurs.
        note: what is known about it beyond the calendar: the status of its task, its owner.
        here: the time where the viewer is.
    """
    moved = f"from {short_day(occurrence.rolled_from)}" if occurrence.rolled_from else ""
    status = occurrence.status if occurrence.status not in (None, "", "confirmed", "scheduled") else ""
    role = occurrence.owner_role or "" if occurrence.type == "action" else ""
    return AgendaItem(
        occurrence.date,
        clock(occurrence.at),
        f"{occurrence.title}, {occurrence.scope}" if occurrence.scope else occurrence.title,
        note or status or moved or role or (f"to {month_day(occurrence.until)}" if occurrence.until else ""),
        occurrence.key,
        occurrence.kind,
        here,
        occurrence,
    )


def agenda_order(item: AgendaItem) -> tuple[date, bool, bool, str, str]:
    """Days in order; on a day what is closed, then by the clock, then what is counted."""
    return (item.date, item.kind != "closed", item.kind == "due", item.at, item.title)


def day_items(cockpit: "Cockpit", first: date, last: date) -> list[AgendaItem]:
    """Closed days and the last days of fiscal units."""
    return [*_closed_days(cockpit, first, last), *_unit_ends(cockpit, first, last)]


def _closed_days(cockpit: "Cockpit", first: date, last: date) -> list[AgendaItem]:
    business = cockpit.fiscal.business
    items: list[AgendaItem] = []
    day = first
    while day <= last:
        name = business.holiday_name(day)
        if name and day.weekday() < 5:
            items.append(AgendaItem(day, "", name, "closed", None, "closed"))
        day += timedelta(days=1)
    return items


def _unit_ends(cockpit: "Cockpit", first: date, last: date) -> list[AgendaItem]:
    ends: dict[date, str] = {}
    for kind in ("period", "quarter", "year"):
        for unit in cockpit.fiscal.units(kind, first, last):
            if first <= unit.end <= last:
                ends[unit.end] = unit.own_label
    return [AgendaItem(day, "", f"Last day of {label}", "", None, "unit") for day, label in ends.items()]


def day_words(item: AgendaItem, previous: AgendaItem | None, today: date) -> str:
    """The day of a line; nothing where the line above has the same."""
    if previous is not None and previous.date == item.date:
        return ""
    return "today" if item.date == today else near_day(item.date, today)


def agenda_line(
    item: AgendaItem, words: str, day_width: int, today: date, width: int, margin: bool, here_width: int = 0
) -> Line:
    """A line of the agenda: day, hour, a mark for deadlines, title, and what there is to say.

    Args:
        item: what is on the day.
        words: the day in words, "" where the line above has it.
        day_width: cells of the day.
        today: the calendar's day.
        width: cells of the line.
        margin: whether it begins with a blank.
        here_width: cells of the viewer's own time; 0 for none.
    """
    pad = 1 if margin else 0
    inner = width - pad
    role: Role = "today" if item.date == today else "closed" if item.kind == "closed" else "text"
    note_width = min(cells(item.note), max(inner // 3, 6)) if item.note else 0
    title_width = inner - day_width - 8 - here_width - (note_width + 1 if note_width else 0)
    mark, mark_role = MARKS.get(item.kind, " "), "deadline" if item.kind == "deadline" else "dim"
    quiet: Role = "closed" if item.kind == "closed" else "dim" if item.kind in ("unit", "due") else "text"
    spans = [
        Span(" " * pad + left(words, day_width), role),
        Span(left(item.at, 6)),
        *([Span(left(item.here, here_width), "dim")] if here_width else []),
        Span(mark + " ", cast(Role, mark_role)),
        Span(left(item.title, max(title_width, 0)), quiet),
    ]
    if note_width:
        spans.append(Span(" " + right(item.note, note_width), "dim"))
    return Line(tuple(spans), _place(item), item.key, (item.date.isoformat(), item.at, item.title)).fitted(
        width
    )


def _place(item: AgendaItem) -> Place | None:
    if item.kind == "due":
        return Place("view", "rhythm", focus=item.date.isoformat())
    return Place("occurrence", item.key, where=item.date.isoformat()) if item.key else None


def rhythm_pane(facts: RhythmFacts, width: int, height: int, margin: bool) -> list[Line]:
    """The pane of Today: the next business days."""
    pad = " " if margin else ""
    room = max(height - 1 - (2 if facts.beyond else 0), 0)
    items = facts.items[: facts.near]
    fact = facts.fact
    if room - len(items) >= ROOMY and len(facts.items) > len(items):
        items = facts.items[:room]
        fact = f"to {day_and_month(items[-1].date)}"
    title = rule("Rhythm", fact, width - len(pad))
    lines = [line(pad, *title.spans, place=Place("view", "rhythm")).fitted(width)]
    shown = [*items[:room], *([facts.beyond] if facts.beyond is not None else [])]
    drawn = _agenda_lines(shown, facts.today, width, margin)
    lines += drawn[: len(items[:room])]
    if not items:
        words = "The calendar has nothing in these days."
        lines.append(line(pad, Span(words, "dim")).fitted(width))
    if facts.beyond is not None and height >= 4:
        lines.append(Line().fitted(width))
        lines.append(drawn[-1])
    return lines[: max(height, 1)]


def _agenda_lines(items: Sequence[AgendaItem], today: date, width: int, margin: bool) -> list[Line]:
    """Lines of an agenda, each day written once, all columns aligned."""
    words = [day_words(item, items[index - 1] if index else None, today) for index, item in enumerate(items)]
    day_width = max([9, *(cells(text) for text in words)]) + 1
    return [
        agenda_line(item, text, day_width, today, width, margin)
        for item, text in zip(items, words, strict=True)
    ]


def next_line(facts: RhythmFacts, width: int) -> Line:
    """What comes next in a single line: "Next   Tue 24 09:00 cadence   Thu, Fri closed"."""
    parts: list[str] = []
    used = cells("Next")
    closed = [
        item for item in facts.items[: facts.near] if item.kind == "closed" and item.date != facts.today
    ]
    groups: list[str] = []
    for item in facts.items[: facts.near]:
        if item.kind == "closed":
            if item in closed[:1]:
                groups.append(", ".join(weekday(one.date) for one in closed[:3]) + " closed")
        elif item.kind != "unit":
            day = "today" if item.date == facts.today else short_day(item.date)
            groups.append(f"{day} {item.at} {item.title}" if item.at else f"{day} {item.title}")
    for text in groups:
        left_over = width - used - 3
        if left_over < 12:
            break
        parts.append(fit(text, min(left_over, 32)))
        used += 3 + cells(parts[-1])
    words = "".join(f"   {part}" for part in parts) or "   nothing in the next days"
    return line(Span("Next", "title"), words, place=Place("view", "rhythm"), key="next").fitted(width)
