"""The quarter as a ruler: one cell a weekday, so that a glance shows how much of it is left.

A month quarter takes 66 cells and 13 gaps between weeks, 79 in all. Where that does not fit the gaps
go; where even the weekdays do not fit, the weeks around today are shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from cockpit.panes.days import day_and_month
from cockpit.panes.head import WIDE
from cockpit.panes.lines import Line, Role, Span, cells

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.rhythm import Occurrence

Mark = Literal["past", "today", "deadline", "closed", "open"]
DEADLINE_KINDS = ("deadline", "deliverable", "review", "milestone")
"""Kinds of occurrences that are marked on the ruler."""

_GLYPHS: dict[Mark, tuple[str, Role]] = {
    "past": ("━", "past"),
    "today": ("█", "today"),
    "deadline": ("◆", "deadline"),
    "closed": ("x", "closed"),
    "open": ("─", "dim"),
}


@dataclass(frozen=True, slots=True)
class RulerWeek:
    """A week of the quarter: its number in the quarter and the marks of its weekdays in it."""

    number: int
    monday: date
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class RulerFacts:
    """A quarter, week by week.

    Attributes:
        label: the quarter's short name, "Q2".
        weeks: its weeks, the first and last perhaps short.
        current: index of the week that holds today, or None.
        left: what is left of it: "25 BD left after today".
        note: what is special about the current week: "short week: 3 BD", or "".
    """

    label: str
    weeks: tuple[RulerWeek, ...]
    current: int | None
    left: str = ""
    note: str = ""


def ruler_facts(
    cockpit: "Cockpit", day: date | None = None, found: "Iterable[Occurrence] | None" = None
) -> RulerFacts:
    """The ruler of a quarter.

    Args:
        cockpit: the workspace.
        day: a day of the quarter; today when left out.
        found: what occurs in it, where that is known or narrowed.
    """
    today = cockpit.today
    coordinates = cockpit.fiscal.coordinates(day or today).as_json()
    first, last = coordinates["quarter_start"], coordinates["quarter_end"]
    if first is None or last is None:
        first, last = coordinates["year_start"], coordinates["year_end"]
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if found is None:
        calendars = (cockpit.calendar, *cockpit.other_calendars)
        found = [one for calendar in calendars for one in calendar.occurrences(start, end)]
    deadlines = {occurrence.date: occurrence.title for occurrence in found if marked(occurrence, today)}
    business = cockpit.fiscal.business
    quarter = coordinates["quarter"]
    left = None
    if start <= today <= end:
        left = cockpit.fiscal.coordinates(today).as_json()["business_days_left_in_quarter"]
    return RulerFacts(
        label="" if quarter is None else f"Q{quarter}",
        weeks=tuple(_weeks(start, end, today, deadlines, business.is_business_day)),
        current=(_monday(today) - _monday(start)).days // 7 if start <= today <= end else None,
        left="" if left is None else f"{left} BD left after today",
        note=_week_note(today, business.is_business_day) if business.covers(today) else "",
    )


def marked(occurrence: "Occurrence", today: date) -> bool:
    """Whether a day is marked for it: a deadline; of weekly ones only those of the current week."""
    if occurrence.type != "event" or occurrence.kind not in DEADLINE_KINDS:
        return False
    weekly = occurrence.rule.startswith("every ")
    return not weekly or _monday(occurrence.date) == _monday(today)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(
    start: date,
    end: date,
    today: date,
    deadlines: Mapping[date, str],
    is_business_day: Callable[[date], bool],
) -> list[RulerWeek]:
    weeks: list[RulerWeek] = []
    monday = _monday(start)
    while monday <= end:
        marks: list[Mark] = []
        for offset in range(5):
            day = monday + timedelta(days=offset)
            if not start <= day <= end:
                continue
            marks.append(_mark(day, today, day in deadlines, is_business_day(day)))
        if marks:
            weeks.append(RulerWeek(len(weeks) + 1, monday, tuple(marks)))
        monday += timedelta(days=7)
    return weeks


def _mark(day: date, today: date, deadline: bool, business: bool) -> Mark:
    if day == today:
        return "today"
    if day < today:
        return "past"
    if not business:
        return "closed"
    return "deadline" if deadline else "open"


def _week_note(today: date, is_business_day: Callable[[date], bool]) -> str:
    monday = _monday(today)
    days = sum(is_business_day(monday + timedelta(days=offset)) for offset in range(5))
    return f"short week: {days} BD" if days < 5 else ""


def ruler_lines(facts: RulerFacts, width: int) -> list[Line]:
    """The ruler at that width: one line, on wide screens with the week numbers above it."""
    wide = width >= WIDE
    prefix = 8 if wide else 0
    weeks, gap = _fitting(facts, width - prefix - (1 if wide else 0))
    marks: list[Span] = [Span(f" {facts.label}".ljust(prefix), "dim")] if wide else []
    numbers = " week".ljust(prefix)
    for index, week in enumerate(weeks):
        if index and gap:
            marks.append(Span(" "))
        for mark in week.marks:
            glyph, role = _GLYPHS[mark]
            if marks and marks[-1].role == role and marks[-1].text[-1] == glyph:
                marks[-1] = Span(marks[-1].text + glyph, role)
            else:
                marks.append(Span(glyph, role))
        size = len(week.marks) + (gap if index < len(weeks) - 1 else 0)
        numbers += f"{week.number:02}".ljust(size) if size >= 2 else " " * size
    said = in_words(facts)
    if not wide:
        return [Line(tuple(marks), aloud=said).fitted(width)]
    return [
        _with_note(Line((Span(numbers, "dim"),), aloud=""), facts.note, width),
        _with_note(Line(tuple(marks), aloud=said), facts.left, width),
    ]


def in_words(facts: RulerFacts) -> str:
    """What the ruler shows of the days to come: "Q2: deadline Tue 24 Nov; closed Thu 26 Nov; 25 BD left"."""
    days: dict[Mark, list[date]] = {"deadline": [], "closed": []}
    for index, week in enumerate(facts.weeks):
        first = 5 - len(week.marks) if index == 0 else 0  # the first week may begin inside it
        for offset, mark in enumerate(week.marks):
            if mark in days:
                days[mark].append(week.monday + timedelta(days=first + offset))
    parts = [
        f"{name} {', '.join(f'{day_and_month(day)}' for day in found)}"
        for name, found in (("deadlines", days["deadline"]), ("closed", days["closed"]))
        if found
    ]
    return f"{facts.label or 'Quarter'}: {'; '.join([*parts, *filter(None, (facts.note, facts.left))])}"


def _fitting(facts: RulerFacts, width: int) -> tuple[Sequence[RulerWeek], int]:
    """The weeks that fit, and the blanks between them."""
    days = sum(len(week.marks) for week in facts.weeks)
    if days + len(facts.weeks) - 1 <= width:
        return facts.weeks, 1
    if days <= width:
        return facts.weeks, 0
    centre = facts.current or 0
    first = last = centre
    used = len(facts.weeks[centre].marks)
    while True:
        later = len(facts.weeks[last + 1].marks) if last + 1 < len(facts.weeks) else None
        earlier = len(facts.weeks[first - 1].marks) if first else None
        ahead_first = later is not None and (earlier is None or last - centre <= centre - first)
        if ahead_first and later is not None and used + later <= width:
            last, used = last + 1, used + later
        elif earlier is not None and used + earlier <= width:
            first, used = first - 1, used + earlier
        else:
            return facts.weeks[first : last + 1], 0


def _with_note(line: Line, note: str, width: int) -> Line:
    """The line with words at its right, where they fit."""
    start = 90
    if not note or line.width + 3 > start or start + cells(note) + 1 > width:
        return line.fitted(width)
    return replace(line, spans=(*line.fitted(start).spans, Span(note, "dim"))).fitted(width)
