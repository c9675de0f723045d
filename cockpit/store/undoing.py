"""Undo and redo: which changes of a person stand, and whether others have built on them since."""

import sqlite3
from collections.abc import Collection, Sequence

from cockpit.base.problems import Problem, UsageError
from cockpit.store import journal
from cockpit.store.values import ChangeConflict, Clash, Entry, EntryAction
from cockpit.store.writing import Writer

PEOPLE_ONLY = "actor = ? AND action NOT IN ('materialise', 'follow')"


class Refused(ChangeConflict):
    """A change that cannot be taken back, since somebody built on it.

    Attributes:
        batch: the change; the next undo goes past it while that is so.
    """

    def __init__(self, batch: str, action: EntryAction, clashes: tuple[Clash, ...]) -> None:
        self.batch = batch
        fields = ", ".join(sorted({clash.field for clash in clashes}))
        super().__init__(
            f"cannot be {action}ne, because {fields} was changed since",
            clashes,
            hint=f"{action} again goes on to what was before it",
        )


def turn_back(
    connection: sqlite3.Connection, writer: Writer, action: EntryAction, refused: Collection[str]
) -> list[Entry]:
    """Undo or redo the actor's last change; returns the entries written.

    Args:
        connection: a connection that holds the write lock.
        writer: writes under the actor's name.
        action: undo or redo.
        refused: changes that were refused before; they are passed over while others' changes stand on them.

    Raises:
        UsageError: there is nothing to turn back.
        Refused: somebody changed one of its fields since.
    """
    to_undo, to_redo = stacks(connection, writer.actor)
    passed: set[str] = set()
    for batch in reversed(to_undo if action == "undo" else to_redo):
        entries = entries_of(connection, writer.actor, batch)
        clashes = _built_upon(connection, entries, writer.actor, passed)
        if not clashes:
            return [writer.reverse(connection, entry, action) for entry in reversed(entries)]
        if batch not in refused:
            raise Refused(batch, action, clashes)
        passed.add(batch)
    raise UsageError(
        Problem(
            f"there is nothing to {action}",
            hint="others have built on every change of yours that stands" if passed else None,
        )
    )


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


def _built_upon(
    connection: sqlite3.Connection, entries: Sequence[Entry], actor: str, passed: Collection[str]
) -> tuple[Clash, ...]:
    """The fields that somebody else changed since, or the actor in a change that is passed over."""
    last = entries[-1].seq
    clashes: dict[tuple[str, str], Clash] = {}
    for entry in entries:
        if not entry.kind:
            continue
        since = "subject = ? AND seq > ? AND kind != ''"
        for later in journal.read(connection, since, (entry.subject, last)):
            if later.actor == actor and later.action != "follow" and later.batch not in passed:
                continue
            for name in entry.changes.keys() & later.changes.keys():
                old, new = entry.changes[name]
                clashes[entry.subject, name] = Clash(
                    entry.subject, name, new, old, later.changes[name][1], later.actor, later.at
                )
    return tuple(clashes.values())
