"""Rhythm: the agenda of the coming weeks or of a fiscal unit, with the quarter, the year and the months."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from cockpit.base.problems import UsageError
from cockpit.panes.days import MONTHS, day_and_month
from cockpit.panes.lines import Line, Page
from cockpit.panes.place import Place
from cockpit.panes.rhythm_facts import FISCAL_LABEL, GROUPS, Asked, RhythmData, load_rhythm_data
from cockpit.panes.rhythm_layout import rhythm_page, shown_days
from cockpit.panes.view import Choice, Completer, Context, RawTable, Size, View
from cockpit.rhythm.agenda_filter import FIELDS, parse_filter

if TYPE_CHECKING:
    from cockpit.core import Cockpit

DIVISIONS = (
    Choice("d", "", "day"),
    Choice("r", "role", "role"),
    Choice("k", "kind", "kind"),
    Choice("w", "workstream", "workstream"),
    Choice("s", "scope", "scope"),
    Choice("a", "actions", "required actions on or off"),
)
COMPARISONS = (Choice("y", "year", "last year"), Choice("n", "", "nothing"))


@dataclass(frozen=True)
class RhythmView(View):
    """The calendar from a day on, or of a fiscal unit.

    Attributes:
        first: the first day of the agenda; None is today.
        unit: label of the fiscal unit that is shown, or "".
        actions: whether required actions are lines of their own instead of a count a day.
        group: what the agenda is grouped by, or "" for days.
        needle: the words that narrow it.
        versus_year: whether each line tells its day a year before.
    """

    first: date | None = None
    unit: str = ""
    actions: bool = False
    group: str = ""
    needle: str = ""
    versus_year: bool = False

    name = "rhythm"

    @classmethod
    def at(cls, place: Place) -> "RhythmView":
        """The calendar at a day or a fiscal unit, where the place's focus is one."""
        if place.focus and FISCAL_LABEL.fullmatch(place.focus):
            return cls(unit=place.focus.upper())
        try:
            return cls(date.fromisoformat(place.focus) if place.focus else None, needle=place.where or "")
        except ValueError:
            raise UsageError(f"{place.focus} is no date; write it as 2026-12-08") from None

    def crumbs(self) -> tuple[str, ...]:
        """The view and the unit or the month it begins in."""
        if self.unit:
            return ("Rhythm", self.unit)
        if self.first is None:
            return ("Rhythm",)
        return ("Rhythm", f"{MONTHS[self.first.month - 1]} {self.first.year}")

    def load(self, cockpit: "Cockpit", context: Context) -> RhythmData:
        """Everything on the screen, narrowed alike.

        Raises:
            UsageError: there is no such fiscal unit, or a word of the filter means nothing.
        """
        asked = Asked(
            self.first, self.unit, self.actions, parse_filter(self.needle), self.group, self.versus_year
        )
        return load_rhythm_data(
            cockpit, asked, context.period if context.period != Context().period else None
        )

    def page(self, data: RhythmData, size: Size) -> Page:
        """Quarter and year on top, agenda below, months at the right where there is room."""
        return rhythm_page(data, size, self.needle)

    def facts(self, data: RhythmData) -> str:
        """The next deadline."""
        return f"next deadline {day_and_month(data.next_deadline)}" if data.next_deadline else ""

    def open(self, data: RhythmData, place: Place) -> View | None:
        """The occurrence under the cursor, with the agenda as its siblings; of a count, what is counted."""
        from cockpit.panes.occurrence import OccurrenceView

        if place.kind == "view" and place.name == self.name and place.focus:
            return replace(self, first=date.fromisoformat(place.focus), unit="", actions=True)
        if place.kind != "occurrence":
            return None
        siblings = shown_days(data.items)
        day = next((day for key, day in siblings if key == place.name), None)
        if day is None and place.where:
            day = date.fromisoformat(place.where)
        return OccurrenceView(place.name, day, siblings)

    def dimensions(self, data: RhythmData) -> tuple[Choice, ...]:
        """What the agenda is grouped by, and whether required actions are shown."""
        return DIVISIONS

    def divided(self, data: RhythmData, dimension: str, line: Line | None) -> View:
        """Grouped, by day again, or with required actions."""
        if dimension == "actions":
            return replace(self, actions=not self.actions)
        return replace(self, group=dimension if dimension in GROUPS else "")

    def narrowed(self, text: str) -> View:
        """Only what the words say; a date or a whole fiscal label jumps there.

        Raises:
            UsageError: a word names a field that there is not.
        """
        jump = text.strip()
        if FISCAL_LABEL.fullmatch(jump):
            return replace(self, first=None, unit=jump.upper(), needle="")
        try:
            return replace(self, first=date.fromisoformat(jump), unit="", needle="")
        except ValueError:
            parse_filter(text)
            return replace(self, needle=text)

    def narrowing_words(self, cockpit: "Cockpit") -> Completer:
        """The fields that a word may name."""

        def complete(text: str, position: int) -> tuple[int, Sequence[str]]:
            start = text.rfind(" ", 0, position) + 1
            begun = text[start:position].casefold().removeprefix("-")
            sign = "-" if text[start:position].startswith("-") else ""
            return start, [f"{sign}{name}:" for name in FIELDS if name.startswith(begun)]

        return complete

    def check_narrowing(self, cockpit: "Cockpit", text: str) -> None:
        """Read the words.

        Raises:
            UsageError: one of them names a field that there is not.
        """
        self.narrowed(text)

    def narrowing(self) -> str:
        """The words that narrow it."""
        return self.needle

    def sibling(self, data: RhythmData, step: int) -> View | None:
        """The next or previous fiscal unit, else the agenda from the next or previous month on."""
        if data.label:
            label = data.after if step > 0 else data.before
            return replace(self, first=None, unit=label) if label else None
        month = data.first.replace(day=1)
        if step > 0:
            return replace(self, first=(month + timedelta(days=32)).replace(day=1))
        earlier = month if data.first > month else month - timedelta(days=1)
        return replace(self, first=earlier.replace(day=1))

    def stepped(self, data: RhythmData, by: Literal["day", "stop", "today"], step: int) -> View | None:
        """A day earlier or later, the deadline before or after, or today."""
        if by == "today":
            return replace(self, first=data.today, unit="")
        if by == "day":
            return replace(self, first=data.first + timedelta(days=step), unit="")
        day = data.next_deadline if step > 0 else data.last_deadline
        return replace(self, first=day, unit="") if day is not None else None

    def comparisons(self, data: RhythmData) -> tuple[Choice, ...]:
        """Last year, or nothing."""
        return COMPARISONS

    def compared(self, data: RhythmData, name: str) -> View:
        """With each day of last year beside this year's."""
        return replace(self, versus_year=name == "year")

    def explanation(self, data: RhythmData, line: Line | None) -> View | None:
        """The rule of the occurrence under the cursor in words."""
        return self.open(data, line.place) if line is not None and line.place is not None else None

    def detail(self, data: RhythmData, line: Line | None, width: int) -> Sequence[Line]:
        """The occurrence under the cursor."""
        from cockpit.panes.occurrence import occurrence_facts

        name = line.place.name if line is not None and line.place is not None else None
        item = next((item for item in data.items if item.occurrence and item.key == name), None)
        if item is None or item.occurrence is None:
            return ()
        return [row.fitted(width) for row in occurrence_facts(item.occurrence, width, item.here)]

    def table(self, data: RhythmData) -> RawTable:
        """The agenda with raw values."""
        columns = ("date", "at", "title", "kind", "note", "key")
        rows = [tuple(getattr(item, name) for name in columns) for item in data.items]
        title = f"Agenda {data.label or day_and_month(data.first)}"
        if not data.year_before:
            return RawTable(title, columns, rows)
        partners = [data.year_before.get(item.key or "") for item in data.items]
        more = [(None, None) if one is None else (one.date, one.later) for one in partners]
        return RawTable(
            title,
            (*columns, "last_year", "days_later"),
            [(*row, *two) for row, two in zip(rows, more, strict=True)],
        )

    def subject(self, data: RhythmData, line: Line | None) -> str | None:
        """The occurrence under the cursor."""
        if line is None or line.place is None or line.place.kind != "occurrence":
            return None
        return line.place.name
