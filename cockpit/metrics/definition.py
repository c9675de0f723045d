"""One metric as its TOML file defines it.

`MetricSpec` is the table as people write it, `Metric` the same with its name and place; which keys go
with which kind is checked by the catalogue.
"""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

Kind = Literal["simple", "ratio", "derived"]
FactName = Literal["opportunities", "renewals", "touchpoints", "quota"]
Unit = Literal["money", "count", "percent", "days", "multiple", "money_per_day", "number"]
Good = Literal["up", "down"]
Window = Literal["trailing-4-quarters"]
PerDeal = Literal["sum", "max"]


class MetricSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A metric's table in a `metrics/*.toml` file.

    Attributes:
        label: what people call it.
        kind: simple (one aggregate over a fact), ratio (two metrics), derived (a formula over metrics).
        fact: of a simple metric, the frame it counts.
        value: of a simple metric, exactly one aggregate call.
        where: of a simple metric, which rows count.
        date: of a simple metric, the date column that must lie in the period; without it, a stock.
        per_deal: of an average or quantile, how a deal's lines become one value.
        numerator: of a ratio, a metric's name.
        denominator: of a ratio, a metric's name.
        formula: of a derived metric, arithmetic over metric names, GREATEST and LEAST.
        windows: of a derived metric, inputs that are taken over another period than the one asked.
        nonzero: of a derived metric, inputs that must not be zero, each with the reason to give.
        zero: the reason to give when the denominator is zero.
        matures_by: of a rate over a cohort, the metric (in days) under whose value the cohort is young.
        left_out: of a simple metric, what to call rows that do not count: reason to condition, in order.
        apart: of a simple metric, rows that count but are worth telling: words to condition.
        unit: what the value is counted in.
        good: the direction that is good, if any.
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
    windows: dict[str, Window] = {}
    nonzero: dict[str, str] = {}
    zero: str | None = None
    matures_by: str | None = None
    left_out: dict[str, str] = {}
    apart: dict[str, str] = {}
    good: Good | None = None
    basis: str | None = None
    description: str | None = None
    drill: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """A checked metric of the catalogue.

    Attributes:
        name: its name, as commands take it.
        spec: its definition.
        file: the TOML file that defines it.
        line: the line of its table.
        parts: names of the metrics it is made of, in the order of its formula; empty for a simple metric.
        stock: whether it is a state at the as-of date, or has such a state among its parts.
        additive: whether the value of groups adds up to the total (SUM and COUNT).
        proportion: whether it is a share of deals, so that a two-proportion interval applies.
        facts: the facts it is computed from.
        own: whether a workspace defines it, so that its columns are only known with the data.
    """

    name: str
    spec: MetricSpec
    file: str
    line: int | None
    parts: tuple[str, ...] = ()
    stock: bool = False
    additive: bool = False
    proportion: bool = False
    facts: tuple[str, ...] = ()
    own: bool = False

    @property
    def label(self) -> str:
        """What people call it."""
        return self.spec.label

    @property
    def kind(self) -> Kind:
        """Simple, ratio or derived."""
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
        return self.additive and not self.stock

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
