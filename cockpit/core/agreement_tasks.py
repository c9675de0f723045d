"""The tasks for the metric engine, those of agreements also as touchpoints; kept until one changes."""

import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from cockpit.metrics.facts.touchpoints import FINISHED, Touchpoint
from cockpit.metrics.facts.work import TaskRecord

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.work import Task

SOURCE = "agreements"
"""The table whose rows the touchpoints hang from; a set of anchors is named after its table."""


class AgreementTasks:
    """What people have done, and seen of the agreements; may be asked from any thread."""

    def __init__(self, cockpit: "Cockpit") -> None:
        self._cockpit = cockpit
        self._lock = threading.Lock()
        self._kept: tuple[int, tuple[Touchpoint, ...]] | None = None
        self._kept_tasks: tuple[int, tuple[TaskRecord, ...]] | None = None

    def version(self) -> int:
        """The number of the last entry of the journal."""
        last = self._cockpit.store.journal(limit=1)
        return last[0].seq if last else 0

    def touchpoints(self) -> Sequence[Touchpoint]:
        """Every task that the calendar asks for of an agreement; those made by hand are none."""
        with self._lock:
            if self._kept is None or self._kept[0] != self.version():
                tasks, finished_at = self._cockpit.tasks("all"), self._cockpit.work.finished_at()
                made = (self._touchpoint(task, finished_at.get(task.key)) for task in tasks)
                found = tuple(one for one in made if one is not None)
                self._kept = self.version(), found
            return self._kept[1]

    def tasks(self) -> Sequence[TaskRecord]:
        """Every task that is worked on here, under the day that was first given to it."""
        with self._lock:
            if self._kept_tasks is None or self._kept_tasks[0] != self.version():
                tasks, finished_at = self._cockpit.tasks("all"), self._cockpit.work.finished_at()
                found = tuple(self._record(task, finished_at.get(task.key)) for task in tasks if task.adopted)
                self._kept_tasks = self.version(), found
            return self._kept_tasks[1]

    def first_dates(self) -> Mapping[str, date]:
        """The expiry date under which each agreement was first seen, by id; the earliest of several."""
        found: dict[str, date] = {}
        for name, anchors in self._cockpit.anchors.items():
            if name.split(".")[0] == SOURCE:
                for anchor in anchors:
                    known = found.get(anchor.row_key, anchor.first_date)
                    found[anchor.row_key] = min(known, anchor.first_date)
        return found

    def _touchpoint(self, task: "Task", finished_at: datetime | None) -> Touchpoint | None:
        due = task.original_due or task.due
        table = (task.source or "").split(".")[0]
        if task.calendar is None or task.row_key is None or due is None or table != SOURCE:
            return None
        return Touchpoint(
            task_key=task.key,
            agreement_id=task.row_key,
            gate=task.key.split("/")[1],
            title=task.title,
            owner=task.owner,
            owner_role=task.owner_role,
            due_date=due,
            made_date=self._day(task.created_at),
            done_date=self._done_date(task, finished_at),
            status=task.status,
        )

    def _record(self, task: "Task", finished_at: datetime | None) -> TaskRecord:
        due = task.original_due or task.due
        made = self._day(task.created_at)
        return TaskRecord(
            task_key=task.key,
            title=task.title,
            workstream=task.workstream,
            owner=task.owner,
            owner_role=task.owner_role,
            status=task.status,
            due_date=due,
            made_date=made if due is None else min(made, due),
            done_date=self._done_date(task, finished_at),
            calls_for=task.key.split("/")[1] if task.calendar is not None and "/" in task.key else None,
        )

    def _done_date(self, task: "Task", finished_at: datetime | None) -> date | None:
        """The day on which it was last finished; a later change of what was finished in time is no delay."""
        if task.status not in FINISHED:
            return None
        return self._day(task.updated_at if finished_at is None else finished_at.isoformat())

    def _day(self, instant: str) -> date:
        """The day of an instant in the calendar's zone."""
        return datetime.fromisoformat(instant).astimezone(self._cockpit.fiscal.zone).date()
