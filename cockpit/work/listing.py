"""The task list between two looks: read once, kept up to date by the journal, filtered in memory.

A screen asks for the list with every keystroke of a filter; a command asks once. The first look at what
has begun makes tasks of nothing else, since most of a long list has not.
"""

import threading
from collections.abc import Collection, Sequence
from datetime import date

from cockpit.store import Store
from cockpit.work.filter import Filter
from cockpit.work.order import Order, by_urgency, in_order
from cockpit.work.reading import Links, Reader, TaskRecord
from cockpit.work.task import STATUSES, UNFINISHED, Task

MANY = 2_000
"""With more changes than this since the last look, everything is read anew."""


class Listing:
    """What the store held at the last look, as tasks of one day.

    Args:
        store: where the tasks are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._day: date | None = None
        self._seen = -1
        self._states: frozenset[str] = frozenset()
        self._records: dict[str, TaskRecord] = {}
        self._made: dict[str, Task] = {}
        self._ordered: dict[tuple[Order, tuple[str, ...] | None], Sequence[Task]] = {}
        self._links = Links(())

    def matching(self, wanted: Filter, reader: Reader, order: Order = "urgency") -> list[Task]:
        """The tasks that pass a filter.

        Args:
            wanted: the filter.
            reader: reads the store as of its day.
            order: the most urgent first, or as they are worked down.
        """
        with self._lock:
            self._bring_up_to_date(wanted, reader)
            return wanted.select(self._candidates(wanted, reader, order))

    def one(self, key: str, reader: Reader) -> Task | None:
        """One task, or None where there is none of that key."""
        with self._lock:
            self._bring_up_to_date(None, reader)
            if key in self._records:
                return self._as_tasks([self._records[key]], reader)[0]
            return next(iter(reader.tasks(reader.records(STATUSES, (key,)), self._links)), None)

    def chain(self, key: str, reader: Reader) -> list[tuple[int, Task]]:
        """The unfinished tasks that a task waits for, and those that they wait for, with their depth.

        A task that several wait for, or that waits for itself, is named once.
        """
        with self._lock:
            self._bring_up_to_date(None, reader)
            found: list[tuple[int, str]] = []
            self._follow(key, 1, {key}, found)
            records = [self._records[need] for _, need in found]
            tasks = self._as_tasks(records, reader)
            return [(depth, task) for (depth, _), task in zip(found, tasks, strict=True)]

    def prepare_search(self) -> None:
        """Fold the words of all tasks that were looked at, so that the first search does not wait for it."""
        for task in list(self._made.values()):
            _ = task.words

    def forget(self) -> None:
        """Read everything anew at the next look."""
        with self._lock:
            self._seen = -1

    def _follow(self, key: str, depth: int, seen: set[str], found: list[tuple[int, str]]) -> None:
        record = self._records.get(key)
        for need in () if record is None else record[7].needs:
            if need in seen or need not in self._links.open_keys:
                continue
            seen.add(need)
            found.append((depth, need))
            self._follow(need, depth + 1, seen, found)

    def _candidates(self, wanted: Filter, reader: Reader, order: Order) -> Sequence[Task]:
        """Tasks in the states that the filter lets through, in order; only begun ones, if it says so."""
        group = None if wanted.only_begun else tuple(sorted(wanted.states))
        if (order, group) not in self._ordered:
            records = [record for record in self._records.values() if record[1] in wanted.states]
            if wanted.only_begun:
                records = [record for record in records if reader.has_begun(record)]
            tasks = self._as_tasks(records, reader)
            self._ordered[order, group] = (
                by_urgency(tasks) if order == "urgency" else in_order(tasks, reader.today)
            )
        return self._ordered[order, group]

    def _as_tasks(self, records: Collection[TaskRecord], reader: Reader) -> list[Task]:
        new = [record for record in records if record[0] not in self._made]
        if new:
            self._made.update((task.key, task) for task in reader.tasks(new, self._links))
        return [self._made[record[0]] for record in records]

    def _bring_up_to_date(self, wanted: Filter | None, reader: Reader) -> None:
        last = self._store.last_entry()
        states = self._states.union(UNFINISHED, () if wanted is None else wanted.states)
        same_day = self._day == reader.today
        if same_day and last == self._seen and states == self._states:
            return
        if same_day and states == self._states and 0 <= last - self._seen <= MANY and self._seen >= 0:
            self._follow_journal(reader)
        else:
            self._records = {record[0]: record for record in reader.records(states)}
            self._made.clear()
            self._links = Links(self._records.values())
        self._seen, self._states, self._day = last, states, reader.today
        self._ordered.clear()

    def _follow_journal(self, reader: Reader) -> None:
        changed = {entry.subject for entry in self._store.journal(after=self._seen)}
        fresh = {record[0]: record for record in reader.records(STATUSES, changed)}
        stale = set(changed)
        before = self._links
        for key in changed:
            old = self._records.pop(key, None)
            new = fresh.get(key)
            if new is not None and new[1] in self._states:
                self._records[key] = new
            for record in (old, new):
                stale.update(() if record is None else record[7].needs)
        self._links = Links(self._records.values())
        for key in changed:
            stale.update(before.needed_by.get(key, ()), self._links.needed_by.get(key, ()))
        for key in stale:
            self._made.pop(key, None)
