"""The fiscal year as a strip: one step a week, as high as what is due in it; this week stands out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.panes.days import MONTHS
from cockpit.panes.head import WIDE
from cockpit.panes.lines import Line, Role, Span, cells, fit
from cockpit.panes.month_grid import load_glyph

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

PREFIX = 8
"""Cells before the strip on wide screens, as before the ruler."""
NOTHING_DUE = "·"
THIS_WEEK = "█"


@dataclass(frozen=True, slots=True)
class YearWeek:
    """A week of the year.

    Attributes:
        start, end: its first and last day in the year.
        load: how much is due in it.
        quarter: short name of the quarter that begins in it, or "".
        shown: whether the agenda begins in it.
    """

    start: date
    end: date
    load: int
    quarter: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True)
class YearFacts:
    """A fiscal year, week by week.

    Attributes:
        label: "FY27".
        weeks: its weeks, the first and last perhaps short.
        current: index of the week that holds today, or None.
    """

    label: str
    weeks: tuple[YearWeek, ...]
    current: int | None


def year_facts(
    fiscal: "FiscalCalendar", day: date, today: date, load: Mapping[date, int], week_start: int = 0
) -> YearFacts:
    """The fiscal year that holds a day.

    Args:
        fiscal: the fiscal calendar.
        day: the day that the agenda begins on.
        today: the calendar's day.
        load: how much is due on each day.
        week_start: the weekday (Monday is 0) on which a week begins.
    """
    coordinates = fiscal.coordinates(day).as_json()
    start, end = date.fromisoformat(coordinates["year_start"]), date.fromisoformat(coordinates["year_end"])
    quarters = {unit.start: unit.label.split("-")[-1] for unit in fiscal.units("quarter", start, end)}
    weeks: list[YearWeek] = []
    current = None
    while start <= end:
        following = min(
            start + timedelta(days=7 - (start.weekday() - week_start) % 7), end + timedelta(days=1)
        )
        days = [start + timedelta(days=offset) for offset in range((following - start).days)]
        if today in days:
            current = len(weeks)
        quarter = next((quarters[one] for one in days if one in quarters), "")
        weeks.append(YearWeek(start, days[-1], sum(load.get(one, 0) for one in days), quarter, day in days))
        start = following
    return YearFacts(coordinates["labels"]["year"] or "", tuple(weeks), current)


def strip_lines(facts: YearFacts, width: int) -> list[Line]:
    """The strip at that width: one line, on wide screens with quarters and months above it."""
    wide = width >= WIDE
    prefix = PREFIX if wide else cells(facts.label) + 1
    step = 2 if wide and prefix + 2 * len(facts.weeks) + 4 <= width else 1
    room = max((width - prefix - 4) // step, 1)
    weeks = _around(facts, room)
    most = max((week.load for week in facts.weeks), default=0)
    margin = " " if wide else ""
    strip: list[Span] = [Span(f"{margin}{facts.label}".ljust(prefix), "dim")]
    heads = f"{margin}year".ljust(prefix)
    column = prefix
    for index, (number, week) in enumerate(weeks):
        if week.quarter and index:
            strip.append(Span(" "))
            column += 1
        glyph, role = _step(week, facts.current, number, most)
        strip.append(Span(glyph * step, role))
        name = _head(week, index)
        if name and len(heads) <= column:
            heads = heads.ljust(column) + name + " "
        column += step
    note = _note(facts)
    if column + 3 + cells(note) <= width:
        strip.append(Span(f"   {note}", "dim"))
    line = Line(tuple(strip), aloud=f"{facts.label}: {note}" if note else "").fitted(width)
    return [Line((Span(heads, "dim"),), aloud="").fitted(width), line] if wide else [line]


def _around(facts: YearFacts, room: int) -> Sequence[tuple[int, YearWeek]]:
    """The weeks that fit, those around this week first."""
    weeks = list(enumerate(facts.weeks))
    if len(weeks) <= room:
        return weeks
    shown = next((number for number, week in weeks if week.shown), facts.current or 0)
    start = min(max(shown - room // 3, 0), len(weeks) - room)
    return weeks[start : start + room]


def _step(week: YearWeek, current: int | None, number: int, most: int) -> tuple[str, Role]:
    if number == current:
        return THIS_WEEK, "today"
    glyph = load_glyph(week.load, most)
    past = current is not None and number < current
    return (glyph if week.load else NOTHING_DUE), ("past" if past else "spark" if week.load else "dim")


def _head(week: YearWeek, index: int) -> str:
    """The quarter that begins here with its month, or the month whose first day lies in the week."""
    last = week.end
    begins = week.start.day == 1 or last.month != week.start.month
    month = MONTHS[last.month - 1 if week.start.day != 1 else week.start.month - 1]
    if week.quarter:
        return f"{week.quarter} {month}"
    return month if begins or index == 0 else ""


def _note(facts: YearFacts) -> str:
    if facts.current is None:
        return ""
    return fit(f"{facts.weeks[facts.current].load} due this week", 24)
