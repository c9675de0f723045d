"""Rhythm: the quarter's ruler, the agenda of the coming weeks, and the months as grids."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.base.problems import UsageError
from cockpit.panes.days import MONTHS, day_and_month
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, line, rule
from cockpit.panes.month_grid import MonthFacts, grid_lines, month_facts
from cockpit.panes.place import Place
from cockpit.panes.rhythm_lines import AgendaItem, agenda, agenda_lines
from cockpit.panes.ruler import RulerFacts, ruler_facts, ruler_lines
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit

SHOWN = (
    Choice("e", "events", "events"),
    Choice("a", "actions", "events and actions"),
)
WEEKS = 8
"""How far the agenda goes."""
GRID_WIDTH = 27
BESIDE = 78
"""From this width on the month grids stand beside the agenda."""


@dataclass(frozen=True, slots=True)
class RhythmData:
    """The agenda from a day on, the months around it, the quarter's ruler."""

    today: date
    first: date
    last: date
    items: tuple[AgendaItem, ...]
    months: tuple[MonthFacts, ...]
    ruler: RulerFacts
    found: int


@dataclass(frozen=True)
class RhythmView(View):
    """The calendar from a day on.

    Attributes:
        first: the first day of the agenda; None is today.
        shown: name of one of `SHOWN`.
        needle: the text that titles must contain, or a day to jump to (2026-12-08).
    """

    first: date | None = None
    shown: str = "events"
    needle: str = ""

    name = "rhythm"

    @classmethod
    def at(cls, place: Place) -> "RhythmView":
        """The calendar at a day, where the place's focus is one."""
        try:
            return cls(date.fromisoformat(place.focus) if place.focus else None)
        except ValueError:
            raise UsageError(f"{place.focus} is no date; write it as 2026-12-08") from None

    def crumbs(self) -> tuple[str, ...]:
        """The view and the month it begins in."""
        if self.first is None:
            return ("Rhythm",)
        return ("Rhythm", f"{MONTHS[self.first.month - 1]} {self.first.year}")

    def quick(self, cockpit: "Cockpit", context: Context) -> RhythmData:
        """The calendar itself: it needs no data."""
        return self.load(cockpit, context)

    def load(self, cockpit: "Cockpit", context: Context) -> RhythmData:
        """The agenda of some weeks, narrowed to what matches."""
        today = cockpit.today
        first = self.first or today
        last = first + timedelta(days=7 * WEEKS - 1)
        items = agenda(cockpit, first, last, with_actions=self.shown == "actions")
        needle = self.needle.casefold()
        matching = tuple(
            item for item in items if needle in f"{item.title} {item.kind} {item.note}".casefold()
        )
        months: list[MonthFacts] = []
        month = first.replace(day=1)
        for _ in range(3):
            months.append(month_facts(cockpit, month))
            month = (month + timedelta(days=32)).replace(day=1)
        return RhythmData(
            today, first, last, matching, tuple(months), ruler_facts(cockpit, first), len(items)
        )

    def page(self, data: RhythmData, size: Size) -> Page:
        """Ruler on top, agenda below it, month grids at the right where there is room."""
        margin = size.width >= WIDE
        blocks: list[Block] = []
        top = 0
        if size.height >= 12:
            ruler = ruler_lines(data.ruler, size.width)
            blocks.append(Block("ruler", 0, 0, size.width, len(ruler), ruler, sticky=len(ruler)))
            top = len(ruler) + 1
        height = size.height - top
        width = size.width
        if size.width >= BESIDE:
            width = size.width - GRID_WIDTH - (4 if margin else 3)
            x = width + 3
            grids: list[Line] = []
            for month in data.months:
                grids += [*grid_lines(month, data.today), BLANK]
            shown = [row.fitted(GRID_WIDTH) for row in grids]
            blocks.append(Block("months", x, top, GRID_WIDTH, min(height, len(shown)), shown, sticky=0))
        blocks.insert(-1 if len(blocks) > 1 else len(blocks), self._agenda(data, top, width, height, margin))
        return Page(size.width, size.height, tuple(blocks))

    def _agenda(self, data: RhythmData, top: int, width: int, height: int, margin: bool) -> Block:
        pad = " " if margin else ""
        fact = f"{day_and_month(data.first)} to {day_and_month(data.last)}"
        if self.needle:
            fact = f"{len(data.items)} of {data.found} with “{self.needle}”"
        title = rule("Agenda", fact, width - len(pad))
        lines = [line(pad, *title.spans).fitted(width)]
        if not data.items:
            words = (
                "Nothing matches; Esc shows all again."
                if self.needle
                else "The calendar has nothing in these weeks."
            )
            lines.append(line(pad, Span(words, "dim")).fitted(width))
        lines += agenda_lines(data.items, data.today, width, margin)
        return Block("agenda", 0, top, width, height, lines)

    def facts(self, data: RhythmData) -> str:
        """What is left of the quarter."""
        return data.ruler.left

    def open(self, data: RhythmData, place: Place) -> View | None:
        """The occurrence under the cursor, with the agenda as its siblings."""
        from cockpit.panes.occurrence import OccurrenceView

        if place.kind != "occurrence":
            return None
        siblings = tuple((item.key, item.date) for item in data.items if item.key is not None)
        day = next((day for key, day in siblings if key == place.name), None)
        return OccurrenceView(place.name, day, siblings)

    def dimensions(self, data: RhythmData) -> tuple[Choice, ...]:
        """Whether required actions are shown too."""
        return SHOWN

    def divided(self, data: RhythmData, dimension: str, line: Line | None) -> View:
        """Events, or events and actions."""
        return replace(self, shown=dimension)

    def narrowed(self, text: str) -> View:
        """Only what contains the text; a date jumps to that day."""
        try:
            return replace(self, first=date.fromisoformat(text.strip()), needle="")
        except ValueError:
            return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that titles contain."""
        return self.needle

    def sibling(self, data: RhythmData, step: int) -> View:
        """The agenda from the next or previous month on."""
        month = data.first.replace(day=1)
        if step > 0:
            return replace(self, first=(month + timedelta(days=32)).replace(day=1))
        earlier = month if data.first > month else month - timedelta(days=1)
        return replace(self, first=earlier.replace(day=1))

    def explanation(self, data: RhythmData, line: Line | None) -> View | None:
        """The rule of the occurrence under the cursor in words."""
        return self.open(data, line.place) if line is not None and line.place is not None else None

    def detail(self, data: RhythmData, line: Line | None, width: int) -> Sequence[Line]:
        """The line under the cursor."""
        item = next((item for item in data.items if line is not None and item.key == line.key), None)
        if item is None or item.key is None:
            return ()
        facts = (day_and_month(item.date), item.at, item.kind, item.note, item.key)
        return [rule(item.title, "", width), *(Line((Span(text),)).fitted(width) for text in facts if text)]

    def table(self, data: RhythmData) -> RawTable:
        """The agenda with raw values."""
        columns = ("date", "at", "title", "kind", "note", "key")
        return RawTable(
            "Agenda", columns, [tuple(getattr(item, name) for name in columns) for item in data.items]
        )

    def subject(self, data: RhythmData, line: Line | None) -> str | None:
        """The occurrence under the cursor."""
        return line.key if line is not None else None
