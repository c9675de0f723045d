"""How columns that are not mapped are called."""

import unicodedata
from collections.abc import Iterable


def own_name(header: str) -> str:
    """The name of an unmapped column: "SystemUserSeq" is `system_user_seq`.

    Normal form NFC, split where a lower-case letter meets an upper-case one and at everything but letters
    and digits, joined by `_`, lower case. A header without letters and digits gives "".
    """
    text = unicodedata.normalize("NFC", header)
    characters: list[str] = []
    for position, character in enumerate(text):
        if not character.isalnum():
            characters.append(" ")
            continue
        if character.isupper() and position and text[position - 1].islower():
            characters.append(" ")
        characters.append(character)
    return "_".join("".join(characters).split()).lower()


def own_names(headers: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Own names for all headers; one that is taken or equal to an earlier one gets `_2`, `_3` and so on.

    Args:
        headers: of the columns that are kept, in the order of the file.
        taken: names in use by mapped columns.
    """
    used = set(taken)
    names = []
    for position, header in enumerate(headers, 1):
        base = own_name(header) or f"column_{position}"
        name, count = base, 1
        while name in used:
            count += 1
            name = f"{base}_{count}"
        used.add(name)
        names.append(name)
    return names


def folded(header: str) -> str:
    """A header as it is compared: NFC, without blanks around it, without case."""
    return unicodedata.normalize("NFC", header).strip().casefold()
