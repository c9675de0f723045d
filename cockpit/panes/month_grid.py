"""A month as a grid: a line a week with its fiscal number; a mark before and the load behind each day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.panes.days import MONTHS, WEEKDAYS
from cockpit.panes.lines import Line, Role, Span, right

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

FIRST_WEEKDAY = {"mon": 0, "sat": 5, "sun": 6}
GRID_WIDTH = 32
"""Cells of a month: four for the week's number, four a day."""
LEVELS = "▁▂▃▄▅▆▇"
"""How much is due, from little to the most of any day shown."""
LEGEND = "◆ deadline │ window x shut ▃ due"


@dataclass(frozen=True, slots=True)
class DayMarks:
    """What is told about single days, whatever month they are in.

    Attributes:
        deadlines: days with a deadline.
        windows: days in a window.
        load: how much is due on a day.
        closed: weekdays without business.
    """

    deadlines: frozenset[date] = frozenset()
    windows: frozenset[date] = frozenset()
    load: Mapping[date, int] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """A month.

    Attributes:
        first: its first day.
        week_start: the weekday (Monday is 0) of the first column.
        weeks: short name of the fiscal week of each line's first day in the month.
        label: the fiscal period of its first day, "FY27-P05", or "".
    """

    first: date
    week_start: int
    weeks: tuple[str, ...] = ()
    label: str = ""

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


def month_facts(fiscal: "FiscalCalendar", week_start: int, first: date) -> MonthFacts:
    """The month that begins on a day, with the fiscal names of its weeks."""
    names: list[str] = []
    for day in MonthFacts(first, week_start).starts():
        shown = max(day, first)
        week = fiscal.coordinates(shown).week_of_quarter if fiscal.reaches(shown) else None
        names.append("" if week is None else f"W{week:02}")
    period = fiscal.unit("period", first)
    return MonthFacts(first, week_start, tuple(names), "" if period is None else period.label)


def grid_lines(month: MonthFacts, marks: DayMarks, today: date, most: int) -> list[Line]:
    """Title, weekday heads, a line a week.

    Args:
        month: the month.
        marks: what is told about its days.
        today: the calendar's day.
        most: the load that the highest glyph stands for.
    """
    order = [(month.week_start + offset) % 7 for offset in range(7)]
    heads = "    " + "".join(f" {WEEKDAYS[day][:2]} " for day in order)
    title = f"{MONTHS[month.first.month - 1]} {month.first.year}"
    label = right(month.label, GRID_WIDTH - 1 - len(title))
    lines = [Line((Span(title, "title"), Span(label, "dim"))), Line((Span(heads, "dim"),))]
    for name, start in zip(month.weeks, month.starts(), strict=True):
        spans = [Span(f"{name:<4}", "dim")]
        for offset in range(7):
            spans += _day(start + timedelta(days=offset), month, marks, today, most)
        lines.append(Line(tuple(spans)))
    return lines


def load_glyph(load: int, most: int) -> str:
    """How much is due as one cell: a blank for nothing, the highest for the most."""
    if load <= 0 or most <= 0:
        return " "
    return LEVELS[min(-(-load * len(LEVELS) // most), len(LEVELS)) - 1]


def _day(day: date, month: MonthFacts, marks: DayMarks, today: date, most: int) -> list[Span]:
    """Four cells: a mark, the day, its load; the glyphs say it without colour."""
    if not month.first <= day <= month.last:
        return [Span("    ")]
    role: Role = "past" if day < today else "text"
    mark = " "
    if day in marks.windows:
        mark = "│"
    if day in marks.closed:
        role, mark = "closed", "x"
    elif day.weekday() >= 5:
        role = "closed"
    if day in marks.deadlines:
        role, mark = "deadline", "◆"
    if day == today:
        role, mark = "today", "█"
    return [Span(f"{mark}{day.day:>2}", role), Span(load_glyph(marks.load.get(day, 0), most), "spark")]
