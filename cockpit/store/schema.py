"""The tables of the store and how an older store becomes one of this version.

`user_version` of the file is the number of migrations that it has seen. A file of a newer version is
refused, since an older cockpit could only damage it.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from cockpit.base.problems import Problem, SourceError

APPLICATION_ID = 0x434F434B
"""Marks an SQLite file as a store of the cockpit."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE item (
            key TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            fields TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version > 0),
            created_at TEXT NOT NULL,
            created_by TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            updated_by TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX item_of_kind ON item (kind, state)",
        """CREATE TABLE journal (
            seq INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            batch TEXT NOT NULL,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            host TEXT NOT NULL,
            session TEXT NOT NULL,
            action TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            base_version INTEGER NOT NULL,
            changes TEXT NOT NULL,
            reason TEXT,
            undoes TEXT,
            chain TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX journal_of_subject ON journal (subject, seq)",
        "CREATE INDEX journal_of_people ON journal (actor, seq)"
        " WHERE action NOT IN ('materialise', 'follow')",
        "CREATE INDEX journal_of_notes ON journal (subject) WHERE kind = ''",
        """CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
        """CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
        """CREATE TRIGGER journal_is_not_replaced BEFORE INSERT ON journal
            WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
              OR EXISTS (SELECT 1 FROM journal WHERE uid = NEW.uid)
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
        """CREATE TRIGGER item_is_not_deleted BEFORE DELETE ON item
            BEGIN SELECT RAISE(ABORT, 'items are never deleted'); END""",
        """CREATE TABLE anchor_source (
            source TEXT PRIMARY KEY,
            marker TEXT NOT NULL,
            loaded_at TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE anchor (
            source TEXT NOT NULL REFERENCES anchor_source (source),
            row_key TEXT NOT NULL,
            date TEXT,
            first_date TEXT,
            title TEXT NOT NULL,
            owner TEXT,
            "values" TEXT NOT NULL,
            present INTEGER NOT NULL,
            PRIMARY KEY (source, row_key)
        ) STRICT, WITHOUT ROWID""",
    ),
    ("CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",),
)
"""The statements that lead from each version to the next, oldest first; never edited, only added to."""


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version of an opened file, 0 when it is empty.

    Raises:
        SourceError: the file is something else, or of a newer version.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if application != APPLICATION_ID and (
        application or version or connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    ):
        raise SourceError(
            Problem("is an SQLite file of another program, so it is left alone", str(path), key="store")
        )
    if version > len(MIGRATIONS):
        raise SourceError(
            Problem(
                f"is of version {version}, this cockpit knows versions up to {len(MIGRATIONS)}",
                str(path),
                key="store",
                hint="update the cockpit; the store was not touched",
            )
        )
    return version


def bring_up_to_date(
    connection: sqlite3.Connection, path: Path, backup: Callable[[sqlite3.Connection, int], object]
) -> None:
    """Run the migrations that the file has not seen, all in one transaction.

    Args:
        connection: an opened connection that may write.
        path: the file, for the words of problems.
        backup: called with the connection and the old version before a store with content is changed.

    Raises:
        SourceError: the file is something else, or of a newer version.
    """
    version = version_of(connection, path)
    if version == len(MIGRATIONS):
        return
    if version > 0:
        backup(connection, version)
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection, path)  # another process may have been faster
        for migration in MIGRATIONS[version:]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
