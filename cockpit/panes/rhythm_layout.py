"""The Rhythm screen laid out: quarter and year on top, the agenda below, the months at its right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cockpit.panes.days import MONTHS, day_and_month, full_day, month_day
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, cells, line, rule
from cockpit.panes.month_grid import GRID_WIDTH, LEGEND, MonthFacts, grid_lines
from cockpit.panes.rhythm_facts import RhythmData
from cockpit.panes.rhythm_lines import AgendaItem, agenda_line, day_words
from cockpit.panes.ruler import ruler_lines
from cockpit.panes.view import Size
from cockpit.panes.wrapping import after
from cockpit.panes.year_strip import strip_lines

BESIDE = 78
"""From this width on the months stand beside the agenda."""
TWO_COLUMNS = 150
"""From this width on they stand in two columns."""
ROOM_FOR_HERE = 64
"""From this width of the agenda on the viewer's own time stands beside the calendar's."""
GAP = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the agenda to be drawn: a heading, or an item with its day in words."""

    group: str
    item: AgendaItem | None = None
    words: str = ""
    count: int = 0


def rhythm_page(data: RhythmData, size: Size, needle: str = "") -> Page:
    """The whole screen at a size.

    Args:
        data: what is shown.
        size: cells.
        needle: the words that narrow it, for the title.
    """
    margin = size.width >= WIDE
    blocks: list[Block] = []
    top = 0
    if size.height >= 12:
        lines = [*ruler_lines(data.ruler, size.width), *strip_lines(data.year, size.width)]
        blocks.append(Block("quarter", 0, 0, size.width, len(lines), lines, sticky=len(lines)))
        top = len(lines) + 1
    height = max(size.height - top, 1)
    width = size.width
    months: Block | None = None
    if size.width >= BESIDE:
        columns = 2 if size.width >= TWO_COLUMNS else 1
        grid = columns * (GRID_WIDTH + GAP) - GAP
        width = size.width - grid - GAP - (1 if margin else 0)
        lines = [one.fitted(grid) for one in _month_lines(data, height, columns)]
        months = Block("months", width + GAP, top, grid, min(height, len(lines)), lines, sticky=0)
    blocks.append(_agenda_block(data, Size(width, height), top, margin, needle))
    if months is not None:
        blocks.append(months)
    return Page(size.width, size.height, tuple(blocks))


def _month_lines(data: RhythmData, height: int, columns: int) -> list[Line]:
    """As many whole months as fit, below them what the marks mean."""
    lines: list[Line] = []
    months = list(data.months)
    while months:
        side = [grid_lines(month, data.marks, data.today, data.most) for month in months[:columns]]
        deep = max(len(grid) for grid in side)
        if lines and len(lines) + deep + 2 > height:
            break
        for index in range(deep):
            spans: list[Span] = []
            for number, grid in enumerate(side):
                row = grid[index] if index < len(grid) else BLANK
                spans += [*([Span(" " * GAP)] if number else []), *row.fitted(GRID_WIDTH).spans]
            lines.append(Line(tuple(spans), aloud=_aloud(months[:columns]) if not index else ""))
        lines.append(BLANK)
        months = months[columns:]
    lines.append(Line((Span(LEGEND, "dim"),), aloud=""))
    return lines


def _aloud(months: Sequence[MonthFacts]) -> str:
    """What is said in place of months that are drawn; the agenda tells their days."""
    return ", ".join(f"{MONTHS[month.first.month - 1]} {month.first.year}" for month in months)


def _agenda_block(data: RhythmData, size: Size, top: int, margin: bool, needle: str) -> Block:
    """The agenda; its lines are made when they are looked at."""
    width, pad = size.width, " " if margin else ""
    title = rule("Agenda", _agenda_fact(data, needle, width >= ROOM_FOR_HERE), width - len(pad))
    fixed = [line(pad, *title.spans).fitted(width)]
    if not data.items:
        words = (
            "Nothing here matches; Esc shows all again, > goes on."
            if needle
            else "The calendar has nothing in these days; > goes on, t is today."
        )
        fixed.append(line(pad, Span(words, "dim")).fitted(width))
    rows = _agenda_rows(data)
    day_width = max([9, *(cells(row.words) for row in rows)]) + 1
    here_width = 0
    if width >= ROOM_FOR_HERE:
        here_width = max((cells(item.here) + 1 for item in data.items if item.here), default=0)
    drawing = _Drawing(data, width, margin, day_width, here_width)
    lines = after(fixed, len(rows), lambda start, stop: [drawing.line(row) for row in rows[start:stop]])
    return Block("agenda", 0, top, width, size.height, lines)


def _agenda_fact(data: RhythmData, needle: str, roomy: bool) -> str:
    """Which days the agenda shows, what narrows it, whose times they are."""
    days = f"{day_and_month(data.first)} to {day_and_month(data.last)}"
    if data.label:
        days = f"{data.label}, {month_day(data.first)} to {full_day(data.last)}"
    parts = [days]
    if data.year_before:
        parts.append("last year beside")
    if needle:
        parts.insert(0, f"{len(data.items)} of {data.found} with “{needle}”")
    if data.zones and roomy:
        parts.append(data.zones)
    return "   ".join(parts)


def _agenda_rows(data: RhythmData) -> list[Row]:
    """Headings and items in the order in which they are drawn."""
    rows: list[Row] = []
    for name, items in data.groups:
        if name:
            rows.append(Row(name, count=len(items)))
        previous: AgendaItem | None = None
        for item in items:
            rows.append(Row(name, item, _words(item, previous, data.first, data.today)))
            previous = item
    return rows


def _words(item: AgendaItem, previous: AgendaItem | None, first: date, today: date) -> str:
    if item.date < first:
        return f"since {month_day(item.date)}"
    return day_words(item, previous, today)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How wide the parts of a line are."""

    data: RhythmData
    width: int
    margin: bool
    day_width: int
    here_width: int

    def line(self, row: Row) -> Line:
        pad = " " if self.margin else ""
        if row.item is None:
            title = rule(row.group, str(row.count), self.width - len(pad), "·")
            return line(pad, *title.spans).fitted(self.width)
        item = self._noted(row.item)
        drawn = agenda_line(
            item, row.words, self.day_width, self.data.today, self.width, self.margin, self.here_width
        )
        return replace(drawn, key=f"{item.key} {row.group}") if row.group else drawn

    def _noted(self, item: AgendaItem) -> AgendaItem:
        """The item with its day a year before in place of its note, where that is asked for."""
        partner = self.data.year_before.get(item.key or "")
        if partner is None:
            return item
        return replace(item, note=partner.words if self.width >= 84 else partner.short)


def shown_days(items: Sequence[AgendaItem]) -> tuple[tuple[str, date], ...]:
    """Keys and days of the occurrences of an agenda, each once: the way through them with < and >."""
    return tuple({item.key: item.date for item in items if item.occurrence and item.key}.items())
