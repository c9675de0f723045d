"""The store on SQLite: every change is one transaction of item and journal entry together."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from cockpit.base.clean import clean_note
from cockpit.base.problems import Problem, SourceError, UsageError
from cockpit.store import anchor_table, item_table, journal, marks, replay, undoing
from cockpit.store.actor import login
from cockpit.store.conflicts import refuse_clashes
from cockpit.store.connections import Connections
from cockpit.store.failures import in_words
from cockpit.store.kinds import Kind
from cockpit.store.notes import standing
from cockpit.store.opening import Place, backup, prepare
from cockpit.store.values import Entry, EntryAction, Item, JsonValue, NewItem, Note, Record, StoredAnchor
from cockpit.store.writing import Writer

T = TypeVar("T")

ANCHORS_MARK = "anchors"
"""Under this name a mark stands that changes whenever an anchor does."""

REMEMBERED_REFUSALS = 50
"""How many changes that could not be undone are remembered of each person."""


class SqliteStore:
    """Items, journal, notes and anchors in one SQLite file. See `cockpit.store.interface.Store`."""

    def __init__(
        self,
        connections: Connections,
        actor: str,
        roles: Collection[str],
        clock: Callable[[], datetime],
        telling: bool = False,
    ) -> None:
        self._connections = connections
        self._telling = telling
        self._writer = Writer(actor, roles, clock, lambda: connections.batch)

    # --- what it is ---------------------------------------------------------------------------------------

    @property
    def actor(self) -> str:
        """Login under whose name changes are written."""
        return self._writer.actor

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
        self._writer.kinds[kind.name] = kind

    def in_the_name_of(
        self, actor: str, roles: Collection[str], clock: Callable[[], datetime]
    ) -> "SqliteStore":
        """The same store for telling what somebody else did at another time, as the demo's past is told.

        A store in memory, which takes no changes from who only looks, takes these.
        """
        other = SqliteStore(self._connections, actor, roles, clock, telling=True)
        other._writer.kinds.update(self._writer.kinds)
        return other

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
        with self._connections.read() as connection:
            return item_table.of_kind(connection, kind, states)

    def records(
        self,
        kind: str,
        states: Collection[str],
        decode: Callable[[str], T],
        keys: Collection[str] | None = None,
    ) -> list[Record[T]]:
        """All items of a kind in one of `states`, in no order, their fields decoded by the caller."""
        with self._connections.read() as connection:
            return item_table.records(connection, kind, states, decode, keys)

    def get(self, key: str) -> Item | None:
        """The item of that key, or None."""
        with self._connections.read() as connection:
            return item_table.found(connection, key)

    def get_many(self, keys: Collection[str]) -> dict[str, Item]:
        """The items of those keys that there are."""
        with self._connections.read() as connection:
            return {item.key: item for item in item_table.of_keys(connection, keys)}

    def states(self, kind: str) -> dict[str, str]:
        """Key and state of every item of a kind."""
        with self._connections.read() as connection:
            return item_table.states_of(connection, kind)

    def values(self, kind: str, field: str) -> set[str]:
        """The texts that a field has among the items of a kind."""
        with self._connections.read() as connection:
            return item_table.texts_of(connection, kind, field)

    def finished_at(self, kind: str, keys: Collection[str] | None = None) -> dict[str, str]:
        """When each finished item of a kind was finished: its last way into a finished state."""
        finished = self._writer.kind(kind).finished
        with self._connections.read() as connection:
            return item_table.finished_at(connection, kind, finished, keys)

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

    def last_entry(self) -> int:
        """The number of the journal's last entry: it grows with every change, whoever makes it."""
        with self._connections.read() as connection:
            return int(connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])

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
    def together(self, as_one: bool = True) -> Iterator[None]:
        """All writes inside are one transaction, and with `as_one` they are undone as one."""
        self._refuse_if_read_only()
        with self._connections.write(as_one):
            yield

    def insert_missing(self, items: Iterable[NewItem], *, by_hand: bool = False) -> list[str]:
        """Add the items whose keys are not there yet and return their keys.

        Nothing is written, and nothing is locked, when all are there. An in-memory store takes them, so
        that a read-only look at a workspace without a store still shows what the calendar asks for.
        """
        offered = {item.key: item for item in items}
        if by_hand or not self.place.in_memory:
            with self._connections.read() as connection:
                missing = offered.keys() - item_table.known_keys(connection, offered)
            if not missing or (self.read_only and not by_hand):
                return []
            self._refuse_if_read_only()
        with self._connections.write() as connection:
            known = item_table.known_keys(connection, offered)
            new = [item for key, item in offered.items() if key not in known]
            self._writer.insert(connection, new, "create" if by_hand else "materialise")
            return [item.key for item in new]

    def add_numbered(self, kind: str, prefix: str, fields: Mapping[str, JsonValue]) -> Item:
        """Add an item made by hand with the next free key `prefix/N`."""
        self._refuse_if_read_only()
        with self._connections.write() as connection:
            key = item_table.next_numbered(connection, prefix)
            self._writer.insert(connection, [NewItem(kind, key, fields)], "create")
            return item_table.present(connection, key)

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
            item = item_table.present(connection, key)
            if expected_version is not None:
                refuse_clashes(connection, item, fields, expected_version, strict)
            return self._writer.change(connection, item, fields, reason)

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
            current = self.get_many(due.keys())
            pairs = ((current[key], fields) for key, fields in due.items())
            return self._writer.follow(connection, pairs, reason)

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
            to_undo, _ = undoing.stacks(connection, self.actor)
            return [undoing.entries_of(connection, self.actor, batch) for batch in reversed(to_undo[-limit:])]

    def _turn_back(self, action: EntryAction) -> list[Entry]:
        self._refuse_if_read_only()
        name = f"refused {action} {self.actor}"
        refused = (self.mark(name) or "").split()
        try:
            with self._connections.write() as connection:
                return undoing.turn_back(connection, self._writer, action, refused)
        except undoing.Refused as refusal:
            self.put_mark(name, " ".join([*refused, refusal.batch][-REMEMBERED_REFUSALS:]))
            raise

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
            entry = self._writer.note(connection, subject, cleaned)
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
            anchor_table.write(connection, source, to_write, marker, self._writer.now())
            marks.write(connection, ANCHORS_MARK, self._connections.batch)
        return len(to_write)

    def anchor_marker(self, source: str) -> str | None:
        """The fingerprint of the source that its anchors were taken from."""
        with self._connections.read() as connection:
            return anchor_table.marker(connection, source)

    # --- marks --------------------------------------------------------------------------------------------

    def mark(self, name: str) -> str | None:
        """What was remembered under a name, or None."""
        with self._connections.read() as connection:
            return marks.read(connection, name)

    def put_mark(self, name: str, value: str) -> None:
        """Remember something small; writes nothing when it is remembered already, or cannot be written."""
        if (self.read_only and not self.place.in_memory) or self.mark(name) == value:
            return
        with self._connections.write() as connection:
            marks.write(connection, name, value)

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

    def _refuse_if_read_only(self) -> None:
        if self.read_only and not (self._telling and self.place.in_memory):
            raise SourceError(
                Problem(
                    "is opened read-only, so nothing was changed",
                    str(self.place.path),
                    key="store",
                    hint="leave --read-only out, or ask for write permission on its folder",
                )
            )


def open_store(
    path: Path,
    *,
    shared: bool = False,
    read_only: bool = False,
    actor: str | None = None,
    roles: Collection[str] = (),
    clock: Callable[[], datetime] | None = None,
    connection_class: type[sqlite3.Connection] = sqlite3.Connection,
    waits: Callable[[str], None] | None = None,
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
        waits: told who has the lock that is waited for, once a wait lasts for a second.

    Raises:
        SourceError: it is damaged, of a newer version, of another program, a link, or cannot be read.
    """
    with in_words(path):
        place = prepare(path, shared, read_only)
    connections = Connections(place, connection_class, waits)
    return SqliteStore(connections, actor or login(), roles, clock or (lambda: datetime.now(UTC)))


def stand_in_store(path: Path, problems: Iterable[Problem]) -> SqliteStore:
    """An empty store in memory, read-only, in the place of one that cannot be used and is left as it is.

    Args:
        path: where the other one lies.
        problems: what is wrong with it.
    """
    place = Place(path, shared=False, read_only=True, in_memory=True, warnings=list(problems))
    return SqliteStore(Connections(place), login(), (), lambda: datetime.now(UTC))
