"""What came and what was there become one table, never whole in memory, and the difference is counted.

This writes all rows. Where only some came they are kept beside the others instead (`changing.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cockpit.sources.changes import scan_rows
from cockpit.sources.files import SourceFile
from cockpit.sources.http.job import Fetched
from cockpit.sources.http.names import LABEL

_HASH, _KEY = "hash of the row", "hash of the key"
_ROWS_A_GROUP = 10_000


class IncompleteError(Exception):
    """The server has rows that are not here and did not come as changes: everything must be fetched."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a table differs from the one that was there; counts of rows.

    Attributes:
        digest: of the new table, whatever the order of its rows.
        rows: of the new table.
    """

    digest: str
    rows: int
    added: int
    updated: int
    removed: int

    @property
    def is_none(self) -> bool:
        """Whether no row differs."""
        return not (self.added or self.updated or self.removed)


def write_merged(got: Fetched, held: SourceFile | None, target: Path) -> None:
    """Write the rows as they are now to a Parquet file.

    Args:
        got: what came.
        held: what was there; needed unless everything came.
        target: the file to write.

    Raises:
        IncompleteError: keys are said to be present of which no row is here.
    """
    assert got.rows is not None, "rows came"
    if got.full or held is None or got.key is None:
        merged = got.rows.scan(got.columns)
    else:
        key = got.key
        new = got.rows.scan([key])
        old = scan_rows(held)
        old = old.join(new.select(key), on=key, how="anti", maintain_order="left")
        if got.gone:
            gone = pl.LazyFrame({key: list(got.gone)}, schema={key: pl.String})
            old = old.join(gone, on=key, how="anti", maintain_order="left")
            new = new.join(gone, on=key, how="anti", maintain_order="left")
        merged = pl.concat([old, new], how="diagonal")
        if got.present is not None:
            present = got.present.scan([key]).select(key)
            absent = present.join(merged.select(key), on=key, how="anti").limit(1).collect()
            if absent.height:
                raise IncompleteError
            merged = merged.join(present, on=key, how="semi", maintain_order="left")
    if got.derive is not None:
        names = merged.collect_schema().names()
        merged = merged.with_columns(_nothing(name) for name in got.columns if name not in names)
    target.touch(mode=0o600)
    write_rows(_worded(merged, got.lists), target)


def write_rows(rows: pl.LazyFrame, target: Path) -> None:
    """Write rows to a file, and so that they can be read again a few at a time."""
    rows.sink_parquet(
        target, compression="lz4", statistics=False, maintain_order=True, row_group_size=_ROWS_A_GROUP
    )


def _nothing(name: str) -> pl.Expr:
    """A column of text without a value."""
    return pl.lit(None, dtype=pl.String).alias(name)


def _worded(rows: pl.LazyFrame, lists: dict[str, dict[str, str]]) -> pl.LazyFrame:
    """The server's words beside its codes, where they did not come with the rows."""
    names = rows.collect_schema().names()
    added = [
        pl.col(column).replace_strict(words, default=None, return_dtype=pl.String).alias(column + LABEL)
        for column, words in lists.items()
        if column in names and column + LABEL not in names and words
    ]
    return rows.with_columns(added) if added else rows


def completed(path: Path, wanted: Sequence[str]) -> list[str]:
    """Add columns that rows may lack though the server has them; return those that it has not.

    A word for a code is left out where the code is blank, the parts of an association where there is none.
    """
    names = pl.read_parquet_schema(path)
    absent = [name for name in wanted if name not in names]
    known = [name for name in absent if any(name.startswith(f"{one}.") for one in names)]
    if known:
        aside = path.with_name(f"{path.stem}-whole.parquet")
        aside.touch(mode=0o600)
        frame = pl.scan_parquet(path, glob=False).with_columns(_nothing(name) for name in known)
        write_rows(frame, aside)
        aside.replace(path)
    return [name for name in absent if name not in known]


def difference(new: Path, old: SourceFile | None, key: str | None, old_digest: str | None) -> Difference:
    """How the rows of a file differ from those of another.

    Args:
        new: a Parquet file.
        old: what was there; without it everything is new.
        key: the header that names a row; without it rows are only counted.
        old_digest: of `old`, when it is known.
    """
    now = pl.scan_parquet(new, glob=False)
    rows, digest = _digest(now)
    if old is None:
        return Difference(digest, rows, rows, 0, 0)
    then = scan_rows(old)
    if digest == (old_digest or _digest(then)[1]):
        return Difference(digest, rows, 0, 0, 0)
    if key is None or key not in now.collect_schema() or key not in then.collect_schema():
        return Difference(digest, rows, rows, 0, _digest(then)[0])
    before = _hashes(then, key).sort(_KEY)
    if before.is_empty():
        return Difference(digest, rows, rows, 0, 0)
    known, was = before[_KEY], before[_HASH]
    updated = kept = 0
    for part in _hashes(now, key).iter_slices(_ROWS_A_GROUP):
        at = known.search_sorted(part[_KEY]).clip(0, before.height - 1)
        there = known.gather(at) == part[_KEY]
        kept += int(there.sum())
        updated += int((there & (was.gather(at) != part[_HASH])).sum())
    return Difference(digest, rows, rows - kept, updated, before.height - kept)


def _hashes(rows: pl.LazyFrame, key: str) -> pl.DataFrame:
    """Sixteen bytes for each row: a hash of its key, and one of all of it."""
    return with_hash(rows, _HASH).select(pl.col(key).hash().alias(_KEY), _HASH).collect(engine="streaming")


def with_hash(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """The rows with a hash of each, under that name, that no order of columns changes."""
    names = sorted(rows.collect_schema().names())
    return rows.with_columns(pl.struct(names).hash().alias(name))


def _digest(rows: pl.LazyFrame) -> tuple[int, str]:
    """How many rows there are, and a digest of them that their order does not change."""
    count, total = (
        with_hash(rows, _HASH)
        .select(pl.len().alias("rows"), pl.col(_HASH).cast(pl.Int128).sum())
        .collect(engine="streaming")
        .row(0)
    )
    return int(count), f"{count}-{int(total or 0):x}"
