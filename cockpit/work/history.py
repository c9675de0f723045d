"""The journal as people read it: who changed what, when and why."""

from collections.abc import Iterable
from typing import Any

import msgspec

from cockpit.store import Entry

_VERBS = {
    "materialise": "made from the calendar",
    "create": "made",
    "follow": "followed",
    "undo": "undid",
    "redo": "did again",
}

_FIRST = ("state", "owner", "due")
DERIVED = {"original_due", "slips", "evidence_by", "blocked_since"}
"""Fields that follow from others in the same entry; `tasks history --json` has them."""


class Change(msgspec.Struct, frozen=True):
    """One thing that somebody did.

    Attributes:
        seq: its place in the journal.
        at: when, RFC 3339.
        actor: login of who did it.
        key: what it is about.
        what: what was done, in words.
        reason: why, or None.
        entry: the journal's own entry.
    """

    seq: int
    at: str
    actor: str
    key: str
    what: str
    reason: str | None
    entry: Entry

    def as_json(self) -> dict[str, Any]:
        """One line of `tasks history --json`."""
        return {**self.entry.as_json(), "what": self.what}


def change_of(entry: Entry) -> Change:
    """A journal entry with its words."""
    return Change(entry.seq, entry.at, entry.actor, entry.subject, words(entry), entry.reason, entry)


def words(entry: Entry) -> str:
    """What an entry did: `due 2026-11-20 -> 2026-11-27, due_reason -> holiday`."""
    if not entry.kind:
        old, new = entry.changes["text"]
        return f"note: {new}" if new is not None else f"took back the note: {old}"
    if entry.action in ("materialise", "create"):
        from_source = entry.changes.get("adopted", (None, None))[1] is False
        verb = "taken from the source" if from_source else _VERBS[entry.action]
        return f"{verb}: {_shown(entry.changes['title'][1])}"
    names = sorted(entry.changes.keys() - DERIVED, key=_rank)
    parts = [_part(name, *entry.changes[name]) for name in names]
    listed = ", ".join(parts)
    return f"{_VERBS[entry.action]}: {listed}" if entry.action in _VERBS else listed


def together(entries: Iterable[Entry]) -> str:
    """What entries of one command did, as one line."""
    found = list(entries)
    first = words(found[0])
    return first if len(found) == 1 else f"{first} (and {len(found) - 1} more items)"


def _rank(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _part(name: str, old: Any, new: Any) -> str:
    label = "status" if name == "state" else name.replace("_", " ")
    if old is None:
        return f"{label} -> {_shown(new)}"
    if new is None:
        return f"{label} {_shown(old)} -> nothing"
    return f"{label} {_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(part) for part in value) or "nothing"
    return str(value).replace("_", " ") if isinstance(value, str) and value.islower() else str(value)
