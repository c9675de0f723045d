"""When the FastStart season opens and how far it is, from the calendar and its tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.panes.days import day_and_month
from cockpit.panes.rhythm_lines import AgendaItem

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work.task import Task

DAYS_BEFORE = 120
"""The season opens this many days before the fiscal year."""
BUSINESS_DAYS_AFTER = 45
"""It closes on this business day of the year."""
WORKSTREAM = "faststart"


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
    following = cockpit.fiscal.shift(year, 1)
    return _season_of(cockpit, following.start, following.label, today)


def _season_of(cockpit: "Cockpit", start: date, label: str, today: date) -> Season:
    business = cockpit.fiscal.business
    day_before = start - timedelta(days=1)
    if business.covers(start):
        closes = business.add(day_before, BUSINESS_DAYS_AFTER)
    else:
        closes = start + timedelta(days=BUSINESS_DAYS_AFTER * 7 // 5)
    return Season(label, start - timedelta(days=DAYS_BEFORE), closes, today)


@dataclass(frozen=True, slots=True)
class Share:
    """How far a group of tasks is.

    Attributes:
        name: the workstream or owner.
        done, total: tasks; dropped ones are not counted.
        should: how many are due until today.
        late: unfinished and overdue.
    """

    name: str
    done: int
    total: int
    should: int
    late: int


def shares(tasks: "Sequence[Task]", group: str, today: date) -> list[Share]:
    """The tasks grouped by "owner" or "workstream", the one furthest behind first."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        if task.status == "dropped":
            continue
        name = (task.owner or task.owner_role or "(nobody)") if group == "owner" else task.workstream
        groups.setdefault(name, []).append(task)
    result = [
        Share(
            name,
            sum(task.finished for task in members),
            len(members),
            sum(task.due is not None and task.due <= today for task in members),
            sum(task.overdue for task in members),
        )
        for name, members in groups.items()
    ]
    return sorted(result, key=lambda share: (share.done - share.should, share.name))
