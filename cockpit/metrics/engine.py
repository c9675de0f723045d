"""The metric engine: one door for values, rows, explanations and effects."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from cockpit.base.problems import UsageError
from cockpit.metrics import change, explain
from cockpit.metrics.aggregate import Group
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.facts.book import TABLE_OF_FACT, FactBook
from cockpit.metrics.facts.columns import FROM_THEIR_TABLE
from cockpit.metrics.figures import Figure, Figures, simple_parts
from cockpit.metrics.funnel import Funnel
from cockpit.metrics.group_rows import RECONSTRUCTED, GroupRows, compared_day, label_key
from cockpit.metrics.in_time import grain_in, is_column, values_in_time
from cockpit.metrics.judging import Judge
from cockpit.metrics.moment import Steps, Unreachable
from cockpit.metrics.query import Basis, MetricSettings, Query
from cockpit.metrics.results import (
    AS_REPORTED,
    REBUILT,
    Effect,
    Explanation,
    Fate,
    InputFigure,
    KpiResult,
    KpiRow,
    LeftOut,
    PeriodShown,
    Replaced,
    RowsResult,
    Snapshot,
    SourceShown,
)
from cockpit.metrics.rows import behind, rows_behind, with_rows
from cockpit.metrics.sql.functions import ValueType
from cockpit.metrics.state import Cut, State, column_types
from cockpit.metrics.table_rows import TableRows
from cockpit.metrics.usual import UsualSwings

if TYPE_CHECKING:
    import polars as pl

    from cockpit.fiscal import FiscalCalendar
    from cockpit.metrics.facts.currency import Rates
    from cockpit.metrics.facts.past import Past
    from cockpit.metrics.facts.touchpoints import AgreementWork
    from cockpit.sources.table import Table


class Engine:
    """Answers queries over one set of tables; may be used from any thread.

    Args:
        catalogue: the metrics that may be asked for.
        tables: by table name ("opportunities", "agreements", "quota", "fx", "contacts").
        calendar: gives fiscal keys and quarters.
        settings: the workspace's.
        work: what people did; None where that is not known.
        past: stored history; None where there is none.
        lacking: tables that should be there and are not, each with the reason.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        tables: "Mapping[str, Table]",
        calendar: "FiscalCalendar",
        settings: MetricSettings,
        work: "AgreementWork | None" = None,
        past: "Past | None" = None,
        lacking: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.catalogue = catalogue
        self.tables = tables
        self.calendar = calendar
        self.settings = settings
        self._past = past
        self._book = FactBook(tables, calendar, settings, work, past, lacking)
        self._state = State(catalogue, self._book, calendar)
        version = (lambda: 0) if past is None else past.version
        self._usual = UsualSwings(self._state, tables, calendar, self.is_rebuilt, version)

    def values(self, query: Query) -> KpiResult:
        """The values of the metrics asked for: of each the total first, then its groups.

        Raises:
            UsageError: an unknown metric or dimension, or a filter that is not understood.
        """
        grain = grain_in(query.by)
        if grain is None or is_column(self._state, grain, query):
            return self._values(query, {})
        return values_in_time(partial(self._values, divided=True), self._state, query, grain)

    def _values(
        self, query: Query, shown: Mapping[str, Collection[Group]], divided: bool = False
    ) -> KpiResult:
        """The values; by metric, groups of `shown` are there also where they have no rows.

        Divided ones know only those usual swings that were found already, since each needs many passes.
        """
        metrics = [self.catalogue.get(name) for name in query.names]
        cut = _cut(query)
        judge = Judge(self._state, self.settings, self.calendar, query, metrics)
        figures = self._state.figures([*metrics, *judge.helpers(metrics)], cut)
        compared = self._compared(metrics, query)
        rows: list[KpiRow] = []
        for metric in metrics:
            marks, no_delta = self._marks(metric, query.as_of), self._has_no_delta(metric, query)
            usual = partial(self._usual.of, metric, query, divided or bool(query.by))
            weights = None if metric.weights is None else self.catalogue.get(metric.weights)
            found = GroupRows(metric, query, figures, compared, judge, marks, no_delta, weights, usual)
            rows += found.rows(shown.get(metric.name, ()))
        return KpiResult(
            query.as_of,
            _shown_period(query),
            self._currency(query.as_of),
            self.snapshot(query.as_of),
            tuple(rows),
            rate=self._rate(),
        )

    def rows(self, name: str, query: Query, limit: int | None = None) -> RowsResult:
        """The rows behind one metric, largest contribution first.

        Args:
            name: the metric.
            query: its period, as-of date and filter; dimensions are ignored.
            limit: at most so many rows are returned; `count` is the whole count all the same.

        Raises:
            UsageError: an unknown or derived metric, or a filter that is not understood.
        """
        metric = self.catalogue.get(name)
        columns = tuple(self._table_of(metric).frame.columns) if self._has_table(metric) else ()
        frame = rows_behind(self._state, metric, _cut(query, by=()), columns)
        cut = frame if limit is None else frame.head(limit)
        return RowsResult(
            name, query.as_of, _shown_period(query), frame.height, cut.height < frame.height,
            tuple(frame.columns), TableRows(cut),
        )  # fmt: skip

    def behind(self, name: str, query: Query, columns: Sequence[str]) -> "pl.DataFrame":
        """The rows behind a metric as a frame: `contribution` and those of the columns that its fact has.

        Of a ratio the rows of its denominator.

        Raises:
            UsageError: a derived metric has no rows of its own, or the metric cannot be computed here.
        """
        return behind(self._state, self.catalogue.get(name), _cut(query, by=()), columns)

    def explain(self, name: str, query: Query, earlier: Catalogue | None = None) -> Explanation:
        """How one figure comes about.

        Args:
            name: the metric.
            query: its period, as-of date and filter.
            earlier: the definitions before the workspace's own last changed.

        Raises:
            UsageError: an unknown metric, or a filter that is not understood.
        """
        metric, cut = self.catalogue.get(name), _cut(query, by=())
        figures = self._state.figures([metric], cut)
        figure = figures.figure(metric)
        left_out, notes = self._funnel(metric, cut)
        return Explanation(
            kpi=name,
            label=metric.label,
            formula=explain.formula_of(metric),
            substituted=explain.substituted(metric, figures, figure, self.catalogue),
            value=figure.value,
            unit=metric.unit,
            n=figure.n,
            reason=figure.reason,
            filters=tuple(explain.filters_of(metric, cut, self._state)),
            left_out=left_out,
            notes=notes,
            parts=tuple(name for name in metric.parts if not self.catalogue.get(name).hidden),
            sources=tuple(self._sources(metric)),
            snapshot=self.snapshot(query.as_of),
            definition_file=metric.file,
            definition_line=metric.line,
            replaced=self._replaced(metric, cut, earlier),
            inputs=tuple(self._inputs(metric, figures, cut)),
            rate=self._rate(),
        )

    def _inputs(self, metric: Metric, figures: Figures, cut: Cut) -> Iterator[InputFigure]:
        """The figures in a formula, in its order."""
        for one in metric.inputs if metric.kind == "derived" else ():
            part = self.catalogue.get(one.metric)
            figure = figures.figure(part, (), one.steps)
            period = self._period_at(part, one.steps, cut) if one.steps else ""
            yield InputFigure(
                one.name, part.name, figure.value, part.unit, figure.n, figure.reason, one.steps, period
            )

    def _period_at(self, metric: Metric, steps: Steps, cut: Cut) -> str | None:
        """The days that a metric counts at another moment; None for the state of another day."""
        try:
            moment = self._state.moment(steps, cut)
        except Unreachable:
            return None
        by_dates = all(self.catalogue.get(name).spec.date for name, _ in simple_parts(self.catalogue, metric))
        if moment.span.start is None or (moment.moved and not by_dates):
            return None
        return f"{moment.span.start}..{moment.last}"

    def _replaced(self, metric: Metric, cut: Cut, earlier: Catalogue | None) -> Replaced | None:
        """The figure as it was defined before: by the workspace itself, else by the built-in definition."""
        if earlier is not None and metric.own and metric.name in earlier:
            before = earlier.get(metric.name)
            if before.spec != metric.spec:
                return self._figure_by(earlier, before, cut)
        if metric.replaced is None:
            return None
        built_in = Catalogue.load()
        return self._figure_by(built_in, built_in.get(metric.name), cut)

    def _figure_by(self, catalogue: Catalogue, before: Metric, cut: Cut) -> Replaced | None:
        try:
            figure = State(catalogue, self._book, self.calendar).figures([before], cut).figure(before)
        except UsageError:
            return None
        return Replaced(
            explain.formula_of(before), figure.value, figure.n, figure.reason, before.file, before.line
        )

    def fates(self, name: str, query: Query, key: str) -> tuple[Fate, ...]:
        """What becomes of every row of one deal in the metric, or in each of those it is made of.

        Args:
            name: the metric.
            query: its period, as-of date and filter.
            key: the deal's id (or the agreement's, the task's: the key of what the metric counts).

        Raises:
            UsageError: an unknown metric, or a filter that is not understood.
        """
        cut = _cut(query, by=())
        found: list[Fate] = []
        for part, steps in simple_parts(self.catalogue, self.catalogue.get(name)):
            metric = self.catalogue.get(part)
            self._state.check_cut(cut, metric.facts)
            try:
                counted = self._state.counted(metric, cut, steps)
            except UsageError:
                continue
            found += Funnel(self._state, counted.part, counted.fact, cut).fates(key)
        return tuple(dict.fromkeys(found))

    def effects(self, name: str, query: Query) -> tuple[Effect, ...]:
        """The change against `query.against` by group of `query.by`, largest effect first.

        For an additive metric a group's effect is its own change; for a ratio or mean it is a rate effect
        and a mix effect; of a derived product and quotient, without dimensions, each factor's part.
        Over all groups the effects add up to the change of the total. Empty where there is no comparison,
        no value on one of the sides, no such decomposition, or no change to divide: a state that is rebuilt
        has none.
        """
        metric = self.catalogue.get(name)
        if query.against is None or (metric.kind != "derived" and self._has_no_delta(metric, query)):
            return ()
        figures = self._state.figures([metric], _cut(query))
        compared = (query.then or self)._state.figures([metric], _compared_cut(query))
        if metric.kind == "derived":
            return self._factor_effects(metric, figures, compared)
        groups = sorted(figures.groups(metric) | compared.groups(metric), key=label_key)
        sides = [(figures.figure(metric, group), compared.figure(metric, group)) for group in groups]
        effects = _split(metric, sides, figures.figure(metric), compared.figure(metric))
        found = [
            Effect(
                dict(zip(query.by, group, strict=True)), now.value, then.value, now.n, then.n,
                None if now.value is None or then.value is None else change.difference(now.value, then.value),
                float(rate), float(mix),
            )
            for group, (now, then), (rate, mix) in zip(groups, sides, effects, strict=False)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: -abs(one.effect)))

    def deals(self, day: date) -> "pl.DataFrame | None":
        """The deals as they stood at the end of a day; None where there is no table of them."""
        fact = self._book.found("opportunities", day)
        return None if fact is None else self._book.with_columns(fact, ())

    def rates(self, as_of: date) -> "Rates":
        """The rates of other currencies as they are known on a day."""
        return self._book.rates(as_of)

    def latest_date(self, today: date) -> date | None:
        """The as-of date `latest`: the newest date of the deals that is not after `today`."""
        return self._book.latest_date(today)

    def own_columns(self, as_of: date) -> dict[str, dict[str, ValueType]]:
        """By fact whose table is there, its columns; `Catalogue.load` checks own metrics against them."""
        facts = {name: self._book.found(name, as_of) for name in TABLE_OF_FACT}
        return {name: column_types(fact) for name, fact in facts.items() if fact is not None}

    def snapshot(self, as_of: date) -> Snapshot:
        """Where the state of a day comes from: now, stored history, or the records' own dates."""
        main = "opportunities" if "opportunities" in self.tables else next(iter(self.tables), None)
        loaded = None if main is None else self.tables[main].report.loaded_at.isoformat(timespec="seconds")
        if self._book.is_live(as_of):
            return Snapshot("live", None, loaded)
        taken = None if self._past is None or main is None else self._past.taken(as_of, main)
        if taken is not None:
            return Snapshot("stored", *taken, AS_REPORTED)
        return Snapshot(RECONSTRUCTED, None, loaded, REBUILT)

    def is_rebuilt(self, metric: Metric, day: date) -> bool:
        """Whether a figure of a past day rests on records that were not stored then."""
        if self._book.is_live(day):
            return False
        tables = {TABLE_OF_FACT[fact] for fact in metric.facts if fact in TABLE_OF_FACT and fact != "work"}
        deals = "opportunities" in tables and not self._book.is_stored(day)
        return deals or any(not self._book.is_as_it_was(one, day) for one in tables - {"opportunities"})

    # --- values -----------------------------------------------------------------------------------

    def _compared(self, metrics: Sequence[Metric], query: Query) -> Figures | None:
        if query.against is None:
            return None
        weights = [self.catalogue.get(one.weights) for one in metrics if one.weights is not None]
        return (query.then or self)._state.figures([*metrics, *weights], _compared_cut(query))

    def _marks(self, metric: Metric, as_of: date) -> tuple[str, ...]:
        """What is to be said beside a figure: that it is rebuilt where others of the day are as reported."""
        told = self.snapshot(as_of).basis == AS_REPORTED and self.is_rebuilt(metric, as_of)
        return (REBUILT,) if told else ()

    def _has_no_delta(self, metric: Metric, query: Query) -> bool:
        """Whether a state is rebuilt on one of the days compared: its change would be made up.

        So it is where no record is newer than the earlier day and nothing was stored on it: the same rows
        would answer for both days.
        """
        if query.against is None or not metric.stock:
            return False
        day = compared_day(query)
        same = query.then is None and day < query.as_of and self._book.is_live(day)
        then = (query.then or self).is_rebuilt(metric, day)
        return same or then or self.is_rebuilt(metric, query.as_of)

    def _factor_effects(self, metric: Metric, figures: Figures, compared: Figures) -> tuple[Effect, ...]:
        now, then = figures.figure(metric), compared.figure(metric)
        pairs: dict[str, tuple[Figure, Figure]] = {}
        factors: dict[str, tuple[float, float]] = {}
        powers = explain.powers_of(metric)
        if now.value is None or then.value is None or powers is None:
            return ()
        inputs = {one.name: one for one in metric.inputs}
        for name, power in powers.items():
            if name not in inputs:
                return ()
            part, steps = self.catalogue.get(inputs[name].metric), inputs[name].steps
            pairs[name] = figures.figure(part, (), steps), compared.figure(part, (), steps)
            value, other = (float(figure.value or 0) for figure in pairs[name])
            if value <= 0 or other <= 0:
                return ()
            factors[name] = (value**power, other**power)
        shares = change.factor_effects(factors, float(now.value) - float(then.value)) or {}
        return tuple(
            Effect(
                by={"factor": name},
                value=pairs[name][0].value,
                compared=pairs[name][1].value,
                n=pairs[name][0].n,
                compared_n=pairs[name][1].n,
                delta=change.difference(pairs[name][0].value or 0, pairs[name][1].value or 0),
                rate_effect=share,
                mix_effect=0.0,
            )
            for name, share in sorted(shares.items(), key=lambda one: -abs(one[1]))
        )

    # --- explain ----------------------------------------------------------------------------------

    def _funnel(self, metric: Metric, cut: Cut) -> tuple[tuple[LeftOut, ...], tuple[LeftOut, ...]]:
        """What was left out of a simple metric, or of a ratio's denominator; derived ones have no rows."""
        try:
            metric, steps = with_rows(self.catalogue, metric)
            counted = self.catalogue.get(metric.inputs[1].metric) if metric.divides else metric
            found = self._state.counted(counted, cut, steps)
        except UsageError:
            return (), ()
        table = self.tables.get(found.fact.table)
        rows = self._book.columns(found.fact).rows(()).height if table is None else table.frame.height
        funnel = Funnel(self._state, found.part, found.fact, cut, rows, metric.spec.apart)
        return funnel.left_out(), funnel.notes()

    def _sources(self, metric: Metric) -> list[SourceShown]:
        found = []
        for name in dict.fromkeys(TABLE_OF_FACT[fact] for fact in metric.facts):
            table = self.tables.get(name)
            if table is not None:
                report = table.report
                path = report.paths[0] if report.paths else ""
                loaded = report.loaded_at.isoformat(timespec="seconds")
                found.append(SourceShown(name, path, loaded, table.frame.height, report.rows_rejected))
        return found

    def _has_table(self, metric: Metric) -> bool:
        fact = metric.facts[0]
        return fact in FROM_THEIR_TABLE and TABLE_OF_FACT[fact] in self.tables

    def _table_of(self, metric: Metric) -> "Table":
        return self.tables[TABLE_OF_FACT[metric.facts[0]]]

    def _rate(self) -> Basis | None:
        """The one basis at which money in other currencies counts; None where there are no rates."""
        fx = self.tables.get("fx")
        return None if fx is None or not fx.frame.height else self.settings.currency_basis

    def _currency(self, as_of: date) -> str | None:
        fact = self._book.found("opportunities", as_of)
        return fact.currency if fact is not None else self.settings.currency


def _cut(query: Query, by: tuple[str, ...] | None = None) -> Cut:
    return Cut(query.as_of, query.period, query.by if by is None else by, query.where, query.align)


def _compared_cut(query: Query) -> Cut:
    assert query.against is not None
    span = query.against.span
    return Cut(compared_day(query), span, query.by, query.where, query.align)


def _shown_period(query: Query) -> PeriodShown:
    span = query.period
    return PeriodShown(span.label, span.start, span.end, span.through(query.as_of) or query.as_of)


def _split(
    metric: Metric, sides: Sequence[tuple[Figure, Figure]], total: Figure, other_total: Figure
) -> list[tuple[Fraction, Fraction]]:
    """Rate and mix effect of each group, or nothing where the total has no value on one side."""
    if metric.additive:
        return [(Fraction(now.value or 0) - Fraction(then.value or 0), Fraction(0)) for now, then in sides]
    if not total.denominator or not other_total.denominator:
        return []
    return change.ratio_effects(
        [(_sides(now), _sides(then)) for now, then in sides], _sides(total), _sides(other_total)
    )


def _sides(figure: Figure) -> change.Sides:
    return Fraction(figure.numerator or 0), Fraction(figure.denominator or 0)
