"""Seeing tasks: the list, one task, what holds it up, its history, and keeping up with the calendar."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import Problem, UsageError
from cockpit.store import Note, Store
from cockpit.work.filter import Filter, Surroundings, parse_filter
from cockpit.work.history import Change, change_of, together
from cockpit.work.keys import find_key
from cockpit.work.kinds import FINDING, TASK
from cockpit.work.listing import Listing
from cockpit.work.order import Order
from cockpit.work.people import People
from cockpit.work.reading import Reader
from cockpit.work.saved import SavedView
from cockpit.work.task import UNFINISHED, Task

if TYPE_CHECKING:
    from cockpit.rhythm import Anchor, RhythmCalendar
    from cockpit.work.materialise import SyncReport
    from cockpit.work.past import Stood
    from cockpit.work.source import SourceReport

COMPLETED = ("owner", "owner_role", "workstream", "period", "calendar", "ou", "function")
"""Fields whose stored values a filter is completed with."""
SOURCE_MARK = "source tasks"
"""Under this name the store remembers which rows of the source's tasks were taken last."""


class Seeing:
    """The tasks of a workspace as they are. `Work` adds what can be done with them.

    Args:
        store: where they are kept.
        rhythm: the calendar that asks for them and counts business days.
        people: who is who.
        clock: what time it is, with a zone.
        views: the saved views by name, which filters may name.
    """

    def __init__(
        self,
        store: Store,
        rhythm: "RhythmCalendar",
        people: People,
        clock: Callable[[], datetime],
        views: Mapping[str, SavedView] | None = None,
    ) -> None:
        self.store = store
        self.rhythm = rhythm
        self.people = people
        self.views: Mapping[str, SavedView] = {} if views is None else views
        self._clock = clock
        self._listing = Listing(store)
        self._values: tuple[int, dict[str, frozenset[str]]] = (-1, {})
        store.register(TASK)
        store.register(FINDING)

    @property
    def me(self) -> str:
        """Login of who works here."""
        return self.store.actor

    @property
    def today(self) -> date:
        """The calendar's day."""
        return self.rhythm.fiscal.today(self._clock())

    def sync(
        self, today: date | None = None, anchors: "Mapping[str, Sequence[Anchor]] | None" = None
    ) -> "SyncReport":
        """Make the tasks that the calendar asks for around a day, and let unfinished ones follow it.

        Args:
            today: the calendar's day.
            anchors: rows that tasks hang from, by source; those in the store when left out.
        """
        from cockpit.work.basis import window
        from cockpit.work.materialise import began, rhythm_anchors, sync

        day = today or self.today
        rows = rhythm_anchors(self.store) if anchors is None else anchors
        first, last = window(day)
        first = max(first, began(self.store, day))
        return sync(self.store, self.rhythm.occurrences(first, last, anchors=rows), rows, day)

    def keep_up(self, today: date | None = None) -> None:
        """`sync` with the anchors in the store, unless day, calendar and anchors are those of the last time.

        So a start on an ordinary day neither works out the calendar nor reads an anchor.
        """
        from cockpit.work.basis import MARK, basis, window

        day = today or self.today
        now = basis(self.store, self.rhythm, *window(day))
        if self.store.mark(MARK) == now:
            return
        self.sync(day)
        # What began today was an anchor's change, so the basis is looked at again.
        self.store.put_mark(MARK, basis(self.store, self.rhythm, *window(day)))

    def take_source(
        self, rows: Iterable[Mapping[str, Any]], marker: str | None = None
    ) -> "SourceReport | None":
        """Let the tasks of a source be as its rows say; those that were adopted here stay as they are.

        Args:
            rows: one mapping a task, with the columns of the `tasks` table.
            marker: stands for the content of the rows; with that of the last time nothing is read.

        Returns:
            What it did, or None when there was nothing to do or the store is read-only.
        """
        from cockpit.work.source import take

        if self.store.read_only or (marker is not None and self.store.mark(SOURCE_MARK) == marker):
            return None
        with self.store.together():
            report = take(self.store, self.rhythm.fiscal.business, rows)
            self.store.put_mark(SOURCE_MARK, marker or "")
        return report

    @property
    def has_taken_source(self) -> bool:
        """Whether the tasks of a source have ever been taken into the store."""
        return self.store.mark(SOURCE_MARK) is not None

    def without_rule(self, today: date | None = None) -> Sequence[str]:
        """Keys of unfinished tasks around a day that the calendar no longer asks for; they are kept."""
        from cockpit.work.basis import window
        from cockpit.work.materialise import rhythm_anchors, without_rule

        day = today or self.today
        occurrences = self.rhythm.occurrences(*window(day), anchors=rhythm_anchors(self.store))
        return without_rule(self.store, occurrences, day)

    def blocking_chain(self, key: str, today: date | None = None) -> Sequence[tuple[int, Task]]:
        """The unfinished tasks that a task waits for, each with its depth, from 1, and after it its own.

        Raises:
            UsageError: no key, or more than one, ends so.
        """
        whole = self.find(key)
        return self._listing.chains((whole,), self._reader(today or self.today))[whole]

    def blocking_chains(
        self, keys: Collection[str], today: date | None = None
    ) -> Mapping[str, Sequence[tuple[int, Task]]]:
        """`blocking_chain` of many tasks, by their whole keys."""
        return self._listing.chains(keys, self._reader(today or self.today))

    def make_ready(self, today: date | None = None) -> None:
        """Make everything ready that a filter may ask for; takes its time, and is meant for a thread."""
        self._listing.make_ready(self._reader(today or self.today))
        for field in COMPLETED:
            self._stored_values(field)

    def list(
        self,
        filter_text: str = "",
        today: date | None = None,
        me: str | None = None,
        typed: bool = False,
        order: Order = "urgency",
    ) -> list[Task]:
        """The tasks that pass a filter.

        Args:
            filter_text: the filter language; empty shows what is overdue or has begun.
            today: the calendar's day.
            me: login that `owner:me` means; the actor's when left out.
            typed: words that are no filter words are looked for in the text of tasks.
            order: the most urgent first, or as they are worked down.

        Raises:
            FilterError: a word of the filter cannot be read.
        """
        day = today or self.today
        around = self._surroundings(day, me)
        wanted = parse_filter(filter_text, around, typed)
        return list(self._listing.matching(wanted, self._reader(day), order))

    def read_filter(self, filter_text: str, typed: bool = False) -> Filter:
        """A filter as it is understood, without looking at any task.

        Raises:
            FilterError: a word of it cannot be read.
        """
        return parse_filter(filter_text, self._surroundings(self.today), typed)

    def task(self, key: str, today: date | None = None) -> Task:
        """One task.

        Raises:
            UsageError: no key, or more than one, ends so.
        """
        return self._shown(self.find(key), today)

    def find(self, key: str) -> str:
        """The whole key that a unique ending stands for.

        Raises:
            UsageError: no key, or more than one, ends so.
        """
        if self.store.get(key) is not None:
            return key
        states = self.store.states(TASK.name)
        return find_key(key, states, {one for one, state in states.items() if state in UNFINISHED})

    def workstreams(self) -> frozenset[str]:
        """The workstreams that tasks carry."""
        return self._stored_values("workstream")

    def filter_values(self) -> Mapping[str, Sequence[str]]:
        """By field of the filter language the values that a filter may name, for completion."""
        from cockpit.work.filter import FILTER_FIELDS, IS_WORDS
        from cockpit.work.task import STATUSES, TRIAGE, WORKSTREAMS

        def stored(field: str) -> list[str]:
            return sorted(self._stored_values(field), key=str.casefold)

        fiscal = self.rhythm.fiscal
        units = [fiscal.unit(kind, self.today) for kind in ("quarter", "period", "half", "year")]
        labels = list(dict.fromkeys([*(unit.label for unit in units if unit is not None), *stored("period")]))
        people = sorted({person.owner_name for person in self.people.all.values()} | {*stored("owner")})
        known: dict[str, Sequence[str]] = dict.fromkeys(FILTER_FIELDS, ())
        known |= {
            "status": STATUSES,
            "is": IS_WORDS,
            "workstream": list(dict.fromkeys([*WORKSTREAMS, *stored("workstream")])),
            "owner": ["me", "none", *people],
            "role": stored("owner_role"),
            "due": ["today", "tomorrow", "<5bd", "<=today", "none", *labels],
            "quarter": labels,
            "period": labels,
            "severity": ("high", "medium", "low"),
            "calendar": stored("calendar"),
            "ou": stored("ou"),
            "function": stored("function"),
            "triage": TRIAGE,
            "view": list(self.views),
        }
        return known

    def _stored_values(self, field: str) -> frozenset[str]:
        """The texts that a field has, looked up once for each state of the store."""
        entry, known = self.store.last_entry(), self._values
        if known[0] != entry:
            known = self._values = (entry, {})
        if field not in known[1]:
            known[1][field] = frozenset(self.store.values(TASK.name, field))
        return known[1][field]

    def history(self, key: str) -> Sequence[Change]:
        """Everything that happened to a task, oldest first."""
        return [change_of(entry) for entry in self.store.journal(self.find(key))]

    def changes(self, actor: str | None = None, limit: int = 10) -> Sequence[Change]:
        """The last changes of a person, or of everybody, newest first."""
        return [change_of(entry) for entry in reversed(self.store.journal(actor=actor, limit=limit))]

    def undoable(self, limit: int = 10) -> Sequence[str]:
        """What `undo` would take back, the next one first, in words."""
        return [f"{entries[0].subject}: {together(entries)}" for entries in self.store.undoable(limit)]

    def finished_at(self, keys: Collection[str] | None = None) -> Mapping[str, datetime]:
        """The instant at which each finished task was finished, from the journal.

        A later change of a finished task (its title, evidence that follows) does not move it; a task that
        was opened again and finished again was finished the last time.

        Args:
            keys: the tasks that are asked about; all when left out.
        """
        found = self.store.finished_at(TASK.name, keys)
        return {key: datetime.fromisoformat(at) for key, at in found.items()}

    def stood_on(self, day: date) -> "Stood":
        """All tasks as they stood at the end of another day, from the journal; takes its time."""
        from cockpit.work.past import stood_on

        return stood_on(self.store, self._reader(day), day, self.rhythm.fiscal.zone)

    @property
    def began(self) -> date | None:
        """The day on which the workspace's work began: what fell due before it was never a task."""
        from cockpit.work.materialise import WORKSPACE

        known = self.store.anchors(WORKSPACE)
        return known[0].first_date if known else None

    def notes(self, key: str) -> Sequence[Note]:
        """The notes on a task, oldest first."""
        return self.store.notes(self.find(key))

    # --- inside ------------------------------------------------------------------------------------------

    def _surroundings(self, day: date, me: str | None = None) -> Surroundings:
        filters = {name: view.filter for name, view in self.views.items()}
        return Surroundings(day, self.rhythm.fiscal, self.people, me or self.me, self.workstreams, filters)

    def _reader(self, today: date) -> Reader:
        return Reader(self.store, self.rhythm.fiscal.business, self.people, today)

    def _shown(self, key: str, today: date | None = None) -> Task:
        task = self._listing.one(key, self._reader(today or self.today))
        if task is None:
            raise UsageError(Problem("no task has this key", key=key))
        return task
