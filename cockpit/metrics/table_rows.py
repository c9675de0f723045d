"""Many rows as a sequence of tuples over a polars frame: a row is made when it is looked at.

A million rows cost what their columns cost. What needs all of them (an order, a search, totals) is done by
polars and answered as indexes of rows.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, overload

import polars as pl

Cells = tuple[Any, ...]


class TableRows(Sequence[Cells]):
    """The rows of a frame.

    Args:
        frame: the rows and their columns.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return self.frame.height

    @overload
    def __getitem__(self, index: int) -> Cells: ...
    @overload
    def __getitem__(self, index: slice) -> list[Cells]: ...
    def __getitem__(self, index: int | slice) -> Cells | list[Cells]:
        return self.frame[index].rows() if isinstance(index, slice) else self.frame.row(index)

    def __iter__(self) -> Iterator[Cells]:
        return self.frame.iter_rows()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TableRows):
            return self.frame.equals(other.frame)
        if not isinstance(other, Sequence) or len(other) != len(self):
            return False
        return all(one == tuple(another) for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def at(self, indexes: Sequence[int]) -> list[Cells]:
        """The rows at these indexes, in that order."""
        return self.frame[_series(indexes)].rows()

    def taken(self, indexes: Sequence[int], columns: Sequence[str]) -> "TableRows":
        """Those rows and columns as rows of their own."""
        frame = self.frame.select(columns)
        whole = isinstance(indexes, range) and len(indexes) == frame.height
        return TableRows(frame if whole else frame[_series(indexes)])

    def ordered(self, column: str, backwards: bool, among: Sequence[int] | None = None) -> Sequence[int]:
        """The indexes of rows by a column: texts from A without regard to case, others from the largest.

        Args:
            column: the column's name.
            backwards: whether the other way round; what is missing comes last either way.
            among: indexes of the rows to sort; all of them when left out.
        """
        values = self.frame.get_column(column)
        descending = (values.dtype != pl.String) != backwards
        if values.dtype == pl.String:
            values = values.str.to_lowercase()
        if among is None:
            order = values.arg_sort(descending=descending, nulls_last=True)
        else:
            chosen = _series(among)
            order = chosen.gather(values.gather(chosen).arg_sort(descending=descending, nulls_last=True))
        return Indexes(order)

    def containing(self, needle: str) -> Sequence[int]:
        """The indexes of the rows that contain a text in some column, without regard to case."""
        wanted = needle.lower()
        found = pl.Series([False]).new_from_index(0, self.frame.height)
        has_digit = any(letter.isdecimal() for letter in wanted)
        for values in self.frame.iter_columns():
            if values.dtype != pl.String and not has_digit:
                continue  # numbers and dates are written with digits
            texts = values if values.dtype == pl.String else values.cast(pl.String, strict=False)
            found |= texts.str.to_lowercase().str.contains(wanted, literal=True).fill_null(value=False)
        return Indexes(found.arg_true())

    def position(self, column: str, value: str) -> int | None:
        """The index of the first row with that value in a column, or None."""
        found = (self.frame.get_column(column).cast(pl.String) == value).arg_true()
        return int(found[0]) if len(found) else None

    def totals(self, among: Sequence[int] | None = None) -> dict[str, Decimal]:
        """The sums of the columns that hold money."""
        frame = self.frame.select(pl.col(pl.Decimal))
        if among is not None:
            frame = frame[_series(among)]
        return {name: value for name, value in frame.sum().to_dicts()[0].items() if value is not None}


class Indexes(Sequence[int]):
    """Indexes of rows, kept as polars has them."""

    def __init__(self, series: pl.Series) -> None:
        self.series = series.cast(pl.UInt32)

    def __len__(self) -> int:
        return len(self.series)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        found = self.series[index]
        return found.to_list() if isinstance(found, pl.Series) else int(found)

    def __iter__(self) -> Iterator[int]:
        return iter(self.series.to_list())

    def index(self, value: int, start: int = 0, stop: int | None = None) -> int:
        """Where an index of a row stands.

        Raises:
            ValueError: nowhere.
        """
        found = (self.series == value).arg_true()
        if not len(found):
            raise ValueError(f"{value} is not among them")
        return int(found[0])


def _series(indexes: Sequence[int]) -> pl.Series:
    return indexes.series if isinstance(indexes, Indexes) else pl.Series(indexes, dtype=pl.UInt32)
