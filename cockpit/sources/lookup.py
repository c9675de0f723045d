"""Columns of another file, joined on a key: many to one, no row lost, none doubled."""

import polars as pl

from cockpit.base.problems import Problem, SourceError
from cockpit.sources.noted import Lost
from cockpit.sources.raw import RawTable
from cockpit.sources.spec import LookupSpec
from cockpit.sources.table import ROW_COLUMN

_KEY = "key {}"


def normalised(key: pl.Expr) -> pl.Expr:
    """A key as it is compared: text, with 84.0 and 84.00 as 84, 1.50 as 1.5."""
    return key.str.replace(r"^([+-]?\d+)\.0*$", "$1").str.replace(r"^([+-]?\d+\.\d*[1-9])0+$", "$1")


def join_lookup(
    frame: pl.DataFrame, left: list[str], other: RawTable, spec: LookupSpec, where: str
) -> tuple[pl.DataFrame, Lost]:
    """Add the taken columns to the frame, as text.

    Args:
        frame: the source so far.
        left: its key columns, in the order of `spec.on`.
        other: the other file, with its columns already cleaned.
        spec: the look-up.
        where: the configuration's key of the look-up, for problems.

    Returns:
        The frame with the columns of `spec.take`, and the rows whose keys found nothing.

    Raises:
        SourceError: a key stands twice in the other file; with both lines.
    """
    keys = [_KEY.format(position) for position in range(len(left))]
    right_keys = [str(other.find(header)[0]) for header in spec.on.values()]
    taken = {name: str(other.find(header)[0]) for name, header in spec.take.items()}
    right = other.frame.select(
        *(normalised(pl.col(column)).alias(key) for key, column in zip(keys, right_keys, strict=True)),
        *(pl.col(column).alias(name) for name, column in taken.items()),
        other.rows.alias("line of key"),
    ).drop_nulls(keys)
    _refuse_repeated(right, keys, other.name, where)
    prepared = frame.with_columns(
        normalised(pl.col(column)).alias(key) for key, column in zip(keys, left, strict=True)
    )
    joined = prepared.join(right, on=keys, how="left", maintain_order="left")
    filled = pl.all_horizontal(pl.col(key).is_not_null() for key in keys)
    value = pl.concat_str([pl.col(key) for key in left], separator=", ").alias("value")
    lost = joined.filter(filled & pl.col("line of key").is_null()).select(
        pl.col(ROW_COLUMN).alias("row"), value
    )
    return joined.drop(*keys, "line of key"), Lost(lost, spec, other.name, where)


def _refuse_repeated(right: pl.DataFrame, keys: list[str], name: str, where: str) -> None:
    if right.select(pl.struct(keys).hash().n_unique()).item() == right.height:
        return
    repeated = (
        right.group_by(keys, maintain_order=True)
        .agg("line of key")
        .filter(pl.col("line of key").list.len() > 1)
    )
    if repeated.is_empty():
        return
    problems = []
    for row in repeated.head(10).iter_rows(named=True):
        key = ", ".join(row[column] for column in keys)
        first, second = row["line of key"][:2]
        problems.append(
            Problem(
                f"the key {key!r} stands twice, on lines {first} and {second}",
                name,
                second,
                where,
                "a look-up finds one row a key: remove one of them",
            )
        )
    raise SourceError(*problems)
