"""Small tables and a clock for the tests of the history."""

from datetime import UTC, datetime, timedelta

import polars as pl

from cockpit.sources.table import REJECT_SCHEMA, LoadReport, Table

START = datetime(2026, 9, 1, 6, tzinfo=UTC)


def day(number: int) -> datetime:
    """Six o'clock (UTC) of the day with that number, from 0."""
    return START + timedelta(days=number)


def table(frame: pl.DataFrame, name: str = "opportunities") -> Table:
    """A table as loading gives it."""
    empty = pl.DataFrame(schema=REJECT_SCHEMA)
    return Table(
        name, frame, LoadReport(name, (f"{name}.csv",), START, frame.height, frame.height, empty, empty)
    )


def same_rows(one: pl.DataFrame | None, other: pl.DataFrame) -> bool:
    """Whether both hold the same rows, in whatever order, in the same columns and types."""
    if one is None or one.schema != other.schema:
        return False
    columns = one.columns
    if not columns:
        return one.height == other.height
    counted = [frame.group_by(columns).len("count") for frame in (one, other)]
    return counted[0].join(counted[1], on=[*columns, "count"], how="anti", nulls_equal=True).is_empty() and (
        one.height == other.height
    )
