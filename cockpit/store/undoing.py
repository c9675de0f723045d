"""Undo and redo: which changes of a person stand, and whether others have built on them since."""

import sqlite3
from collections.abc import Sequence

from cockpit.store import journal
from cockpit.store.values import ChangeConflict, Clash, Entry

PEOPLE_ONLY = "actor = ? AND action NOT IN ('materialise', 'follow')"


def stacks(connection: sqlite3.Connection, actor: str) -> tuple[list[str], list[str]]:
    """The batches that the actor could undo and could redo, the next one last.

    A new change empties what could be redone. An undo is itself a batch, and redoing is undoing it.
    """
    rows = connection.execute(
        f"SELECT batch, action, uid, undoes FROM journal WHERE {PEOPLE_ONLY} ORDER BY seq",  # noqa: S608
        (actor,),
    ).fetchall()
    to_undo: list[str] = []
    to_redo: list[str] = []
    batch_of: dict[str, str] = {}
    last = None
    for batch, action, uid, undoes in rows:
        batch_of[uid] = batch
        if batch == last:
            continue
        last = batch
        if action == "undo":
            to_undo.remove(batch_of[undoes])
            to_redo.append(batch)
        elif action == "redo":
            to_redo.remove(batch_of[undoes])
            to_undo.append(batch)
        else:
            to_undo.append(batch)
            to_redo.clear()
    return to_undo, to_redo


def entries_of(connection: sqlite3.Connection, actor: str, batch: str) -> list[Entry]:
    """The entries of one batch, oldest first."""
    return journal.read(connection, f"{PEOPLE_ONLY} AND batch = ?", (actor, batch))


def refuse_if_built_upon(connection: sqlite3.Connection, entries: Sequence[Entry], actor: str) -> None:
    """Refuse when somebody else changed one of the fields since.

    Raises:
        ChangeConflict: with what it was before, what the actor made of it, and what it is.
    """
    last = entries[-1].seq
    clashes: dict[tuple[str, str], Clash] = {}
    for entry in entries:
        if not entry.kind:
            continue
        for later in journal.read(
            connection, "subject = ? AND seq > ? AND kind != ''", (entry.subject, last)
        ):
            if later.actor == actor and later.action != "follow":
                continue
            for name in entry.changes.keys() & later.changes.keys():
                old, new = entry.changes[name]
                clashes[entry.subject, name] = Clash(
                    entry.subject, name, new, old, later.changes[name][1], later.actor, later.at
                )
    if clashes:
        fields = ", ".join(sorted({name for _, name in clashes}))
        raise ChangeConflict(f"cannot be undone, because {fields} was changed since", tuple(clashes.values()))
