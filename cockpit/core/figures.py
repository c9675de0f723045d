"""What can be asked of a cockpit about figures: values, rows, explanations, effects, over one engine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, cast

from cockpit.base.problems import Problem, SourceError, UsageError, did_you_mean
from cockpit.core.blank_figures import with_blank_figures, wrong_ones
from cockpit.core.data import Loaded
from cockpit.core.targets import TARGET, beside_targets

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.core.question import Question
    from cockpit.metrics.catalogue import Catalogue
    from cockpit.metrics.engine import Engine
    from cockpit.metrics.facts.touchpoints import AgreementWork
    from cockpit.metrics.query import MetricSettings, Query
    from cockpit.metrics.results import Effect, Explanation, KpiResult, RowsResult

USUAL_BOARD = (
    "won_amount",
    "coverage_gap",
    "weighted_coverage",
    "credible_coverage",
    "close_rate",
    "velocity",
    "past_due_count",
    "slip_rate",
    "attainment",
    "open_pipeline_in_period",
    "weighted_pipeline",
    "pipeline_created",
    "stale_share",
    "field_completeness",
    "cycle_days_median",
)
"""The metrics that are watched where a workspace names no board of its own."""


class FigureQuestions:
    """The part of `Cockpit` that answers questions about figures."""

    @property
    def _cockpit(self) -> "Cockpit":
        """The whole that this is a part of."""
        return cast("Cockpit", self)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """The metrics: the built-in ones and the workspace's own."""
        from cockpit.core.definitions import keep_definitions
        from cockpit.metrics.catalogue import Catalogue

        keep_definitions(self._cockpit)
        return Catalogue.read(self._cockpit.workspace.metrics_folder)

    @cached_property
    def catalogue_before(self) -> "Catalogue | None":
        """The metrics as they were before the workspace's own last changed; None where they never did."""
        from cockpit.core.definitions import definitions_before
        from cockpit.metrics.catalogue import Catalogue

        folder = definitions_before(self._cockpit)
        return None if folder is None else Catalogue.read(folder)

    @property
    def engine(self) -> "Engine":
        """The metric engine over the tables as they were last read, or as they were known earlier."""
        return self._engine_of(self._cockpit.data.loaded())

    def _engine_of(self, loaded: Loaded) -> "Engine":
        snapshot = self._cockpit.known.snapshot
        if snapshot is not None:
            return self._cockpit.known.engine(snapshot)
        from cockpit.core.past import past_of
        from cockpit.metrics.engine import Engine

        state = (loaded.revision, self._cockpit.today)  # what is left open over midnight is of the new day
        with self._cockpit._lock:
            if self._cockpit._engine is None or self._cockpit._engine[0] != state:
                self.keep_anchors(loaded)
                past = self._cockpit.past = past_of(self._cockpit, loaded.tables)
                settings, work = self.metric_settings(), self.agreement_work()
                engine = Engine(self.catalogue, loaded.tables, self._cockpit.fiscal, settings, work, past)
                self._cockpit._engine = (state, engine)
            return self._cockpit._engine[1]

    def agreement_work(self) -> "AgreementWork":
        """What people did, for the metric engine."""
        from cockpit.core.agreement_tasks import AgreementTasks

        return AgreementTasks(self._cockpit)

    def metric_settings(self) -> "MetricSettings":
        """What the workspace says about metrics."""
        from cockpit.metrics.query import MetricSettings

        config = self._cockpit.workspace.config
        return MetricSettings(
            currency=config.currency,
            stale_days=config.kpi.stale_days,
            grace_days=config.kpi.grace_days,
            required_fields=tuple(config.kpi.required_fields),
            unqualified_stages=tuple(config.kpi.unqualified_stages),
            stages=tuple(config.kpi.stages),
            overrun_factor=config.kpi.overrun_factor,
            overrun_factors=config.kpi.overrun_factors,
            required_roles=tuple(config.kpi.required_roles),
            contact_days=config.kpi.contact_days,
            currency_basis=config.kpi.currency_basis,
            targets_by={name: one.target_by for name, one in config.metrics.items() if one.target_by},
            targets=config.targets,
            warn={name: one.warn for name, one in config.metrics.items() if one.warn is not None},
            quota_seasonality=tuple(config.quota.seasonality),
            board=tuple(config.kpi.board),
            stands_at_newest=config.as_of == "latest",
            today=self._cockpit.today,
        )

    def keep_anchors(self, loaded: Loaded) -> None:
        """Keep the dates in the tables that actions hang from where the light commands find them."""
        from cockpit.core.anchors import put_anchors, take_tasks
        from cockpit.core.task_sources import remember_reading

        with self._cockpit._lock:
            state = (loaded.revision, self._cockpit.today)
            if self._cockpit.read_only or self._cockpit._anchors_kept == state:
                return
            calendars = (self._cockpit.calendar, *self._cockpit.other_calendars)
            if put_anchors(self._cockpit.store, calendars, loaded.tables):
                self._cockpit._anchored = loaded.revision
            take_tasks(self._cockpit.work, loaded.tables)
            remember_reading(self._cockpit.store, calendars, loaded)
            self._cockpit._anchors_kept = state

    @cached_property
    def slice_owners(self) -> Mapping[str, frozenset[str]]:
        """The standing slices that are people ("me", "my team"): the owner names of each."""
        from cockpit.core.slices import owners_of

        return owners_of(self._cockpit.people, self._cockpit.user)

    @cached_property
    def slices(self) -> Mapping[str, str]:
        """All standing slices as conditions: `[slices]` of the workspace, "me" and "my team"."""
        from cockpit.core.slices import with_owners

        return with_owners(self._cockpit.workspace.config.slices, self.slice_owners)

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
        from cockpit.core.known import earlier_state
        from cockpit.core.question import ask

        slices = self.slices
        if slice is not None and slice not in slices:
            hint = did_you_mean(slice, slices) or f"[slices] has {', '.join(slices) or 'none'}"
            raise UsageError(Problem(f"no slice {slice!r}", key="--slice", hint=hint))
        return ask(
            self._cockpit.fiscal,
            period=period,
            as_of=as_of or self._cockpit.as_of,
            where=where,
            slice_where=slices[slice] if slice is not None else None,
            vs=vs,
            align=self._cockpit.workspace.config.compare.align,
            earlier=earlier_state(self._cockpit, vs),
            zone=self._cockpit.fiscal.zone,
        )

    def query_of(self, names: Sequence[str], by: Sequence[str], question: "Question") -> "Query":
        """The question as the engine takes it."""
        from cockpit.metrics.query import Query

        return Query(
            names=tuple(names),
            by=tuple(by),
            where=question.where,
            period=question.period,
            as_of=question.as_of,
            against=question.against,
            align=self._cockpit.workspace.config.compare.align,
            then=None if question.earlier is None else self._cockpit.known.engine(question.earlier),
        )

    def board(self) -> tuple[str, ...]:
        """The metrics shown when none is named."""
        chosen = self._cockpit.workspace.config.kpi.board or USUAL_BOARD
        return tuple(
            name for name in chosen if name in self.catalogue or self.catalogue.why_wrong(name) is not None
        )

    def definition_problems(self) -> tuple[Problem, ...]:
        """What is wrong with the workspace's metrics, and names of its board that no metric has."""
        named = [(("kpi", "board"), name) for name in self._cockpit.workspace.config.kpi.board]
        return (*self.catalogue.problems, *self.unknown_metrics(named))

    def unknown_metrics(self, named: Iterable[tuple[tuple[str, ...], str]]) -> Iterator[Problem]:
        """Names in `cockpit.toml` that no metric has, nor a definition that is wrong."""
        file, known = self._cockpit.workspace.file, self.catalogue.names()
        for path, name in named:
            if name not in known and self.catalogue.why_wrong(name) is None:
                yield file.problem(path, f"there is no metric {name!r}", did_you_mean(name, known))

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
            vs: what to compare with; "target" is what the figure should reach.
            as_of: the day, instead of the cockpit's own.
            slice: the name of a standing filter.

        Raises:
            UsageError: a name, a column or an expression is wrong.
            SourceError: the opportunities could not be read.
        """
        if vs == TARGET:
            return beside_targets(self.kpi(names, by, where, period, None, as_of, slice))
        question = self.question(where, period, vs, as_of, slice)
        engine, revision = self._engine_with_data()
        asked = tuple(_several(names)) or self.board()
        wrong = wrong_ones(self.catalogue, asked)
        right = tuple(name for name in asked if name not in wrong)
        found = engine.values(self.query_of(right, _several(by), question))
        result = with_blank_figures(found, asked, wrong, self.catalogue)
        return replace(result, snapshot=self._cockpit.known.shown(result.snapshot), revision=revision)

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
        return replace(engine.rows(name, self.query_of((name,), (), question), limit), revision=revision)

    def explain(
        self,
        name: str,
        where: str | None = None,
        period: str = "this-quarter",
        as_of: date | None = None,
        slice: str | None = None,
        row: str | None = None,
    ) -> "Explanation":
        """Definition, formula with the numbers put in, what was left out and why, sources.

        With `row`, the id of a deal (or agreement, or task), also what becomes of each of its rows.
        """
        question = self.question(where, period, None, as_of, slice)
        engine, revision = self._engine_with_data()
        query = self.query_of((name,), (), question)
        found = engine.explain(name, query, self.catalogue_before)
        fates = () if row is None else engine.fates(name, query, row)
        state = self._cockpit.known.shown(found.snapshot)
        return replace(found, snapshot=state, revision=revision, fates=fates)

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
        """The change against another period, by group, largest effect first; they add up to the change.

        Nothing against targets: groups have none that add up.
        """
        if vs == TARGET:
            return ()
        question = self.question(where, period, vs, as_of, slice)
        engine, _ = self._engine_with_data()
        return engine.effects(name, self.query_of((name,), by, question))

    def _engine_with_data(self) -> "tuple[Engine, int]":
        """The engine and the revision of its tables.

        Raises:
            SourceError: no table could be read; a blank figure would hide the reason that matters.
        """
        loaded = self._cockpit.data.loaded()
        if not loaded.tables and loaded.problems:
            raise SourceError(*loaded.all_problems)
        engine = self._engine_of(loaded)
        if not engine.tables and self._cockpit.known.problems:
            raise SourceError(*self._cockpit.known.problems)
        return engine, loaded.revision


def _several(names: str | Sequence[str] | None) -> Sequence[str]:
    """A name alone counts as a list of one; its letters are no names."""
    return (names,) if isinstance(names, str) else names or ()
