"""When the FastStart season opens, and how far it is: from the calendar, its tasks and its gates."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.fiscal.labels import canonical_label
from cockpit.panes.days import day_and_month
from cockpit.panes.rhythm_lines import AgendaItem

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work.readiness import Point, Step
    from cockpit.work.task import Task

DAYS_BEFORE = 120
"""The season opens this many days before the fiscal year."""
BUSINESS_DAYS_AFTER = 45
"""It closes on this business day of the year."""
WORKSTREAM = "faststart"
TO_COME = 0
"""Version of a task that the calendar will ask for, and that the store does not have yet."""


@dataclass(frozen=True, slots=True)
class Season:
    """A FastStart season.

    Attributes:
        year: the fiscal year's label.
        opens, closes: its first and last day.
        today: the calendar's day.
    """

    year: str
    opens: date
    closes: date
    today: date

    @property
    def running(self) -> bool:
        """Whether today lies in it."""
        return self.opens <= self.today <= self.closes

    @property
    def words(self) -> str:
        """Such as "FastStart FY28 opens Wed 3 Mar, in 100 days"."""
        if self.running:
            return f"FastStart {self.year} runs to {day_and_month(self.closes)}"
        days = (self.opens - self.today).days
        return f"FastStart {self.year} opens {day_and_month(self.opens)}, in {days} days"

    def agenda_item(self) -> AgendaItem | None:
        """Its opening as a line of the agenda; None while it runs."""
        if self.running:
            return None
        days = (self.opens - self.today).days
        return AgendaItem(self.opens, "", f"FastStart {self.year} opens", f"in {days} days", None, "unit")


def season(cockpit: "Cockpit") -> Season:
    """The season that runs today, else the next one."""
    today = cockpit.today
    year = cockpit.fiscal.unit("year", today)
    assert year is not None, "every fiscal calendar has years"
    current = _season_of(cockpit, year.start, year.label, today)
    if today <= current.closes:
        return current
    start = year.end + timedelta(days=1)
    following = cockpit.fiscal.unit("year", start)  # none where a table of years ends
    label = canonical_label("year", year.fy + 1, 1) if following is None else following.label
    return _season_of(cockpit, start, label, today)


def _season_of(cockpit: "Cockpit", start: date, label: str, today: date) -> Season:
    business = cockpit.fiscal.business
    day_before = start - timedelta(days=1)
    if business.covers(start):
        closes = business.add(day_before, BUSINESS_DAYS_AFTER)
    else:
        closes = start + timedelta(days=BUSINESS_DAYS_AFTER * 7 // 5)
    return Season(label, start - timedelta(days=DAYS_BEFORE), closes, today)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a season's tasks are.

    Attributes:
        steps: the tasks with their weights; dropped ones are not among them.
        points: planned against done by business day; empty where the holiday lists do not reach.
        path: the longest chain of unfinished tasks through `needs`.
    """

    steps: "tuple[Step, ...]" = ()
    points: "tuple[Point, ...]" = ()
    path: "tuple[Task, ...]" = ()


NO_PROGRESS = Progress()
"""Of a season without tasks."""


def season_tasks(cockpit: "Cockpit", current: Season) -> "tuple[Task, ...]":
    """The season's tasks, those that the calendar will ask for yet, and those of others that they need."""
    from cockpit.work.readiness import with_needed

    tasks = [
        task
        for task in cockpit.tasks(f"workstream:{WORKSTREAM} all")
        if task.due is not None
        and (task.period == current.year or current.opens <= task.due <= current.closes)
    ]
    known = {task.key for task in tasks}
    tasks += [task for task in _tasks_to_come(cockpit, current) if task.key not in known]
    known = {task.key for task in tasks}
    if all(key in known for task in tasks for key in task.needs):
        return tuple(tasks)
    return with_needed(tasks, [*tasks, *cockpit.tasks("all")])


def _tasks_to_come(cockpit: "Cockpit", current: Season) -> "list[Task]":
    """The season's actions beyond the days for which tasks are made; a plan without them would be short."""
    from cockpit.work.basis import window
    from cockpit.work.task import Task

    first = window(current.today)[1] + timedelta(days=1)
    if first > current.closes:
        return []
    business = cockpit.fiscal.business
    covered = business.covers(current.today) and business.covers(current.closes)
    return [
        Task(
            key=one.key,
            title=one.title,
            workstream=WORKSTREAM,
            status="open",
            owner=None,
            owner_role=one.owner_role,
            due=one.date,
            at=None,
            overdue=False,
            business_days_left=business.count(current.today + timedelta(days=1), one.date)
            if covered
            else None,
            urgency=0.0,
            evidence=None,
            needs=tuple(one.needs),
            blocked_by=(),
            period=one.period,
            version=TO_COME,
            updated_at="",
            updated_by="",
            lead_start=one.lead_start,
        )
        for one in cockpit.rhythm(first, current.closes)
        if one.type == "action" and one.workstream == WORKSTREAM
    ]


def progress_of(cockpit: "Cockpit", current: Season, tasks: "tuple[Task, ...]") -> Progress:
    """How far those tasks of the season are."""
    from cockpit.work.readiness import burn_up, critical_path, steps_of

    fiscal = cockpit.fiscal
    steps = steps_of(tasks, cockpit.people, fiscal.zone, current.today, cockpit.work.finished_at())
    covered = fiscal.business.covers(current.opens) and fiscal.business.covers(current.closes)
    points = (
        burn_up(steps, current.opens, current.closes, current.today, fiscal.business)
        if steps and covered
        else ()
    )
    return Progress(steps, points, critical_path(tasks))
