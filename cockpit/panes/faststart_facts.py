"""When the FastStart season opens, and how far it is: from the calendar, its tasks and its gates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from cockpit.fiscal.labels import canonical_label
from cockpit.panes.days import day_and_month
from cockpit.panes.rhythm_lines import AgendaItem

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.rhythm import Occurrence
    from cockpit.work.readiness import Point, Step
    from cockpit.work.task import Task

DAYS_BEFORE = 120
"""The season opens this many days before the fiscal year."""
BUSINESS_DAYS_AFTER = 45
"""It closes on this business day of the year."""
WORKSTREAM = "faststart"
DAY = timedelta(days=1)
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
        return f"FastStart {self.year} opens {day_and_month(self.opens)}, {self._distance}"

    @property
    def _distance(self) -> str:
        """How far off its opening is: "in 100 days", "tomorrow"."""
        days = (self.opens - self.today).days
        return "tomorrow" if days == 1 else f"in {days} days"

    def agenda_item(self) -> AgendaItem | None:
        """Its opening as a line of the agenda; None while it runs."""
        if self.running:
            return None
        return AgendaItem(self.opens, "", f"FastStart {self.year} opens", self._distance, None, "unit")


def season(cockpit: "Cockpit", day: date | None = None) -> Season:
    """The season that runs on a day, else the next one; today when the day is left out."""
    today = day or cockpit.today
    year = cockpit.fiscal.unit("year", today)
    assert year is not None, "every fiscal calendar has years"
    current = _season_of(cockpit, year.start, year.label, today)
    if today <= current.closes:
        return current
    start = year.end + DAY
    following = cockpit.fiscal.unit("year", start)  # none where a table of years ends
    label = canonical_label("year", year.fy + 1, 1) if following is None else following.label
    return _season_of(cockpit, start, label, today)


def season_asked(cockpit: "Cockpit", as_of: date | None) -> Season:
    """The season of the as-of date that somebody asked for, on the screen or when opening; else today's."""
    return season(cockpit, as_of or cockpit.asked_day)


def _season_of(cockpit: "Cockpit", start: date, label: str, today: date) -> Season:
    business = cockpit.fiscal.business
    day_before = start - DAY
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


@dataclass(frozen=True, slots=True)
class SeasonWork:
    """A season's tasks as of its day.

    Attributes:
        tasks: those that are there, those that the calendar will ask for, and those of others they need.
        finished_at: when each finished one was finished, as the journal tells.
        untold: how many of the season's actions fell due before work began here; they were never tasks.
        began: the day on which it began, or None where all of them are known.
    """

    tasks: "tuple[Task, ...]" = ()
    finished_at: Mapping[str, datetime] = field(default_factory=dict)
    untold: int = 0
    began: date | None = None


def season_work(cockpit: "Cockpit", current: Season) -> SeasonWork:
    """The season's tasks as they stand today; on another day as they stood then."""
    from cockpit.work.basis import window
    from cockpit.work.readiness import with_needed

    began = cockpit.work.began or current.opens
    if current.today == cockpit.today:
        ours, finished_at = cockpit.tasks(f"workstream:{WORKSTREAM} all"), cockpit.work.finished_at()
        unmade_from = window(current.today)[1] + DAY
    else:
        every, finished_at = cockpit.work.stood_on(current.today)
        ours = [task for task in every if task.workstream == WORKSTREAM]
        unmade_from = max(current.opens, began)
    tasks = [
        task
        for task in ours
        if task.due is not None
        and (task.period == current.year or current.opens <= task.due <= current.closes)
    ]
    tasks += _not_made_yet(cockpit, current, unmade_from, tasks)
    keys = {task.key for task in tasks}
    if not all(key in keys for task in tasks for key in task.needs):
        more = cockpit.tasks("all") if current.today == cockpit.today else every
        tasks = list(with_needed(tasks, [*tasks, *more]))
    untold = len(_actions(cockpit, current.opens, began - DAY))
    return SeasonWork(tuple(tasks), finished_at, untold, began if untold else None)


def _actions(cockpit: "Cockpit", first: date, last: date) -> "list[Occurrence]":
    """What the calendar asks for in the season between two days, both included."""
    if first > last:
        return []
    found = cockpit.rhythm(first, last)
    return [one for one in found if one.type == "action" and one.workstream == WORKSTREAM]


def _not_made_yet(cockpit: "Cockpit", current: Season, first: date, made: "Collection[Task]") -> "list[Task]":
    """The season's actions of which the store has no task on its day; a plan without them would be short."""
    from cockpit.work.days import DaysLeft
    from cockpit.work.task import Task

    days_left = DaysLeft(cockpit.fiscal.business, current.today)
    known = {task.key for task in made}
    unmade = [one for one in _actions(cockpit, first, current.closes) if one.key not in known]
    unfinished = {task.key: task.title for task in made if not task.finished}
    unfinished |= {one.key: one.title for one in unmade}
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
            overdue=one.date < current.today,
            business_days_left=days_left.to(one.date),
            urgency=0.0,
            evidence=None,
            needs=tuple(one.needs),
            blocked_by=tuple(need for need in one.needs if need in unfinished),
            period=one.period,
            version=TO_COME,
            updated_at="",
            updated_by="",
            lead_start=one.lead_start,
            calendar=one.calendar,
            needs_title=next((unfinished[need] for need in one.needs if need in unfinished), None),
        )
        for one in unmade
    ]


def progress_of(
    cockpit: "Cockpit", current: Season, tasks: "Sequence[Task]", finished_at: Mapping[str, datetime]
) -> Progress:
    """How far those tasks of the season are; `finished_at` says when those that are finished were."""
    from cockpit.work.readiness import burn_up, critical_path, steps_of

    fiscal = cockpit.fiscal
    steps = steps_of(tasks, cockpit.people, fiscal.zone, current.today, finished_at)
    covered = fiscal.business.covers(current.opens) and fiscal.business.covers(current.closes)
    points = (
        burn_up(steps, current.opens, current.closes, current.today, fiscal.business)
        if steps and covered
        else ()
    )
    return Progress(steps, points, critical_path(tasks))
