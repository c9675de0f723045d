"""Writing items: each change is checked against its kind and goes into item and journal together."""

import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cockpit.base.problems import CockpitError, ExitCode, Problem, UsageError
from cockpit.store import item_table, journal, replay
from cockpit.store.actor import host
from cockpit.store.kinds import Kind
from cockpit.store.values import STATE, ChangeConflict, Entry, EntryAction, Item, JsonValue, NewItem


class Writer:
    """Writes under one name; every method is called inside a transaction, with its connection.

    Args:
        actor: login under whose name changes are written.
        roles: roles of the actor, for kinds that let only some people do something.
        clock: what time it is, with a zone.
        batch: the name of the write that this thread is in.
    """

    def __init__(
        self,
        actor: str,
        roles: Collection[str],
        clock: Callable[[], datetime],
        batch: Callable[[], str],
    ) -> None:
        self.actor = actor
        self.roles = frozenset(roles)
        self.kinds: dict[str, Kind] = {}
        self._clock = clock
        self._batch = batch
        self._host = host()
        self._session = os.urandom(4).hex()

    def now(self) -> str:
        """What time it is, RFC 3339 in UTC."""
        return self._clock().astimezone(UTC).isoformat(timespec="seconds")

    def kind(self, name: str) -> Kind:
        """The registered kind of that name.

        Raises:
            CockpitError: this cockpit does not know it.
        """
        if name not in self.kinds:
            raise CockpitError(
                Problem(f"items of the kind {name} are unknown to this cockpit", key="store"),
                exit_code=ExitCode.IO,
            )
        return self.kinds[name]

    def insert(self, connection: sqlite3.Connection, items: Iterable[NewItem], action: EntryAction) -> None:
        """Add items whose keys are not there yet.

        Raises:
            UsageError: their kind forbids one of them; with all problems.
        """
        rows, entries, problems = [], [], []
        now = self.now()
        for item in items:
            kind = self.kind(item.kind)
            state = item.state or kind.initial
            fields = {name: value for name, value in item.fields.items() if value is not None}
            problems += kind.check(item.key, None, state, fields, self.actor, self.roles)
            rows.append(
                (item.kind, item.key, state, journal.to_text(fields), 1, now, self.actor, now, self.actor)
            )
            changes = {STATE: (None, state)} | {name: (None, value) for name, value in fields.items()}
            entries.append(_line(action, item.kind, item.key, 0, changes))
        if problems:
            raise UsageError(*problems)
        connection.executemany(
            f"INSERT INTO item ({item_table.COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            rows,
        )
        journal.append(connection, entries, self._common(now))

    def change(
        self,
        connection: sqlite3.Connection,
        item: Item,
        fields: Mapping[str, JsonValue],
        reason: str | None,
    ) -> Item:
        """Give one item's fields new values, as a person does.

        Raises:
            UsageError: its kind forbids it.
        """
        return self._change_all(connection, [(item, fields)], "change", reason)[0]

    def follow(
        self,
        connection: sqlite3.Connection,
        changes: Iterable[tuple[Item, Mapping[str, JsonValue]]],
        reason: str,
    ) -> int:
        """Give items the values of what they derive from; returns how many changed."""
        pairs = list(changes)
        changed = self._change_all(connection, pairs, "follow", reason)
        return sum(after is not before for after, (before, _) in zip(changed, pairs, strict=True))

    def _change_all(
        self,
        connection: sqlite3.Connection,
        pairs: Sequence[tuple[Item, Mapping[str, JsonValue]]],
        action: EntryAction,
        reason: str | None,
    ) -> list[Item]:
        after = [item for item, _ in pairs]
        lines, places, problems = [], [], []
        for place, (item, fields) in enumerate(pairs):
            changes = {
                name: (item.value(name), value) for name, value in fields.items() if item.value(name) != value
            }
            if not changes:
                continue
            state = fields.get(STATE, item.state)
            values = {name: value for name, value in {**item.fields, **fields}.items() if name != STATE}
            before = item.state if action == "change" else None  # what follows a source may go anywhere
            problems += self.kind(item.kind).check(item.key, before, state, values, self.actor, self.roles)
            lines.append(_line(action, item.kind, item.key, item.version, changes, reason))
            places.append(place)
        if problems:
            raise UsageError(*problems)
        entries = journal.append(connection, lines, self._common(self.now())) if lines else []
        for place, entry in zip(places, entries, strict=True):
            after[place] = replay.with_changes(after[place], entry)
        self._update(connection, [after[place] for place in places])
        return after

    def note(self, connection: sqlite3.Connection, subject: str, text: str) -> Entry:
        """Write a note's entry; notes have no item."""
        line = _line("note", "", subject, 0, {"text": (None, text)})
        return journal.append(connection, [line], self._common(self.now()))[0]

    def reverse(self, connection: sqlite3.Connection, entry: Entry, action: EntryAction) -> Entry:
        """Write the entry that gives the fields of another one their old values."""
        if not entry.kind:
            changes = {name: (new, old) for name, (old, new) in entry.changes.items()}
            line = _line(action, "", entry.subject, 0, changes, None, entry.uid)
            return journal.append(connection, [line], self._common(self.now()))[0]
        item = item_table.present(connection, entry.subject)
        back = {name: old for name, (old, _) in entry.changes.items()}
        if entry.action == "create":
            back = {STATE: self.kind(item.kind).withdrawn}
        changes = {name: (item.value(name), value) for name, value in back.items()}
        line = _line(action, item.kind, item.key, item.version, changes, entry.reason, entry.uid)
        written = journal.append(connection, [line], self._common(self.now()))[0]
        self._update(connection, [replay.with_changes(item, written)])
        return written

    def _update(self, connection: sqlite3.Connection, items: Sequence[Item]) -> None:
        updated = connection.executemany(
            "UPDATE item SET state = ?, fields = ?, version = ?, updated_at = ?, updated_by = ?"
            " WHERE key = ? AND version = ?",
            [
                (item.state, journal.to_text(item.fields), item.version, item.updated_at, item.updated_by,
                 item.key, item.version - 1)
                for item in items
            ],
        ).rowcount  # fmt: skip
        if items and updated != len(items):
            keys = ", ".join(item.key for item in items[:3])
            raise ChangeConflict(f"{keys} was changed by somebody else in the meantime", ())

    def _common(self, now: str) -> dict[str, Any]:
        return {
            "batch": self._batch(), "at": now, "actor": self.actor, "host": self._host,
            "session": self._session,
        }  # fmt: skip


def _line(
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
