"""What to do when an id stands on several rows."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from cockpit.base.problems import Problem, SourceError
from cockpit.sources.table import ROW_COLUMN, RepeatedId

MAX_REPEATED = 100
"""Most repeated ids listed one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Ids on several rows, the listed ones in the order of the file."""

    ids: tuple[RepeatedId, ...] = ()
    count: int = 0
    replaced: int = 0
    problems: tuple[Problem, ...] = ()


def settle_repeats(
    frame: pl.DataFrame, identity: str | None, policy: Literal["keep", "last", "error"], file: str, table: str
) -> tuple[pl.DataFrame, Repeats]:
    """Find repeated ids and do what `on_duplicate` says.

    Args:
        frame: the typed table.
        identity: the id's column; None means that rows have none.
        policy: keep all rows, keep the last row of each id, or refuse the file.
        file: named in problems.
        table: named in problems.

    Raises:
        SourceError: ids are repeated and the policy is "error".
    """
    if identity is None or identity not in frame.columns or frame.is_empty():
        return frame, Repeats()
    ids = frame[identity]
    if ids.hash().n_unique() == frame.height:
        return frame, Repeats()
    grouped = (
        frame.group_by(identity, maintain_order=True)
        .agg(pl.len().alias("count"), pl.col(ROW_COLUMN).head(10).alias("rows"))
        .filter(pl.col("count") > 1)
    )
    if grouped.is_empty():
        return frame, Repeats()
    listed = tuple(
        RepeatedId(row[identity], row["count"], tuple(row["rows"]))
        for row in grouped.head(MAX_REPEATED).iter_rows(named=True)
    )
    first = listed[0]
    several = "one id stands" if grouped.height == 1 else f"{grouped.height:,} ids stand"
    lines = ", ".join(str(row) for row in first.rows)
    words = f"{several} on several rows, first {first.value!r} on lines {lines}"
    key = f"sources.{table}.on_duplicate"
    if policy == "error":
        raise SourceError(
            Problem(words, file, first.rows[1], key, 'remove them, or set on_duplicate = "last"')
        )
    replaced = 0
    if policy == "last":
        height = frame.height
        frame = frame.unique(identity, keep="last", maintain_order=True)
        replaced = height - frame.height
        words += "; the last row of each is kept"
    else:
        words += "; all are kept"
    problem = Problem(words, file, first.rows[1], key, severity="warning")
    return frame, Repeats(listed, grouped.height, replaced, (problem,))
