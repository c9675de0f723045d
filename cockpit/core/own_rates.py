"""What a figure has to reach at our own rates, and how a sum that still grows stands against its own curve.

A definition names the metrics that tell it (`needs`, `pace`); they are asked for the same day and period,
over all deals: the yield of a few of them says little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.metrics.results import KpiResult, Number

ON_CURVE = 0.05
"""How far, as a share of its target, a sum may lie from its own curve and still be on it."""


@dataclass(frozen=True, slots=True)
class OwnRate:
    """What our own past says about a figure.

    Attributes:
        needed: what it has to reach, or None where that is not told.
        by: the metric that tells it, or "".
        ahead: how far it is ahead of its own curve (behind: negative), as a share of its target; None where
            that is not told.
    """

    needed: "Number | None" = None
    by: str = ""
    ahead: float | None = None

    @property
    def curve(self) -> str:
        """How it stands against its own curve, in words: "on curve", "behind curve", or ""."""
        if self.ahead is None:
            return ""
        if abs(self.ahead) <= ON_CURVE:
            return "on curve"
        return "ahead of curve" if self.ahead > 0 else "behind curve"

    @property
    def behind(self) -> bool:
        """Whether it lags behind its own curve."""
        return self.ahead is not None and self.ahead < -ON_CURVE


NOTHING_TOLD = OwnRate()


def own_rates(
    cockpit: "Cockpit",
    names: Sequence[str],
    period: str = "this-quarter",
    as_of: date | None = None,
    slice: str | None = None,
) -> dict[str, OwnRate]:
    """What our own past says about those metrics; those of which it says nothing are left out.

    Args:
        cockpit: the workspace.
        names: the metrics.
        period: the period of flows.
        as_of: the day, instead of the cockpit's own.
        slice: the name of a standing filter.
    """
    metrics = {metric.name: metric for metric in cockpit.catalogue}
    specs = {name: metrics[name].spec for name in names if name in metrics}
    wanted = dict.fromkeys(
        one for spec in specs.values() for one in (*spec.needs, *([spec.pace] if spec.pace else []))
    )
    if not wanted:
        return {}
    try:
        result = cockpit.answers.once(
            ("own rates", *wanted, period, as_of or cockpit.as_of, slice),
            lambda: cockpit.kpi(tuple(wanted), period=period, as_of=as_of, slice=slice),
        )
    except CockpitError:
        return {}
    end = result.period.end
    running = end is not None and end > result.as_of
    found: dict[str, OwnRate] = {}
    for name, spec in specs.items():
        by = next((one for one in spec.needs if _value(result, one) is not None), "")
        ahead = _value(result, spec.pace) if spec.pace and running else None
        if by or ahead is not None:
            needed = _value(result, by) if by else None
            found[name] = OwnRate(needed, by, None if ahead is None else float(ahead))
    return found


def _value(result: "KpiResult", name: str) -> "Number | None":
    return result.total(name).value
