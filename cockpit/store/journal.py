"""The journal: how entries are written, read, chained and verified.

Each entry carries a SHA-256 over its own content and the chain value of the entry before it, so that an
entry that was altered, taken out or put in by other means is found.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cockpit.base.problems import Problem
from cockpit.store.values import Entry, JsonValue

COLUMNS = (
    "seq, uid, batch, at, actor, host, session, action, kind, subject, base_version, changes, reason, undoes"
)
GENESIS = "0" * 64
"""Chain value before the first entry."""

_encode = msgspec.json.Encoder(order="deterministic").encode


def to_text(value: JsonValue) -> str:
    """A value as JSON text, the same text for the same value."""
    return _encode(value).decode()


def append(
    connection: sqlite3.Connection, rows: Sequence[Mapping[str, Any]], common: Mapping[str, Any]
) -> list[Entry]:
    """Append entries; the connection is inside a transaction.

    Args:
        connection: a connection that holds the write lock.
        rows: of each entry uid, action, kind, subject, base_version, changes, reason, undoes.
        common: batch, at, actor, host and session of all of them.

    Returns:
        The entries as they were written.
    """
    last = connection.execute("SELECT seq, chain FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    seq, chain = last or (0, GENESIS)
    entries, written = [], []
    for row in rows:
        seq += 1
        entry = Entry(seq=seq, **common, **row)
        stored = _stored(entry)
        chain = _link(chain, stored)
        entries.append(entry)
        written.append((*stored, chain))
    marks = ", ".join("?" * 15)
    connection.executemany(f"INSERT INTO journal ({COLUMNS}, chain) VALUES ({marks})", written)  # noqa: S608
    return entries


def read(
    connection: sqlite3.Connection, where: str = "", arguments: Sequence[Any] = (), limit: int | None = None
) -> list[Entry]:
    """Entries that fulfil a condition, oldest first; with `limit` only the last ones."""
    condition = f"WHERE {where}" if where else ""
    order = "ORDER BY seq" if limit is None else f"ORDER BY seq DESC LIMIT {int(limit)}"
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM journal {condition} {order}",  # noqa: S608
        arguments,
    ).fetchall()
    entries = [_entry(row) for row in rows]
    return entries if limit is None else entries[::-1]


def verify(connection: sqlite3.Connection) -> Iterator[Problem]:
    """A problem for the first entry whose chain value is wrong or whose number is not the next."""
    chain, expected = GENESIS, 1
    for *stored, written in connection.execute(f"SELECT {COLUMNS}, chain FROM journal ORDER BY seq"):  # noqa: S608
        seq = stored[0]
        if seq != expected:
            yield Problem(f"entry {expected} of the journal is missing", key="journal")
            return
        chain = _link(chain, stored)
        if chain != written:
            yield Problem(
                f"entry {seq} of the journal is not what was written (the chain breaks there)",
                key="journal",
                hint="put back the newest backup, or find out who edited the file",
            )
            return
        expected += 1


def _stored(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.seq, entry.uid, entry.batch, entry.at, entry.actor, entry.host, entry.session, entry.action,
        entry.kind, entry.subject, entry.base_version, to_text(entry.changes), entry.reason, entry.undoes,
    )  # fmt: skip


def _entry(row: Sequence[Any]) -> Entry:
    changes = {name: (old, new) for name, (old, new) in msgspec.json.decode(row[11]).items()}
    seq, uid, batch, at, actor, host, session, action, kind, subject, base_version = row[:11]
    return Entry(
        seq, uid, batch, at, actor, host, session, action, kind, subject, base_version, changes, *row[12:14]
    )


def _link(chain: str, stored: Iterable[Any]) -> str:
    from hashlib import sha256  # only writers and the doctor pay for loading OpenSSL

    return sha256(chain.encode() + b"\n" + _encode(list(stored))).hexdigest()
