"""Reading tasks: from stored items to what a reader sees on a day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from cockpit.store import Record, Store
from cockpit.work import urgency
from cockpit.work.days import DaysLeft
from cockpit.work.kinds import TASK
from cockpit.work.people import People
from cockpit.work.stored import StoredTask, decode_task
from cockpit.work.task import FINISHED, UNFINISHED, Task

if TYPE_CHECKING:
    from cockpit.fiscal import BusinessDays

TaskRecord = Record[StoredTask]


class Links:
    """Which unfinished tasks there are, and which of them need each task.

    Args:
        records: all unfinished tasks; finished ones among them are passed over.
    """

    def __init__(self, records: Collection[TaskRecord]) -> None:
        self.open_titles = {record[0]: record[7].title for record in records if record[1] in UNFINISHED}
        self.needed_by: dict[str, list[str]] = {}
        for record in records:
            if record[7].needs and record[0] in self.open_titles:
                for need in record[7].needs:
                    self.needed_by.setdefault(need, []).append(record[0])


class Reader:
    """Turns stored items into tasks as of one day.

    Args:
        store: where the items are.
        business: the calendar's business days.
        people: who is who, for cover.
        today: the calendar's day.
    """

    def __init__(self, store: Store, business: "BusinessDays", people: People, today: date) -> None:
        self._store = store
        self._people = people
        self.today = today
        self._days_left = DaysLeft(business, today)
        self._covers: dict[str | None, str | None] = {}

    def records(self, states: Collection[str], keys: Collection[str] | None = None) -> list[TaskRecord]:
        """The stored tasks in one of some states, or those of them with one of some keys."""
        return self._store.records(TASK.name, states, decode_task, keys)

    def has_begun(self, record: TaskRecord) -> bool:
        """Whether a task is late or its lead has begun."""
        fields = record[7]
        return (
            fields.lead_start is None
            or fields.lead_start <= self.today
            or (fields.due is not None and fields.due < self.today)
        )

    def tasks(self, records: Iterable[TaskRecord], links: Links) -> list[Task]:
        """Stored tasks as tasks of this day."""
        notes = self._store.note_counts()
        return [self._task(record, links, notes) for record in records]

    def _task(self, record: TaskRecord, links: Links, notes: Mapping[str, int]) -> Task:
        key, state, version, created_at, created_by, updated_at, updated_by, fields = record
        today, due, lead_start = self.today, fields.due, fields.lead_start
        finished = state in FINISHED
        overdue = not finished and due is not None and due < today
        left = None if due is None else self._days_left.to(due)
        sleeps = fields.wait_until is not None and fields.wait_until > today and not finished
        needs = fields.needs
        blocked_by: tuple[str, ...] = ()
        if needs and not finished:
            blocked_by = tuple(need for need in needs if need in links.open_titles)
        blocks = 0 if finished or key not in links.needed_by else len(links.needed_by[key])
        severity = fields.severity or "medium"
        parts: Mapping[str, float] = _NO_PARTS
        points = 0.0
        if not finished:
            parts, points = urgency.parts_and_sum(
                left,
                overdue or lead_start is None or lead_start <= today,
                blocks > 0,
                severity,
                fields.evidence_rule is not None and fields.evidence is None,
                state == "blocked" or bool(blocked_by),
                sleeps,
            )
        escalate = fields.escalate
        # By place, not by name: a task is made for every row of a long list, and names cost half the time.
        return Task(
            key, fields.title, fields.workstream, state, fields.owner, fields.owner_role, due, fields.at,
            overdue, left, points, fields.evidence, needs, blocked_by, fields.period, version, updated_at,
            updated_by, lead_start, severity, fields.evidence_rule, fields.checklist, fields.checked,
            fields.original_due, fields.due_reason, fields.slips, fields.block_reason, fields.blocked_since,
            fields.drop_reason,
            fields.wait_until if sleeps else None,
            fields.wait_for if sleeps else None,
            self._cover(fields.owner), escalate, notes.get(key, 0), created_by, created_at, fields.calendar,
            fields.source, fields.row_key, parts, blocks,
            escalate["to"] if escalate and overdue and escalate["on"] <= today.isoformat() else None,
            fields.adopted, fields.ou, fields.function, fields.triage,
            links.open_titles[blocked_by[0]] if blocked_by else None,
        )  # fmt: skip

    def _cover(self, owner: str | None) -> str | None:
        try:
            return self._covers[owner]
        except KeyError:
            found = self._covers[owner] = self._people.cover_of(owner, self.today)
            return found


_NO_PARTS: Mapping[str, float] = {}
