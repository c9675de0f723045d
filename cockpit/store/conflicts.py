"""Three-way comparison by field: what a change rests on, what others made of it since, what is wanted."""

import sqlite3
from collections.abc import Mapping

from cockpit.store import journal
from cockpit.store.values import ChangeConflict, Clash, Item, JsonValue


def refuse_clashes(
    connection: sqlite3.Connection,
    item: Item,
    fields: Mapping[str, JsonValue],
    expected: int,
    strict: bool,
) -> None:
    """Refuse a change that rests on an older version where others changed the same field.

    Args:
        connection: a connection that holds the write lock.
        item: the item as it is.
        fields: what is wanted.
        expected: the version that the change rests on.
        strict: refuse whatever was changed since, not only the same fields.

    Raises:
        ChangeConflict: with mine, theirs and base of each field; without any where the item never had
            that version.
    """
    if expected == item.version:
        return
    if not 0 < expected < item.version:
        hint = f"it is at version {item.version}; look at it again, then repeat the change"
        raise ChangeConflict(f"has no version {expected}", (), hint=hint, key=item.key)
    clashes: dict[str, Clash] = {}
    since = "subject = ? AND kind != '' AND base_version >= ?"
    for entry in journal.read(connection, since, (item.key, expected)):
        for name, (old, _) in entry.changes.items():
            base = clashes[name].base if name in clashes else old
            mine = fields.get(name, base)
            clashes[name] = Clash(item.key, name, base, mine, item.value(name), entry.actor, entry.at)
    found = [
        clash for name, clash in clashes.items() if strict or (name in fields and clash.mine != clash.theirs)
    ]
    if found:
        message = f"was changed since version {expected} and is at version {item.version}"
        raise ChangeConflict(message, tuple(found))
