"""A figure opened: its value, what it stands on, how it changed, and what it is made of by a dimension.

Each level adds one condition; at the end of the drill path stand the rows themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError, UsageError, did_you_mean
from cockpit.core.own_rates import NOTHING_TOLD, OwnRate, own_rates
from cockpit.panes.board import compared_words
from cockpit.panes.conditions import Step, both, equals, shown
from cockpit.panes.dimensions import FISCAL_STEPS, IDENTITIES, choices, dimensions_of, label_of
from cockpit.panes.drill_data import (
    NOTHING_AROUND,
    DrillData,
    Group,
    Part,
    raw_values,
    scale_end,
    sorted_groups,
)
from cockpit.panes.drill_layout import drill_page, group_detail
from cockpit.panes.drill_side import Side, load_side
from cockpit.panes.figures import (
    ask,
    called,
    delta_of,
    drill_of,
    formats_of,
    metrics_of,
    short_label,
    still_running,
)
from cockpit.panes.lines import Line, Page, fit
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, Question, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import Effect, Explanation, InputFigure, KpiResult, KpiRow

FAMILIES = (
    ("close_rate", "close_rate_value", "cohort_win_rate", "open_at_start_conversion"),
    (
        "coverage_gap", "weighted_coverage", "credible_coverage", "coverage", "required_coverage_rest",
        "required_coverage",
    ),
    ("won_amount", "won_count", "attainment", "pacing"),
    ("lost_count", "lost_amount"),
    ("past_due_count", "past_due_amount"),
    ("stale_share", "stale_amount", "stale_count"),
    (
        "renewal_on_time_rate", "renewal_on_time_rate_count", "renewal_renewed_to_due",
        "renewal_within_grace_rate",
    ),
)  # fmt: skip
RELATED = {name: family for family in FAMILIES for name in family}
"""Figures that answer the same question another way; each is right, and they differ widely."""


PEOPLE = ("owner", "manager")
"""Dimensions whose values are people, who can be asked about theirs."""


@dataclass(frozen=True)
class KpiView(View):
    """A figure, narrowed by the steps that led to it, divided by a dimension.

    Attributes:
        metric: the metric's name.
        steps: the dimensions and values opened so far.
        dimension: what it is divided by; None takes the next of its drill path that the data has.
        where: a condition that was there before the first step, or None.
        siblings: the values of the last step's dimension at the level above, in the order shown there.
        focus: the group that the cursor starts on, or None.
        sort: the column that the groups are sorted by, or "" for their own order.
        backwards: whether that order is reversed.
        needle: the text by which the groups are narrowed.
        period: its period where that is not the one that holds in every view, else ""; it then stands alone,
            without a comparison.
    """

    metric: str
    steps: tuple[Step, ...] = ()
    dimension: str | None = None
    where: str | None = None
    siblings: tuple[Any, ...] = ()
    focus: str | None = None
    sort: str = ""
    backwards: bool = False
    needle: str = ""
    period: str = ""

    name = "pipeline"

    @classmethod
    def at(cls, place: Place) -> "KpiView":
        """The figure that a place of kind "kpi" leads to."""
        by = place.by[0] if place.by else None
        return cls(place.name, (), by, place.where, focus=place.focus, period=place.period)

    @property
    def condition(self) -> str | None:
        """What narrows the figure: the condition given and every step."""
        return both(self.where, *(equals(dimension, value) for dimension, value in self.steps))

    def crumbs(self) -> tuple[str, ...]:
        """Such as Pipeline, Close rate, Brooks, by owner."""
        root = "Annuity" if self.metric.startswith(("renewal", "untracked")) else "Pipeline"
        narrowed = tuple(part for part in (self.period, self.where) if part)
        by = (f"by {label_of(self.dimension)}",) if self.dimension else ()
        return (root, called(self.metric), *narrowed, *(shown(value) for _, value in self.steps), *by)

    def quick(self, cockpit: "Cockpit", context: Context) -> DrillData | None:
        """The figure and its groups, once the data has been read; what stands around them follows."""
        return None if cockpit.data_read_at is None else self._loaded(cockpit, context, around=False)

    def load(self, cockpit: "Cockpit", context: Context) -> DrillData:
        """The figure, its groups and, with a comparison, each group's effect on the change."""
        return self._loaded(cockpit, context, around=True)

    def _loaded(self, cockpit: "Cockpit", context: Context, *, around: bool) -> DrillData:
        if self.period:
            context = replace(context, period=self.period, against="")
        metrics = metrics_of(cockpit)
        if self.metric not in metrics:
            hint = did_you_mean(self.metric, metrics)
            raise UsageError(f"no metric {self.metric}" + (f" ({hint})" if hint else ""))
        metric = metrics[self.metric]
        available = dimensions_of(cockpit, metric)
        dimension, rows, result = self._divided(cockpit, context, metric, available)
        groups, ordered = self._ordered(cockpit, context, dimension, rows)
        explained = self._explained(cockpit, context, metric)
        used = {name for name, _ in self.steps} | {dimension}
        following = next(
            (name for name in drill_of(cockpit, metric) if name in available and name not in used), None
        )
        matching = [group for group in groups if self.needle.casefold() in group.label.casefold()]
        return DrillData(
            metric=metric,
            formats=formats_of(cockpit, context),
            total=result.total(self.metric),
            dimension=dimension,
            groups=tuple(matching),
            ordered=ordered,
            following=following,
            available=available,
            compared=compared_words(cockpit, result),
            period=result.period.label,
            running=still_running(result, metric),
            own=self._own(cockpit, context),
            substituted="" if explained is None else explained.substituted,
            related=self._beside(cockpit, context, metrics, RELATED.get(self.metric, ())),
            parts=self._parts(cockpit, context, metrics, () if explained is None else explained.inputs),
            scale_end=scale_end(groups, metric.unit),
            matching=(len(matching), len(groups)),
            condition=self.condition,
            needle=self.needle,
            side=self._side(cockpit, context, metric, dimension, matching, result)
            if around
            else NOTHING_AROUND,
        )

    def _own(self, cockpit: "Cockpit", context: Context) -> OwnRate:
        """What our own past says of all deals; of some of them it does not say how they keep to the curve."""
        told = own_rates(cockpit, (self.metric,), context.period, context.as_of, context.slice)
        own = told.get(self.metric, NOTHING_TOLD)
        return own if self.condition is None else replace(own, ahead=None)

    def _side(
        self,
        cockpit: "Cockpit",
        context: Context,
        metric: "Metric",
        dimension: str | None,
        groups: Sequence[Group],
        result: "KpiResult",
    ) -> Side:
        """What stands around the groups: about the group that was meant, else the first unusual one."""
        meant = next((one for one in groups if one.label == self.focus), None) or next(
            (one for one in groups if one.row.compare is not None and one.row.compare.unusual), None
        )
        group = (dimension, meant.value, meant.row) if meant is not None and dimension is not None else None
        path = "".join(f"/{name}={shown(value)}" for name, value in self.steps)
        subject = f"{self.metric}@{result.period.label}{path}"
        return load_side(cockpit, context, metric, self.condition, group, result, subject)

    def _divided(
        self, cockpit: "Cockpit", context: Context, metric: "Metric", available: Sequence[str]
    ) -> "tuple[str | None, tuple[KpiRow, ...], Any]":
        used = {name for name, _ in self.steps}
        path = [name for name in drill_of(cockpit, metric) if name in available and name not in used]
        wanted = self.dimension or next(iter(path), None)
        if wanted is None or wanted in IDENTITIES:
            return None, (), ask(cockpit, context, (self.metric,), where=self.condition)
        result = ask(cockpit, context, (self.metric,), by=(wanted,), where=self.condition)
        return wanted, result.groups(self.metric), result

    def _ordered(
        self, cockpit: "Cockpit", context: Context, dimension: str | None, rows: "Sequence[KpiRow]"
    ) -> tuple[list[Group], str]:
        """The groups in the order asked; without one by effect on the change, else by value."""
        if dimension is None:
            return [], ""
        effects = self._effects(cockpit, context, dimension)
        groups = [Group(row.by[dimension], row, effects.get(row.by[dimension])) for row in rows]
        if self.sort:
            groups = sorted_groups(groups, self.sort, self.backwards)
            return groups, f"by {self.sort}" + (", reversed" if self.backwards else "")
        if dimension.endswith(tuple(f"_{step}" for step in FISCAL_STEPS)):
            return sorted(groups, key=lambda group: group.label), "in time order"
        if groups and effects:
            groups.sort(key=lambda group: -abs(group.effect or 0.0))
            return groups, "by effect on the total"
        return groups, "by value"

    def _effects(self, cockpit: "Cockpit", context: Context, dimension: str) -> dict[Any, float]:
        """Each group's effect on the change; nothing where there is no comparison or no way to divide it."""
        if not context.partner or metrics_of(cockpit)[self.metric].kind == "derived":
            return {}
        try:
            effects = cockpit.effects(
                self.metric,
                (dimension,),
                where=self.condition,
                period=context.period,
                vs=context.partner,
                as_of=context.as_of,
                slice=context.slice,
            )
        except CockpitError:
            return {}
        return {effect.by[dimension]: effect.effect for effect in effects}

    def _explained(self, cockpit: "Cockpit", context: Context, metric: "Metric") -> "Explanation | None":
        """How a derived figure comes about."""
        if metric.kind != "derived":
            return None
        return cockpit.explain(
            self.metric,
            where=self.condition,
            period=context.period,
            as_of=context.as_of,
            slice=context.slice,
        )

    def _beside(
        self, cockpit: "Cockpit", context: Context, metrics: "Mapping[str, Metric]", names: Sequence[str]
    ) -> "tuple[tuple[Metric, KpiRow], ...]":
        known = [name for name in names if name in metrics]
        if not known:
            return ()
        result = ask(cockpit, context, known, where=self.condition)
        return tuple((metrics[name], result.total(name)) for name in known)

    def _parts(
        self,
        cockpit: "Cockpit",
        context: Context,
        metrics: "Mapping[str, Metric]",
        inputs: "Sequence[InputFigure]",
    ) -> tuple[Part, ...]:
        """What a derived figure is made of, as its formula has it; factors with their part in the change."""
        factors: dict[str, Effect] = {}
        if context.partner and inputs:
            effects = cockpit.effects(
                self.metric,
                (),
                where=self.condition,
                period=context.period,
                vs=context.partner,
                as_of=context.as_of,
                slice=context.slice,
            )
            factors = {str(effect.by.get("factor")): effect for effect in effects}
        return tuple(
            Part(metrics[one.kpi], one, factors[one.name].effect if one.name in factors else None)
            for one in inputs
            if one.kpi in metrics
        )

    def page(self, data: DrillData, size: Size) -> Page:
        """The figure in words over the table of its groups."""
        return drill_page(data, size, self.focus)

    def facts(self, data: DrillData) -> str:
        """The day of the figures and of their partner."""
        return data.compared

    def open(self, data: DrillData, place: Place) -> View | None:
        """One level down: the group by the next dimension, or its rows."""
        from cockpit.panes.rows import RowsView

        if place.kind == "rows" and place.name == self.metric and place.where == self.condition:
            return RowsView(self.metric, self.steps, self.where, period=self.period)
        if place.name != self.metric or place.focus is None or data.dimension is None:
            return None
        group = next((group for group in data.groups if group.label == place.focus), None)
        if group is None:
            return None
        steps = (*self.steps, (data.dimension, group.value))
        values = tuple(group.value for group in data.groups)
        if data.following is None and data.metric.kind == "derived":
            return KpiView(self.metric, steps, None, self.where, values, period=self.period)
        if data.following is None:
            return RowsView(self.metric, steps, self.where, siblings=values, period=self.period)
        return KpiView(self.metric, steps, data.following, self.where, values, period=self.period)

    def hints(self, data: DrillData, line: Line | None) -> Mapping[str, str]:
        """What Enter opens, and which neighbour comes next."""
        found: dict[str, str] = {}
        group = self.group_at(data, line)
        if group is not None:
            following = f"by {label_of(data.following)}" if data.following else "rows"
            found["open"] = f"{fit(group.label, 24)} {following}"
        if len(self.siblings) > 1:
            found["next_sibling"] = f"next {label_of(self.steps[-1][0])}"
        else:
            found["next_sibling"] = ""
        return found

    def dimensions(self, data: DrillData) -> tuple[Choice, ...]:
        """The drill path first, then every text column; nothing where no division would have a value."""
        return () if data.lacking else choices(data.available)

    def undivided(self, data: DrillData) -> str:
        """What the figure needs that it does not have."""
        return f"this cannot be divided: {data.lacking}" if data.lacking else super().undivided(data)

    def divided(self, data: DrillData, dimension: str, line: Line | None) -> View | None:
        """Divided by another dimension; with the cursor on a group, inside that group."""
        group = self.group_at(data, line)
        if group is None or data.dimension is None or dimension == data.dimension:
            return replace(self, dimension=dimension, focus=None, needle="", sort="", backwards=False)
        values = tuple(one.value for one in data.groups)
        steps = (*self.steps, (data.dimension, group.value))
        return KpiView(self.metric, steps, dimension, self.where, values, period=self.period)

    def group_at(self, data: DrillData, line: Line | None) -> Group | None:
        """The group that a line of the page shows."""
        if line is None or line.key is None:
            return None
        return next((group for group in data.groups if line.key == f"group:{group.label}"), None)

    def questions(self, data: DrillData, keys: Sequence[str]) -> Sequence[Question]:
        """The people that the figure is divided by, each about their own."""
        if data.dimension not in PEOPLE:
            return ()
        named = [group for group in data.groups if group.value is not None]
        return [self._question(data, group) for group in named if f"group:{group.label}" in keys]

    def _question(self, data: DrillData, group: Group) -> Question:
        row, formats = group.row, data.formats
        change = formats.delta(delta_of(row), row.unit, row.value)
        figure = formats.value(row.value, row.unit) + (f", {change}" if change else "")
        words = f"{data.metric.label}, {data.period}: {figure}, n {row.n:,}"
        subject = self.subject(data, Line(key=f"group:{group.label}"))
        return Question(group.label, words, subject)

    def narrowed(self, text: str) -> View:
        """Only the groups whose name contains the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that group names contain."""
        return self.needle

    def sibling(self, data: DrillData, step: int) -> View | None:
        """The next or previous group of the level above, divided the same way."""
        if not self.steps or len(self.siblings) < 2:
            return None
        dimension, value = self.steps[-1]
        if value not in self.siblings:
            return None
        index = (self.siblings.index(value) + step) % len(self.siblings)
        steps = (*self.steps[:-1], (dimension, self.siblings[index]))
        return replace(self, steps=steps, focus=None, needle="")

    def sort_columns(self, data: DrillData) -> tuple[Choice, ...]:
        """The columns of the table of groups."""
        return choices(("group", "value", "n", "change", "effect"))

    def sorted_by(self, column: str) -> View:
        """Largest first; the second time smallest first."""
        return replace(self, sort=column, backwards=column == self.sort and not self.backwards)

    def explanation(self, data: DrillData, line: Line | None) -> View | None:
        """Definition, formula and what was left out, of the group under the cursor or of the whole."""
        from cockpit.panes.explain import ExplainView

        group = self.group_at(data, line)
        if group is None or data.dimension is None:
            return ExplainView(self.metric, self.condition, self.crumbs(), period=self.period)
        where = both(self.condition, equals(data.dimension, group.value))
        return ExplainView(self.metric, where, (*self.crumbs(), group.label), period=self.period)

    def detail(self, data: DrillData, line: Line | None, width: int) -> Sequence[Line]:
        """The group under the cursor in words."""
        group = self.group_at(data, line)
        return group_detail(data, group, width) if group is not None else ()

    def pictures(self, data: DrillData, line: Line | None) -> tuple[Choice, ...]:
        """Trend, distribution, pivot and so on; none of a period of its own, which they do not know."""
        from cockpit.panes.pictures import pictures_for

        return () if self.period else pictures_for(data.metric)

    def picture(self, data: DrillData, name: str, line: Line | None) -> View:
        """The figure drawn; with the cursor on a group, of that group."""
        from cockpit.panes.pictures import picture

        group = self.group_at(data, line)
        where, path = self.condition, self.crumbs()[: 2 + len(self.steps)]
        if group is not None and data.dimension is not None:
            where = both(where, equals(data.dimension, group.value))
            path = (*path, group.label)
        return picture(name, self.metric, where, path, self.pictures(data, line))

    def table(self, data: DrillData) -> RawTable:
        """The groups with raw values, the total last."""
        rows: list[tuple[Any, ...]] = [
            (group.value, *raw_values(group.row), group.effect) for group in data.groups
        ]
        rows.append((None if data.groups else "All", *raw_values(data.total), None))
        columns = (
            data.dimension or "all",
            "value",
            "n",
            "numerator",
            "denominator",
            "compared",
            "change",
            "effect",
        )
        return RawTable(short_label(data.metric.label, 40), columns, rows)

    def subject(self, data: DrillData, line: Line | None) -> str:
        """The figure with its period and slice: close_rate@FY27-Q2/manager=Brooks."""
        steps = list(self.steps)
        group = self.group_at(data, line)
        if group is not None and data.dimension is not None:
            steps.append((data.dimension, group.value))
        path = "".join(f"/{dimension}={shown(value)}" for dimension, value in steps)
        return f"{self.metric}@{data.period}{path}"
