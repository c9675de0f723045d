"""Problems and errors in one line, as the message line takes them."""

from dataclasses import replace

from cockpit.base import crash
from cockpit.base.clean import clean
from cockpit.base.problems import CockpitError, Problem


def told(problem: Problem) -> str:
    """A problem in one line; not with the path of the store, which would take the room of the words."""
    return clean(str(replace(problem, file=None, line=None) if problem.key == "store" else problem))


def in_a_line(error: Exception) -> str:
    """An error in one line; what nobody foresaw is kept in a crash file, and the line names that."""
    if isinstance(error, CockpitError):
        first, *others = error.problems
        return told(first) + (f" (and {len(others)} more)" if others else "")
    return f"something unexpected went wrong: {crash.keep(error)}"
