"""An occurrence in full: its rule in words, why it falls on that day, what it needs, when it comes next."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.base.problems import UsageError
from cockpit.panes.days import clock, day_and_month, full_day
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, left, line, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.rhythm import Explained, Occurrence

NEXT = 6
"""How many further occurrences are shown."""


@dataclass(frozen=True, slots=True)
class OccurrenceData:
    """An occurrence, the ones that come after it, and the day it is looked at."""

    occurrence: "Occurrence"
    following: "tuple[Explained, ...]"
    today: date


@dataclass(frozen=True)
class OccurrenceView(View):
    """One occurrence.

    Attributes:
        key: its key.
        day: its day, where it is known, so that it is found at once.
        siblings: keys and days of the agenda that it was opened from.
    """

    key: str
    day: date | None = None
    siblings: tuple[tuple[str, date], ...] = ()

    name = "rhythm"

    @classmethod
    def at(cls, place: Place) -> "OccurrenceView":
        """The occurrence that a place leads to; its condition may be the day."""
        return cls(place.name, date.fromisoformat(place.where) if place.where else None)

    def crumbs(self) -> tuple[str, ...]:
        """The view, then the key."""
        return ("Rhythm", self.key)

    def load(self, cockpit: "Cockpit", context: Context) -> OccurrenceData:
        """The occurrence, found near its day, else within some four hundred days of today.

        Raises:
            UsageError: there is no such occurrence.
        """
        today = cockpit.today
        spans = [(today - timedelta(days=40), today + timedelta(days=130))]
        spans.append((today - timedelta(days=400), today + timedelta(days=400)))
        if self.day is not None:
            spans.insert(0, (self.day, self.day))
        for first, last in spans:
            for occurrence in cockpit.rhythm(first, last):
                if occurrence.key == self.key:
                    after = occurrence.date + timedelta(days=1)
                    following = cockpit.calendar.explain(occurrence.event, NEXT, after)
                    return OccurrenceData(occurrence, tuple(following), today)
        raise UsageError(f"the calendar has no occurrence {self.key}")

    def page(self, data: OccurrenceData, size: Size) -> Page:
        """Facts, then the next ones."""
        pad = " " if size.width >= WIDE else ""
        width = min(size.width - 2 * len(pad), 118)
        lines = occurrence_facts(data.occurrence, width)
        if data.following:
            lines += [BLANK, rule("Next", f"{len(data.following)}", width)]
            for explained in data.following:
                day = f"{day_and_month(explained.occurrence.date)} {clock(explained.occurrence.at)}".strip()
                place = Place(
                    "occurrence", explained.occurrence.key, where=explained.occurrence.date.isoformat()
                )
                key = explained.occurrence.key
                lines.append(line(left(day, 18), Span(explained.reason, "dim"), place=place, key=key))
        shown = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(size.width, size.height, (Block("occurrence", 0, 0, size.width, size.height, shown),))

    def facts(self, data: OccurrenceData) -> str:
        """Its day."""
        return day_and_month(data.occurrence.date)

    def open(self, data: OccurrenceData, place: Place) -> View | None:
        """One of the next ones."""
        return OccurrenceView.at(place) if place.kind == "occurrence" else None

    def sibling(self, data: OccurrenceData, step: int) -> View | None:
        """The next or previous line of the agenda it was opened from."""
        keys = [key for key, _ in self.siblings]
        if len(keys) < 2 or self.key not in keys:
            return None
        key, day = self.siblings[(keys.index(self.key) + step) % len(keys)]
        return replace(self, key=key, day=day)

    def table(self, data: OccurrenceData) -> RawTable:
        """Its fields."""
        return RawTable(self.key, ("field", "value"), [*data.occurrence.as_json().items()])

    def subject(self, data: OccurrenceData, line: Line | None) -> str:
        """The occurrence."""
        return self.key


def occurrence_facts(occurrence: "Occurrence", width: int) -> list[Line]:
    """An occurrence in words."""
    until = f" to {full_day(occurrence.until)}" if occurrence.until is not None else ""
    at = f" {clock(occurrence.at)}" + (f", {occurrence.duration}" if occurrence.duration else "")
    zone = f" ({occurrence.zone})" if occurrence.zone else ""
    rolled = f"rolled from {full_day(occurrence.rolled_from)}" if occurrence.rolled_from else ""
    evidence = occurrence.evidence
    proof = "" if evidence is None else f"{evidence.kind}: {evidence.prompt or ''}".rstrip(": ")
    facts = [
        ("when", f"{full_day(occurrence.date)}{until}{at}{zone}"),
        ("", rolled),
        ("rule", occurrence.rule),
        ("why", occurrence.reason),
        ("kind", f"{occurrence.type}, {occurrence.kind}"),
        ("status", occurrence.status or ""),
        ("who", ", ".join(occurrence.roles) or occurrence.owner_role or ""),
        ("scope", occurrence.scope or ""),
        ("period", occurrence.period or ""),
        ("comes up", full_day(occurrence.lead_start) if occurrence.lead_start else ""),
        ("needs", ", ".join(occurrence.needs)),
        ("proof", proof),
        ("steps", "; ".join(occurrence.checklist)),
        ("defined in", f"{occurrence.file}" + (f":{occurrence.line}" if occurrence.line else "")),
        ("key", occurrence.key),
    ]
    lines = [rule(occurrence.title, day_and_month(occurrence.date), width)]
    for label, text in facts:
        lines += [
            line(Span(left(label if index == 0 else "", 14), "dim"), part)
            for index, part in enumerate(wrapped(text, max(width - 14, 16)))
        ]
    return lines
