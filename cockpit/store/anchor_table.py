"""Anchors: the dates in the data that tasks hang from, kept so that no data need be read for tasks."""

import sqlite3
from collections.abc import Iterable
from datetime import date

import msgspec
from msgspec.structs import replace

from cockpit.store.journal import to_text
from cockpit.store.values import StoredAnchor

_COLUMNS = 'source, row_key, date, first_date, title, owner, "values", present'


def read(connection: sqlite3.Connection, source: str | None) -> list[StoredAnchor]:
    """All anchors of one source, or of all, gone ones too, in the order of their keys."""
    where = "" if source is None else "WHERE source = ?"
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM anchor {where} ORDER BY source, row_key",  # noqa: S608
        () if source is None else (source,),
    ).fetchall()
    return [
        StoredAnchor(
            source, row_key, _day(day), _day(first), title, owner, msgspec.json.decode(more), bool(present)
        )
        for source, row_key, day, first, title, owner, more, present in rows
    ]


def changed(known: Iterable[StoredAnchor], given: Iterable[StoredAnchor]) -> list[StoredAnchor]:
    """The anchors to write: new and different ones, and those that are gone, marked so.

    The first date of a known row stays, even when its date moves or it was gone for a while.
    """
    by_key = {anchor.row_key: anchor for anchor in known}
    to_write = []
    for anchor in given:
        before = by_key.pop(anchor.row_key, None)
        first = anchor.first_date or anchor.date
        if before is not None and before.first_date is not None:
            first = before.first_date
        now = replace(anchor, first_date=first, present=True)
        if now != before:
            to_write.append(now)
    to_write += [replace(gone, present=False) for gone in by_key.values() if gone.present]
    return to_write


def write(
    connection: sqlite3.Connection, source: str, anchors: Iterable[StoredAnchor], marker: str, now: str
) -> None:
    """Write anchors and the source's fingerprint; the connection is inside a transaction."""
    connection.execute(
        "INSERT INTO anchor_source (source, marker, loaded_at) VALUES (?, ?, ?)"
        " ON CONFLICT (source) DO UPDATE SET marker = excluded.marker, loaded_at = excluded.loaded_at",
        (source, marker, now),
    )
    connection.executemany(
        f"INSERT OR REPLACE INTO anchor ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        [
            (source, anchor.row_key, _text(anchor.date), _text(anchor.first_date), anchor.title,
             anchor.owner, to_text(anchor.values), int(anchor.present))
            for anchor in anchors
        ],
    )  # fmt: skip


def marker(connection: sqlite3.Connection, source: str) -> str | None:
    """The fingerprint that the source's anchors were taken from."""
    row = connection.execute("SELECT marker FROM anchor_source WHERE source = ?", (source,)).fetchone()
    return None if row is None else str(row[0])


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
