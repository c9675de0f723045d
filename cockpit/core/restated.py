"""A restatement: what was reported in a locked state beside what the records say of that day by now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import UsageError

if TYPE_CHECKING:
    import polars as pl

    from cockpit.core.cockpit import Cockpit
    from cockpit.metrics.engine import Engine
    from cockpit.metrics.query import Query
    from cockpit.metrics.results import Number

MOST_DEALS = 10
"""So many deals of a figure are listed, the largest difference first."""
_TOLD = ("name", "owner", "stage", "status", "amount", "close_date", "closed_date")


@dataclass(frozen=True, slots=True)
class RestatedDeal:
    """One deal that counts otherwise than it was reported.

    Attributes:
        opportunity_id: its id.
        reported, corrected: what it contributes; None where it does not count.
        change: what differs in its row, such as "amount 100 to 90", or why it does not count.
    """

    opportunity_id: str
    reported: Any
    corrected: Any
    change: str

    def as_json(self) -> dict[str, Any]:
        """One element of `deals`."""
        from cockpit.metrics.results import json_value

        return {
            "opportunity_id": self.opportunity_id,
            "reported": json_value(self.reported),
            "corrected": json_value(self.corrected),
            "change": self.change,
        }


@dataclass(frozen=True, slots=True)
class RestatedFigure:
    """One figure as it was reported and as it is by now.

    Attributes:
        kpi, label, unit: the metric.
        reported, corrected: its values.
        difference: corrected less reported; None where one has no value.
        reason: why one has no value.
        deals: those that made the difference, the largest first.
        deals_count: how many there are.
    """

    kpi: str
    label: str
    unit: str
    reported: "Number | None"
    corrected: "Number | None"
    difference: "Number | None"
    reason: str | None = None
    deals: tuple[RestatedDeal, ...] = ()
    deals_count: int = 0

    def as_json(self) -> dict[str, Any]:
        """One element of `figures`."""
        from cockpit.metrics.results import json_value

        return {
            "kpi": self.kpi,
            "unit": self.unit,
            "reported": json_value(self.reported),
            "corrected": json_value(self.corrected),
            "difference": json_value(self.difference),
            "reason": self.reason,
            "deals_count": self.deals_count,
            "deals": [deal.as_json() for deal in self.deals],
        }


@dataclass(frozen=True, slots=True)
class Restatement:
    """The figures of one locked state.

    Attributes:
        label: the state's name.
        snapshot: its id.
        as_of: its day, which both sides are of.
        period: label of the period of flows.
        figures: in the order asked.
    """

    label: str
    snapshot: str
    as_of: date
    period: str
    figures: tuple[RestatedFigure, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The document of `cockpit history --restated LABEL --json`."""
        return {
            "label": self.label,
            "snapshot": self.snapshot,
            "as_of": self.as_of.isoformat(),
            "period": self.period,
            "figures": [figure.as_json() for figure in self.figures],
        }


def restate(
    cockpit: "Cockpit",
    label: str,
    names: Sequence[str] = (),
    period: str = "this-quarter",
    where: str | None = None,
) -> Restatement:
    """Set a locked state beside the records of now, both as of its day.

    Args:
        cockpit: the workspace.
        label: of the locked state; a day, an instant and the id of a snapshot will do too.
        names: metrics; the board when left out.
        period: the period of flows, as of that day.
        where: a boolean SQL expression.

    Raises:
        UsageError: no such label, metric or period.
        SourceError: a file of the state is damaged.
    """
    from cockpit.metrics.change import difference

    snapshot = cockpit.known.at(label)
    day = cockpit.known.day_of(snapshot)
    question = cockpit.question(where, period, None, day)
    query = cockpit.query_of(tuple(names) or cockpit.board(), (), question)
    then, now = cockpit.known.engine(snapshot), cockpit.known.corrected()
    reported, corrected = then.values(query), now.values(query)
    figures = []
    for name in query.names:
        metric, before, after = now.catalogue.get(name), reported.total(name), corrected.total(name)
        changed = None
        if before.value is not None and after.value is not None:
            changed = difference(after.value, before.value)
        nothing: tuple[RestatedDeal, ...] = ()
        both_blank = before.value is None and after.value is None
        deals, count = (nothing, 0) if both_blank else _deals(then, now, name, query)
        figures.append(
            RestatedFigure(
                name, metric.label, metric.unit, before.value, after.value, changed,
                before.reason or after.reason, deals, count,
            )
        )  # fmt: skip
    return Restatement(label, snapshot.id, day, question.period.label, tuple(figures))


def _deals(then: "Engine", now: "Engine", name: str, query: "Query") -> tuple[tuple[RestatedDeal, ...], int]:
    """The deals that count otherwise, and how many they are.

    There are none of a metric that has no rows of its own or is not about deals.
    """
    import polars as pl

    columns = ("opportunity_id", *_TOLD)
    try:
        sides = [engine.behind(name, query, columns) for engine in (then, now)]
    except UsageError:
        return (), 0
    if any("opportunity_id" not in side.columns for side in sides):
        return (), 0
    before, after = (_by_deal(side) for side in sides)
    both = before.join(after, on="opportunity_id", how="full", coalesce=True, suffix=":now")
    changed = both.filter(pl.col("contribution").ne_missing(pl.col("contribution:now")))
    size = pl.col("contribution:now").cast(pl.Float64).fill_null(0) - pl.col("contribution").cast(
        pl.Float64
    ).fill_null(0)
    listed = changed.with_columns(size.abs().alias("_size")).sort(
        "_size", "opportunity_id", descending=[True, False]
    )
    shown = listed.head(MOST_DEALS)
    known = [_rows_of(engine, shown["opportunity_id"]) for engine in (then, now)]
    deals = tuple(
        RestatedDeal(
            row["opportunity_id"], row["contribution"], row["contribution:now"],
            _what_differs(*(side.get(row["opportunity_id"]) for side in known)),
        )
        for row in shown.iter_rows(named=True)
    )  # fmt: skip
    return deals, listed.height


def _by_deal(side: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    return side.group_by("opportunity_id").agg(pl.col("contribution").sum())


def _rows_of(engine: "Engine", ids: "pl.Series") -> dict[str, dict[str, Any]]:
    """Those deals as a state has them, whether they count or not."""
    import polars as pl

    frame = engine.tables["opportunities"].frame
    wanted = ["opportunity_id", *(name for name in _TOLD if name in frame.columns)]
    found = frame.select(wanted).filter(pl.col("opportunity_id").is_in(ids.implode()))
    return {row["opportunity_id"]: row for row in found.iter_rows(named=True)}


def _what_differs(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    if before is None:
        return "was not there"
    if after is None:
        return "is not there any more"
    parts = [
        f"{column.replace('_', ' ')} {_shown(before[column])} to {_shown(after[column])}"
        for column in _TOLD
        if column in before
        and column in after
        and before[column] != after[column]
        # the outcome follows from the stage where that moved too
        and not (column == "status" and before.get("stage") != after.get("stage"))
    ]
    return ", ".join(parts) or "the same row counts otherwise"


def _shown(value: Any) -> str:
    from cockpit.metrics.results import json_value

    if value is None:
        return "nothing"
    if isinstance(value, Decimal):
        return f"{value:,.2f}".removesuffix(".00")
    return str(json_value(value))
