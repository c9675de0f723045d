"""The store on SQLite: every change is one transaction of item and journal entry together."""

import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cockpit.base.clean import clean_note
from cockpit.base.problems import CockpitError, ExitCode, Problem, SourceError, UsageError
from cockpit.store import anchor_table, journal, replay, undoing
from cockpit.store.actor import host, login
from cockpit.store.conflicts import refuse_clashes
from cockpit.store.connections import Connections
from cockpit.store.failures import in_words
from cockpit.store.kinds import Kind
from cockpit.store.notes import standing
from cockpit.store.opening import Place, backup, prepare
from cockpit.store.values import (
    STATE,
    ChangeConflict,
    Entry,
    EntryAction,
    Item,
    JsonValue,
    NewItem,
    Note,
    StoredAnchor,
)


class SqliteStore:
    """Items, journal, notes and anchors in one SQLite file. See `cockpit.store.interface.Store`."""

    def __init__(
        self, connections: Connections, actor: str, roles: Collection[str], clock: Callable[[], datetime]
    ) -> None:
        self._connections = connections
        self._actor = actor
        self._roles = frozenset(roles)
        self._clock = clock
        self._host = host()
        self._session = os.urandom(4).hex()
        self._kinds: dict[str, Kind] = {}

    # --- what it is ---------------------------------------------------------------------------------------

    @property
    def actor(self) -> str:
        """Login under whose name changes are written."""
        return self._actor

    @property
    def place(self) -> Place:
        """Where the store lies and how it can be used there."""
        return self._connections.place

    @property
    def read_only(self) -> bool:
        """Whether changes are refused."""
        return self.place.read_only

    @property
    def warnings(self) -> Sequence[Problem]:
        """What was found and put right, or could not be, while opening."""
        return tuple(self.place.warnings)

    def register(self, kind: Kind) -> None:
        """Make a kind known."""
        self._kinds[kind.name] = kind

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for looking at the health of the file."""
        return self._connections.get()

    def close(self) -> None:
        """Let go of the file."""
        self._connections.close()

    def __enter__(self) -> "SqliteStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- reading ------------------------------------------------------------------------------------------

    def items(self, kind: str, states: Collection[str] | None = None) -> list[Item]:
        """All items of a kind in the order of their keys, or those in one of `states`."""
        condition, arguments = "kind = ?", [kind]
        if states is not None:
            condition += f" AND state IN ({', '.join('?' * len(states))})"
            arguments += states
        return self._items(condition, arguments)

    def get(self, key: str) -> Item | None:
        """The item of that key, or None."""
        with self._connections.read() as connection:
            return self._item(connection, key)

    def get_many(self, keys: Collection[str]) -> dict[str, Item]:
        """The items of those keys that there are."""
        found = self._items("key IN (SELECT value FROM json_each(?))", [journal.to_text(list(keys))])
        return {item.key: item for item in found}

    def states(self, kind: str) -> dict[str, str]:
        """Key and state of every item of a kind."""
        with self._connections.read() as connection:
            return dict(connection.execute("SELECT key, state FROM item WHERE kind = ?", (kind,)).fetchall())

    def journal(
        self, key: str | None = None, actor: str | None = None, limit: int | None = None, after: int = 0
    ) -> list[Entry]:
        """The last `limit` entries, oldest first, of one subject, one actor, or with seq above `after`."""
        conditions: list[str] = []
        arguments: list[Any] = []
        for condition, value in (("subject = ?", key), ("actor = ?", actor), ("seq > ?", after or None)):
            if value is not None:
                conditions.append(condition)
                arguments.append(value)
        with self._connections.read() as connection:
            return journal.read(connection, " AND ".join(conditions), arguments, limit)

    def data_version(self) -> int:
        """A number that changes when another connection has written."""
        with self._connections.read() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    def check(self) -> list[Problem]:
        """Everything that is wrong with what is stored: integrity, chain, state against journal."""
        path = str(self.place.path)
        try:
            with self._connections.read() as connection:
                broken = [
                    str(row[0])
                    for row in connection.execute("PRAGMA integrity_check(20)").fetchall()
                    if row[0] != "ok"
                ]
                if broken:
                    return [Problem(f"is damaged: {text}", path, key="store") for text in broken]
                found = [*journal.verify(connection), *replay.differences(connection)]
        except SourceError as error:
            return list(error.problems)
        return [problem.at(path) for problem in found]

    # --- writing ------------------------------------------------------------------------------------------

    @contextmanager
    def together(self) -> Iterator[None]:
        """All writes inside are one transaction and are undone as one."""
        self._refuse_if_read_only()
        with self._connections.write():
            yield

    def insert_missing(self, items: Iterable[NewItem], *, by_hand: bool = False) -> list[str]:
        """Add the items whose keys are not there yet and return their keys.

        Nothing is written, and nothing is locked, when all are there. An in-memory store takes them, so
        that a read-only look at a workspace without a store still shows what the calendar asks for.
        """
        offered = {item.key: item for item in items}
        if by_hand or not self.place.in_memory:
            missing = offered.keys() - self._known_keys(offered)
            if not missing or (self.read_only and not by_hand):
                return []
            self._refuse_if_read_only()
        with self._connections.write() as connection:
            known = self._known_keys(offered)
            new = [item for key, item in offered.items() if key not in known]
            self._insert(connection, new, "create" if by_hand else "materialise")
            return [item.key for item in new]

    def add_numbered(self, kind: str, prefix: str, fields: Mapping[str, JsonValue]) -> Item:
        """Add an item made by hand with the next free key `prefix/N`."""
        self._refuse_if_read_only()
        with self._connections.write() as connection:
            start = len(prefix) + 2
            row = connection.execute(
                "SELECT max(CAST(substr(key, ?) AS INTEGER)) FROM item WHERE key >= ? AND key < ?",
                (start, f"{prefix}/", f"{prefix}0"),  # "0" follows "/" in every encoding
            ).fetchone()
            key = f"{prefix}/{(row[0] or 0) + 1}"
            self._insert(connection, [NewItem(kind, key, fields)], "create")
            return self._present(connection, key)

    def change(
        self,
        key: str,
        fields: Mapping[str, JsonValue],
        *,
        expected_version: int | None = None,
        strict: bool = False,
        reason: str | None = None,
    ) -> Item:
        """Give fields new values; `state` among them moves the item, None clears a field.

        Raises:
            UsageError: there is no such item, or its kind forbids the change.
            ChangeConflict: a field was changed since `expected_version` (with `strict`, any field).
            SourceError: the store is read-only or cannot be written.
        """
        self._refuse_if_read_only()
        with self._connections.write() as connection:
            item = self._present(connection, key)
            if expected_version is not None:
                refuse_clashes(connection, item, fields, expected_version, strict)
            return self._apply(connection, item, fields, "change", reason)

    def follow(self, changes: Mapping[str, Mapping[str, JsonValue]], reason: str) -> int:
        """Let items follow what they derive from; returns how many changed. Nothing to change: no write."""
        known = self.get_many(changes.keys())
        due = {
            key: fields
            for key, fields in changes.items()
            if key in known and any(known[key].value(name) != value for name, value in fields.items())
        }
        if not due or (self.read_only and not self.place.in_memory):
            return 0
        with self._connections.write() as connection:
            for key, fields in due.items():
                self._apply(connection, self._present(connection, key), fields, "follow", reason)
        return len(due)

    # --- undo ---------------------------------------------------------------------------------------------

    def undo(self) -> list[Entry]:
        """Take back the actor's last change.

        Raises:
            UsageError: there is nothing to undo.
            ChangeConflict: somebody changed one of its fields since.
        """
        return self._turn_back("undo")

    def redo(self) -> list[Entry]:
        """Do again what the actor undid last.

        Raises:
            UsageError: there is nothing to redo.
            ChangeConflict: somebody changed one of its fields since.
        """
        return self._turn_back("redo")

    def undoable(self, limit: int = 10) -> list[list[Entry]]:
        """The actor's changes that undo would take back, the next one first."""
        with self._connections.read() as connection:
            to_undo, _ = undoing.stacks(connection, self._actor)
            return [
                undoing.entries_of(connection, self._actor, batch) for batch in reversed(to_undo[-limit:])
            ]

    def _turn_back(self, action: EntryAction) -> list[Entry]:
        self._refuse_if_read_only()
        with self._connections.write() as connection:
            to_undo, to_redo = undoing.stacks(connection, self._actor)
            batches = to_undo if action == "undo" else to_redo
            if not batches:
                raise UsageError(Problem(f"there is nothing to {action}"))
            entries = undoing.entries_of(connection, self._actor, batches[-1])
            undoing.refuse_if_built_upon(connection, entries, self._actor)
            return [self._reverse(connection, entry, action) for entry in reversed(entries)]

    def _reverse(self, connection: sqlite3.Connection, entry: Entry, action: EntryAction) -> Entry:
        back = {name: old for name, (old, _) in entry.changes.items()}
        if not entry.kind:
            changes = {name: (new, old) for name, (old, new) in entry.changes.items()}
            return self._append(connection, action, "", entry.subject, 0, changes, None, entry.uid)
        item = self._present(connection, entry.subject)
        if entry.action == "create":
            back = {STATE: self._kind(item.kind).withdrawn}
        changes = {name: (item.value(name), value) for name, value in back.items()}
        written = self._append(
            connection, action, item.kind, item.key, item.version, changes, entry.reason, entry.uid
        )
        self._update(connection, replay.with_changes(item, written))
        return written

    # --- notes --------------------------------------------------------------------------------------------

    def notes(self, subject: str | None = None) -> list[Note]:
        """Notes on one subject, or all, oldest first; undone ones are left out."""
        condition, arguments = (
            ("kind = ''", ()) if subject is None else ("kind = '' AND subject = ?", (subject,))
        )
        with self._connections.read() as connection:
            entries = journal.read(connection, condition, arguments)
        return standing(entries)

    def note_counts(self) -> dict[str, int]:
        """How many notes each subject has."""
        with self._connections.read() as connection:
            rows = connection.execute(
                "SELECT subject, sum(CASE action WHEN 'undo' THEN -1 ELSE 1 END) FROM journal"
                " WHERE kind = '' GROUP BY subject"
            ).fetchall()
        return {subject: count for subject, count in rows if count}

    def add_note(self, subject: str, text: str) -> Note:
        """Write a note on anything that has a name.

        Raises:
            UsageError: the note is empty.
        """
        self._refuse_if_read_only()
        cleaned = clean_note(text).strip()
        if not cleaned:
            raise UsageError(Problem("a note needs words", key=subject))
        with self._connections.write() as connection:
            entry = self._append(connection, "note", "", subject, 0, {"text": (None, cleaned)})
        return Note(entry.uid, subject, entry.at, entry.actor, cleaned)

    # --- anchors ------------------------------------------------------------------------------------------

    def anchors(self, source: str | None = None) -> list[StoredAnchor]:
        """The anchors of one source, or of all, that were present at its last load."""
        with self._connections.read() as connection:
            return [anchor for anchor in anchor_table.read(connection, source) if anchor.present]

    def put_anchors(self, source: str, anchors: Iterable[StoredAnchor], marker: str) -> int:
        """Replace a source's anchors; first dates stay. Returns how many changed; writes nothing if none."""
        given = list(anchors)
        with self._connections.read() as connection:
            known = anchor_table.read(connection, source)
            same = anchor_table.marker(connection, source) == marker
        if same and not anchor_table.changed(known, given):
            return 0
        if self.read_only and not self.place.in_memory:
            return 0
        with self._connections.write() as connection:
            to_write = anchor_table.changed(anchor_table.read(connection, source), given)
            anchor_table.write(connection, source, to_write, marker, self._now())
        return len(to_write)

    def anchor_marker(self, source: str) -> str | None:
        """The fingerprint of the source that its anchors were taken from."""
        with self._connections.read() as connection:
            return anchor_table.marker(connection, source)

    # --- care ---------------------------------------------------------------------------------------------

    def back_up(self, label: str = "daily") -> Path:
        """Copy the store into `backups` beside it; the seven newest copies are kept."""
        with self._connections.read() as connection:
            return backup(connection, self.place, label)

    def rebuild(self) -> int:
        """Write every item anew from the journal, after a backup; returns how many there are."""
        self._refuse_if_read_only()
        self.back_up("before-rebuild")
        with self._connections.write() as connection:
            return replay.rebuild(connection)

    # --- inside -------------------------------------------------------------------------------------------

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="seconds")

    def _refuse_if_read_only(self) -> None:
        if self.read_only:
            raise SourceError(
                Problem("is opened read-only, so nothing was changed", str(self.place.path), key="store")
            )

    def _kind(self, name: str) -> Kind:
        if name not in self._kinds:
            raise CockpitError(
                Problem(f"items of the kind {name} are unknown to this cockpit", str(self.place.path)),
                exit_code=ExitCode.IO,
            )
        return self._kinds[name]

    def _items(self, condition: str, arguments: Sequence[Any]) -> list[Item]:
        with self._connections.read() as connection:
            rows = connection.execute(
                f"SELECT {replay.ITEM_COLUMNS} FROM item WHERE {condition} ORDER BY key",  # noqa: S608
                arguments,
            ).fetchall()
        return [replay.item_of(row) for row in rows]

    def _item(self, connection: sqlite3.Connection, key: str) -> Item | None:
        row = connection.execute(
            f"SELECT {replay.ITEM_COLUMNS} FROM item WHERE key = ?",  # noqa: S608
            (key,),
        ).fetchone()
        return None if row is None else replay.item_of(row)

    def _present(self, connection: sqlite3.Connection, key: str) -> Item:
        item = self._item(connection, key)
        if item is None:
            raise UsageError(Problem("there is no item of this key", key=key))
        return item

    def _known_keys(self, keys: Collection[str]) -> set[str]:
        with self._connections.read() as connection:
            rows = connection.execute(
                "SELECT key FROM item WHERE key IN (SELECT value FROM json_each(?))",
                (journal.to_text(list(keys)),),
            ).fetchall()
        return {row[0] for row in rows}

    def _insert(self, connection: sqlite3.Connection, items: Sequence[NewItem], action: EntryAction) -> None:
        rows, entries, problems = [], [], []
        now = self._now()
        for item in items:
            kind = self._kind(item.kind)
            state = item.state or kind.initial
            fields = {name: value for name, value in item.fields.items() if value is not None}
            problems += kind.check(item.key, None, state, fields, self._actor, self._roles)
            row = (item.kind, item.key, state, journal.to_text(fields), 1, now, self._actor, now, self._actor)
            rows.append(row)
            changes = {STATE: (None, state)} | {name: (None, value) for name, value in fields.items()}
            entries.append(self._line(action, item.kind, item.key, 0, changes))
        if problems:
            raise UsageError(*problems)
        connection.executemany(
            f"INSERT INTO item ({replay.ITEM_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            rows,
        )
        journal.append(connection, entries, self._common(now))

    def _apply(
        self,
        connection: sqlite3.Connection,
        item: Item,
        fields: Mapping[str, JsonValue],
        action: EntryAction,
        reason: str | None,
    ) -> Item:
        changes = {
            name: (item.value(name), value) for name, value in fields.items() if item.value(name) != value
        }
        if not changes:
            return item
        kind = self._kind(item.kind)
        state = fields.get(STATE, item.state)
        after = {name: value for name, value in {**item.fields, **fields}.items() if name != STATE}
        before = item.state if action == "change" else None  # what follows a source may go anywhere
        problems = kind.check(item.key, before, state, after, self._actor, self._roles)
        if problems:
            raise UsageError(*problems)
        entry = self._append(connection, action, item.kind, item.key, item.version, changes, reason)
        changed = replay.with_changes(item, entry)
        self._update(connection, changed)
        return changed

    def _update(self, connection: sqlite3.Connection, item: Item) -> None:
        updated = connection.execute(
            "UPDATE item SET state = ?, fields = ?, version = ?, updated_at = ?, updated_by = ?"
            " WHERE key = ? AND version = ?",
            (
                item.state,
                journal.to_text(item.fields),
                item.version,
                item.updated_at,
                item.updated_by,
                item.key,
                item.version - 1,
            ),
        ).rowcount
        if updated != 1:
            raise ChangeConflict(f"{item.key} was changed by somebody else in the meantime", ())

    def _line(
        self,
        action: EntryAction,
        kind: str,
        subject: str,
        base_version: int,
        changes: Mapping[str, tuple[JsonValue, JsonValue]],
        reason: str | None = None,
        undoes: str | None = None,
    ) -> dict[str, Any]:
        return {
            "uid": os.urandom(12).hex(), "action": action, "kind": kind, "subject": subject,
            "base_version": base_version, "changes": changes, "reason": reason, "undoes": undoes,
        }  # fmt: skip

    def _common(self, now: str) -> dict[str, Any]:
        return {
            "batch": self._connections.batch, "at": now, "actor": self._actor, "host": self._host,
            "session": self._session,
        }  # fmt: skip

    def _append(
        self,
        connection: sqlite3.Connection,
        action: EntryAction,
        kind: str,
        subject: str,
        base_version: int,
        changes: Mapping[str, tuple[JsonValue, JsonValue]],
        reason: str | None = None,
        undoes: str | None = None,
    ) -> Entry:
        line = self._line(action, kind, subject, base_version, changes, reason, undoes)
        return journal.append(connection, [line], self._common(self._now()))[0]


def open_store(
    path: Path,
    *,
    shared: bool = False,
    read_only: bool = False,
    actor: str | None = None,
    roles: Collection[str] = (),
    clock: Callable[[], datetime] | None = None,
    connection_class: type[sqlite3.Connection] = sqlite3.Connection,
) -> SqliteStore:
    """Open the store at `path`, making it where it is missing.

    Args:
        path: the SQLite file; its folder is made too.
        shared: whether the folder's group may read and write.
        read_only: never write; without a file, an empty store in memory.
        actor: login under whose name changes are written; that of the process when left out.
        roles: roles of the actor, for kinds that let only some people do something.
        clock: what time it is; the system's when left out.
        connection_class: how to talk to SQLite, so that tests can make it fail.

    Raises:
        SourceError: it is damaged, of a newer version, of another program, a link, or cannot be read.
    """
    with in_words(path):
        place = prepare(path, shared, read_only)
    connections = Connections(place, connection_class)
    return SqliteStore(connections, actor or login(), roles, clock or (lambda: datetime.now(UTC)))
