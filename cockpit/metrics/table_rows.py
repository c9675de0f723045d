"""Many rows as a sequence of tuples over a polars frame: a row is made when it is looked at.

A million rows cost what their columns cost. What needs all of them (an order, a search, totals) is done by
polars and answered as indexes of rows.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, overload

import polars as pl

from cockpit.base.unwanted import step_done

Cells = tuple[Any, ...]

TEXTS = (pl.String, pl.Categorical, pl.Enum)
"""Types of columns that hold text."""
BETWEEN = "\t"
"""What stands between the cells of a row that is searched as one text; no cleaned cell holds it."""
SEARCHED_AT_ONCE = 50_000
"""Rows that are searched in one step, after which a search can be given up."""


class TableRows(Sequence[Cells]):
    """The rows of a frame.

    Args:
        frame: the rows and their columns.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self._texts: dict[int, pl.Series] = {}
        self._numbers: dict[int, pl.Series] = {}

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
        descending = (values.dtype not in TEXTS) != backwards
        if values.dtype in TEXTS:
            values = values.cast(pl.String).str.to_lowercase()
        if among is None:
            order = values.arg_sort(descending=descending, nulls_last=True)
        else:
            chosen = _series(among)
            order = chosen.gather(values.gather(chosen).arg_sort(descending=descending, nulls_last=True))
        return Indexes(order)

    def containing(self, needle: str) -> Sequence[int]:
        """The indexes of the rows that contain a text in some column, without regard to case.

        Raises:
            Unwanted: nobody waits for the answer any more.
        """
        wanted, height = needle.lower(), self.frame.height
        digits = any(letter.isdecimal() for letter in wanted)  # numbers and dates are written with digits
        found = pl.Series("found", [], pl.UInt32)
        for start in range(0, height, SEARCHED_AT_ONCE):
            hits = self._texts_from(start).str.contains(wanted, literal=True)
            if digits:
                hits |= self._numbers_from(start).str.contains(wanted, literal=True)
            found.append(hits.arg_true() + start)
            step_done(min(start + SEARCHED_AT_ONCE, height) / height)
        return Indexes(found)

    def _texts_from(self, start: int) -> pl.Series:
        """The texts of some rows, each row as one, kept so that the second letter is answered at once."""
        if start not in self._texts:
            columns = [name for name, kind in self.frame.schema.items() if kind in TEXTS]
            self._texts[start] = self._joined(columns, start)
        return self._texts[start]

    def _numbers_from(self, start: int) -> pl.Series:
        """The numbers and dates of some rows, each row as one text."""
        if start not in self._numbers:
            columns = [name for name, kind in self.frame.schema.items() if kind not in TEXTS]
            self._numbers[start] = self._joined(columns, start)
        return self._numbers[start]

    def _joined(self, columns: Sequence[str], start: int) -> pl.Series:
        rows = self.frame.slice(start, SEARCHED_AT_ONCE)
        if not columns:
            return pl.Series([""]).new_from_index(0, rows.height)
        cells = [pl.col(name).cast(pl.String, strict=False) for name in columns]
        joined = pl.concat_str(cells, separator=BETWEEN, ignore_nulls=True).str.to_lowercase()
        return rows.select(joined.alias("joined")).to_series()

    def position(self, column: str, value: str) -> int | None:
        """The index of the first row with that value in a column, or None."""
        found = (self.frame.get_column(column).cast(pl.String) == value).arg_true()
        return int(found[0]) if len(found) else None

    def counted(self, column: int) -> list[tuple[Any, int]]:
        """Each value of the column at that place with how often it occurs."""
        return self.frame.to_series(column).value_counts().rows()

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
