"""The rows behind a figure as they are held: their order, their totals, which columns come first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cockpit.panes.formats import Formats
from cockpit.panes.record_words import IDENTITY

if TYPE_CHECKING:
    from cockpit.metrics.results import RowsResult

FIRST = (
    "amount", "base_amount", "close_date", "expires_date", "due_date", "stage", "status", "outcome", "owner",
    "account", "name", "lost_reason", "manager", "product", "territory", "created_date",
    "contribution", "part",
)  # fmt: skip
"""The columns that are shown first, as far as the width goes; a record shows all."""
SAMPLE = 200
"""Rows that are looked at to find how wide a column is."""


@dataclass(frozen=True, slots=True)
class RowsData:
    """The rows of a figure.

    Attributes:
        result: all of them, as the engine gave them.
        order: indexes of the rows shown, in the order shown.
        totals: sums of the columns of money over the rows shown.
        samples: by column, the values of the first rows shown.
        formats: how amounts are written.
        table: the table they come from.
        link: the address of a record in the CRM with columns in braces, or None.
        texts: index of each column by name.
        needle: the text that the rows shown contain.
        sort: the column that they are in the order of, or "".
    """

    result: "RowsResult"
    order: Sequence[int]
    totals: Mapping[str, Decimal]
    samples: Mapping[str, Sequence[Any]]
    formats: Formats
    table: str
    link: str | None
    texts: dict[str, int]
    needle: str = ""
    sort: str = ""

    def cell(self, row: Sequence[Any], column: str) -> Any:
        """The value of a column in a row; None where there is no such column."""
        position = self.texts.get(column)
        return None if position is None else row[position]

    def identity(self, row: Sequence[Any]) -> str | None:
        """The id of the deal or agreement that a row is about."""
        value = self.cell(row, IDENTITY.get(self.table, ""))
        return None if value is None else str(value)

    def names(self) -> list[str]:
        """The columns in their usual order."""
        identity = IDENTITY.get(self.table, "")
        known = [name for name in (identity, *FIRST) if name in self.texts]
        others = [name for name in self.result.columns if name not in known and not name.startswith("_")]
        return [*known, *others]

    def index_of(self, key: str | None) -> int | None:
        """The row of a line's key: by its index, and by its id where the rows have moved since."""
        number, _, identity = (key or "").partition(":")
        if not number.isdecimal():
            return None
        index = int(number)
        if index < len(self.result.rows) and (self.identity(self.result.rows[index]) or "") == identity:
            return index
        column = IDENTITY.get(self.table, "")
        return self.result.rows.position(column, identity) if identity and column in self.texts else None

    def place_of(self, index: int | None) -> int | None:
        """Where a row stands among those shown; None where it is not among them."""
        try:
            return None if index is None else self.order.index(index)
        except ValueError:
            return None

    def arranged(self, needle: str, sort: str, backwards: bool) -> "RowsData":
        """The same rows in an order and with a text.

        Args:
            needle: the text that a row must contain in some column; "" for all rows.
            sort: the column that they are sorted by, or "" for the order of the source.
            backwards: whether the smallest come first.
        """
        rows = self.result.rows
        found = rows.containing(needle) if needle else None
        order: Sequence[int] = range(len(rows)) if found is None else found
        if sort in self.texts:
            order = rows.ordered(sort, backwards, found)
        first = rows.at(order[:SAMPLE])
        samples = {name: [row[position] for row in first] for name, position in self.texts.items()}
        totals = rows.totals(found)
        return replace(self, order=order, totals=totals, samples=samples, needle=needle, sort=sort)
