"""What narrows the calendar: words such as `role:sopm kind:deadline`, and plain text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.rhythm.occurrence import Occurrence


class Listed(Protocol):
    """A line of an agenda."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def kind(self) -> str:
        """What kind of day or occurrence it is: deadline, cadence, holiday ..."""

    @property
    def note(self) -> str:
        """What stands behind it."""

    @property
    def occurrence(self) -> Occurrence | None:
        """What happens, or None where only a day is named."""


def roles_of(occurrence: Occurrence) -> tuple[str, ...]:
    """The roles that an occurrence is for: of an action the one who does it, else those who take part."""
    return (occurrence.owner_role,) if occurrence.owner_role else occurrence.roles


FIELDS: Mapping[str, Callable[[Occurrence], tuple[str | None, ...]]] = {
    "role": roles_of,
    "kind": lambda occurrence: (occurrence.kind,),
    "scope": lambda occurrence: (occurrence.scope,),
    "type": lambda occurrence: (occurrence.type,),
    "event": lambda occurrence: (occurrence.event,),
    "workstream": lambda occurrence: (occurrence.workstream,),
    "period": lambda occurrence: (occurrence.period,),
    "tag": lambda occurrence: occurrence.tags,
    "status": lambda occurrence: (occurrence.status,),
    "calendar": lambda occurrence: (occurrence.calendar,),
}
"""What may stand before the colon, and what it is compared with."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a filter.

    Attributes:
        text: what must occur, case-folded.
        field: where it must occur, or None for the title, the kind and the note.
        wanted: False where it must not.
    """

    text: str
    field: str | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class RhythmFilter:
    """Words that must all hold; without words everything matches."""

    words: tuple[Word, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    def matches(self, item: Listed) -> bool:
        """Whether a line of the agenda is wanted."""
        return all(self._holds(word, item) == word.wanted for word in self.words)

    @staticmethod
    def _holds(word: Word, item: Listed) -> bool:
        if word.field is None:
            return word.text in f"{item.title} {item.kind} {item.note}".casefold()
        if item.occurrence is None:
            return word.field == "kind" and word.text in item.kind
        values = FIELDS[word.field](item.occurrence)
        return any(word.text in value.casefold() for value in values if value)


def parse_filter(text: str) -> RhythmFilter:
    """The filter that a text means. A word with `-` before it must not hold.

    Raises:
        UsageError: there is no such field; with the nearest one.
    """
    words: list[Word] = []
    for part in text.casefold().split():
        wanted = not (part.startswith("-") and len(part) > 1)
        bare = part if wanted else part[1:]
        name, colon, value = bare.partition(":")
        if not colon or not name.isalpha():
            words.append(Word(bare, None, wanted))
        elif name in FIELDS:
            if value:
                words.append(Word(value, name, wanted))
        elif value:
            hint = did_you_mean(name, FIELDS) or f"fields: {', '.join(FIELDS)}"
            raise UsageError(Problem(f"the calendar has no field {name}", hint=hint))
        else:
            words.append(Word(bare, None, wanted))
    return RhythmFilter(tuple(words))
