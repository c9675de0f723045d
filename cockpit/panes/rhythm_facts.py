"""What the Rhythm screen shows, gathered once: agenda, months, quarter, year, all narrowed alike."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cockpit.fiscal import resolve_period
from cockpit.panes.days import clock
from cockpit.panes.last_year import YearBefore, years_before
from cockpit.panes.month_grid import FIRST_WEEKDAY, DayMarks, MonthFacts, month_facts
from cockpit.panes.rhythm_lines import AgendaItem, agenda_order, day_items, item_of
from cockpit.panes.ruler import DEADLINE_KINDS, RulerFacts, marked, ruler_facts
from cockpit.panes.year_strip import YearFacts, year_facts
from cockpit.rhythm.agenda_filter import RhythmFilter, roles_of

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.fiscal import Unit
    from cockpit.rhythm import Occurrence
    from cockpit.work import Task

WEEKS = 8
"""How far the agenda goes where no fiscal unit is asked for."""
MONTHS_SHOWN = 6
DAY = timedelta(days=1)
FISCAL_LABEL = re.compile(r"FY\d{2,4}(-H[12]|-Q\d|-P\d\d|-W\d\d|-Q\d-W\d\d)?", re.IGNORECASE)
"""A fiscal label that is whole, so that it can be jumped to."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the calendar.

    Attributes:
        first: the first day of the agenda; None is today.
        unit: label of the fiscal unit that the agenda shows, or "" for some weeks.
        actions: whether required actions are lines of their own.
        filter: what everything is narrowed by.
        group: what the agenda is grouped by: "", or a name of `GROUPS`.
        versus_year: whether each line tells its day a year before.
    """

    first: date | None = None
    unit: str = ""
    actions: bool = False
    filter: RhythmFilter = field(default_factory=RhythmFilter)
    group: str = ""
    versus_year: bool = False


@dataclass(frozen=True, slots=True)
class RhythmData:
    """The calendar from a day on.

    Attributes:
        today: the calendar's day.
        first, last: the days of the agenda.
        label: the fiscal unit that the agenda shows, or "".
        before, after: the labels of the units around that one, or "".
        groups: the agenda: heading and lines; one group without a heading where it is not grouped.
        months: the months from the first day's on.
        marks: what is told about single days.
        ruler: the quarter of the first day.
        year: the fiscal year of the first day.
        found: how many lines there are when nothing is narrowed.
        zones: the calendar's zone and the viewer's in short, where they differ; else "".
        next_deadline: the first day after the first day of the agenda that has a deadline, or None.
        last_deadline: the last such day before it, or None.
        year_before: each line's partner a year before, by key, where that is asked for.
    """

    today: date
    first: date
    last: date
    label: str
    before: str
    after: str
    groups: tuple[tuple[str, tuple[AgendaItem, ...]], ...]
    months: tuple[MonthFacts, ...]
    marks: DayMarks
    ruler: RulerFacts
    year: YearFacts
    found: int
    zones: str = ""
    next_deadline: date | None = None
    last_deadline: date | None = None
    year_before: Mapping[str, YearBefore] = field(default_factory=dict)

    @property
    def items(self) -> tuple[AgendaItem, ...]:
        """All lines of the agenda."""
        return tuple(item for _, items in self.groups for item in items)

    @property
    def most(self) -> int:
        """The most that is due on one day."""
        return max(self.marks.load.values(), default=0)


GROUPS: Mapping[str, Callable[["Occurrence"], Sequence[str]]] = {
    "role": lambda occurrence: roles_of(occurrence) or ("nobody named",),
    "kind": lambda occurrence: (occurrence.kind,),
    "workstream": lambda occurrence: (occurrence.workstream or "no workstream",),
    "scope": lambda occurrence: (occurrence.scope or "everywhere",),
}
"""What the agenda can be grouped by; an occurrence for several roles stands under each of them."""


def load_rhythm_data(cockpit: "Cockpit", asked: Asked, period: str | None = None) -> RhythmData:
    """Gather what the screen shows.

    Args:
        cockpit: the workspace.
        asked: what is asked.
        period: the period that holds in all views, or None for the usual one; counts where `asked` names
            neither a day nor a unit.

    Raises:
        UsageError: there is no such unit.
    """
    fiscal, today = cockpit.fiscal, cockpit.today
    first, last, label, before, after = _span(cockpit, asked, period)
    week_start = FIRST_WEEKDAY[cockpit.workspace.config.display.week_start]
    months = _months(cockpit, first, week_start)
    coordinates = fiscal.coordinates(first).as_json()
    year_start, year_end = (date.fromisoformat(coordinates[name]) for name in ("year_start", "year_end"))
    every = cockpit.rhythm(min(year_start, first, months[0].first), max(year_end, last, months[-1].last))
    tasks = {task.key: task for task in cockpit.tasks("all")}
    viewer = datetime.now().astimezone().tzinfo
    items = [_item(one, tasks.get(one.key), viewer) for one in every]
    wanted = [item for item in items if asked.filter.matches(item)] if asked.filter else items
    marks = _marks(cockpit, wanted, tasks, months)
    listed = _listed(cockpit, wanted, first, last, asked, tasks)
    partners: Mapping[str, YearBefore] = {}
    if asked.versus_year:
        partners = _partners(cockpit, [item.occurrence for item in listed if item.occurrence], first, last)
    occurring = [item.occurrence for item in wanted if item.occurrence is not None]
    return RhythmData(
        today,
        first,
        last,
        label,
        before,
        after,
        _grouped(listed, asked.group, asked.filter),
        months,
        marks,
        ruler_facts(cockpit, first, occurring),
        year_facts(fiscal, first, today, marks.load, week_start),
        sum(first <= item.date <= last for item in items),
        _zones(listed, viewer),
        next((item.date for item in wanted if item.date > first and _deadline(item)), None),
        next((item.date for item in reversed(wanted) if item.date < first and _deadline(item)), None),
        partners,
    )


def _span(cockpit: "Cockpit", asked: Asked, period: str | None) -> tuple[date, date, str, str, str]:
    """First and last day of the agenda, its unit and the units around it."""
    fiscal = cockpit.fiscal
    unit = fiscal.unit_named(asked.unit) if asked.unit else None
    if unit is None and asked.first is None and period is not None:
        span = resolve_period(fiscal, period, cockpit.today)
        unit = span.unit
        if unit is None and span.start is not None and span.end is not None:
            return span.start, span.end, span.label, "", ""
    if unit is None:
        first = asked.first or cockpit.today
        return first, first + timedelta(days=7 * WEEKS - 1), "", "", ""
    before, after = (_label(fiscal.unit(unit.kind, day)) for day in (unit.start - DAY, unit.end + DAY))
    return unit.start, unit.end, unit.label, before, after


def _label(unit: "Unit | None") -> str:
    return "" if unit is None else unit.label


def _months(cockpit: "Cockpit", first: date, week_start: int) -> tuple[MonthFacts, ...]:
    months: list[MonthFacts] = []
    month = first.replace(day=1)
    for _ in range(MONTHS_SHOWN):
        months.append(month_facts(cockpit.fiscal, week_start, month))
        month = (month + timedelta(days=32)).replace(day=1)
    return tuple(months)


def _item(occurrence: "Occurrence", task: "Task | None", viewer: tzinfo | None) -> AgendaItem:
    note = ""
    if task is not None:
        state = "late" if task.overdue else "" if task.status == "open" else task.status.replace("_", " ")
        note = "  ".join(word for word in (state, task.owner or task.owner_role) if word)
    return item_of(occurrence, note, here(occurrence, viewer))


def here(occurrence: "Occurrence", viewer: tzinfo | None) -> str:
    """The time of an occurrence where the viewer is, with "+1" for the next day; "" where it is the same."""
    if viewer is None:
        return ""
    own = occurrence.utc.astimezone(ZoneInfo(occurrence.zone))
    seen = occurrence.utc.astimezone(viewer)
    if seen.utcoffset() == own.utcoffset():
        return ""
    days = (seen.date() - own.date()).days
    return clock(seen) + (f"{days:+}" if days else "")


def _zones(items: Iterable[AgendaItem], viewer: tzinfo | None) -> str:
    """Both zones in short: "PST, CET here"; "" where the viewer is in the calendar's."""
    item = next((item for item in items if item.here), None)
    if item is None or item.occurrence is None:
        return ""
    own = item.occurrence.utc.astimezone(ZoneInfo(item.occurrence.zone))
    return f"{own:%Z}, {item.occurrence.utc.astimezone(viewer):%Z} here"


def _marks(
    cockpit: "Cockpit", items: Sequence[AgendaItem], tasks: "Mapping[str, Task]", months: Sequence[MonthFacts]
) -> DayMarks:
    deadlines: set[date] = set()
    windows: set[date] = set()
    load: Counter[date] = Counter()
    for item in items:
        occurrence = item.occurrence
        if occurrence is None:
            continue
        if marked(occurrence, cockpit.today):
            deadlines.add(item.date)
        if occurrence.type == "event" and occurrence.until is not None:
            length = (occurrence.until - occurrence.date).days
            windows.update(occurrence.date + timedelta(days=offset) for offset in range(length + 1))
        if _due(item, tasks):
            load[item.date] += 1
    business = cockpit.fiscal.business
    first, last = months[0].first, months[-1].last
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    closed = frozenset(day for day in days if day.weekday() < 5 and not business.is_business_day(day))
    return DayMarks(frozenset(deadlines), frozenset(windows), load, closed)


def _due(item: AgendaItem, tasks: "Mapping[str, Task]") -> bool:
    """Whether a line is something to be handed in that is not finished yet."""
    if item.occurrence is None or item.occurrence.type != "action":
        return False
    task = tasks.get(item.occurrence.key)
    return task is None or not task.finished


def _deadline(item: AgendaItem) -> bool:
    return item.occurrence is not None and item.occurrence.type == "event" and item.kind in DEADLINE_KINDS


def _listed(
    cockpit: "Cockpit",
    items: Sequence[AgendaItem],
    first: date,
    last: date,
    asked: Asked,
    tasks: "Mapping[str, Task]",
) -> list[AgendaItem]:
    """The lines of the agenda: events and windows under way, and actions or how many of them are due."""
    whole = asked.actions or bool(asked.filter)
    shown: list[AgendaItem] = []
    due: dict[date, list[AgendaItem]] = {}
    for item in items:
        occurrence = item.occurrence
        if occurrence is None or item.date > last or (occurrence.until or item.date) < first:
            continue
        if whole or occurrence.type == "event":
            shown.append(item)
        elif _due(item, tasks) and not asked.group:
            due.setdefault(item.date, []).append(item)
    shown += [_due_line(day, on_day) for day, on_day in due.items()]
    if not asked.group:
        shown += [item for item in day_items(cockpit, first, last) if asked.filter.matches(item)]
    return sorted(shown, key=agenda_order)


def _due_line(day: date, items: Sequence[AgendaItem]) -> AgendaItem:
    """How much is due on a day and whose it is, in one line."""
    roles = Counter(
        item.occurrence.owner_role or "nobody named" for item in items if item.occurrence is not None
    )
    only = len(roles) == 1
    whose = ", ".join(role if only else f"{role} {count}" for role, count in roles.most_common())
    return AgendaItem(day, "", f"{len(items)} due: {whose}", "", f"due {day.isoformat()}", "due")


def _grouped(
    items: Sequence[AgendaItem], group: str, narrowed: RhythmFilter
) -> tuple[tuple[str, tuple[AgendaItem, ...]], ...]:
    if not group:
        return (("", tuple(items)),)
    groups: dict[str, list[AgendaItem]] = {}
    for item in items:
        if item.occurrence is not None:
            for name in GROUPS[group](item.occurrence):
                groups.setdefault(name, []).append(item)
    wanted = [word.text for word in narrowed.words if word.field == group and word.wanted]
    names = [name for name in sorted(groups) if all(text in name.casefold() for text in wanted)]
    return tuple((name, tuple(groups[name])) for name in names)


def _partners(
    cockpit: "Cockpit", occurrences: "Sequence[Occurrence]", first: date, last: date
) -> Mapping[str, YearBefore]:
    """The same ones a year before; a 53rd week may lie between."""
    margin = timedelta(days=45)
    year = timedelta(days=365)
    now = cockpit.rhythm(first - margin, last + margin)
    partners = years_before(cockpit.fiscal, now, cockpit.rhythm(first - year - margin, last - year + margin))
    shown = {one.key for one in occurrences}
    return {key: partner for key, partner in partners.items() if key in shown}
