"""Which columns of an export could be one that is needed and was not found by its name."""

from collections.abc import Container

import polars as pl

from cockpit.sources.canonical import ColumnType
from cockpit.sources.evidence import date_evidence, number_evidence
from cockpit.sources.raw import RawTable

_SAMPLE = 1_000
_MOST = 4
"""More than so many are no help."""


def candidates(raw: RawTable, kind: ColumnType, used: Container[str | None]) -> list[str]:
    """Headers of columns that hold what a column of a type holds, in the order of the file.

    Args:
        raw: the cleaned table.
        kind: the type; of "text" those are named that are different on every row, as an id is.
        used: headers that are mapped already.
    """
    found = [
        header
        for header in raw.headers
        if header
        and header not in used
        and len(raw.find(header)) == 1
        and _holds(raw.frame[str(raw.find(header)[0])], kind)
    ]
    return found if len(found) <= _MOST else []


def _holds(column: pl.Series, kind: ColumnType) -> bool:
    values = column.drop_nulls()
    if values.is_empty():
        return False
    some = values.head(_SAMPLE)
    if kind == "date":
        return bool(date_evidence(some).formats)
    if kind == "money":
        return number_evidence(some).decimal is not None and not date_evidence(some).formats
    if kind == "text":
        decimal_comma = some.str.contains(r"^[\d.]*,\d+$").any()
        return values.n_unique() == len(values) == len(column) and not (
            decimal_comma or some.str.contains(r"\s|^\d+\.\d+$").any() or date_evidence(some).formats
        )
    return False
