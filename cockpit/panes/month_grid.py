"""A month as a grid: a line a week with its fiscal number, deadlines and closed days marked."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.panes.days import MONTHS, WEEKDAYS
from cockpit.panes.lines import Line, Role, Span
from cockpit.panes.ruler import marked

if TYPE_CHECKING:
    from cockpit.core import Cockpit

FIRST_WEEKDAY = {"mon": 0, "sat": 5, "sun": 6}


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """A month.

    Attributes:
        first: its first day.
        week_start: the weekday (Monday is 0) of the first column.
        weeks: short name of the fiscal week of each line's first day in the month.
        deadlines: its days with a deadline.
        closed: its weekdays without business.
    """

    first: date
    week_start: int
    weeks: tuple[str, ...]
    deadlines: frozenset[date]
    closed: frozenset[date]

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    def starts(self) -> list[date]:
        """The first day of each line; the first line may begin in the month before."""
        start = self.first - timedelta(days=(self.first.weekday() - self.week_start) % 7)
        result = []
        while start <= self.last:
            result.append(start)
            start += timedelta(days=7)
        return result


def month_facts(cockpit: "Cockpit", first: date) -> MonthFacts:
    """The month that begins on a day."""
    start = FIRST_WEEKDAY[cockpit.workspace.config.display.week_start]
    bare = MonthFacts(first, start, (), frozenset(), frozenset())
    names: list[str] = []
    for day in bare.starts():
        week = cockpit.fiscal.coordinates(max(day, first)).as_json()["week_of_quarter"]
        names.append("" if week is None else f"W{week:02}")
    deadlines = frozenset(
        occurrence.date
        for calendar in (cockpit.calendar, *cockpit.other_calendars)
        for occurrence in calendar.occurrences(first, bare.last)
        if marked(occurrence, cockpit.today)
    )
    business = cockpit.fiscal.business
    days = [first + timedelta(days=offset) for offset in range((bare.last - first).days + 1)]
    closed = frozenset(day for day in days if day.weekday() < 5 and not business.is_business_day(day))
    return MonthFacts(first, start, tuple(names), deadlines, closed)


def grid_lines(month: MonthFacts, today: date) -> list[Line]:
    """Title, weekday heads, a line a week: 26 cells wide."""
    order = [(month.week_start + offset) % 7 for offset in range(7)]
    heads = "    " + "".join(f" {WEEKDAYS[day][:2]}" for day in order)
    title = f"{MONTHS[month.first.month - 1]} {month.first.year}"
    lines = [Line((Span(title, "title"),)), Line((Span(heads, "dim"),))]
    for name, start in zip(month.weeks, month.starts(), strict=True):
        spans = [Span(f"{name:<4}", "dim")]
        for offset in range(7):
            spans += _day(start + timedelta(days=offset), month, today)
        lines.append(Line(tuple(spans)))
    return lines


def _day(day: date, month: MonthFacts, today: date) -> list[Span]:
    """Three cells: a mark and the day; the mark says it without colour."""
    if not month.first <= day <= month.last:
        return [Span("   ")]
    role: Role = "past" if day < today else "text"
    mark = " "
    if day in month.closed:
        role, mark = "closed", "x"
    if day in month.deadlines:
        role, mark = "deadline", "◆"
    if day == today:
        role, mark = "today", "█"
    elif day.weekday() >= 5 and mark == " ":
        role = "closed"
    return [Span(mark, role), Span(f"{day.day:>2}", role)]
