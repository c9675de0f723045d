"""Finding entries by what is typed, best first, in a few milliseconds however long the list is.

Labels lie one after the other in one text, which Python searches at the speed of memory: hundreds of
thousands of accounts and tasks are looked through between two keys. Entries are made of what is found only.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Any

MOST_FOUND = 500
"""More matches than that are of no use to anybody."""
MOST_LOOKED_AT = 1_500
"""Labels with the query in them that are looked at more closely; what starts with it is found in any case."""
MOST_WITH_WORD = 6_000
"""Lines with the most telling word of a query that are looked at for its other words."""
DIGITS_TELL = 4
"""Letters that a digit in a word is worth, when the most telling word is looked for."""
SHORT = 5_000
"""A list so long at most is searched for letters in order, too."""

EQUAL, START, WORD, INITIALS, INSIDE, WORDS = range(6)
"""How well an entry matches, best first."""


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


class Lines:
    """Texts, one a line, in one run of UTF-8, which is searched several times as fast as characters.

    Args:
        texts: the lines, folded.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        encoded = [text.replace("\n", " ").encode("utf-8", "replace") for text in texts]
        self.text = b"\n" + b"\n".join(encoded) + b"\n"
        self._starts = array("Q", accumulate((len(line) + 1 for line in encoded), initial=1))

    def having(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Each line that contains a text once: its number, and where the text stands first."""
        at = self.text.find(text)
        while at >= 0:
            number = bisect_right(self._starts, at + text.startswith(b"\n")) - 1
            yield number, at
            at = self.text.find(text, self._starts[number + 1] - 1)

    def line(self, number: int) -> bytes:
        """A line."""
        return self.text[self._starts[number] : self._starts[number + 1] - 1]


class Index:
    """A list that can be searched.

    Args:
        labels: what each entry is called.
        details: more about each.
        make: makes the entry with that number.
    """

    def __init__(self, labels: Sequence[str], details: Sequence[str], make: Callable[[int], Entry]) -> None:
        self.count = len(labels)
        self._make = make
        folded = [label.casefold() for label in labels]
        self._labels = Lines(folded)
        self._initials = Lines(["".join(word[0] for word in label.split()) for label in folded])
        self._all = Lines(
            [f"{label} {detail.casefold()}" for label, detail in zip(folded, details, strict=True)]
        )

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Index":
        """An index of entries that are there already."""
        labels, details = [entry.label for entry in entries], [entry.detail for entry in entries]
        return cls(labels, details, entries.__getitem__)

    def entry(self, number: int) -> Entry:
        """The entry with that number."""
        return self._make(number)

    def matches(self, query: str) -> list[tuple[int, int]]:
        """How well the entries match and their numbers, best first, no more than anybody reads.

        Args:
            query: what is typed, folded, not empty.
        """
        found: dict[int, int] = {}
        for score, number in self._scored(query.encode("utf-8", "replace")):
            found[number] = min(score, found.get(number, score))
            if len(found) >= MOST_FOUND and score > WORD:
                break
        return sorted((score, number) for number, score in found.items())[:MOST_FOUND]

    def _scored(self, query: bytes) -> Iterator[tuple[int, int]]:
        """Scores and numbers: what is in the labels first, each kind as far as anybody reads."""
        inside = [
            self._label_score(query, *hit) for hit in islice(self._labels.having(query), MOST_LOOKED_AT)
        ]
        if len(inside) == MOST_LOOKED_AT:
            for score, text in ((EQUAL, b"\n%s\n"), (START, b"\n%s"), (WORD, b" %s")):
                hits = islice(self._labels.having(text % query), MOST_FOUND)
                yield from ((score, number) for number, _ in hits)
        yield from ((score, number) for score, number in inside if score <= WORD)
        if len(query) > 1 and b" " not in query:
            hits = islice(self._initials.having(b"\n" + query), MOST_FOUND)
            yield from ((INITIALS, number) for number, _ in hits)
        yield from inside
        yield from ((WORDS, number) for number in self._with_words(query.split()))

    def _label_score(self, query: bytes, number: int, at: int) -> tuple[int, int]:
        text = self._labels.text
        before = text[at - 1 : at]
        if before == b"\n":
            return (EQUAL if text[at + len(query) : at + len(query) + 1] == b"\n" else START), number
        starts_word = before < b"\x80" and not before.isalnum()
        return (WORD if starts_word or b" " + query in self._labels.line(number) else INSIDE), number

    def _with_words(self, words: Sequence[bytes]) -> Iterator[int]:
        telling = max(
            words, key=lambda word: len(word) + DIGITS_TELL * any(48 <= byte <= 57 for byte in word)
        )
        for number, _ in islice(self._all.having(telling), MOST_WITH_WORD):
            line = self._all.line(number)
            if all(word in line for word in words):
                yield number

    def in_order(self, letters: str) -> list[tuple[int, int]]:
        """The length and number of each label that has the letters in that order; none in a long list."""
        if self.count > SHORT:
            return []
        lines = ((number, self._labels.line(number).decode()) for number in range(self.count))
        return [(len(line), number) for number, line in lines if _has_in_order(letters, line)]


def ranked(query: str, indexes: Sequence[Index]) -> list[Entry]:
    """The entries of all indexes in which every word of a query occurs, best first.

    A label that equals the query comes first, then labels that start with it, words that start with it,
    initials of words, labels that contain it, then labels and details with all its words; among equals the
    order of the indexes and of their entries holds. What occurs nowhere is tried as letters in that order.
    """
    folded = query.casefold().strip()
    if not folded:
        return [index.entry(number) for index in indexes for number in range(index.count)]
    found = [
        (score, place, number)
        for place, index in enumerate(indexes)
        for score, number in index.matches(folded)
    ]
    if not found:
        letters = folded.replace(" ", "")
        found = [
            (length, place, number)
            for place, index in enumerate(indexes)
            for length, number in index.in_order(letters)
        ]
    found.sort()
    return [indexes[place].entry(number) for _, place, number in found[:MOST_FOUND]]


def _has_in_order(letters: str, text: str) -> bool:
    position = -1
    for letter in letters:
        position = text.find(letter, position + 1)
        if position < 0:
            return False
    return True
