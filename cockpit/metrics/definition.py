"""One metric as its TOML file defines it.

`MetricSpec` is the table as people write it, `Metric` the same with its name and place; which keys go
with which kind is checked by the catalogue.
"""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from cockpit.metrics.moment import Steps

Kind = Literal["simple", "ratio", "derived", "cumulative", "movement", "cohort"]
FactName = Literal[
    "opportunities", "renewals", "touchpoints", "quota", "movements", "cohort", "stage_path", "hygiene",
    "work", "accounts", "pushes", "submissions", "managed_accounts",
]  # fmt: skip
Unit = Literal["money", "count", "percent", "days", "multiple", "money_per_day", "number"]
Good = Literal["up", "down"]
PerDeal = Literal["sum", "max"]


class InputSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name in a formula that stands for a metric at another moment.

    Attributes:
        metric: the metric.
        at: the steps from the moment asked to its own, in order; one may stand alone.
    """

    metric: str
    at: str | tuple[str, ...] = ()

    @property
    def steps(self) -> Steps:
        """The steps, in order."""
        return (self.at,) if isinstance(self.at, str) else self.at


class MetricSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A metric's table in a `metrics/*.toml` file.

    Attributes:
        label: what people call it.
        short: what they call it where there is little room.
        kind: simple (one aggregate over a fact), ratio (two metrics), derived (a formula over metrics, each
            at its own moment), cumulative (a metric to date or over a trailing window), movement (what
            changed in some buckets of the waterfall), cohort (the part of a population that is fixed when
            the period begins).
        fact: of a simple metric, the frame it counts; of a cohort the frame its population is taken from.
        value: of a simple metric, exactly one aggregate call.
        where: of a simple metric, which rows count.
        date: of a simple metric, the date column that must lie in the period; without it, a stock.
        per_deal: of an average or quantile, how a deal's lines become one value.
        numerator: of a ratio, a metric's name.
        denominator: of a ratio, a metric's name.
        formula: of a derived metric, arithmetic over metric names, GREATEST and LEAST.
        windows: of a derived metric, metrics in the formula that are taken at another moment: a step each.
        inputs: of a derived metric, further names in the formula, each a metric at a moment of its own.
        metric: of a cumulative metric, what is taken.
        window: of a cumulative metric, a step: `year-to-date`, `trailing-12-periods`.
        buckets: of a movement, the buckets of the waterfall.
        population: of a cohort, which rows of the fact belong to it.
        of: of a cohort, the aggregate over the whole population; without it that of `value`.
        fewest: fewer deals than this give no figure but "n too small".
        nonzero: of a derived metric, inputs that must not be zero, each with the reason to give.
        zero: the reason to give when the denominator is zero.
        once_over: of a ratio or derived metric, whether it says nothing before its period has ended.
        matures_by: of a rate over a cohort, the metric (in days) under whose value the cohort is young.
        left_out: of a simple metric, what to call rows that do not count: reason to condition, in order.
        apart: rows that count but are worth telling, of a ratio those of its denominator: words to condition.
        unit: what the value is counted in.
        good: the direction that is good, if any.
        rule_of_thumb: what the trade takes for a good value, where a workspace names no target.
        needs: metrics that tell what this one has to reach at our own rates, where it has no target; the
            first that is known holds.
        pace: of a sum over time, the metric (a percentage) that tells how far it is ahead of its own curve
            while its period runs.
        basis: one line saying what is divided by what, over which rows.
        description: what it tells, and when it misleads.
        drill: dimensions to open it by, in order.
        source: where the definition comes from.
    """

    label: str
    unit: Unit
    kind: Kind = "simple"
    fact: FactName | None = None
    value: str | None = None
    where: str | None = None
    date: str | None = None
    per_deal: PerDeal | None = None
    numerator: str | None = None
    denominator: str | None = None
    formula: str | None = None
    windows: dict[str, str] = {}
    inputs: dict[str, InputSpec] = {}
    metric: str | None = None
    window: str | None = None
    buckets: tuple[str, ...] = ()
    population: str | None = None
    of: str | None = None
    fewest: int = 0
    nonzero: dict[str, str] = {}
    zero: str | None = None
    once_over: bool = False
    matures_by: str | None = None
    left_out: dict[str, str] = {}
    apart: dict[str, str] = {}
    good: Good | None = None
    rule_of_thumb: float | None = None
    needs: tuple[str, ...] = ()
    pace: str | None = None
    basis: str | None = None
    description: str | None = None
    drill: tuple[str, ...] = ()
    source: str | None = None
    short: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A part of a metric: the name it has in the formula, the metric, and the steps to its moment."""

    name: str
    metric: str
    steps: Steps = ()


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """A checked metric of the catalogue.

    Attributes:
        name: its name, as commands take it.
        spec: its definition.
        file: the TOML file that defines it.
        line: the line of its table.
        inputs: what it is made of, in the order of its formula; empty for one that counts rows itself.
        stock: whether it is a state at the as-of date, or has such a state among its parts.
        additive: whether the value of groups adds up to the total (SUM and COUNT, but not of different values
            other than the fact's key).
        proportion: whether it is a share of deals, so that a two-proportion interval applies.
        weights: of a share in a sum over deals, the hidden metric that tells how unevenly it is spread.
        facts: the facts it is computed from.
        own: whether a workspace defines it, so that its columns are only known with the data.
        hidden: whether it is one side of a cohort and not listed.
        replaced: the built-in metric of that name which a workspace's own one takes the place of.
    """

    name: str
    spec: MetricSpec
    file: str
    line: int | None
    inputs: tuple[Input, ...] = ()
    stock: bool = False
    additive: bool = False
    proportion: bool = False
    weights: str | None = None
    facts: tuple[str, ...] = ()
    own: bool = False
    hidden: bool = False
    replaced: "Metric | None" = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the metrics it is made of, each once."""
        return tuple(dict.fromkeys(one.metric for one in self.inputs))

    @property
    def counts_rows(self) -> bool:
        """Whether it is one aggregate over rows of a fact."""
        return self.kind in ("simple", "movement")

    @property
    def divides(self) -> bool:
        """Whether it is one sum over rows divided by another."""
        return self.kind in ("ratio", "cohort")

    @property
    def zero_without_rows(self) -> bool:
        """Whether it is 0 over no rows, as sums and counts are; others then have no value."""
        return (self.spec.value or "").strip().upper().startswith(("SUM", "COUNT"))

    @property
    def label(self) -> str:
        """What people call it."""
        return self.spec.label

    @property
    def kind(self) -> Kind:
        """How it is made: see `MetricSpec`."""
        return self.spec.kind

    @property
    def unit(self) -> Unit:
        """What the value is counted in."""
        return self.spec.unit

    @property
    def good(self) -> Good | None:
        """The direction that is good, if any."""
        return self.spec.good

    @property
    def drill(self) -> tuple[str, ...]:
        """Dimensions to open it by, in order."""
        return self.spec.drill

    @property
    def additive_over_time(self) -> bool:
        """Whether a longer period is the sum of its parts: an additive flow."""
        return self.additive and not self.stock and self.kind != "cumulative"

    def as_json(self) -> dict[str, Any]:
        """One element of the `kpis` document."""
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "kind": self.kind,
            "basis": self.spec.basis,
            "date": self.spec.date,
            "good": self.good,
            "drill": list(self.drill),
            "description": self.spec.description,
            "source": self.spec.source,
            "definition_file": self.file,
            "definition_line": self.line,
        }
