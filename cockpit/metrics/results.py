"""What the metric engine answers with: frozen values whose `as_json()` is the command's document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from cockpit.metrics.query import Basis
    from cockpit.metrics.table_rows import TableRows

Number = int | float | Decimal
SnapshotKind = Literal["live", "stored", "reconstructed"]
Status = Literal["good", "warn", "bad"]
SwingBasis = Literal["deals", "sizes of deals", "own past"]
"""What a usual swing follows from: how many deals, also how large each is, or earlier changes."""
AS_REPORTED, AS_CORRECTED, REBUILT = "as reported", "as corrected", "rebuilt"
NOT_DIVIDED = "looked for only where nothing is divided"
"""Why the usual swing is not told of groups, and of the total beside them, where it takes many passes."""


def json_value(value: Any) -> Any:
    """A cell or figure as JSON has it: dates as ISO text, decimals exact and without trailing zeros.

    A `Decimal` stays one, since a float would not hold every amount; an integral one becomes an int.
    """
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return value


@dataclass(frozen=True, slots=True)
class PeriodShown:
    """A period as results name it; `through` is the last day that counts, both ends included."""

    label: str
    start: date | None
    end: date | None
    through: date | None

    def as_json(self) -> dict[str, Any]:
        """The `period` object of every document."""
        return {
            "label": self.label,
            "start": json_value(self.start),
            "end": json_value(self.end),
            "through": json_value(self.through),
        }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the state behind a result comes from.

    Attributes:
        kind: the tables of now, a stored state, or one put together from the records' own dates.
        id: name of the stored snapshot.
        taken_at: when it was taken, or when the tables were read; an RFC 3339 instant.
        basis: "as reported" (what was known then), "as corrected" (an earlier day as it is known later), or
            "rebuilt" (an earlier day of which nothing is stored); None of now.
        owners: whether deals are those of their owners and managers "then" or of those of "today".
    """

    kind: SnapshotKind
    id: str | None = None
    taken_at: str | None = None
    basis: str | None = None
    owners: str = "then"

    def as_json(self) -> dict[str, Any]:
        """The `snapshot` object of every document."""
        return {
            "id": self.id,
            "kind": self.kind,
            "taken_at": self.taken_at,
            "basis": self.basis,
            "owners": self.owners,
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure beside the same figure of another period.

    Attributes:
        period: the compared period; its `through` is the partner of the as-of date.
        value: the compared figure.
        delta: the change in the metric's own unit, or None (see `reason`).
        swing: half-width of the usual (95 %) change: at these n for shares of deals, else from the figure's
            earlier changes; None where too few are known or it has no meaning.
        unusual: whether the change lies outside the swing with at least 30 deals on both sides.
        reason: why `delta` is None.
        n: deals behind the compared figure.
        numerator: of the compared figure, as in `KpiRow`.
        denominator: of the compared figure.
        swing_basis: what `swing` follows from: how many deals, how large each is, or earlier changes.
        swing_reason: why `swing` is None where there is a change.
    """

    period: PeriodShown
    value: Number | None
    delta: Number | None
    swing: float | None = None
    unusual: bool | None = None
    reason: str | None = None
    n: int = 0
    numerator: Number | None = None
    denominator: Number | None = None
    swing_basis: SwingBasis | None = None
    swing_reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The `compare` object of a KPI row."""
        return {
            "period": self.period.as_json(),
            "value": json_value(self.value),
            "delta": json_value(self.delta),
            "swing": self.swing,
            "swing_basis": self.swing_basis,
            "swing_reason": self.swing_reason,
            "unusual": self.unusual,
            "reason": self.reason,
            "n": self.n,
        }


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One figure: a metric's total, or its value in one group.

    Attributes:
        kpi: the metric's name.
        by: dimension to value, empty for the total; a missing value is None.
        value: percentages are fractions; None comes with a `reason`.
        unit: the metric's unit.
        n: deals behind the figure, of a ratio those in the denominator.
        reason: why the value is None, in words.
        numerator, denominator: of a ratio.
        compare: the other period, where one was asked for.
        target: what the value should reach.
        target_origin: where it comes from: group, config, quota table, own baseline, rule of thumb.
        status: how it stands against the target.
        marks: words beside the figure: "young" (cohort still maturing), "prorated" (quota), "n too small".
    """

    kpi: str
    by: Mapping[str, Any]
    value: Number | None
    unit: str
    n: int
    reason: str | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    compare: Compared | None = None
    target: Number | None = None
    status: Status | None = None
    marks: tuple[str, ...] = ()
    target_origin: str | None = None

    def as_json(self) -> dict[str, Any]:
        """One element of `rows` in the `kpi` document."""
        return {
            "kpi": self.kpi,
            "by": {name: json_value(value) for name, value in self.by.items()},
            "value": json_value(self.value),
            "unit": self.unit,
            "n": self.n,
            "reason": self.reason,
            "numerator": json_value(self.numerator),
            "denominator": json_value(self.denominator),
            "compare": self.compare.as_json() if self.compare else None,
            "target": json_value(self.target),
            "target_origin": self.target_origin,
            "status": self.status,
            "marks": list(self.marks),
        }


@dataclass(frozen=True, slots=True)
class KpiResult:
    """The answer to a `Query`: for each metric the total first, then its groups, largest first.

    `revision` is that of the tables it was taken from; it rises with every reading of the data. `rate` is
    that at which money in other currencies counts, "plan" or "dated"; None where there are no rates.
    """

    as_of: date
    period: PeriodShown
    currency: str | None
    snapshot: Snapshot
    rows: tuple[KpiRow, ...]
    revision: int = 0
    rate: "Basis | None" = None

    def total(self, name: str) -> KpiRow:
        """The total of that metric."""
        return next(row for row in self.rows if row.kpi == name and not row.by)

    def groups(self, name: str) -> tuple[KpiRow, ...]:
        """The groups of that metric, without its total."""
        return tuple(row for row in self.rows if row.kpi == name and row.by)

    def as_json(self) -> dict[str, Any]:
        """The `kpi` document."""
        return {
            "as_of": self.as_of.isoformat(),
            "period": self.period.as_json(),
            "currency": self.currency,
            "currency_basis": self.rate,
            "snapshot": self.snapshot.as_json(),
            "rows": [row.as_json() for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class RowsResult:
    """The very rows behind a figure.

    The first two columns are `part` ("both", "numerator", "denominator", or "value" for a simple metric)
    and `contribution`. `count` is the whole count, also when `limit` cut the rows.
    """

    kpi: str
    as_of: date
    period: PeriodShown
    count: int
    truncated: bool
    columns: tuple[str, ...]
    rows: "TableRows"
    revision: int = 0

    def as_json(self) -> dict[str, Any]:
        """The `rows` document."""
        return {
            "kpi": self.kpi,
            "as_of": self.as_of.isoformat(),
            "period": self.period.as_json(),
            "count": self.count,
            "truncated": self.truncated,
            "columns": list(self.columns),
            "rows": [[json_value(cell) for cell in row] for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that do not count in a figure, with the reason."""

    reason: str
    count: int

    def as_json(self) -> dict[str, Any]:
        """One element of `left_out`."""
        return {"reason": self.reason, "count": self.count}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one row in a simple metric.

    Attributes:
        metric: the simple metric.
        row: the row's line in its file, from 1; in facts that come from no file, its place.
        counts: whether it counts.
        contribution: what it adds to the figure, or None where it adds nothing.
        reason: why it does not count, or why it counts and adds nothing.
    """

    metric: str
    row: int
    counts: bool
    contribution: Number | None
    reason: str | None

    def as_json(self) -> dict[str, Any]:
        """One element of `row`."""
        return {
            "metric": self.metric,
            "row": self.row,
            "counts": self.counts,
            "contribution": json_value(self.contribution),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A table behind a figure: where it came from and what of it was read."""

    table: str
    path_or_host: str
    loaded_at: str | None
    rows: int
    rejected: int

    def as_json(self) -> dict[str, Any]:
        """One element of `sources`."""
        return {
            "table": self.table,
            "path_or_host": self.path_or_host,
            "loaded_at": self.loaded_at,
            "rows": self.rows,
            "rejected": self.rejected,
        }


@dataclass(frozen=True, slots=True)
class Replaced:
    """The definition in whose place one of the workspace's own stands: its own before, or the built-in."""

    formula: str
    value: Number | None
    n: int
    reason: str | None
    definition_file: str
    definition_line: int | None

    def as_json(self) -> dict[str, Any]:
        """The `replaced` object."""
        return {
            "formula": self.formula,
            "value": json_value(self.value),
            "n": self.n,
            "reason": self.reason,
            "definition_file": self.definition_file,
            "definition_line": self.definition_line,
        }


@dataclass(frozen=True, slots=True)
class InputFigure:
    """A name in the formula of a derived figure with the figure that it stands for.

    Attributes:
        name: as the formula has it.
        kpi: the metric.
        value: as it was put into the formula.
        unit: of the metric.
        n: deals behind it.
        reason: why there is no value.
        steps: the words of the definition that lead from the moment asked to its own, in order.
        period: what to ask the metric for to have the same value: a stretch of days, "" for the period asked;
            None for the state of another day.
    """

    name: str
    kpi: str
    value: Number | None
    unit: str
    n: int
    reason: str | None
    steps: tuple[str, ...] = ()
    period: str | None = ""

    def as_json(self) -> dict[str, Any]:
        """One element of `inputs`."""
        return {
            "name": self.name,
            "kpi": self.kpi,
            "value": json_value(self.value),
            "unit": self.unit,
            "n": self.n,
            "reason": self.reason,
            "at": list(self.steps),
            "period": self.period,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a figure is, with the numbers put into its formula and what does not count in it.

    `notes` are facts about the figure that are neither a filter nor rows left out, for example how many
    omitted deals it includes. `parts` are the names of the metrics it is made of. `replaced` is the built-in
    definition that the workspace changed. `fates` tell what becomes of the rows of one deal, where asked.
    `inputs` are the figures in the formula of a derived one, each as it was put in. `rate` is as in
    `KpiResult`.
    """

    kpi: str
    label: str
    formula: str
    substituted: str
    value: Number | None
    unit: str
    n: int
    reason: str | None
    filters: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[LeftOut, ...]
    parts: tuple[str, ...]
    sources: tuple[SourceShown, ...]
    snapshot: Snapshot
    definition_file: str | None
    definition_line: int | None
    revision: int = 0
    replaced: Replaced | None = None
    fates: tuple[Fate, ...] = ()
    inputs: tuple[InputFigure, ...] = ()
    rate: "Basis | None" = None

    def as_json(self) -> dict[str, Any]:
        """The `explain` document."""
        return {
            "kpi": self.kpi,
            "label": self.label,
            "formula": self.formula,
            "substituted": self.substituted,
            "value": json_value(self.value),
            "unit": self.unit,
            "n": self.n,
            "reason": self.reason,
            "filters": list(self.filters),
            "left_out": [item.as_json() for item in self.left_out],
            "notes": [item.as_json() for item in self.notes],
            "parts": list(self.parts),
            "inputs": [one.as_json() for one in self.inputs],
            "currency_basis": self.rate,
            "sources": [source.as_json() for source in self.sources],
            "snapshot": self.snapshot.as_json(),
            "definition_file": self.definition_file,
            "definition_line": self.definition_line,
            "replaced": self.replaced.as_json() if self.replaced else None,
            "row": [fate.as_json() for fate in self.fates],
        }


@dataclass(frozen=True, slots=True)
class Effect:
    """One group's part in the change of a total; over all groups `effect` adds up to the change."""

    by: Mapping[str, Any]
    value: Number | None
    compared: Number | None
    n: int
    compared_n: int
    delta: Number | None
    rate_effect: float
    mix_effect: float

    @property
    def effect(self) -> float:
        """Rate effect and mix effect together."""
        return self.rate_effect + self.mix_effect
