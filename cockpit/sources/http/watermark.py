"""The newest change that was seen, and from when on the next refresh asks."""

from datetime import datetime, timedelta

import polars as pl

from cockpit.sources.http.rowset import RowWriter

OVERLAP = timedelta(minutes=10)
"""How far before the newest change a refresh reaches, for rows whose change became visible late."""


def newest(rows: RowWriter, column: str | None) -> str | None:
    """The latest moment in a column, as it was written; None where there is no column or no row.

    Moments that one server writes have one form, so that the greatest text is the latest moment.
    """
    if column is None or column not in rows.columns or not rows.count:
        return None
    found = rows.scan([column]).select(pl.col(column).max()).collect(engine="streaming").item()
    return str(found) if found is not None and moment_of(found) is not None else None


def moment_of(text: str) -> datetime | None:
    """A moment with its zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def since(watermark: str) -> str | None:
    """The moment to ask from, as OData and SOQL write it."""
    moment = moment_of(watermark)
    if moment is None:
        return None
    earlier = moment - OVERLAP
    offset = earlier.utcoffset()
    if offset:
        earlier = (earlier - offset).replace(tzinfo=None)
    return f"{earlier.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
