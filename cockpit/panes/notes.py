"""Notes where the number stands: a mark beside it, the notes themselves where there is room."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cockpit.panes.lines import Line, Span, fit, line, rule
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.store import Note

MARK = "“"
"""What stands beside a number that somebody wrote about."""
MOST = 3
"""Notes that are shown whole; the newest of them."""


def note_mark(shown: Line, count: int, width: int) -> Line:
    """A line with the mark of notes in its last cell."""
    if not count or width < 20:
        return shown.fitted(width)
    return Line((*shown.fitted(width - 1).spans, Span(MARK, "accent")), shown.place, shown.key, shown.copy)


def notes_on(cockpit: "Cockpit", subject: str) -> "tuple[Note, ...]":
    """The notes on a figure and on every slice of it, oldest first."""
    return tuple(
        note
        for note in cockpit.store.notes()
        if note.subject == subject or note.subject.startswith(f"{subject}/")
    )


def note_lines(notes: "Iterable[Note]", subject: str, width: int) -> list[Line]:
    """The newest notes, each with author, time and what slice it is about."""
    shown = list(notes)[-MOST:]
    lines: list[Line] = []
    for note in reversed(shown):
        about = note.subject.removeprefix(subject).lstrip("/")
        head = f"Note, {note.author}, {note.at[:16].replace('T', ' ')}" + (f", {about}" if about else "")
        lines.append(rule(fit(head, max(width - 2, 8)), "", width))
        lines += [line(Span(part)) for part in wrapped(note.text.replace("\n", " "), width)]
    return [row.fitted(width) for row in lines]
