"""From the cells of simple metrics to the figure of any metric: ratios divided after grouping."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from cockpit.metrics.aggregate import Cell, Cells, Group, empty_cell
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.formula import ZERO_DENOMINATOR, evaluate, names_in_formula
from cockpit.metrics.moment import Steps, Unreachable
from cockpit.metrics.question import DAYS_LEFT, QUESTION_NUMBERS
from cockpit.metrics.results import Number

PartKey = tuple[str, Steps]
"""A simple metric's name and the steps from the moment asked to its own."""
NumberOf = Callable[[str, Steps], Fraction]
"""Gives a number of the question by name at a moment; raises Unreachable."""
TOO_SMALL = "n too small"
NOT_OVER = "known once the period is over"
"""Why a figure that judges a whole period is blank while it runs."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of a metric in one group; see `KpiRow` for the fields."""

    value: Number | None
    n: int
    reason: str | None = None
    numerator: Number | None = None
    denominator: Number | None = None


def simple_parts(catalogue: Catalogue, metric: Metric, steps: Steps = ()) -> list[PartKey]:
    """The simple metrics that a metric is made of, each with the steps to its moment."""
    if metric.counts_rows:
        return [(metric.name, steps)]
    found: list[PartKey] = []
    for one in metric.inputs:
        found += simple_parts(catalogue, catalogue.get(one.metric), (*steps, *one.steps))
    return list(dict.fromkeys(found))


class Figures:
    """The figures that follow from a set of cells.

    Args:
        catalogue: the definitions.
        cells: by simple metric and steps, its cells by group.
        missing: simple metrics that cannot be computed at all, with the reason.
        missing_groups: simple metrics that have a total but no groups, with the reason.
        number_of: gives numbers of the question, such as the days left.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        cells: Mapping[PartKey, Cells],
        missing: Mapping[PartKey, str],
        missing_groups: Mapping[PartKey, str],
        number_of: NumberOf,
    ) -> None:
        self._catalogue = catalogue
        self._cells = cells
        self._missing = missing
        self._missing_groups = missing_groups
        self._number_of = number_of

    def groups(self, metric: Metric) -> set[Group]:
        """Every group in which one of the metric's parts has rows."""
        found: set[Group] = set()
        for key in simple_parts(self._catalogue, metric):
            found.update(
                group for group, cell in self._cells.get(key, {}).items() if group and (cell.n or cell.value)
            )
        return found

    def figure(self, metric: Metric, group: Group = (), steps: Steps = ()) -> Figure:
        """The metric's figure in a group at a moment; the total's group is ()."""
        if metric.counts_rows:
            cell = self.cell(metric, group, steps)
            found = Figure(cell.value, cell.n, cell.reason, cell.sum, cell.count)
        elif metric.divides:
            found = self._ratio(metric, group, steps)
        elif metric.kind == "cumulative":
            one = metric.inputs[0]
            found = self.figure(self._catalogue.get(one.metric), group, (*steps, *one.steps))
        else:
            found = self._derived(metric, group, steps)
        if found.value is not None and found.n < metric.spec.fewest:
            return Figure(None, found.n, TOO_SMALL, found.numerator, found.denominator)
        if found.value is not None and metric.spec.once_over and self._runs(steps):
            return Figure(None, found.n, NOT_OVER)
        return found

    def cell(self, metric: Metric, group: Group, steps: Steps) -> Cell:
        """The cell of a simple metric; one without rows where the group has none."""
        key = (metric.name, steps)
        reason = self._missing.get(key) or (self._missing_groups.get(key) if group else None)
        if reason is not None:
            return Cell(None, 0, reason)
        return self._cells[key].get(group) or empty_cell(metric)

    def question_number(self, name: str) -> Number | None:
        """A number of the question at the moment asked; None where it has none."""
        try:
            return _number(self._number_of(name, ()))
        except Unreachable:
            return None

    def _runs(self, steps: Steps) -> bool:
        """Whether the period at a moment has days left, or no end at all."""
        try:
            return self._number_of(DAYS_LEFT, steps) > 0
        except Unreachable:
            return True

    def _ratio(self, metric: Metric, group: Group, steps: Steps) -> Figure:
        top, bottom = (self.cell(self._catalogue.get(one.metric), group, steps) for one in metric.inputs)
        reason = top.reason or bottom.reason
        if top.value is None or bottom.value is None:
            return Figure(None, bottom.n, reason, top.value, bottom.value)
        if bottom.value == 0:
            zero = metric.spec.zero or ZERO_DENOMINATOR
            return Figure(None, bottom.n, zero, top.value, bottom.value)
        value = float(Fraction(top.value) / Fraction(bottom.value))
        return Figure(value, bottom.n, None, top.value, bottom.value)

    def _derived(self, metric: Metric, group: Group, steps: Steps) -> Figure:
        spec, values, n = metric.spec, dict[str, Fraction](), 0
        for place, one in enumerate(metric.inputs):
            part = self.figure(self._catalogue.get(one.metric), group, (*steps, *one.steps))
            n = part.n if place == 0 else n
            if part.value is None:
                return Figure(None, n, part.reason)
            if part.value == 0 and one.name in spec.nonzero:
                return Figure(None, n, spec.nonzero[one.name])
            exact = (
                part.numerator is not None
                and part.denominator is not None
                and part.value == float(Fraction(part.numerator) / Fraction(part.denominator))
            )
            values[one.name] = (
                Fraction(part.numerator) / Fraction(part.denominator) if exact else Fraction(part.value)  # type: ignore[arg-type]
            )
        formula = spec.formula or ""
        try:
            for name in names_in_formula(formula):
                if name in QUESTION_NUMBERS and name not in values:
                    values[name] = self._number_of(name, steps)
        except Unreachable as error:
            return Figure(None, n, str(error))
        result = evaluate(formula, values, spec.zero)
        if result.value is None:
            return Figure(None, n, result.reason, _number(result.numerator), _number(result.denominator))
        return Figure(_number(result.value), n, None, _number(result.numerator), _number(result.denominator))


def _number(value: Fraction | None) -> Number | None:
    """A fraction as people take it: whole, else an exact decimal where it ends soon, else a float."""
    if value is None:
        return None
    if value.denominator == 1:
        return value.numerator
    with localcontext() as context:
        context.prec = 40
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        exact = decimal.quantize(Decimal("0.000001")) if abs(decimal) < 10**24 else decimal
        return exact if Fraction(exact) == value else float(value)
