"""Control totals: does it tie with what finance says?"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit


@dataclass(frozen=True, slots=True)
class Control:
    """One figure that must tie.

    Attributes:
        metric, period, where: the figure.
        expected: what it should be.
        value: what it is, or None with a reason.
        tolerance: the largest difference that still ties.
        source: where the expected figure comes from, or None.
        reason: why there is no value.
        label, unit: of the metric; its name and a plain number where there is no such metric.
    """

    metric: str
    period: str
    where: str | None
    expected: Decimal
    value: Decimal | None
    tolerance: Decimal
    source: str | None
    reason: str | None = None
    label: str = ""
    unit: str = "number"

    @property
    def subject(self) -> str:
        """The figure's period, and what it is narrowed to: "FY27-Q1, manager = 'Brooks'"."""
        return f"{self.period}, {self.where}" if self.where else self.period

    @property
    def difference(self) -> Decimal | None:
        """Value less expected, or None without a value."""
        return None if self.value is None else self.value - self.expected

    @property
    def ties(self) -> bool:
        """Whether the figure is there and within the tolerance."""
        return self.difference is not None and abs(self.difference) <= self.tolerance

    def as_json(self) -> dict[str, Any]:
        """The control as plain data."""
        return {
            "metric": self.metric,
            "period": self.period,
            "where": self.where,
            "expected": self.expected,
            "value": self.value,
            "difference": self.difference,
            "ties": self.ties,
            "source": self.source,
            "reason": self.reason,
        }


def control_totals(cockpit: "Cockpit") -> list[Control]:
    """Every `[[control]]` of the workspace with the figure it is checked against."""
    found, metrics = [], {metric.name: metric for metric in cockpit.catalogue}
    for entry in cockpit.workspace.config.control:
        value: Decimal | None = None
        reason: str | None = None
        try:
            row = cockpit.kpi([entry.metric], where=entry.where, period=entry.period).total(entry.metric)
            value = None if row.value is None else Decimal(str(row.value))
            reason = row.reason
        except CockpitError as error:
            reason = "; ".join(problem.message for problem in error.problems)
        found.append(
            Control(
                metric=entry.metric,
                period=entry.period,
                where=entry.where,
                expected=Decimal(str(entry.expected)),
                value=value,
                tolerance=Decimal(str(entry.tolerance)),
                source=entry.source,
                reason=reason,
                label=metrics[entry.metric].label if entry.metric in metrics else entry.metric,
                unit=metrics[entry.metric].unit if entry.metric in metrics else "number",
            )
        )
    return found
