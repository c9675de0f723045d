"""Occurrences without the names of accounts, for calendars and lists that leave the team."""

import hashlib

from msgspec.structs import replace

from cockpit.rhythm.occurrence import Anchor, Occurrence

HIDDEN = "…"
"""What stands in place of a hidden text."""

_NAMING_COLUMNS = ("account", "name", "title", "parent")


def redacted(occurrence: Occurrence) -> Occurrence:
    """The occurrence without what tells whose row it hangs from.

    Of the row, its title and the columns that name an account or its parent are hidden wherever they
    stand, and so is the link into the CRM. A row key that holds one of them becomes its hash, so that keys
    stay different and the same from one day to the next. What hangs from no row is given back as it is.
    """
    anchor = occurrence.anchor
    if anchor is None:
        return occurrence
    hidden = _hidden(anchor)
    row_key = anchor.row_key
    if any(text.casefold() in row_key.casefold() for text in hidden):
        row_key = hashlib.sha256(row_key.encode()).hexdigest()[:32]
        hidden = sorted({*hidden, anchor.row_key}, key=_longest_first)

    def without(text: str) -> str:
        for name in hidden:
            text = text.replace(name, HIDDEN)
        return text

    def key(text: str) -> str:
        return text.replace(f"/{anchor.row_key}/", f"/{row_key}/", 1)

    return replace(
        occurrence,
        key=key(occurrence.key),
        needs=tuple(key(need) for need in occurrence.needs),
        title=without(occurrence.title),
        reason=without(occurrence.reason),
        link=None,
        anchor=None,
    )


def _hidden(anchor: Anchor) -> list[str]:
    """The texts of a row that are not shown, longest first, so that none leaves a part of another."""
    names = (text for column, text in anchor.values.items() if column.startswith(_NAMING_COLUMNS))
    return sorted({text for text in (anchor.title, *names) if text.strip()}, key=_longest_first)


def _longest_first(text: str) -> tuple[int, str]:
    return -len(text), text
