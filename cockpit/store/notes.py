"""Notes as the journal tells them: written, taken back, written again."""

from collections.abc import Iterable

from cockpit.store.values import Entry, Note


def standing(entries: Iterable[Entry]) -> list[Note]:
    """The notes that stand after the entries about notes, oldest first."""
    notes: dict[str, Note] = {}
    shown: dict[str, bool] = {}
    origin: dict[str, str] = {}
    for entry in entries:
        first = origin.get(entry.undoes, entry.uid) if entry.undoes else entry.uid
        origin[entry.uid] = first
        text = entry.changes["text"][1]
        shown[first] = text is not None
        if first == entry.uid:
            notes[first] = Note(entry.uid, entry.subject, entry.at, entry.actor, text)
    return [note for uid, note in notes.items() if shown[uid]]
