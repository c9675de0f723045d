"""The bridge of a change: from the figure then to the figure now, a step for each group's effect.

The steps are rate effect and mix effect of a group together, of a derived figure its factors; they add up
to the change, and what many small groups cause is one step.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.panes.board import compared_words
from cockpit.panes.charts.bars import waterfall_lines
from cockpit.panes.charts.chart import Step, Waterfall
from cockpit.panes.conditions import both, equals, shown
from cockpit.panes.dimensions import choices, dimensions_of, label_of, path_of
from cockpit.panes.figures import ask, formats_of, metrics_of, short_label, worse
from cockpit.panes.formats import Formats
from cockpit.panes.lines import Line, Page
from cockpit.panes.pictures import PictureView, inner, list_page
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import Effect, KpiRow

MOST = 14
"""Steps at most; further groups are put together."""


@dataclass(frozen=True, slots=True)
class BridgeData:
    """A change and what it is made of.

    Attributes:
        metric: the figure.
        formats: how figures are written.
        total: the figure with its comparison.
        effects: by group or factor, the largest first.
        dimension: what the change is divided by; "factor" of a derived figure; None where it cannot be.
        available: what it can be divided by.
        compared: the days compared, in words.
    """

    metric: "Metric"
    formats: Formats
    total: "KpiRow"
    effects: "tuple[Effect, ...]"
    dimension: str | None
    available: tuple[str, ...]
    compared: str


@dataclass(frozen=True)
class BridgeView(PictureView):
    """The bridge; `by` is the dimension, asked with `d`, "" for the first of the drill path."""

    by: str = ""
    word = "bridge"

    def load(self, cockpit: "Cockpit", context: Context) -> BridgeData:
        """The figure, its change and the effects.

        Raises:
            CockpitError: the figure cannot be had.
        """
        metric = metrics_of(cockpit)[self.metric]
        path = path_of(cockpit, metric)
        derived = metric.kind == "derived"
        dimension = None if derived else self.by or next(iter(path), None)
        result = ask(cockpit, context, (self.metric,), where=self.where)
        effects: tuple[Effect, ...] = ()
        if context.partner and (derived or dimension):
            effects = cockpit.effects(
                self.metric,
                (dimension,) if dimension else (),
                where=self.where,
                period=context.period,
                vs=context.partner,
                as_of=context.as_of,
                slice=context.slice,
            )
        return BridgeData(
            metric,
            formats_of(cockpit, context),
            result.total(self.metric),
            effects,
            "factor" if derived else dimension,
            () if derived else dimensions_of(cockpit, metric),
            compared_words(cockpit, result),
        )

    def chart(self, data: BridgeData) -> Waterfall:
        """The two levels with the effects between them."""
        row, formats, unit = data.total, data.formats, data.metric.unit
        title = f"{short_label(data.metric.label, 40)}: what moved it"
        compare = row.compare
        rebuilt = compare is not None and compare.delta is None and data.dimension != "factor"
        if row.value is None or compare is None or compare.value is None or not data.effects or rebuilt:
            reason = row.reason or (compare.reason if compare is not None else "") or "there is no comparison"
            words = "Nothing to decompose: "
            return Waterfall(title, "", (), (f"{words}{reason}; v chooses what to compare with.",))
        steps = [Step(compare.period.label, float(compare.value), formats.value(compare.value, unit), True)]
        steps += [self._step(effect, data) for effect in data.effects[:MOST]]
        rest = data.effects[MOST:]
        if rest:
            amount = sum(one.effect for one in rest)
            steps.append(
                Step(
                    f"{len(rest)} more",
                    amount,
                    self._text(amount, data),
                    good=None if not amount else not worse(amount, data.metric.good),
                )
            )
        steps.append(Step("now", float(row.value), formats.value(row.value, unit), True))
        by = f"by {label_of(data.dimension)}" if data.dimension else ""
        both_kinds = any(effect.mix_effect for effect in data.effects)
        notes = []
        if both_kinds:
            notes.append("Rate: the group does better or worse. Mix: it is a larger or smaller part.")
        if compare.delta is None:
            notes.append(
                f"The earlier state is {compare.reason}: what was open follows from the deals' dates."
            )
        return Waterfall(title, f"{by}, adds up", tuple(steps), tuple(notes))

    def _step(self, effect: "Effect", data: BridgeData) -> Step:
        unit = data.metric.unit
        value = next(iter(effect.by.values()))
        label = label_of(str(value)) if data.dimension == "factor" else shown(value)
        note = ""
        if effect.mix_effect or unit == "percent":
            note = f"rate {self._text(effect.rate_effect, data)}, mix {self._text(effect.mix_effect, data)}"
        place: Place | None
        if data.dimension == "factor":
            place = Place("kpi", str(value), where=self.where)
        else:
            place = Place("kpi", self.metric, where=both(self.where, equals(data.dimension or "", value)))
        good = not worse(effect.effect, data.metric.good) if effect.effect and data.metric.good else None
        return Step(
            label, effect.effect, self._text(effect.effect, data), False, note, good, place, f"group:{label}"
        )

    @staticmethod
    def _text(amount: float, data: BridgeData) -> str:
        unit = "money" if data.metric.unit == "money_per_day" else data.metric.unit
        return data.formats.delta(amount, unit, data.total.value) or "0"

    def page(self, data: BridgeData, size: Size) -> Page:
        """A line a step; Enter opens the group."""
        return list_page(waterfall_lines(self.chart(data), inner(size)), size)

    def facts(self, data: BridgeData) -> str:
        """The days that are compared."""
        return data.compared

    def dimensions(self, data: BridgeData) -> tuple[Choice, ...]:
        """What the change can be divided by; a derived figure has its factors only."""
        return choices(data.available)

    def divided(self, data: BridgeData, dimension: str, line: Line | None) -> View:
        """By another dimension."""
        return replace(self, by=dimension)

    def table(self, data: BridgeData) -> RawTable:
        """A row a group."""
        rows: list[tuple[Any, ...]] = [
            (
                next(iter(one.by.values())),
                one.value,
                one.compared,
                one.rate_effect,
                one.mix_effect,
                one.effect,
            )
            for one in data.effects
        ]
        columns = (data.dimension or "group", "value", "compared", "rate_effect", "mix_effect", "effect")
        return RawTable(f"{self.metric}, bridge", columns, rows)
