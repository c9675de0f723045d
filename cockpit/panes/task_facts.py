"""The tasks that want attention as of a day: late, today's, near, later."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.panes.days import weekday
from cockpit.panes.view import Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work.task import Task

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """The tasks that want attention as of a day.

    Attributes:
        tasks: as they are worked down: late ones first, the latest leading; then today's by hour; then
            what comes; then what is finished.
        today: the calendar's day.
        horizon: the second business day after today: what is due until then is counted as near.
        me: names that mean the user, folded; their tasks say "you".
    """

    tasks: "Sequence[Task]"
    today: date
    horizon: date
    me: frozenset[str] = frozenset()

    def groups(self) -> "tuple[Sequence[Task], Sequence[Task], Sequence[Task], Sequence[Task]]":
        """Late, today's, near (to the horizon), later; finished ones are in `finished`."""
        late, today = self._from(self.today), self._from(self.today + DAY)
        near, done = self._from(self.horizon + DAY), self._from(None)
        tasks = self.tasks
        return tasks[:late], tasks[late:today], tasks[today:near], tasks[near:done]

    @property
    def unfinished(self) -> "Sequence[Task]":
        """Those in which something is left to do."""
        return self.tasks[: self._from(None)]

    @property
    def finished(self) -> "Sequence[Task]":
        """Those in which nothing is left to do."""
        return self.tasks[self._from(None) :]

    def _from(self, day: date | None) -> int:
        """How many tasks are unfinished and due before a day; without one, how many are unfinished."""
        limit = (True, date.min) if day is None else (False, day)
        return bisect_left(self.tasks, limit, key=lambda task: (task.finished, task.due or date.max))

    @property
    def fact(self) -> str:
        """Such as "4 late   3 today   5 to Wed"."""
        late, now, near, _ = self.groups()
        return f"{len(late):,} late   {len(now)} today   {len(near)} to {weekday(self.horizon)}"


def load_tasks(cockpit: "Cockpit", context: Context, filter_text: str = "") -> TaskFacts:
    """The tasks that match; without a filter those that are late or whose lead has begun.

    Where the standing slice is people ("me", "my team") only theirs.
    """
    today = cockpit.today
    business = cockpit.fiscal.business
    horizon = business.add(today, 2) if business.covers(today) else today + timedelta(days=2)
    tasks = cockpit.tasks(filter_text, typed=True, order="due")
    owners = cockpit.slice_owners.get(context.slice or "")
    if owners is not None:
        tasks = [task for task in tasks if task.owner in owners]
    return TaskFacts(tasks, today, horizon, cockpit.user.names)
