"""Problems and errors in one line, as the message line takes them."""

from dataclasses import replace

from cockpit.base import crash
from cockpit.base.clean import clean
from cockpit.base.problems import CockpitError, Problem


def told(problem: Problem) -> str:
    """A problem in one line; not with the path of the store, which would take the room of the words.

    Nor with the option of a command that would have said it: the screen has none.
    """
    if problem.key == "store":
        problem = replace(problem, file=None, line=None)
    elif problem.key is not None and problem.key.startswith("--"):
        problem = replace(problem, key=None)
    return clean(str(problem))


def in_a_line(error: Exception) -> str:
    """An error in one line; what nobody foresaw is kept in a crash file, and the line names that."""
    if isinstance(error, CockpitError):
        first, *others = error.problems
        return told(first) + (f" (and {len(others)} more)" if others else "")
    return f"something unexpected went wrong: {crash.keep(error)}"
