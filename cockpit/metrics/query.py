"""What is asked of the metric engine, and the settings that a workspace gives it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cockpit.fiscal.compare import Align, Comparison
    from cockpit.fiscal.periods import Span
    from cockpit.metrics.engine import Engine

Basis = Literal["plan", "dated"]
"""At which rate money in other currencies counts: one for all, or that of each row's own date."""

TargetSpec = Decimal | int | float | str | Mapping[str, Decimal | int | float]
"""One number for every period, a number by canonical period label, or the word "quota"."""

DEFAULT_REQUIRED_FIELDS = ("amount", "close_date", "stage", "owner", "next_step")


@dataclass(frozen=True, slots=True)
class Query:
    """One question: which metrics, cut how, over which period, as of which day.

    Attributes:
        names: metrics asked for, in the order they are answered.
        period: the period for flows; stocks ignore it.
        as_of: the day whose state is asked.
        by: dimensions to divide by, in order; empty gives the totals only.
        where: a boolean SQL expression that narrows every fact, or None.
        against: the period and day to compare with, or None.
        align: how parts over other periods are cut while the asked one is unfinished.
        then: the engine over the state that is compared with; None for the tables that are asked.
    """

    names: tuple[str, ...]
    period: "Span"
    as_of: date
    by: tuple[str, ...] = ()
    where: str | None = None
    against: "Comparison | None" = None
    align: "Align" = "bd"
    then: "Engine | None" = None


@dataclass(frozen=True, slots=True)
class MetricSettings:
    """What a workspace's `cockpit.toml` says about metrics.

    Attributes:
        currency: the workspace's currency; None takes the only currency of the data.
        stale_days: days without a change after which an open row is stale.
        required_fields: columns that an open row should have filled.
        grace_days: days after its due date in which a late renewal is late and no recapture.
        stages: the stages in their order; empty takes the order of their numbers, or of the deals' paths.
        overrun_factor: a deal is too long in its stage after so many times the median of its group.
        overrun_factors: the same by segment.
        required_roles: roles that the team of every account needs.
        contact_days: a contact verified longer ago does not count as reachable.
        currency_basis: money in other currencies at the plan rate, or at the rate of each row's own date.
        unqualified_stages: stages that do not count as qualified pipeline.
        targets: by metric name.
        targets_by: by metric name, the targets of groups: dimension to value to target.
        warn: by metric name, the factor of the target down to (or up to) which the status is "warn".
        quota_seasonality: the share of each quarter (4) or period (12 or 13) in a year's quota; empty
            means by days.
        board: the metrics shown when none is named.
        stands_at_newest: whether the workspace's own as-of day is that of its newest record.
        today: the day in the calendar's zone, to know which dates lie in the future; None asks the calendar.
    """

    currency: str | None = None
    stale_days: int = 90
    grace_days: int = 30
    required_fields: tuple[str, ...] = DEFAULT_REQUIRED_FIELDS
    stages: tuple[str, ...] = ()
    overrun_factor: float = 2.0
    overrun_factors: Mapping[str, float] = field(default_factory=dict)
    required_roles: tuple[str, ...] = ()
    contact_days: int = 365
    currency_basis: Basis = "plan"
    unqualified_stages: tuple[str, ...] = ()
    targets: Mapping[str, TargetSpec] = field(default_factory=dict)
    targets_by: Mapping[str, Mapping[str, Mapping[str, Decimal | int | float]]] = field(default_factory=dict)
    warn: Mapping[str, float] = field(default_factory=dict)
    quota_seasonality: tuple[float, ...] = ()
    board: tuple[str, ...] = ()
    stands_at_newest: bool = False
    today: date | None = None
