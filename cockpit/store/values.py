"""What the store holds and hands out: items, journal entries, anchors, clashes. Plain frozen values."""

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec

from cockpit.base.problems import ConflictError, Problem

JsonValue = Any
"""What JSON can hold: text, numbers, true and false, null, lists and tables of these."""

STATE = "state"
"""The name under which an item's state stands among the changes of a journal entry."""

T = TypeVar("T")
Record: TypeAlias = tuple[str, str, int, str, str, str, str, T]
"""An item for who reads many: key, state, version, made at and by, changed at and by, decoded fields."""

EntryAction = Literal["materialise", "follow", "create", "change", "note", "undo", "redo"]


class NewItem(msgspec.Struct, frozen=True):
    """An item that is not in the store yet.

    Attributes:
        kind: name of a registered kind.
        key: what it is known by for ever.
        fields: its values; None is the same as absent.
        state: its first state; the kind's initial one when left out.
    """

    kind: str
    key: str
    fields: Mapping[str, JsonValue]
    state: str | None = None


class Item(msgspec.Struct, frozen=True):
    """An item as it is.

    Attributes:
        kind: name of its kind.
        key: what it is known by for ever.
        state: one of the kind's states.
        fields: its values; a field without value is absent.
        version: 1 when made, one more with each change.
        created_at: when it was made, RFC 3339 in UTC.
        created_by: login of who made it.
        updated_at: when it was last changed.
        updated_by: login of who changed it last.
    """

    kind: str
    key: str
    state: str
    fields: Mapping[str, JsonValue]
    version: int
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str

    def value(self, name: str) -> JsonValue:
        """The value of a field, or of the state; None when it has none."""
        return self.state if name == STATE else self.fields.get(name)


class Entry(msgspec.Struct, frozen=True):
    """One line of the journal.

    Attributes:
        seq: its place, from 1.
        uid: its own name, unique everywhere.
        batch: what entries of one keystroke or command have in common; they are undone together.
        at: when, RFC 3339 in UTC.
        actor: login of who did it.
        host: on which machine.
        session: in which run of the cockpit.
        action: what was done.
        kind: kind of the subject, or "" of a note on something that is no item.
        subject: key of what it is about.
        base_version: version of the item before, 0 when it was made.
        changes: field -> (old, new); None is absent.
        reason: why, in the words of who did it, or None.
        undoes: uid of the entry that this one undoes or does again, or None.
    """

    seq: int
    uid: str
    batch: str
    at: str
    actor: str
    host: str
    session: str
    action: EntryAction
    kind: str
    subject: str
    base_version: int
    changes: Mapping[str, tuple[JsonValue, JsonValue]]
    reason: str | None = None
    undoes: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape of one line of `tasks history --json`."""
        return {
            "seq": self.seq,
            "at": self.at,
            "actor": self.actor,
            "host": self.host,
            "action": self.action,
            "key": self.subject,
            "version": self.base_version if self.action == "note" else self.base_version + 1,
            "changes": {name: {"old": old, "new": new} for name, (old, new) in self.changes.items()},
            "reason": self.reason,
            "undoes": self.undoes,
            "uid": self.uid,
        }


class Note(msgspec.Struct, frozen=True):
    """What somebody wrote about something."""

    uid: str
    subject: str
    at: str
    author: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """The shape of one note in `notes --json`."""
        return {"key": self.subject, "at": self.at, "author": self.author, "text": self.text}


class StoredAnchor(msgspec.Struct, frozen=True):
    """A date in the data that tasks hang from, for example an agreement's expiry.

    Attributes:
        source: table that it comes from.
        row_key: identity of the row.
        date: the date as of the last load, or None when the row has none.
        first_date: the date as it was first seen; keys are made from it.
        title: what people call the row.
        owner: whose it is, or None.
        values: further columns, as text.
        present: whether the row was there at the last load.
    """

    source: str
    row_key: str
    date: datetime.date | None
    first_date: datetime.date | None
    title: str
    owner: str | None = None
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    present: bool = True


class Clash(msgspec.Struct, frozen=True):
    """A field that two people changed: what it was, what each made of it."""

    key: str
    field: str
    base: JsonValue
    mine: JsonValue
    theirs: JsonValue
    by: str
    at: str


class ChangeConflict(ConflictError):
    """Somebody else changed the same field first.

    Attributes:
        clashes: mine, theirs and base of each field.
    """

    def __init__(
        self,
        message: str,
        clashes: tuple[Clash, ...],
        hint: str = "look at it again, then repeat the change",
        key: str | None = None,
    ) -> None:
        self.clashes = clashes
        key = clashes[0].key if clashes else key
        lines = [
            Problem(
                f"yours {_shown(clash.mine)}, theirs {_shown(clash.theirs)} (by {clash.by}, {clash.at}), "
                f"before {_shown(clash.base)}",
                key=f"{clash.key}: {clash.field}",
            )
            for clash in clashes
        ]
        super().__init__(Problem(message, key=key, hint=hint), *lines)


def _shown(value: JsonValue) -> str:
    return "nothing" if value is None else repr(value) if isinstance(value, str) else str(value)
