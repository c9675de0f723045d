"""Items as they stand in the table of items: found by key, by kind and state, by what their fields hold.

All of these only read; what is written goes through `writing`, into item and journal together.
"""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import msgspec

from cockpit.base.problems import Problem, UsageError
from cockpit.store.journal import to_text
from cockpit.store.values import Item, Record

T = TypeVar("T")

COLUMNS = "kind, key, state, fields, version, created_at, created_by, updated_at, updated_by"
_RECORD_COLUMNS = "key, state, version, created_at, created_by, updated_at, updated_by, fields"
_AMONG = "IN (SELECT value FROM json_each(?))"
"""A condition on a column whose argument is a JSON list of any length."""


def item_of(row: tuple[str, str, str, str, int, str, str, str, str]) -> Item:
    """An item from a row of `COLUMNS`."""
    return Item(row[0], row[1], row[2], msgspec.json.decode(row[3]), *row[4:])


def found(connection: sqlite3.Connection, key: str) -> Item | None:
    """The item of that key, or None."""
    row = connection.execute(f"SELECT {COLUMNS} FROM item WHERE key = ?", (key,)).fetchone()  # noqa: S608
    return None if row is None else item_of(row)


def present(connection: sqlite3.Connection, key: str) -> Item:
    """The item of that key.

    Raises:
        UsageError: there is none.
    """
    item = found(connection, key)
    if item is None:
        raise UsageError(Problem("there is no item of this key", key=key))
    return item


def of_keys(connection: sqlite3.Connection, keys: Collection[str]) -> list[Item]:
    """The items of those keys that there are, in the order of their keys."""
    return _read(connection, f"key {_AMONG}", [to_text(list(keys))])


def of_kind(connection: sqlite3.Connection, kind: str, states: Collection[str] | None = None) -> list[Item]:
    """All items of a kind in the order of their keys, or those in one of `states`."""
    if states is None:
        return _read(connection, "kind = ?", [kind])
    return _read(connection, f"kind = ? AND {_in_one_of(states)}", [kind, *states])


def records(
    connection: sqlite3.Connection,
    kind: str,
    states: Collection[str],
    decode: Callable[[str], T],
    keys: Collection[str] | None = None,
) -> list[Record[T]]:
    """All items of a kind in one of `states`, in no order, their fields decoded by the caller."""
    condition, arguments = f"kind = ? AND {_in_one_of(states)}", [kind, *states]
    if keys is not None:
        condition += f" AND key {_AMONG}"
        arguments.append(to_text(list(keys)))
    rows = connection.execute(
        f"SELECT {_RECORD_COLUMNS} FROM item WHERE {condition}",  # noqa: S608
        arguments,
    ).fetchall()
    return [(*row[:7], decode(row[7])) for row in rows]


def states_of(connection: sqlite3.Connection, kind: str) -> dict[str, str]:
    """Key and state of every item of a kind."""
    return dict(connection.execute("SELECT key, state FROM item WHERE kind = ?", (kind,)).fetchall())


def texts_of(connection: sqlite3.Connection, kind: str, field: str) -> set[str]:
    """The texts that a field has among the items of a kind."""
    rows = connection.execute(
        "SELECT DISTINCT json_extract(fields, ?) FROM item WHERE kind = ?", (f'$."{field}"', kind)
    ).fetchall()
    return {row[0] for row in rows if isinstance(row[0], str) and row[0]}


def finished_at(
    connection: sqlite3.Connection, kind: str, finished: Collection[str], keys: Collection[str] | None = None
) -> dict[str, str]:
    """When each finished item of a kind was finished: its last way into a finished state.

    Args:
        connection: a connection that reads.
        kind: the kind of the items.
        finished: the states of that kind in which nothing is left to do.
        keys: of which items; of all when left out.
    """
    ends = to_text(list(finished))
    wanted = None if keys is None else to_text(list(keys))
    rows = connection.execute(
        "SELECT subject, at FROM item JOIN journal ON subject = item.key AND journal.kind = item.kind"  # noqa: S608
        f" WHERE item.kind = ? AND item.state {_AMONG} AND (? IS NULL OR item.key {_AMONG})"
        f" AND json_extract(changes, '$.state[1]') {_AMONG}"
        f" AND NOT coalesce(json_extract(changes, '$.state[0]'), '') {_AMONG} ORDER BY seq",
        (kind, ends, wanted, wanted, ends, ends),
    ).fetchall()
    return dict(rows)


def known_keys(connection: sqlite3.Connection, keys: Collection[str]) -> set[str]:
    """Those of the keys that an item has."""
    rows = connection.execute(f"SELECT key FROM item WHERE key {_AMONG}", (to_text(list(keys)),)).fetchall()  # noqa: S608
    return {row[0] for row in rows}


def next_numbered(connection: sqlite3.Connection, prefix: str) -> str:
    """The next free key `prefix/N`; the connection is inside a transaction."""
    row = connection.execute(
        "SELECT max(CAST(substr(key, ?) AS INTEGER)) FROM item WHERE key >= ? AND key < ?",
        (len(prefix) + 2, f"{prefix}/", f"{prefix}0"),  # "0" follows "/" in every encoding
    ).fetchone()
    return f"{prefix}/{(row[0] or 0) + 1}"


def _read(connection: sqlite3.Connection, condition: str, arguments: Sequence[Any]) -> list[Item]:
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM item WHERE {condition} ORDER BY key",  # noqa: S608
        arguments,
    ).fetchall()
    return [item_of(row) for row in rows]


def _in_one_of(states: Collection[str]) -> str:
    return f"state IN ({', '.join('?' * len(states))})"
