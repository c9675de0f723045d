"""Saved views of the task list: a filter under a name, and how what passes it is grouped and sorted."""

import re

import msgspec

from cockpit.work.task import STATUSES

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}$")
"""How a saved view may be called, so that it is one word of a filter and of a command line."""

COMMANDS = (
    "add", "assign", "block", "chase", "claim", "done", "drop", "edit", "history", "list", "move", "need",
    "note", "redo", "reopen", "start", "tick", "triage", "undo", "wait",
)  # fmt: skip
"""Words that name a command of `cockpit tasks`."""
RESERVED = frozenset({"overdue", "all", *STATUSES, *COMMANDS})
"""Words that mean something else in a filter or on the command line."""


class SavedView(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One line of `[views]`: a filter alone, or with how the list is laid out.

    Attributes:
        filter: in the filter language; empty is what is late or has begun.
        by: the field that the list is grouped by, or None.
        sort: the column that it is sorted by, or None.
    """

    filter: str = ""
    by: str | None = None
    sort: str | None = None


def wrong_name(name: str) -> str | None:
    """What is wrong with the name of a saved view, or None."""
    if name.casefold() in RESERVED:
        return f"{name!r} means something else to `cockpit tasks`"
    if not NAME.match(name):
        return f"{name!r} is no name: a letter, then letters, digits, - and _"
    return None
