"""A screen over a store that cannot be used: it stays up, read-only, with what the calendar asks for."""

import sqlite3
from typing import TYPE_CHECKING

from cockpit.base.problems import Problem, SourceError
from cockpit.store import stand_in_store

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit


def open_or_stand_in(cockpit: "Cockpit") -> tuple[Problem, ...]:
    """Open the store of a cockpit, or put an empty one in memory in its place, which takes no change.

    Args:
        cockpit: just opened; nothing of its work has been looked at.

    Returns:
        What is wrong with the store, nothing when it is used.
    """
    try:
        cockpit.tasks(order="due")  # what Today asks first; damage within the file is found by reading it
        return ()
    except (SourceError, sqlite3.Error) as error:
        found = error.problems if isinstance(error, SourceError) else (Problem(str(error), key="store"),)
    cockpit.use_store(stand_in_store(cockpit.workspace.store_path, found))
    return found
