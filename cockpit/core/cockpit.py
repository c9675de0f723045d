"""`Cockpit`: a workspace opened, and everything that can be asked of it."""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from cockpit.base.problems import CockpitError, Problem, SourceError, UsageError, did_you_mean
from cockpit.core.data import Data, Loaded
from cockpit.fiscal import FiscalCalendar, find_calendar, resolve_as_of
from cockpit.workspace import Workspace, load_workspace
from cockpit.workspace.discover import discover

if TYPE_CHECKING:
    from cockpit.core.controls import Control
    from cockpit.core.question import Question
    from cockpit.core.status import SourceStatus
    from cockpit.core.sync import SyncResult
    from cockpit.metrics.catalogue import Catalogue
    from cockpit.metrics.engine import Engine
    from cockpit.metrics.query import MetricSettings, Query
    from cockpit.metrics.results import Effect, Explanation, KpiResult, RowsResult
    from cockpit.rhythm import Occurrence, RhythmCalendar
    from cockpit.sources.history.store import History
    from cockpit.sources.http.progress import Listener
    from cockpit.sources.http.secrets import Secrets
    from cockpit.store import SqliteStore
    from cockpit.work import People, Person, Task, Work
    from cockpit.work.saved import SavedView


USUAL_BOARD = (
    "won_amount",
    "attainment",
    "coverage_gap",
    "close_rate",
    "velocity",
    "past_due_count",
    "open_pipeline_in_period",
    "weighted_pipeline",
    "pipeline_created",
    "stale_share",
    "field_completeness",
    "cycle_days_median",
)
"""The metrics that are watched where a workspace names no board of its own."""


class Cockpit:
    """A workspace opened. Use `Cockpit.open`, best as a context manager; any thread may ask.

    Attributes:
        workspace: the folder and what its `cockpit.toml` says.
        read_only: whether changes are refused.
        data: the tables; read when a figure is first asked for.
    """

    def __init__(self, workspace: Workspace, as_of: str | None = None, read_only: bool = False) -> None:
        self.workspace = workspace
        self.read_only = read_only or not workspace.is_writable
        self._as_of_words = as_of or workspace.config.as_of
        self._lock = threading.RLock()
        self._engine: tuple[int, Engine] | None = None
        self._store: SqliteStore | None = None
        self._work: Work | None = None
        self._materialised: tuple[date, int] | None = None
        self._anchored = 0
        self._calendar_problems: tuple[Problem, ...] = ()
        self.data = Data(
            workspace.config.sources, workspace.folder, lambda: workspace.cache_folder, self.fiscal.zone.key
        )

    @classmethod
    def open(
        cls, dir: str | Path | None = None, as_of: date | str | None = None, read_only: bool = False
    ) -> Self:
        """Open a workspace.

        Args:
            dir: its folder; without it the one that `$COCKPIT_WORKSPACE`, the nearest folder upwards or the
                user's configuration names, else the demo.
            as_of: the day whose figures are shown, instead of the workspace's own: a date or a word that
                `as_of` in `cockpit.toml` takes. Tasks and rhythm stay at today.
            read_only: change nothing.

        Raises:
            ConfigError: `cockpit.toml` or the calendar is wrong; with all problems.
            SourceError: the demo could not be written.
        """
        found = discover(dir)
        if found is not None:
            folder = found.folder
        else:
            from cockpit.workspace.demo import ensure_demo

            folder = ensure_demo()
        words = as_of.isoformat() if isinstance(as_of, date) else as_of
        return cls(load_workspace(folder), words, read_only)

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
            self._engine = self._work = self._materialised = None

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
        return resolve_as_of(
            self.fiscal, self._as_of_words, lambda: self.engine.latest_date(self.today), self.today
        )

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
                )
            return self._store

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
                if self.workspace.is_demo and self._materialised is None and not self.read_only:
                    from cockpit.core.demo_work import begin_demo_work

                    begin_demo_work(self._work, self.today, self.anchors)
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

    def tasks(self, filter: str = "", typed: bool = False) -> "list[Task]":
        """The tasks that match; without a filter what is unfinished and overdue or whose lead has begun.

        Args:
            filter: the filter language, or the name of a saved view.
            typed: words that are no filter words are looked for in the text of tasks.
        """
        return self.work.list(filter, self.today, typed=typed)

    @cached_property
    def saved_views(self) -> "dict[str, SavedView]":
        """The saved views of the task list, by name."""
        return self.workspace.config.saved_views

    # --- the figures ----------------------------------------------------------------------------------

    @cached_property
    def catalogue(self) -> "Catalogue":
        """The metrics: the built-in ones and the workspace's own."""
        from cockpit.metrics.catalogue import Catalogue

        return Catalogue.load(self.workspace.metrics_folder)

    @property
    def engine(self) -> "Engine":
        """The metric engine over the tables as they were last read."""
        return self._engine_of(self.data.loaded())

    def _engine_of(self, loaded: Loaded) -> "Engine":
        from cockpit.core.agreement_tasks import AgreementTasks
        from cockpit.core.past import past_of
        from cockpit.metrics.engine import Engine

        with self._lock:
            if self._engine is None or self._engine[0] != loaded.revision:
                self._anchor(loaded)
                work = AgreementTasks(self)
                past, settings = past_of(self, loaded.tables), self._metric_settings()
                engine = Engine(self.catalogue, loaded.tables, self.fiscal, settings, work, past)
                self._engine = (loaded.revision, engine)
            return self._engine[1]

    def _metric_settings(self) -> "MetricSettings":
        from cockpit.metrics.query import MetricSettings

        config = self.workspace.config
        return MetricSettings(
            currency=config.currency,
            stale_days=config.kpi.stale_days,
            grace_days=config.kpi.grace_days,
            required_fields=tuple(config.kpi.required_fields),
            unqualified_stages=tuple(config.kpi.unqualified_stages),
            targets=config.targets,
            warn={name: one.warn for name, one in config.metrics.items() if one.warn is not None},
            quota_seasonality=tuple(config.quota.seasonality),
            board=tuple(config.kpi.board),
            today=self.today,
        )

    def _anchor(self, loaded: Loaded) -> None:
        """Keep the dates that actions hang from where the light commands find them."""
        from cockpit.core.anchors import put_anchors, take_tasks

        if self.read_only:
            return
        if put_anchors(self.store, (self.calendar, *self.other_calendars), loaded.tables):
            self._anchored = loaded.revision
        take_tasks(self.work, loaded.tables)

    @cached_property
    def slice_owners(self) -> Mapping[str, frozenset[str]]:
        """The standing slices that are people ("me", "my team"): the owner names of each."""
        from cockpit.core.slices import owners_of

        return owners_of(self.people, self.user)

    @cached_property
    def slices(self) -> Mapping[str, str]:
        """All standing slices as conditions: `[slices]` of the workspace, "me" and "my team"."""
        from cockpit.core.slices import with_owners

        return with_owners(self.workspace.config.slices, self.slice_owners)

    def question(
        self,
        where: str | None = None,
        period: str = "this-quarter",
        vs: str | None = None,
        as_of: date | None = None,
        slice: str | None = None,
    ) -> "Question":
        """Make the words of a question exact.

        Raises:
            UsageError: no such period, slice or comparison; with the nearest name.
        """
        from cockpit.core.question import ask

        slices = self.slices
        if slice is not None and slice not in slices:
            hint = did_you_mean(slice, slices) or f"[slices] has {', '.join(slices) or 'none'}"
            raise UsageError(Problem(f"no slice {slice!r}", key="--slice", hint=hint))
        return ask(
            self.fiscal,
            period=period,
            as_of=as_of or self.as_of,
            where=where,
            slice_where=slices[slice] if slice is not None else None,
            vs=vs,
            align=self.workspace.config.compare.align,
        )

    def _query(self, names: Sequence[str], by: Sequence[str], question: "Question") -> "Query":
        from cockpit.metrics.query import Query

        return Query(
            names=tuple(names),
            by=tuple(by),
            where=question.where,
            period=question.period,
            as_of=question.as_of,
            against=question.against,
            align=self.workspace.config.compare.align,
        )

    def board(self) -> tuple[str, ...]:
        """The metrics shown when none is named."""
        return tuple(self.workspace.config.kpi.board) or tuple(
            name for name in USUAL_BOARD if name in self.catalogue
        )

    def kpi(
        self,
        names: str | Sequence[str] | None = None,
        by: str | Sequence[str] = (),
        where: str | None = None,
        period: str = "this-quarter",
        vs: str | None = None,
        as_of: date | None = None,
        slice: str | None = None,
    ) -> "KpiResult":
        """Values of metrics: their totals and, divided by dimensions, their groups.

        Args:
            names: a metric or several; None for the board.
            by: a column or several to divide by.
            where: a boolean SQL expression over columns.
            period: the period of flows.
            vs: what to compare with.
            as_of: the day, instead of the cockpit's own.
            slice: the name of a standing filter.

        Raises:
            UsageError: a name, a column or an expression is wrong.
            SourceError: the opportunities could not be read.
        """
        question = self.question(where, period, vs, as_of, slice)
        engine, revision = self._engine_with_data()
        result = engine.values(self._query(_several(names) or self.board(), _several(by), question))
        return replace(result, revision=revision)

    def rows(
        self,
        name: str,
        where: str | None = None,
        period: str = "this-quarter",
        as_of: date | None = None,
        limit: int | None = None,
        slice: str | None = None,
    ) -> "RowsResult":
        """The very rows behind a figure. Takes what `kpi` takes."""
        question = self.question(where, period, None, as_of, slice)
        engine, revision = self._engine_with_data()
        return replace(engine.rows(name, self._query((name,), (), question), limit), revision=revision)

    def explain(
        self,
        name: str,
        where: str | None = None,
        period: str = "this-quarter",
        as_of: date | None = None,
        slice: str | None = None,
    ) -> "Explanation":
        """Definition, formula with the numbers put in, what was left out and why, sources."""
        question = self.question(where, period, None, as_of, slice)
        engine, revision = self._engine_with_data()
        return replace(engine.explain(name, self._query((name,), (), question)), revision=revision)

    def effects(
        self,
        name: str,
        by: Sequence[str],
        where: str | None = None,
        period: str = "this-quarter",
        vs: str | None = "previous",
        as_of: date | None = None,
        slice: str | None = None,
    ) -> "tuple[Effect, ...]":
        """The change against another period, by group, largest effect first; they add up to the change."""
        question = self.question(where, period, vs, as_of, slice)
        engine, _ = self._engine_with_data()
        return engine.effects(name, self._query((name,), by, question))

    def _engine_with_data(self) -> "tuple[Engine, int]":
        """The engine and the revision of its tables.

        Raises:
            SourceError: no table could be read; a blank figure would hide the reason that matters.
        """
        loaded = self.data.loaded()
        if not loaded.tables and loaded.problems:
            raise SourceError(*loaded.all_problems)
        return self._engine_of(loaded), loaded.revision

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

    @cached_property
    def history(self) -> "History":
        """The dated snapshots of what the sources held."""
        from cockpit.sources.history.store import History

        workspace = self.workspace
        return History(workspace.history_folder, self.fiscal.zone, shared=workspace.config.store.shared)

    @cached_property
    def secrets(self) -> "Secrets":
        """The secrets of the sources, read when a source is first pulled."""
        from cockpit.sources.http.secrets import Secrets

        return Secrets(self.workspace.file.path)

    @property
    def data_read_at(self) -> datetime | None:
        """Of when the oldest of the tables is that are shown, or None while nothing has been read."""
        held = self.data.now_held
        return held.as_old_as if held is not None else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong and did not stop the cockpit: calendar warnings, sources that could not be read."""
        found = [*self._calendar_problems, *self.calendar.warnings]
        held = self.data.now_held
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


def _several(names: str | Sequence[str] | None) -> Sequence[str]:
    """A name alone counts as a list of one; its letters are no names."""
    return (names,) if isinstance(names, str) else names or ()
