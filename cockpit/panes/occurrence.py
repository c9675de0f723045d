"""An occurrence in full: its rule in words, why it falls on that day, what it needs, when it comes next."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.problems import UsageError
from cockpit.panes.days import clock, day_and_month, deadline, full_day
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, cells, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.rhythm_facts import here
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.rhythm import Explained, Occurrence, RhythmCalendar
    from cockpit.work import Task

NEXT = 6
"""How many further occurrences are shown."""
REACH = timedelta(days=200)
"""How far before and after an event its actions may lie."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed for an occurrence: a required action, with its task where there is one."""

    action: "Occurrence"
    task: "Task | None"


@dataclass(frozen=True, slots=True)
class OccurrenceData:
    """An occurrence, what is owed for it, the ones that come after it, and the day it is looked at."""

    occurrence: "Occurrence"
    following: "tuple[Explained, ...]"
    today: date
    owed: tuple[Owed, ...] = ()
    here: str = ""


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
        found = self._found(cockpit, today)
        calendar = next(
            one
            for one in (cockpit.calendar, *cockpit.other_calendars)
            if one.fiscal.id == found.calendar or one is cockpit.calendar
        )
        following = calendar.explain(found.event, NEXT, found.date + timedelta(days=1))
        viewer = datetime.now().astimezone().tzinfo
        return OccurrenceData(
            found, tuple(following), today, _owed(cockpit, calendar, found), here(found, viewer)
        )

    def _found(self, cockpit: "Cockpit", today: date) -> "Occurrence":
        spans = [(today - timedelta(days=40), today + timedelta(days=130))]
        spans.append((today - timedelta(days=400), today + timedelta(days=400)))
        if self.day is not None:
            spans.insert(0, (self.day, self.day))
        for first, last in spans:
            for occurrence in cockpit.rhythm(first, last):
                if occurrence.key == self.key:
                    return occurrence
        raise UsageError(f"the calendar has no occurrence {self.key}")

    def page(self, data: OccurrenceData, size: Size) -> Page:
        """Facts, then the next ones."""
        pad = " " if size.width >= WIDE else ""
        width = min(size.width - 2 * len(pad), 118)
        lines = occurrence_facts(data.occurrence, width, data.here)
        if data.owed:
            late = sum(one.task is not None and one.task.overdue for one in data.owed)
            fact = f"{len(data.owed)} to hand in" + (f", {late} late" if late else "")
            lines += [BLANK, rule("Owed", fact, width)]
            lines += [_owed_line(one, data.today, width) for one in data.owed]
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
        """One of the next ones, or an action without a task; tasks are a view of their own."""
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


def _owed(cockpit: "Cockpit", calendar: "RhythmCalendar", occurrence: "Occurrence") -> tuple[Owed, ...]:
    """The required actions of an event's occurrence: those that hang from it and name the same unit."""
    if occurrence.type != "event":
        return ()
    names = {one.id for one in calendar.definitions.values() if one.event == occurrence.event}
    if not names:
        return ()
    unit = _unit_part(occurrence)
    near = cockpit.rhythm(occurrence.date - REACH, (occurrence.until or occurrence.date) + REACH)
    tasks = {task.key: task for task in cockpit.tasks("all")}
    return tuple(
        Owed(one, tasks.get(one.key)) for one in near if one.event in names and _unit_part(one) == unit
    )


def _unit_part(occurrence: "Occurrence") -> tuple[str, str]:
    """Of a key `calendar/event/unit/scope` what an event has in common with its actions."""
    return occurrence.calendar, occurrence.key.removeprefix(f"{occurrence.calendar}/{occurrence.event}/")


def _owed_line(owed: Owed, today: date, width: int) -> Line:
    """When, what, whose, how it stands and what proves it."""
    action, task = owed.action, owed.task
    due = task.due if task is not None and task.due is not None else action.date
    left_days = task.business_days_left if task is not None else None
    finished = task is not None and task.finished
    when = day_and_month(due) if finished or due >= today else deadline(due, None, today, left_days)
    owner = (task.owner if task is not None else None) or action.owner_role or "nobody named"
    status = task.status.replace("_", " ") if task is not None else ""
    proof = f"proof: {action.evidence.kind}" if action.evidence is not None else ""
    if task is not None and task.evidence:
        proof = f"proof: {task.evidence}"
    note = "   ".join(part for part in (owner, status, proof) if part)
    note_width = min(cells(note), width * 2 // 5)
    late = task is not None and task.overdue
    place = Place("task" if task is not None else "occurrence", action.key, where=action.date.isoformat())
    return line(
        Span(left(when, 18), "late" if late else "text"),
        Span(left(action.title, max(width - 20 - note_width, 8)), "dim" if finished else "text"),
        Span("  " + right(note, note_width), "dim"),
        place=place,
        key=action.key,
    )


def occurrence_facts(occurrence: "Occurrence", width: int, here: str = "") -> list[Line]:
    """An occurrence in words.

    Args:
        occurrence: what occurs.
        width: cells.
        here: its time where the viewer is, where that is another one.
    """
    until = f" to {full_day(occurrence.until)}" if occurrence.until is not None else ""
    at = f" {clock(occurrence.at)}" + (f", {occurrence.duration}" if occurrence.duration else "")
    zone = f" ({occurrence.zone})" if occurrence.zone else ""
    rolled = f"rolled from {full_day(occurrence.rolled_from)}" if occurrence.rolled_from else ""
    evidence = occurrence.evidence
    proof = "" if evidence is None else f"{evidence.kind}: {evidence.prompt or ''}".rstrip(": ")
    facts = [
        ("what", occurrence.detail or ""),
        ("when", f"{full_day(occurrence.date)}{until}{at}{zone}"),
        ("where you are", here),
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
        ("defined in", _origin(occurrence)),
        ("key", occurrence.key),
    ]
    lines = [rule(occurrence.title, day_and_month(occurrence.date), width)]
    for label, text in facts:
        lines += [
            line(Span(left(label if index == 0 else "", 14), "dim"), part)
            for index, part in enumerate(wrapped(text, max(width - 14, 16)))
        ]
    return lines


def _origin(occurrence: "Occurrence") -> str:
    """The file and line that say so; the name first, since paths are long."""
    path = Path(occurrence.file)
    place = path.name + (f":{occurrence.line}" if occurrence.line else "")
    return f"{place} in {path.parent}"
