"""The largest agreements behind each line of the annuity view, and its figures in the last whole quarters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.panes.agreement_list_data import UNTRACKED, ListedAgreement, listed
from cockpit.panes.annuity_book import AT_RISK, BOOK, Book
from cockpit.panes.annuity_outcomes import DUE
from cockpit.panes.annuity_risk import TITLES
from cockpit.panes.dimensions import fiscal_column
from cockpit.panes.figures import metrics_of
from cockpit.panes.formats import Number
from cockpit.panes.view import Context

if TYPE_CHECKING:
    import polars as pl

    from cockpit.core import Cockpit

MOST, MOST_OF_TWO = 6, 4
"""How many agreements are kept of a list that stands alone, and of each of two."""
QUARTERS = 4
"""How many whole quarters are told."""


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest agreements of a list.

    Attributes:
        title: what they have in common, such as "At risk".
        count: how many different ones there are in all.
        shown: the largest of them, largest first.
    """

    title: str
    count: int
    shown: tuple[ListedAgreement, ...]


@dataclass(frozen=True, slots=True)
class Quarters:
    """Figures of the last whole quarters.

    Attributes:
        labels: of the quarters, oldest first.
        values: by figure, one of each quarter; figures of the as-of day alone have none.
    """

    labels: tuple[str, ...] = ()
    values: Mapping[str, tuple[Number | None, ...]] | None = None

    def of(self, name: str) -> tuple[Number | None, ...]:
        """The values of a figure, or nothing."""
        return () if self.values is None else self.values.get(name, ())


NO_QUARTERS = Quarters()


def load_quarters(cockpit: "Cockpit", context: Context, names: Sequence[str], as_of: date) -> Quarters:
    """The figures in the last whole quarters; nothing where the calendar has none."""
    metrics = metrics_of(cockpit)
    units = [
        unit
        for unit in cockpit.fiscal.units("quarter", as_of - timedelta(days=95 * (QUARTERS + 1)), as_of)
        if unit.end <= as_of
    ][-QUARTERS:]
    by_column: dict[str, list[str]] = {}
    for name in names:
        column = fiscal_column(metrics[name], metrics, "quarter") if name in metrics else None
        if column is not None:
            by_column.setdefault(column, []).append(name)
    if not units:
        return Quarters()
    values: dict[str, tuple[Number | None, ...]] = {}
    for column, flows in by_column.items():
        period = f"{units[0].start}..{units[-1].end}"
        try:
            result = cockpit.kpi(
                tuple(flows), by=(column,), period=period, as_of=context.as_of, slice=context.slice
            )
        except CockpitError:
            continue  # a fact without that date has figures and no quarters
        for name in flows:
            found = {row.by[column]: row.value for row in result.groups(name)}
            values[name] = tuple(found.get(unit.label) for unit in units)
    return Quarters(tuple(unit.label for unit in units), values)


def load_largest(
    cockpit: "Cockpit", context: Context, figures: Sequence[str], book: Book
) -> dict[str, tuple[Largest, ...]]:
    """The largest agreements of every line of the view, by the line's key."""
    found: dict[str, tuple[Largest, ...]] = {}
    for name in figures:
        rows = _rows(cockpit, context, name)
        if rows is not None:
            found[f"kpi:{name}"] = _of_figure(rows, name, metrics_of(cockpit)[name].unit)
    due = _rows(cockpit, context, DUE)
    if due is not None:
        found["outcome:"] = (_largest("Largest of them", due, DUE),)
        for (outcome,), group in due.group_by("outcome"):
            found[f"outcome:{outcome}"] = (_largest("Largest of them", group, DUE),)
    for name in (*TITLES, UNTRACKED):
        rows = _rows(cockpit, context, name)
        if rows is not None:
            key = "risk:find" if name == UNTRACKED else f"risk:{name}"
            found[key] = (_largest("Largest of them", rows, name),)
    return found | _of_book(cockpit, context, book)


def _rows(cockpit: "Cockpit", context: Context, name: str, period: str = "") -> "pl.DataFrame | None":
    """The agreements behind a figure; None where it has none, or none that can be told."""
    if name not in metrics_of(cockpit):
        return None
    try:
        result = cockpit.rows(name, period=period or context.period, as_of=context.as_of, slice=context.slice)
    except CockpitError:
        return None
    frame = result.rows.frame
    return frame if {"agreement_id", "base_amount", "due_date"} <= set(frame.columns) else None


def _of_figure(rows: "pl.DataFrame", name: str, unit: str) -> tuple[Largest, ...]:
    """Of a rate those that it counts and those that it does not; of days the longest."""
    import polars as pl

    if unit == "days":
        return (_largest("Longest of them", rows, name, by="contribution"),)
    counted = rows.filter(pl.col("part") != "denominator")
    others = rows.join(counted, on=["agreement_id", "due_date"], how="anti", nulls_equal=True)
    if others.is_empty():
        return (_largest("Largest of them", counted, name),)
    return (
        _largest("Not counted in it", others, name, most=MOST_OF_TWO),
        _largest("Counted in it", counted, name, most=MOST_OF_TWO),
    )


def _of_book(cockpit: "Cockpit", context: Context, book: Book) -> dict[str, tuple[Largest, ...]]:
    """What is at risk in each unit of the book, and the largest of all that falls due in it."""
    import polars as pl

    if book.total is None:
        return {}
    period = f"{book.total.start}..{book.total.end}"
    at_risk, base = (_rows(cockpit, context, name, period) for name in (AT_RISK, BOOK))
    found: dict[str, tuple[Largest, ...]] = {}
    for unit in (*book.rows, book.total):
        within = pl.col("due_date").is_between(unit.start, unit.end)
        found[f"book:{unit.label}"] = tuple(
            _largest(title, rows.filter(within), name)
            for title, rows, name in (("At risk", at_risk, AT_RISK), ("Largest of all", base, BOOK))
            if rows is not None
        )
    return found


def _largest(
    title: str, rows: "pl.DataFrame", name: str, by: str = "base_amount", most: int = MOST
) -> Largest:
    top = rows.sort([by, "agreement_id"], descending=[True, False], nulls_last=True).head(most)
    return Largest(title, rows["agreement_id"].n_unique(), tuple(listed(row, name) for row in top.to_dicts()))
