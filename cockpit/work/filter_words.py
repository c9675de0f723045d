"""The words of a filter: where each stands, what is before its colon, what is quoted; and what is wrong."""

import re
from collections.abc import Sequence

import msgspec

from cockpit.base.problems import Problem, UsageError
from cockpit.work.task import STATUSES

BARE_WORDS = ("overdue", "all", *STATUSES)
"""Words that stand alone, without a field."""

_TOKEN = re.compile(r'\s*(-?)(?:([A-Za-z_]+):)?("([^"]*)("?)|[^\s"]*)')


class FilterError(UsageError):
    """Words of a filter cannot be read.

    Attributes:
        spans: of each such word its place in the text and its length.
    """

    def __init__(self, problems: Sequence[Problem], spans: Sequence[tuple[int, int]]) -> None:
        self.spans = tuple(spans)
        super().__init__(*problems)


class Word(msgspec.Struct, frozen=True):
    """One word: where it stands, whether it is negated, its field (if any) and its value."""

    text: str
    position: int
    negated: bool
    field: str | None
    value: str
    quoted: bool


def words_of(text: str, typed: bool = False) -> list[Word]:
    """The words of a filter, in order.

    Args:
        text: the filter.
        typed: it is being typed, so that a quotation mark may still be open.

    Raises:
        FilterError: a quotation mark has no end.
    """
    found = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.end() == position:
            break
        position = match.end()
        start = match.start(1)
        quoted = match.group(3).startswith('"')
        if quoted and not match.group(5) and not typed:
            problem = Problem(f"a quotation mark has no end (at character {start + 1})", key=text[start:])
            raise FilterError([problem], [(start, len(text) - start)])
        value = match.group(4) if quoted else match.group(3)
        if not value and not quoted and match.group(2) is None and not match.group(1):
            continue
        whole = text[start:position]
        found.append(Word(whole, start, match.group(1) == "-", match.group(2), value, quoted))
    return found


def join_arguments(words: Sequence[str]) -> str:
    """Arguments of a command line as one filter text.

    A shell has taken the quotes from `owner:"Kim Lee"` and from `"renewal offer"`; an argument with a space
    that holds no further filter word gets them back.
    """
    return " ".join(_requoted(word) for word in words)


def _requoted(word: str) -> str:
    match = re.match(r"(-?)([A-Za-z_]+:)?([^\"]*\s[^\"]*)$", word)
    if match is None or any(":" in part or part.lstrip("-") in BARE_WORDS for part in match.group(3).split()):
        return word
    return f'{match.group(1)}{match.group(2) or ""}"{match.group(3)}"'
