"""From the cells of simple metrics to the figure of any metric: ratios divided after grouping."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from cockpit.metrics.aggregate import Cell, Cells, Group, empty_cell
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.formula import ZERO_DENOMINATOR, evaluate
from cockpit.metrics.results import Number

PartKey = tuple[str, str | None]
"""A simple metric's name and the window it is taken over (None: the period asked)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of a metric in one group; see `KpiRow` for the fields."""

    value: Number | None
    n: int
    reason: str | None = None
    numerator: Number | None = None
    denominator: Number | None = None

    @property
    def has_rows(self) -> bool:
        """Whether anything stands behind it."""
        return self.n > 0 or bool(self.value) or bool(self.numerator) or bool(self.denominator)


def simple_parts(catalogue: Catalogue, metric: Metric, window: str | None = None) -> list[PartKey]:
    """The simple metrics that a metric is made of, each with the window it is taken over."""
    if metric.kind == "simple":
        return [(metric.name, window)]
    found: list[PartKey] = []
    for name in metric.parts:
        found += simple_parts(catalogue, catalogue.get(name), metric.spec.windows.get(name, window))
    return list(dict.fromkeys(found))


class Figures:
    """The figures that follow from a set of cells.

    Args:
        catalogue: the definitions.
        cells: by simple metric and window, its cells by group.
        missing: simple metrics that cannot be computed at all, with the reason.
        missing_groups: simple metrics that have a total but no groups, with the reason.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        cells: Mapping[PartKey, Cells],
        missing: Mapping[PartKey, str],
        missing_groups: Mapping[PartKey, str],
    ) -> None:
        self._catalogue = catalogue
        self._cells = cells
        self._missing = missing
        self._missing_groups = missing_groups

    def groups(self, metric: Metric) -> set[Group]:
        """Every group in which one of the metric's parts has rows."""
        found: set[Group] = set()
        for key in simple_parts(self._catalogue, metric):
            found.update(
                group for group, cell in self._cells.get(key, {}).items() if group and (cell.n or cell.value)
            )
        return found

    def figure(self, metric: Metric, group: Group = (), window: str | None = None) -> Figure:
        """The metric's figure in a group; the total's group is ()."""
        if metric.kind == "simple":
            return self._simple(metric, group, window)
        if metric.kind == "ratio":
            return self._ratio(metric, group, window)
        return self._derived(metric, group, window)

    def cell(self, metric: Metric, group: Group, window: str | None) -> Cell:
        """The cell of a simple metric; one without rows where the group has none."""
        key = (metric.name, window)
        reason = self._missing.get(key) or (self._missing_groups.get(key) if group else None)
        if reason is not None:
            return Cell(None, 0, reason)
        return self._cells[key].get(group) or empty_cell(metric)

    def _simple(self, metric: Metric, group: Group, window: str | None) -> Figure:
        cell = self.cell(metric, group, window)
        return Figure(cell.value, cell.n, cell.reason, cell.sum, cell.count)

    def _ratio(self, metric: Metric, group: Group, window: str | None) -> Figure:
        top, bottom = (self.cell(self._catalogue.get(name), group, window) for name in metric.parts)
        reason = top.reason or bottom.reason
        if top.value is None or bottom.value is None:
            return Figure(None, bottom.n, reason, top.value, bottom.value)
        if bottom.value == 0:
            zero = metric.spec.zero or ZERO_DENOMINATOR
            return Figure(None, bottom.n, zero, top.value, bottom.value)
        value = float(Fraction(top.value) / Fraction(bottom.value))
        return Figure(value, bottom.n, None, top.value, bottom.value)

    def _derived(self, metric: Metric, group: Group, window: str | None) -> Figure:
        spec, values, n = metric.spec, {}, 0
        for place, name in enumerate(metric.parts):
            part = self.figure(self._catalogue.get(name), group, spec.windows.get(name, window))
            n = part.n if place == 0 else n
            if part.value is None:
                return Figure(None, n, part.reason)
            if part.value == 0 and name in spec.nonzero:
                return Figure(None, n, spec.nonzero[name])
            exact = part.numerator is not None and part.denominator is not None
            values[name] = (
                Fraction(part.numerator) / Fraction(part.denominator) if exact else Fraction(part.value)  # type: ignore[arg-type]
            )
        result = evaluate(spec.formula or "", values, spec.zero)
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
