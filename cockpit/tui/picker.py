"""A list that covers the page: the palette, the help, one's own last changes. Typing narrows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cockpit.tui.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list.

    Attributes:
        label: what it is, the text that typing is compared with first.
        detail: more about it, in dim letters; compared as well.
        target: what picking it leads to.
        mark: what stands before the label: a key, or "".
        heading: the heading it stands under while nothing is typed, or "".
    """

    label: str
    detail: str
    target: Any
    mark: str = ""
    heading: str = ""


@dataclass(slots=True)
class Picker:
    """A list to pick from.

    Attributes:
        title: what is listed.
        entries: all of them.
        pick: called with the chosen entry.
        typed: the line that narrows the list, or None where typing does not.
        more: makes further entries from what is typed (a date that was written out), or None.
        leave: called when the list is left without picking, or None.
        index: which of the found ones is under the cursor.
        top: how many lines are scrolled away.
        found: the entries that match, best first.
    """

    title: str
    entries: Sequence[Entry]
    pick: Callable[[Entry], None]
    typed: Prompt | None = None
    more: Callable[[str], Sequence[Entry]] | None = None
    leave: Callable[[], None] | None = None
    index: int = 0
    top: int = 0
    found: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.search()

    @property
    def query(self) -> str:
        """What is typed."""
        return self.typed.text if self.typed is not None else ""

    def search(self) -> None:
        """Find the entries that match what is typed, and put the cursor on the best one."""
        made = list(self.more(self.query)) if self.more is not None and self.query else []
        self.found = made + ranked(self.query, self.entries)
        self.index = self.top = 0

    def replace(self, entries: Sequence[Entry]) -> None:
        """Take over a newer list; the cursor stays on the line it is on where that line is still there."""
        under = self.found[self.index] if self.index < len(self.found) else None
        self.entries = entries
        self.search()
        if under is not None and under in self.found:
            self.index = self.found.index(under)

    def move(self, step: int) -> None:
        """The cursor up or down, stopping at the ends."""
        self.index = min(max(self.index + step, 0), max(len(self.found) - 1, 0))

    def chosen(self) -> Entry | None:
        """The entry under the cursor."""
        return self.found[self.index] if self.found else None


MOST_FOUND = 500
"""More matches than that are of no use to anybody."""


def ranked(query: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries in which every word of the query occurs, best first.

    A label that equals the query comes first, then labels that start with it, words that start with it,
    labels that contain it, then details; among equals the order of `entries` holds. A query that occurs
    nowhere is tried as the initial letters of words and as letters in that order.
    """
    folded = query.casefold().strip()
    if not folded:
        return list(entries)
    words = folded.split()
    scored: list[tuple[int, int]] = []
    for position, entry in enumerate(entries):
        score = _score(folded, words, entry.label.casefold(), entry.detail)
        if score is not None:
            scored.append((score, position))
    if not scored:
        letters = folded.replace(" ", "")
        scored = [
            (len(entry.label), position)
            for position, entry in enumerate(entries)
            if _in_order(letters, entry.label.casefold())
        ]
    scored.sort()
    return [entries[position] for _, position in scored[:MOST_FOUND]]


def _score(query: str, words: list[str], label: str, detail: str) -> int | None:
    if query in label:
        if label == query:
            return 0
        if label.startswith(query):
            return 1
        before = label[label.index(query) - 1]
        return 3 if before.isalnum() else 2
    if all(word in label for word in words):
        return 4
    text = f"{label} {detail.casefold()}"
    if all(word in text for word in words):
        return 5
    return None


def _in_order(letters: str, text: str) -> bool:
    position = -1
    for letter in letters:
        position = text.find(letter, position + 1)
        if position < 0:
            return False
    return True
