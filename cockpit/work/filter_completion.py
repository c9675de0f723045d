"""What a filter that is being typed may go on with: words, fields, and the values that tasks carry."""

import re
from collections.abc import Collection, Mapping, Sequence

from cockpit.work.filter_words import BARE_WORDS

MOST = 40
"""More than that are of no use to anybody."""
_WORD_BEFORE = re.compile(r'(?:[A-Za-z_-]+:"[^"]*|"[^"]*|\S*)$')


def completions(text: str, position: int, known: Mapping[str, Collection[str]]) -> tuple[int, Sequence[str]]:
    """What the word before the cursor may become, likeliest first.

    Args:
        text: the filter.
        position: the cursor, in characters.
        known: by field the values that there are; under "view" the saved views.

    Returns:
        Where the word starts, and the words that may stand in its place.
    """
    match = _WORD_BEFORE.search(text[:position])
    word = match.group() if match else ""
    start = position - len(word)
    sign = "-" if word.startswith("-") else ""
    typed = word[len(sign) :]
    field, colon, value = typed.partition(":")
    if not colon:
        names = [*(f"{name}:" for name in known), *BARE_WORDS, *known.get("view", ())]
        return start, [sign + name for name in _matching(typed, names)] if typed else ()
    values = known.get(field.casefold(), ())
    return start, [f"{sign}{field}:{quoted(one)}" for one in _matching(value.strip('"'), values)]


def quoted(value: str) -> str:
    """A value as it is written behind a colon."""
    return f'"{value}"' if re.search(r"\s", value) else value


def _matching(typed: str, names: Collection[str]) -> list[str]:
    """The names that start with what is typed, then those that contain it, each in the order given."""
    folded = typed.casefold()
    first = [name for name in names if name.casefold().startswith(folded)]
    rest = [name for name in names if folded in name.casefold() and name not in first]
    return list(dict.fromkeys([*first, *rest]))[:MOST]
