"""Marks: small things that the store remembers by name, such as what the tasks were last made from.

They are no work of anybody: not journalled, not undone, and at worst made again.
"""

import sqlite3


def read(connection: sqlite3.Connection, name: str) -> str | None:
    """What was remembered under a name, or None; a store of an older version remembers nothing."""
    try:
        row = connection.execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return None if row is None else str(row[0])


def write(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Remember something; the connection is inside a transaction."""
    connection.execute(
        "INSERT INTO mark (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
