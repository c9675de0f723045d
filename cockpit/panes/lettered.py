"""Names to choose from, each with a letter of its own."""

from collections.abc import Collection, Iterable, Mapping
from string import ascii_lowercase, digits
from types import MappingProxyType

from cockpit.panes.view import Choice

NONE: Mapping[str, str] = MappingProxyType({})


def lettered(
    names: Iterable[str], taken: Collection[str] = (), usual: Mapping[str, str] = NONE
) -> tuple[Choice, ...]:
    """The names as choices; those for which no letter is left are left out.

    Args:
        names: what can be chosen; each is its own label.
        taken: letters that pick something else.
        usual: the letters of names that have the same one everywhere; any other name gets one of its own
            letters where that is free, else the first that is.
    """
    names = tuple(names)
    used = {*taken, *(usual[name] for name in names if name in usual)}
    result: list[Choice] = []
    for name in names:
        own = (letter for letter in name.casefold() if letter.isalnum())
        free = (letter for letter in (*own, *ascii_lowercase, *digits) if letter not in used)
        letter = usual.get(name) or next(free, None)
        if letter is not None:
            used.add(letter)
            result.append(Choice(letter, name, name))
    return tuple(result)
