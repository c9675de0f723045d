"""Reading tasks: from stored items to what a reader sees today, listed, filtered and in order."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from cockpit.store import Item, Store
from cockpit.work import urgency
from cockpit.work.days import DaysLeft
from cockpit.work.filter import Filter
from cockpit.work.kinds import TASK
from cockpit.work.people import People
from cockpit.work.task import FINISHED, UNFINISHED, Task

if TYPE_CHECKING:
    from cockpit.fiscal import BusinessDays


class Reader:
    """Turns items into tasks as of one day.

    Args:
        store: where the items are.
        business: the calendar's business days.
        people: who is who, for cover.
        today: the calendar's day.
    """

    def __init__(self, store: Store, business: "BusinessDays", people: People, today: date) -> None:
        self._store = store
        self._people = people
        self._today = today
        self._days_left = DaysLeft(business, today)
        self._covers: dict[str | None, str | None] = {}

    def matching(self, wanted: Filter) -> list[Task]:
        """The tasks that pass a filter, the most urgent first, then by due day and key."""
        unfinished = self._store.items(TASK.name, UNFINISHED)
        others = [state for state in wanted.states if state in FINISHED]
        finished = self._store.items(TASK.name, others) if others else []
        candidates = [*unfinished, *finished]
        if wanted.only_begun:
            candidates = [item for item in candidates if self._has_begun(item)]
        tasks = self._tasks(candidates, unfinished)
        return sorted(
            filter(wanted.matches, tasks), key=lambda task: (-task.urgency, task.due or date.max, task.key)
        )

    def _has_begun(self, item: Item) -> bool:
        """Whether a task is late or its lead has begun, told from the stored text alone."""
        today = self._today.isoformat()
        return bool(
            item.fields.get("lead_start", "") <= today or item.fields.get("due", "9999-12-31") < today
        )

    def one(self, item: Item) -> Task:
        """One item as a task."""
        return self._tasks([item], self._store.items(TASK.name, UNFINISHED))[0]

    def _tasks(self, items: Iterable[Item], unfinished: Iterable[Item]) -> list[Task]:
        waiting_for: dict[str, int] = {}
        open_keys = set()
        for item in unfinished:
            open_keys.add(item.key)
            for need in item.fields.get("needs") or ():
                waiting_for[need] = waiting_for.get(need, 0) + 1
        notes = self._store.note_counts()
        return [self._task(item, open_keys, waiting_for, notes) for item in items]

    def _task(
        self, item: Item, open_keys: set[str], waiting_for: Mapping[str, int], notes: Mapping[str, int]
    ) -> Task:
        get = item.fields.get
        finished = item.state in FINISHED
        due = _day(get("due"))
        overdue = not finished and due is not None and due < self._today
        left = None if due is None else self._days_left.to(due)
        lead_start = _day(get("lead_start"))
        wait_until = _day(get("wait_until"))
        sleeps = wait_until is not None and wait_until > self._today and not finished
        needs = tuple(get("needs") or ())
        blocked_by = () if finished else tuple(need for need in needs if need in open_keys)
        blocks = 0 if finished else waiting_for.get(item.key, 0)
        severity = get("severity") or "medium"
        parts: Mapping[str, float] = {}
        if not finished:
            parts = urgency.parts(
                left,
                overdue or lead_start is None or lead_start <= self._today,
                blocks > 0,
                severity,
                get("evidence_rule") is not None and get("evidence") is None,
                item.state == "blocked" or bool(blocked_by),
                sleeps,
            )
        return Task(
            key=item.key,
            title=get("title", ""),
            workstream=get("workstream", "other"),
            status=item.state,
            owner=get("owner"),
            owner_role=get("owner_role"),
            due=due,
            at=get("at"),
            overdue=overdue,
            business_days_left=left,
            urgency=round(sum(parts.values()), 1),
            evidence=get("evidence"),
            needs=needs,
            blocked_by=blocked_by,
            period=get("period"),
            version=item.version,
            updated_at=item.updated_at,
            updated_by=item.updated_by,
            lead_start=lead_start,
            severity=severity,
            evidence_rule=get("evidence_rule"),
            checklist=tuple(get("checklist") or ()),
            checked=tuple(get("checked") or ()),
            original_due=_day(get("original_due")),
            due_reason=get("due_reason"),
            slips=get("slips", 0),
            block_reason=get("block_reason"),
            blocked_since=get("blocked_since"),
            drop_reason=get("drop_reason"),
            wait_until=wait_until if sleeps else None,
            wait_for=get("wait_for") if sleeps else None,
            covered_by=self._cover(get("owner")),
            escalate=get("escalate"),
            notes=notes.get(item.key, 0),
            created_by=item.created_by,
            created_at=item.created_at,
            calendar=get("calendar"),
            source=get("source"),
            row_key=get("row_key"),
            urgency_parts=parts,
            blocks=blocks,
        )

    def _cover(self, owner: str | None) -> str | None:
        if owner not in self._covers:
            self._covers[owner] = self._people.cover_of(owner, self._today)
        return self._covers[owner]


@lru_cache(maxsize=4096)  # many tasks share their days
def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
