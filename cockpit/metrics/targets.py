"""Targets of a period, and how a value stands against its target."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.metrics.definition import Good, Metric
from cockpit.metrics.query import TargetSpec
from cockpit.metrics.results import Number, Status

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar, Span

QUOTA = "quota"
"""The target that is read from the quota table."""
_WARN = {"up": 0.9, "down": 1.1}


def target_of(spec: TargetSpec, metric: Metric, span: "Span", calendar: "FiscalCalendar") -> Number | None:
    """The target of a metric's total for a period, or None.

    A longer period adds the targets of its parts only for additive flows, and only if none is missing.
    """
    if isinstance(spec, str):
        return None
    if not isinstance(spec, Mapping):
        return spec
    own = span.unit.label if span.unit is not None else span.label
    by_label = {_canonical(label, calendar): target for label, target in spec.items()}
    if own in by_label:
        return by_label[own]
    if span.unit is None or not metric.additive_over_time or span.start is None or span.end is None:
        return None
    for kind in ("half", "quarter", "period", "week"):
        parts = calendar.units(kind, span.unit.start, span.unit.end)
        targets = [by_label[part.label] for part in parts if part.label in by_label]
        if len(parts) > 1 and len(targets) == len(parts):
            return sum((Decimal(str(target)) for target in targets), Decimal(0))
    return None


def _canonical(label: str, calendar: "FiscalCalendar") -> str:
    try:
        return calendar.unit_named(label).label
    except CockpitError:
        return label


def status_of(
    value: Number | None, target: Number | None, good: Good | None, warn: float | None
) -> Status | None:
    """How a value stands against its target.

    Args:
        value: the value, or None.
        target: the target, or None.
        good: the direction that is good.
        warn: factor of the target down to which (good up; default 0.9) or up to which (good down;
            default 1.1) the status is "warn".
    """
    if value is None or target is None or good is None:
        return None
    number, goal = float(value), float(target)
    edge = goal * (_WARN[good] if warn is None else warn)
    if good == "up":
        return "good" if number >= goal else "warn" if number >= edge else "bad"
    return "good" if number <= goal else "warn" if number <= edge else "bad"
