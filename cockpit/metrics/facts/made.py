"""Columns that are made when they are asked for: whole and kept, or slice by slice.

A column is given as a recipe: what only the whole can tell of it (a median, a rate, which words there are) is
found once and is small; what remains is an expression of a row. So the columns of a large table are made
where they are counted, a slice at a time, and never need the room of ten million rows. Those of a smaller
table are made whole the first time and kept, since the same ones are asked for again and again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from cockpit.metrics.facts.kept import Kept

if TYPE_CHECKING:
    from cockpit.metrics.facts.fact import Fact

ROWS_AT_ONCE = 131_072
"""Rows of a slice, as many as the cache reads in one piece; what is made of them needs little room."""
MOST_KEPT_ROWS = 2_000_000
"""Of facts with more rows no made column is kept."""
LINE = "_line"
"""The number of a row; made for the slice where the fact does not hold it."""
_CODED = "_coded_"
T = TypeVar("T")


@dataclass(frozen=True)
class Rows:
    """The rows of a fact with some of its columns, to be looked at whole or a slice at a time.

    Attributes:
        held: what is at hand of the columns that are needed.
        names: the columns that are given out.
        layers: the made ones, each layer from what comes before it.
        exists: which rows there are on the day; None for all.
    """

    held: pl.DataFrame
    names: tuple[str, ...]
    layers: tuple[tuple[pl.Expr, ...], ...] = ()
    exists: pl.Expr | None = None

    @cached_property
    def schema(self) -> pl.Schema:
        """Name and type of every column."""
        return self._given(self.held.clear(), 0).collect_schema()

    @cached_property
    def height(self) -> int:
        """How many rows there are."""
        if self.exists is None:
            return self.held.height
        return int(self.held.select(self.exists.sum()).item())

    def slices(self, most: int | None = None) -> Iterator[pl.LazyFrame]:
        """The rows in their order, at least one slice, each of at most so many rows of what is held.

        Slices for which columns have to be made are of at most `ROWS_AT_ONCE` rows.
        """
        step = ROWS_AT_ONCE if most is None else min(most, ROWS_AT_ONCE) if self.layers else most
        for start in range(0, max(self.held.height, 1), step):
            yield self._given(self.held.slice(start, step), start)

    def collected(self, shape: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
        """What a shape makes of each slice, one after another; it must not depend on other slices."""
        return pl.concat([shape(piece).collect() for piece in self.slices()])

    def extremes(self, name: str) -> tuple[Any, Any]:
        """The smallest and the largest value of a column; None where there is none."""
        column = pl.col(name)
        ends = self.collected(lambda lazy: lazy.select(column.min().alias("low"), column.max().alias("high")))
        return ends["low"].min(), ends["high"].max()

    def different(self, name: str) -> pl.Series:
        """Each value of a column once, in no order."""
        return self.collected(lambda lazy: lazy.select(pl.col(name).unique()))[name].unique()

    def whole(self) -> pl.DataFrame:
        """All rows as one frame."""
        return self._given(self.held, 0).collect()

    def _given(self, piece: pl.DataFrame, start: int) -> pl.LazyFrame:
        rows = piece.lazy()
        if LINE not in piece.columns:
            rows = rows.with_row_index(LINE, offset=start)
        if self.exists is not None:
            rows = rows.filter(self.exists)
        for layer in self.layers:
            rows = rows.with_columns(layer)
        return rows.select(self.names)


Recipe = Callable[["Columns"], pl.Expr]
"""Looks at the whole and says how a column is made of the others, row by row."""


def given(expr: pl.Expr) -> Recipe:
    """The recipe of a column for which the whole need not be looked at."""
    return lambda _: expr


class Columns:
    """Every column of a fact, held or made; may be asked from any thread.

    Args:
        fact: the fact.
        kept: where what was found and made is kept.
    """

    def __init__(self, fact: "Fact", kept: Kept) -> None:
        self.fact = fact
        self._kept = kept

    @property
    def held(self) -> pl.DataFrame:
        """What the fact holds, with rows that do not exist on its day too."""
        return self.fact.held

    def rows(self, names: Sequence[str]) -> Rows:
        """The rows with these columns, and their numbers.

        Raises:
            KeyError: the fact has no such column.
        """
        wanted = tuple(dict.fromkeys((LINE, *names)))
        known: dict[str, pl.Series] = {}
        ways = self._ways(wanted, known)
        rows = Rows(self._held(ways, wanted, known), wanted, _layers(ways), self.fact.exists)
        if not ways or self.held.height > MOST_KEPT_ROWS:
            return rows
        made = replace(rows, names=tuple(ways), exists=None).whole()
        for name in ways:
            known[name] = in_pieces_of(self.held, made[name])
            self._kept.keep(self._key(name), known[name])
        return Rows(self._held({}, wanted, known), wanted, (), self.fact.exists)

    def all_rows(self, more: Sequence[str] = ()) -> Rows:
        """The rows with every column of the day, and with those late ones that are asked for."""
        return self.rows((*self.fact.columns, *more))

    def values(self, name: str) -> pl.Series:
        """One column of all rows that the fact holds, in the order of their numbers."""
        if name in self.held.columns:
            return self.held[name]
        return replace(self.rows((name,)), exists=None).whole()[name]

    def coded(self, name: str) -> str:
        """The column to group by instead of a text column: its words as numbers, which is faster."""
        dtype = self.held.schema.get(name) or self.rows((name,)).schema[name]
        return f"{_CODED}{name}" if dtype == pl.String and name != self.fact.key else name

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What several recipes of this fact need, found once."""
        return self._kept.once(("way", self.fact.serial, name), make)

    def _ways(self, names: Sequence[str], known: dict[str, pl.Series]) -> dict[str, pl.Expr]:
        """How each column that is not held is made, and each that it is made from; what comes first first.

        Columns that were made before and are kept are put into `known`.
        """
        found: dict[str, pl.Expr] = {}

        def find(name: str) -> None:
            if name in found or name in known or name == LINE or name in self.held.columns:
                return
            made = self._kept.held(self._key(name))
            if made is not None:
                known[name] = made
                return
            way = self.once(name, partial(self._recipe(name), self))
            for root in way.meta.root_names():
                find(root)
            found[name] = way

        for name in names:
            find(name)
        return found

    def _recipe(self, name: str) -> Recipe:
        if name.startswith(_CODED):
            return given(pl.col(name.removeprefix(_CODED)).cast(pl.Categorical))
        return self.fact.recipe(name)

    def _held(
        self, ways: Mapping[str, pl.Expr], names: Sequence[str], known: Mapping[str, pl.Series]
    ) -> pl.DataFrame:
        """What is at hand of the columns that are asked for, or from which one of them is made."""
        roots = [root for way in ways.values() for root in way.meta.root_names()]
        if self.fact.exists is not None:
            roots += self.fact.exists.meta.root_names()
        used = [name for name in dict.fromkeys((*names, *roots)) if name in self.held.columns]
        held = {name: self.held.get_column(name) for name in used or self.held.columns[:1]}
        return pl.DataFrame({**held, **known})

    def _key(self, name: str) -> tuple[str, int, str]:
        return ("column", self.fact.serial, name)


def in_pieces_of(frame: pl.DataFrame, series: pl.Series) -> pl.Series:
    """The series in pieces of the same lengths as those of a frame's columns.

    Where they differ, polars copies every column of the frame to make them alike.
    """
    whole, pieces, start = series.rechunk(), [], 0
    for length in frame.to_series(0).chunk_lengths():
        pieces.append(whole.slice(start, length))
        start += length
    return pl.concat(pieces, rechunk=False) if len(pieces) > 1 else whole


def looked_up(column: str, dtype: pl.DataType, found: Mapping[str, object], kind: pl.DataType) -> pl.Expr:
    """Of every word what is found for it, null for others; words that repeat are not written out.

    Args:
        column: of texts.
        dtype: its type.
        found: by word.
        kind: type of what is found.
    """
    if not found:
        return pl.lit(None, kind)
    words, values = pl.Series(list(found), dtype=pl.String), pl.Series(list(found.values()), dtype=kind)
    if dtype != pl.Categorical:
        return pl.col(column).cast(pl.String).replace_strict(words, values, default=None)
    return numbered(pl.col(column).to_physical(), words.cast(dtype).to_physical(), values)


def numbered(number: pl.Expr, numbers: pl.Series, values: pl.Series) -> pl.Expr:
    """Of every number the value that belongs to it, null for others.

    Args:
        number: whole, not negative.
        numbers: those with values, each once.
        values: beside them.
    """
    if numbers.is_empty():
        return pl.lit(None, values.dtype)
    many = int(numbers.max()) + 1  # type: ignore[arg-type]
    table = pl.Series([None], dtype=values.dtype).new_from_index(0, many)
    table = table.to_frame("value").with_row_index("at").join(
        pl.DataFrame({"at": numbers.cast(pl.UInt32), "value": values}), on="at", how="left",
        maintain_order="left", suffix=":found",
    )["value:found"]  # fmt: skip
    return pl.lit(table).gather(pl.when((number >= 0) & (number < many)).then(number))


def joined(keys: Sequence[str], table: pl.DataFrame, value: str) -> pl.Expr:
    """Of every row what a small table has for its keys, of which a null is one too; null for others.

    Args:
        keys: columns of the row and of the table.
        table: each combination of keys once.
        value: the column of the table that is wanted.
    """

    def find(rows: pl.Series) -> pl.Series:
        found = rows.struct.unnest().join(table, on=keys, how="left", nulls_equal=True, maintain_order="left")
        return found[value]

    return pl.struct(keys).map_batches(find, return_dtype=table.schema[value], is_elementwise=True)


def _layers(ways: Mapping[str, pl.Expr]) -> tuple[tuple[pl.Expr, ...], ...]:
    """The columns that are made together: each from what is held and from earlier layers."""
    depths: dict[str, int] = {}
    layers: list[list[pl.Expr]] = []
    for name, way in ways.items():
        depth = max((depths[root] + 1 for root in way.meta.root_names() if root in depths), default=0)
        depths[name] = depth
        if depth == len(layers):
            layers.append([])
        layers[depth].append(way.alias(name))
    return tuple(tuple(layer) for layer in layers)
