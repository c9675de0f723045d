"""`Cockpit`: a workspace opened, and everything that can be asked of it."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from cockpit.base.problems import CockpitError, Problem
from cockpit.core.answers import Answers
from cockpit.core.data import Data
from cockpit.core.figures import FigureQuestions
from cockpit.core.known import KnownStates
from cockpit.core.weekly import WeeklyStates
from cockpit.fiscal import FiscalCalendar, find_calendar, resolve_as_of
from cockpit.workspace import Workspace, load_workspace
from cockpit.workspace.discover import discover

if TYPE_CHECKING:
    from cockpit.core.controls import Control
    from cockpit.core.past import StoredPast
    from cockpit.core.status import SourceStatus
    from cockpit.core.sync import SyncResult
    from cockpit.metrics.engine import Engine
    from cockpit.rhythm import Occurrence, RhythmCalendar
    from cockpit.sources.history.store import History
    from cockpit.sources.http.progress import Listener
    from cockpit.sources.http.secrets import Secrets
    from cockpit.sources.table import Table
    from cockpit.store import SqliteStore
    from cockpit.work import People, Person, Task, Work
    from cockpit.work.order import Order
    from cockpit.work.saved import SavedView
    from cockpit.workspace.saved_figure import SavedFigure
    from cockpit.workspace.saved_rhythm import SavedRhythm


class Cockpit(FigureQuestions):
    """A workspace opened. Use `Cockpit.open`, best as a context manager; any thread may ask.

    Attributes:
        workspace: the folder and what its `cockpit.toml` says.
        read_only: whether changes are refused.
        data: the tables; read when a figure is first asked for.
        known: the stored states that questions are answered from or compared with.
        weekly: figures of the states at the ends of earlier weeks.
        answers: what is asked again and again, kept while the data stay as they are.
        past: the deals on earlier days; None until the data is read.
        visit_began: when somebody began to look at the screen; None for commands.
        waits: told who has the lock on the store that is waited for; to be set before the store is used.
    """

    def __init__(
        self,
        workspace: Workspace,
        as_of: str | None = None,
        read_only: bool = False,
        known_at: str | None = None,
    ) -> None:
        self.workspace = workspace
        self.read_only = read_only or not workspace.is_writable
        self._as_of_words = as_of or workspace.config.as_of
        self._as_of_asked = as_of is not None
        self._lock = threading.RLock()
        self._engine: tuple[tuple[int, date], Engine] | None = None
        self._store: SqliteStore | None = None
        self._work: Work | None = None
        self._history: History | None = None
        self._materialised: tuple[date, int] | None = None
        self._anchored = 0
        self._anchors_kept: tuple[int, date] | None = None
        self.visit_began: datetime | None = None
        self.waits: Callable[[str], None] | None = None
        self.known = KnownStates(self, known_at)
        self.weekly = WeeklyStates(self)
        self.answers = Answers(self)
        self.past: StoredPast | None = None
        self._calendar_problems: tuple[Problem, ...] = ()
        self.data = Data(
            workspace.config.sources,
            workspace.folder,
            lambda: workspace.cache_folder,
            self.fiscal.zone.key,
            self._from_history,
        )

    @classmethod
    def open(
        cls,
        dir: str | Path | None = None,
        as_of: date | str | None = None,
        read_only: bool = False,
        known_at: date | str | None = None,
    ) -> Self:
        """Open a workspace.

        Args:
            dir: its folder; without it the one that `$COCKPIT_WORKSPACE`, the nearest folder upwards or the
                user's configuration names, else the demo.
            as_of: the day whose figures are shown, instead of the workspace's own: a date or a word that
                `as_of` in `cockpit.toml` takes. Tasks and rhythm stay at today; FastStart goes along.
            read_only: change nothing.
            known_at: answer every question about figures from what was known then: a day, the label of a
                locked snapshot, or "now" for an earlier `as_of` as it is known by now.

        Raises:
            UsageError: nothing was held by `known_at`, or it is no label.
            ConfigError: `cockpit.toml` or the calendar is wrong; with all problems.
            SourceError: the demo could not be written.
        """
        found = discover(dir)
        if found is not None:
            folder = found.folder
        else:
            from cockpit.workspace.demo import ensure_demo

            folder = ensure_demo()
        words, known = (day.isoformat() if isinstance(day, date) else day for day in (as_of, known_at))
        return cls(load_workspace(folder), words, read_only, known)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store. The cockpit cannot be used afterwards."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    # --- the calendar ---------------------------------------------------------------------------------

    @cached_property
    def calendar(self) -> "RhythmCalendar":
        """The governing calendar: fiscal years, events and actions."""
        return self._calendar(self.workspace.calendar_names[0])

    @cached_property
    def other_calendars(self) -> "tuple[RhythmCalendar, ...]":
        """Further calendars, which give occurrences and a second label."""
        return tuple(self._calendar(name) for name in self.workspace.calendar_names[1:])

    def _calendar(self, name: str) -> "RhythmCalendar":
        from cockpit.rhythm import RhythmCalendar

        path = find_calendar(name, self.workspace.folder)
        return RhythmCalendar.load(path, self.workspace.holiday_folders)

    def read_calendars_again(self) -> None:
        """Follow the calendar files as they are by now; tasks are brought in line when next looked at.

        Raises:
            ConfigError: a calendar is wrong; the cockpit then keeps those it has and tells in `problems`.
        """
        try:
            governing, *others = [self._calendar(name) for name in self.workspace.calendar_names]
        except CockpitError as error:
            self._calendar_problems = error.problems
            raise
        self._calendar_problems = ()
        with self._lock:
            self.__dict__["calendar"], self.__dict__["other_calendars"] = governing, tuple(others)
            self._engine = self._work = self._materialised = self._anchors_kept = None

    @property
    def fiscal(self) -> FiscalCalendar:
        """The governing fiscal calendar."""
        return self.calendar.fiscal

    @property
    def now(self) -> datetime:
        """The instant, in UTC; on a fixed day, this hour of that day."""
        fixed, now = self._fixed_day, datetime.now(UTC)
        if fixed is None:
            return now
        wall = now.astimezone(self.fiscal.zone)
        return wall.replace(year=fixed.year, month=fixed.month, day=fixed.day).astimezone(UTC)

    @property
    def today(self) -> date:
        """The day the cockpit stands at: the calendar's own, or the date that `cockpit.toml` fixes.

        An `as_of` given when opening moves the figures only: what is due today is due today all the same.
        """
        fixed = self._fixed_day
        return fixed if fixed is not None else self.fiscal.today()

    @cached_property
    def _fixed_day(self) -> date | None:
        try:
            return date.fromisoformat(self.workspace.config.as_of)
        except ValueError:
            return None

    @property
    def as_of(self) -> date:
        """The day whose state the figures show. `as_of = "latest"` reads the data to find it."""
        day = resolve_as_of(
            self.fiscal, self._as_of_words, lambda: self.engine.latest_date(self.today), self.today
        )
        return min(day, self.known.day or day)

    @property
    def asked_day(self) -> date | None:
        """The day that was asked for when opening; None where the workspace's own `as_of` holds."""
        return self.as_of if self._as_of_asked else None

    def rhythm(self, start: date, end: date, scope: str | None = None) -> "list[Occurrence]":
        """Occurrences of events and actions of all calendars from `start` to `end`, in time order."""
        anchors = self.anchors
        found = [
            occurrence
            for calendar in (self.calendar, *self.other_calendars)
            for occurrence in calendar.occurrences(start, end, scope=scope, anchors=anchors)
        ]
        return sorted(found, key=lambda occurrence: (occurrence.utc or "", occurrence.key))

    @property
    def anchors(self) -> Mapping[str, Sequence[Any]]:
        """The dates in the data that actions hang from, as the last load left them in the store."""
        from cockpit.core.anchors import stored_anchors

        return stored_anchors(self.store)

    # --- the work -------------------------------------------------------------------------------------

    @property
    def store(self) -> "SqliteStore":
        """The store of tasks, notes and anchors, opened on first use.

        Raises:
            SourceError: it cannot be opened.
        """
        from cockpit.store import open_store
        from cockpit.store.actor import login

        with self._lock:
            if self._store is None:
                actor = login()
                self._store = open_store(
                    self.workspace.store_path,
                    shared=self.workspace.config.store.shared,
                    read_only=self.read_only,
                    actor=actor,
                    roles=self.workspace.people.person(actor).roles,
                    clock=(lambda: self.now) if self.workspace.is_demo else None,
                    waits=self.waits,
                )
            return self._store

    def use_store(self, store: "SqliteStore") -> None:
        """Work on another store from here on; changes are refused where it takes none."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store, self._work, self._materialised, self._anchors_kept = store, None, None, None
            self.read_only = self.read_only or store.read_only

    @property
    def work(self) -> "Work":
        """The tasks; those that the calendar asks for are made when they are first looked at on a day."""
        from cockpit.work import Work

        store = self.store
        with self._lock:
            if self._work is None:
                self._work = Work(store, self.calendar, self.people, lambda: self.now, self.saved_views)
            stamp = (self.today, self._anchored)
            if self._materialised != stamp and (not self.read_only or store.place.in_memory):
                if self.workspace.is_demo and self._materialised is None:
                    from cockpit.core.demo_work import begin_demo_work

                    begin_demo_work(self, store)
                self._work.keep_up(self.today)
                self._materialised = stamp
            return self._work

    @property
    def user(self) -> "Person":
        """Who is at the keyboard, as `[people]` knows the login."""
        return self.people.person(self.store.actor)

    @cached_property
    def people(self) -> "People":
        """Who is who; in the demo the person at the keyboard plays one of the invented people."""
        people = self.workspace.people
        if not self.workspace.is_demo:
            return people
        from cockpit.core.demo_work import demo_people

        return demo_people(people, self.store.actor)

    def tasks(self, filter: str = "", typed: bool = False, order: "Order" = "urgency") -> "list[Task]":
        """The tasks that match; without a filter what is unfinished and overdue or whose lead has begun.

        Args:
            filter: the filter language, or the name of a saved view.
            typed: words that are no filter words are looked for in the text of tasks.
            order: the most urgent first, or as they are worked down.
        """
        return self.work.list(filter, self.today, typed=typed, order=order)

    @cached_property
    def saved_views(self) -> "dict[str, SavedView]":
        """The saved views of the task list, by name."""
        return self.workspace.config.saved_views

    @cached_property
    def saved_figures(self) -> "dict[str, SavedFigure]":
        """The saved figures, by name."""
        return self.workspace.config.saved_figures

    @cached_property
    def saved_rhythms(self) -> "dict[str, SavedRhythm]":
        """The calendar as it was saved, by name."""
        return self.workspace.config.saved_rhythms

    # --- the state of things --------------------------------------------------------------------------

    def sources(self) -> "list[SourceStatus]":
        """How each source stands: age, rows, rejected, unmatched, corrected, repeated, problems."""
        from cockpit.core.status import source_statuses

        return source_statuses(self.workspace, self.data.loaded())

    def controls(self) -> "list[Control]":
        """Control totals: each figure that must tie, with what it is."""
        from cockpit.core.controls import control_totals

        return control_totals(self)

    def sync(
        self,
        source: str | None = None,
        full: bool = False,
        progress: "Listener | None" = None,
        may_be_empty: Collection[str] = (),
    ) -> "SyncResult":
        """Pull the sources, record a dated snapshot and the dates that tasks hang from. See `synchronise`."""
        from cockpit.core.sync import synchronise

        return synchronise(self, source, full=full, may_be_empty=may_be_empty, progress=progress)

    @property
    def history(self) -> "History":
        """The dated snapshots of what the sources held."""
        if self._history is None:
            from cockpit.core.history import open_history

            open_history(self)
        assert self._history is not None
        return self._history

    def _from_history(self, name: str) -> "Table | None":
        from cockpit.core.sync_kept import from_history

        return from_history(self, name)

    @cached_property
    def secrets(self) -> "Secrets":
        """The secrets of the sources, read when a source is first pulled."""
        from cockpit.sources.http.secrets import Secrets, groups_of

        return Secrets(self.workspace.file.path, groups_of(self.workspace.config.sources))

    @property
    def data_read_at(self) -> datetime | None:
        """Of when the oldest of the tables is that are shown, or None while nothing has been read."""
        held = self.data.now_held
        return held.as_old_as if held is not None else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong and did not stop the cockpit: calendar warnings, sources that could not be read."""
        found = [*self._calendar_problems, *self.calendar.warnings]
        found += self._store.warnings if self._store is not None else ()
        found += self.past.problems if self.past is not None else ()
        found += self.known.problems
        found += self.definition_problems() if "catalogue" in self.__dict__ else ()
        held = self.data.now_held
        if held is None and self._work is not None:
            from cockpit.core.task_sources import told_of_sources

            calendars = (self.calendar, *self.other_calendars)
            sources, folder = self.workspace.config.sources, self.workspace.folder
            found += told_of_sources(
                self._work.store, calendars, sources, folder, self._work.has_taken_source
            )
        if held is not None:
            found += held.all_problems
            found += [
                problem
                for table in held.tables.values()
                for problem in table.report.problems
                if problem.severity == "error"
            ]
        return tuple(found)

    def last_known(self) -> dict[str, Any] | None:
        """The figures of the last look, for the first frame; None when there was none."""
        from cockpit.core.memory import recall

        return recall(self.workspace.cache_folder / "last-look.json")

    def remember(self, figures: dict[str, Any]) -> None:
        """Keep figures for the first frame of the next start."""
        from cockpit.core.memory import remember

        remember(self.workspace.cache_folder / "last-look.json", figures)
