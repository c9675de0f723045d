"""Figures set against their targets, as they are set against another period."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cockpit.metrics.results import KpiResult, KpiRow, PeriodShown

TARGET = "target"
"""What `--vs` calls the target."""


def beside_targets(result: "KpiResult") -> "KpiResult":
    """The same figures with the target as what they are compared with; without one the reason says so."""
    period = replace(result.period, label=TARGET)
    return replace(result, rows=tuple(_beside(row, period) for row in result.rows))


def _beside(row: "KpiRow", period: "PeriodShown") -> "KpiRow":
    from cockpit.metrics.results import Compared

    if row.target is None:
        return replace(row, compare=Compared(period, None, None, reason="no target"))
    if row.value is None:
        return replace(row, compare=Compared(period, row.target, None, reason=row.reason))
    beyond: Decimal | float = Decimal(str(row.value)) - Decimal(str(row.target))
    if isinstance(row.value, float):
        beyond = float(beyond)
    return replace(row, compare=Compared(period, row.target, beyond))
