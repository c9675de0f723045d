"""The rows of a download: all as they were once written, and in a file beside it those that came since.

To write a million rows anew because ten thousand of them changed would cost more than all the rest of a
refresh. A row of the file of changes takes the place of the one with its key and stands behind those that
stay; rows follow each other as they came. Read together both are just what writing all anew would give.

A file of changes has the columns of the rows and two more: `REPLACES` and `IS_GONE`.
"""

import polars as pl

from cockpit.sources.files import SourceFile

REPLACES = "number of the row that is replaced"
"""Which row of all has the key, counted from 0; null where none has. Each is named once."""
IS_GONE = "the row is gone"
"""Whether that row is gone without another in its place."""


def scan_rows(file: SourceFile) -> pl.LazyFrame:
    """The rows as they are by now."""
    rows = pl.scan_parquet(file.path, glob=False)
    return rows if file.changes is None else changed(rows, pl.scan_parquet(file.changes, glob=False))


def changed(rows: pl.LazyFrame, changes: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with later changes in their place."""
    names = rows.collect_schema().names()
    replaced = changes.select(REPLACES).drop_nulls()
    staying = rows.with_row_index(REPLACES).join(replaced, on=REPLACES, how="anti", maintain_order="left")
    return pl.concat([staying.select(names), live(changes).select(names)])


def live(changes: pl.LazyFrame) -> pl.LazyFrame:
    """The rows that came, without the columns that say what they do."""
    return changes.filter(~pl.col(IS_GONE)).drop(REPLACES, IS_GONE)
