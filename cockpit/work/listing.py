"""The task list between two looks: read once, kept up to date by the journal, filtered in memory.

A screen asks for the list with every keystroke of a filter; a command asks once. The first look at what
has begun makes tasks of nothing else, since most of a long list has not; a screen has the rest made ready
in the background, a few at a time, so that no keystroke waits for it.
"""

import threading
from bisect import insort
from collections.abc import Collection, Sequence
from datetime import date

from cockpit.store import Store
from cockpit.work.filter import Filter
from cockpit.work.found import Found
from cockpit.work.order import Order, ranking
from cockpit.work.reading import Links, Reader, TaskRecord
from cockpit.work.task import FINISHED, STATUSES, UNFINISHED, Task

MANY = 2_000
"""With more changes than this since the last look, everything is read anew."""
FEW = 50
"""So many changed tasks are put into their places; for more the lists are sorted anew."""
AT_A_TIME = 250
"""Tasks that are made ready in the background before whoever waits for the list gets a turn."""

Group = tuple[str, ...] | None
"""The states of the tasks of an ordered list; None of those whose lead has begun."""


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
        self._ordered: dict[tuple[Order, Group], list[Task]] = {}
        self._links = Links(())
        self._narrowed: tuple[Filter, Sequence[Task], Found] | None = None
        self._ready = (-1, date.min)

    def matching(self, wanted: Filter, reader: Reader, order: Order = "urgency") -> Sequence[Task]:
        """The tasks that pass a filter; a list that is looked at only, since the next look begins with it.

        Args:
            wanted: the filter.
            reader: reads the store as of its day.
            order: the most urgent first, or as they are worked down.
        """
        with self._lock:
            self._bring_up_to_date(wanted, reader)
            among = self._candidates(wanted, reader, order)
            found = wanted.select(self._narrower(wanted, among))
            self._narrowed = (wanted, among, found)
            return found.tasks

    def _narrower(self, wanted: Filter, among: Sequence[Task]) -> Found:
        """What is left of them to look through: what passed the filter before, if this one is narrower."""
        if self._narrowed is not None:
            before, looked_through, found = self._narrowed
            if looked_through is among and wanted.narrows(before):
                return found
        return Found(among)

    def one(self, key: str, reader: Reader) -> Task | None:
        """One task, or None where there is none of that key."""
        with self._lock:
            self._bring_up_to_date(None, reader)
            if key in self._records:
                return self._as_tasks([self._records[key]], reader)[0]
            return next(iter(reader.tasks(reader.records(STATUSES, (key,)), self._links)), None)

    def chains(self, keys: Collection[str], reader: Reader) -> dict[str, list[tuple[int, Task]]]:
        """By key the unfinished tasks that a task waits for, and those that they wait for, with their depth.

        A task that several wait for, or that waits for itself, is named once.
        """
        with self._lock:
            self._bring_up_to_date(None, reader)
            return {key: self._chain(key, reader) for key in keys}

    def _chain(self, key: str, reader: Reader) -> list[tuple[int, Task]]:
        found: list[tuple[int, str]] = []
        self._follow(key, 1, {key}, found)
        tasks = self._as_tasks([self._records[need] for _, need in found], reader)
        return [(depth, task) for (depth, _), task in zip(found, tasks, strict=True)]

    def make_ready(self, reader: Reader) -> None:
        """Make the tasks of every state and fold their words, before a filter asks for them.

        Who asks for a list meanwhile gets it: the lock is held for a few tasks at a time only, and not
        while the store is read.
        """
        with self._lock:
            self._bring_up_to_date(None, reader)
            seen, known = self._seen, self._states
            if self._ready == (seen, reader.today):
                return
        self._make_those(UNFINISHED, reader, seen)
        if not known.issuperset(STATUSES):
            more = {record[0]: record for record in reader.records(FINISHED)}
            with self._lock:
                if self._seen != seen or self._day != reader.today or self._states != known:
                    return
                self._records = more | self._records
                self._states = frozenset(STATUSES)
        self._make_those(STATUSES, reader, seen)
        self._ready = (seen, reader.today)

    def _make_those(self, states: tuple[str, ...], reader: Reader, seen: int) -> None:
        """The tasks in those states, in the order in which a screen shows them; unless something changed."""
        with self._lock:
            records = [record for record in self._records.values() if record[1] in states]
        for start in range(0, len(records), AT_A_TIME):
            with self._lock:
                if self._seen != seen or self._day != reader.today:
                    return
                for task in self._as_tasks(records[start : start + AT_A_TIME], reader):
                    _ = task.words
        with self._lock:
            if self._seen == seen and self._day == reader.today:
                self._in_order("due", tuple(sorted(states)), reader)

    def forget(self) -> None:
        """Read everything anew at the next look."""
        with self._lock:
            self._seen = -1

    def _follow(self, key: str, depth: int, seen: set[str], found: list[tuple[int, str]]) -> None:
        record = self._records.get(key)
        for need in () if record is None else record[7].needs:
            if need in seen or need not in self._links.open_titles:
                continue
            seen.add(need)
            found.append((depth, need))
            self._follow(need, depth + 1, seen, found)

    def _candidates(self, wanted: Filter, reader: Reader, order: Order) -> Sequence[Task]:
        """Tasks in the states that the filter lets through, in order; only begun ones, if it says so."""
        return self._in_order(order, None if wanted.only_begun else tuple(sorted(wanted.states)), reader)

    def _in_order(self, order: Order, group: Group, reader: Reader) -> list[Task]:
        known = self._ordered.get((order, group))
        if known is None:
            records = [record for record in self._records.values() if self._belongs(record, group, reader)]
            tasks = self._as_tasks(records, reader)
            known = self._ordered[order, group] = sorted(tasks, key=ranking(order, reader.today))
        return known

    @staticmethod
    def _belongs(record: TaskRecord, group: Group, reader: Reader) -> bool:
        """Whether a task stands in the list of a group."""
        if group is None:
            return record[1] in UNFINISHED and reader.has_begun(record)
        return record[1] in group

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
            self._ordered.clear()
            self._links = Links(self._records.values())
        self._seen, self._states, self._day = last, states, reader.today

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
        self._put_in_place(stale, reader)

    def _put_in_place(self, changed: Collection[str], reader: Reader) -> None:
        """Take the tasks that changed out of the ordered lists, and put them where they stand by now."""
        if len(changed) > FEW:
            self._ordered.clear()
            return
        for (order, group), tasks in self._ordered.items():
            rest = [task for task in tasks if task.key not in changed]
            records = [self._records[key] for key in changed if key in self._records]
            rank = ranking(order, reader.today)
            for task in self._as_tasks([r for r in records if self._belongs(r, group, reader)], reader):
                insort(rest, task, key=rank)
            self._ordered[order, group] = rest
