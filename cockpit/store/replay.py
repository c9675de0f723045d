"""The state of every item as the journal tells it: the second opinion on the table of items."""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from cockpit.base.problems import Problem
from cockpit.store import item_table, journal
from cockpit.store.values import STATE, Entry, Item


def with_changes(item: Item, entry: Entry) -> Item:
    """The item after an entry."""
    state = item.state
    fields = dict(item.fields)
    for name, (_, new) in entry.changes.items():
        if name == STATE:
            state = new
        elif new is None:
            fields.pop(name, None)
        else:
            fields[name] = new
    return replace(
        item,
        state=state,
        fields=fields,
        version=entry.base_version + 1,
        updated_at=entry.at,
        updated_by=entry.actor,
    )


def replay(entries: Iterable[Entry]) -> dict[str, Item]:
    """Every item as it stands after all entries, from nothing else."""
    items: dict[str, Item] = {}
    for entry in entries:
        if not entry.kind:
            continue
        before = items.get(entry.subject) or Item(
            entry.kind, entry.subject, "", {}, 0, entry.at, entry.actor, entry.at, entry.actor
        )
        items[entry.subject] = with_changes(before, entry)
    return items


def differences(connection: sqlite3.Connection) -> Iterator[Problem]:
    """A problem for each item that is not what the journal says."""
    told = replay(journal.read(connection))
    rows = connection.execute(f"SELECT {item_table.COLUMNS} FROM item ORDER BY key").fetchall()  # noqa: S608
    for row in rows:
        expected = told.pop(row[1], None)
        try:
            item = item_table.item_of(row)
        except msgspec.DecodeError:
            item = None
        if expected is None:
            yield Problem("is in the store, but the journal does not know it", key=row[1])
        elif item != expected:
            yield Problem(
                "is not what the journal says it is", key=row[1], hint="cockpit doctor can rebuild it"
            )
    for key in told:
        yield Problem(
            "is in the journal, but not in the store", key=key, hint="cockpit doctor can rebuild it"
        )


def rebuild(connection: sqlite3.Connection) -> int:
    """Write every item anew from the journal; the connection is inside a transaction.

    Returns:
        How many items were written.
    """
    items = replay(journal.read(connection))
    connection.executemany(
        "INSERT INTO item (kind, key, state, fields, version, created_at, created_by, updated_at, updated_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET kind = excluded.kind,"
        " state = excluded.state, fields = excluded.fields, version = excluded.version,"
        " created_at = excluded.created_at, created_by = excluded.created_by,"
        " updated_at = excluded.updated_at, updated_by = excluded.updated_by",
        [
            (item.kind, item.key, item.state, journal.to_text(item.fields), item.version, item.created_at,
             item.created_by, item.updated_at, item.updated_by)
            for item in items.values()
        ],
    )  # fmt: skip
    return len(items)
