"""What findings are asked under, and the figures that several checks share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import KpiResult, KpiRow


@dataclass(slots=True)
class Asked:
    """The cockpit under one question: as-of date, period, comparison and slice.

    Attributes:
        cockpit: whose figures.
        period: the period of flows.
        against: what is compared with, as `--vs` takes it, or None.
        as_of: the day, or None for the cockpit's own.
        slice: the name of a standing filter, or None.
        shared: what one check found out and another one needs, too.
    """

    cockpit: "Cockpit"
    period: str = "this-quarter"
    against: str | None = "last-quarter"
    as_of: date | None = None
    slice: str | None = None
    shared: dict[str, object] = field(default_factory=dict)
    _kept: dict[Any, "KpiResult"] = field(default_factory=dict)
    _yardstick: float | None = None

    def has(self, name: str | None) -> bool:
        """Whether the catalogue has the metric."""
        return name is not None and any(metric.name == name for metric in self.cockpit.catalogue)

    def metric(self, name: str) -> "Metric":
        """The metric of that name."""
        return next(metric for metric in self.cockpit.catalogue if metric.name == name)

    def ask(
        self, names: Sequence[str], by: Sequence[str] = (), where: str | None = None, compare: bool = True
    ) -> "KpiResult":
        """The figures; asked once, however many checks need them.

        Raises:
            CockpitError: a dimension is not there, or the data cannot be read.
        """
        key = (tuple(names), tuple(by), where, compare)
        if key not in self._kept:
            self._kept[key] = self.cockpit.kpi(
                tuple(names),
                by=tuple(by),
                where=where,
                period=self.period,
                vs=(self.against or None) if compare else None,
                as_of=self.as_of,
                slice=self.slice,
            )
        return self._kept[key]

    def total(self, name: str, where: str | None = None) -> "KpiRow | None":
        """A figure, or None where the catalogue lacks it."""
        return self.ask((name,), where=where).total(name) if self.has(name) else None

    def number(self, name: str, where: str | None = None) -> float:
        """A figure as a plain number, 0 where there is none."""
        if not self.has(name):
            return 0.0
        row = self.ask((name,), where=where, compare=False).total(name)
        return float(row.value) if row.value is not None else 0.0

    def groups(self, name: str, dimensions: Sequence[str]) -> "tuple[str | None, tuple[KpiRow, ...]]":
        """The groups by the first dimension that the data has, and that dimension."""
        for dimension in dimensions:
            try:
                rows = self.ask((name,), by=(dimension,)).groups(name)
            except CockpitError:
                continue
            if any(row.value is not None for row in rows):
                return dimension, rows
        return None, ()

    @property
    def yardstick(self) -> float:
        """What amounts are weighed by: the quota of the period, else the open pipeline; never 0."""
        if self._yardstick is None:
            self._yardstick = self.number("quota") or self.number("open_pipeline") or 1.0
        return self._yardstick

    @property
    def today(self) -> date:
        """The calendar's day."""
        return self.cockpit.today


def worse(change: Any, good: str | None) -> bool:
    """Whether a change goes in the direction that is not good."""
    if not change or good is None:
        return False
    return bool(change < 0) if good == "up" else bool(change > 0)
