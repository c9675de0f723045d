"""Rows on their way to a file: kept in memory by the ten thousand, never all of them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from cockpit.base.problems import Problem
from cockpit.sources.http.columns import frame_of
from cockpit.sources.http.decode import Row
from cockpit.sources.http.failures import NonsenseError, TooLargeError
from cockpit.sources.http.seen import SeenKeys

_ROWS_A_PART = 10_000
_MOST_COLUMNS = 2_000
_PLACE, _NAME = "place of the row", "name of the row"
EMPTY = "(empty)"
"""Header of the one column of a table of which neither rows nor columns are known."""


class RowWriter:
    """Writes rows to part files in a folder.

    Args:
        folder: private, of one refresh.
        name: what the parts are called.
        key: the header that names a row, or None.
        most: rows that are taken.
        place: for messages.
        strict: whether a row without its key spoils the answer; else it is taken, to be rejected as a row.
    """

    def __init__(
        self, folder: Path, name: str, key: str | None, most: int, place: str, *, strict: bool = True
    ) -> None:
        self._folder = folder
        self._name = name
        self._key = key
        self._most = most
        self._place = place
        self._strict = strict
        self._waiting: list[pl.DataFrame] = []
        self._seen = SeenKeys()
        self.columns: dict[str, None] = {}
        self.parts: list[Path] = []
        self.count = 0
        self.repeated = 0
        self.nameless = 0

    @property
    def distinct(self) -> int:
        """Rows without those whose key had come before."""
        return self.count - self.repeated

    def add(self, rows: Sequence[Row] | pl.DataFrame) -> int:
        """Take rows, and tell how many of them have a key that had not come before.

        Raises:
            TooLargeError: there are more rows or columns than anybody has.
            NonsenseError: a row has no key.
        """
        frame = rows if isinstance(rows, pl.DataFrame) else frame_of(rows)
        if not frame.height:
            return 0
        new = frame.height
        if self._key is not None:
            keys = frame.get_column(self._key, default=pl.Series([None] * frame.height, dtype=pl.String))
            named = keys.filter(keys.is_not_null() & (keys != ""))
            nameless = frame.height - named.len()
            if nameless and self._strict:
                words = f"a row has no {self._key}, which names the rows"
                raise NonsenseError(Problem(words, self._place, hint="look at key"))
            self.nameless += nameless
            new = self._seen.add(named) + nameless
        self.count += frame.height
        self.repeated += frame.height - new
        if self.count > self._most:
            raise TooLargeError(Problem(f"more than {self._most:,} rows", self._place, hint="set a filter"))
        self.columns.update(dict.fromkeys(frame.columns))
        if len(self.columns) > _MOST_COLUMNS:
            raise TooLargeError(
                Problem(f"more than {_MOST_COLUMNS:,} columns", self._place, hint="set select")
            )
        self._waiting.append(frame)
        if sum(one.height for one in self._waiting) >= _ROWS_A_PART:
            self.flush()
        return new

    def flush(self) -> None:
        """Write what is waiting."""
        if not self._waiting:
            return
        frames, self._waiting = self._waiting, []
        path = self._folder / f"{self._name}-{len(self.parts):05}.parquet"
        path.touch(mode=0o600)
        pl.concat(frames, how="diagonal").write_parquet(path, compression="lz4", statistics=False)
        self.parts.append(path)

    def adopt(self, other: "RowWriter") -> None:
        """Take the rows of another writer, which had no key, as they are; the last of a key counts."""
        other.flush()
        self.parts, self.count, self.columns = other.parts, other.count, other.columns
        self.repeated = other.count  # unknown: let the scan look for it

    def join(self, other: "RowWriter") -> None:
        """Take the rows of another writer too; no key of theirs is one of these."""
        self.flush()
        other.flush()
        self.parts += other.parts
        self.count += other.count
        self.repeated += other.repeated
        self.columns.update(other.columns)

    def scan(self, columns: Iterable[str] = ()) -> pl.LazyFrame:
        """All rows; of those with the same key only the last. Without a row there are just these columns."""
        self.flush()
        if not self.parts:
            names = list(dict.fromkeys([*columns, *self.columns])) or [EMPTY]
            return pl.LazyFrame(schema=dict.fromkeys(names, pl.String))
        frame = one_by_one(self.parts, list(self.columns))
        if self._key is not None and self.repeated:
            # Rows without a key are not each other's repetition.
            known = pl.col(self._key).replace("", None)
            frame = (
                frame.with_row_index(_PLACE)
                .with_columns(pl.coalesce(known, pl.format("row {}", _PLACE)).alias(_NAME))
                .unique(_NAME, keep="last", maintain_order=True)
                .drop(_PLACE, _NAME)
            )
        return frame


def one_by_one(parts: Sequence[Path], columns: Sequence[str]) -> pl.LazyFrame:
    """The rows of Parquet files, one file in memory at a time: polars by itself reads ahead, many at once.

    Args:
        parts: the files; each may lack columns.
        columns: of text, that there are.
    """

    def rows(
        wanted: list[str] | None, condition: pl.Expr | None, most: int | None, _size: int | None
    ) -> Iterator[pl.DataFrame]:
        names = list(columns) if wanted is None else wanted
        for part in parts:
            has = list(pl.read_parquet_schema(part))
            there = [name for name in has if name in names]
            # Without any column the number of rows would be lost.
            frame = pl.read_parquet(part, columns=there or has[:1], glob=False, memory_map=False)
            lacking = [pl.lit(None, pl.String).alias(name) for name in names if name not in there]
            frame = frame.with_columns(lacking).select(names)
            if condition is not None:
                frame = frame.filter(condition)
            if most is not None:
                frame = frame.head(most)
                most -= frame.height
            yield frame
            if most == 0:
                return

    return register_io_source(rows, schema=dict.fromkeys(columns, pl.String()))
