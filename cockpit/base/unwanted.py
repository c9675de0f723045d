"""Work in a thread that nobody waits for any more: it is asked between two steps, and given up.

Whoever starts the work says how to see that its answer is not wanted any more, and may be told how far it
is. The work calls `step_done` between steps of a few hundredths of a second; outside of such a frame that
does nothing, so that the same code serves commands.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Unwanted(Exception):
    """The work was given up, since its answer is not wanted any more."""


Told = Callable[[float], None]
"""Told which share of the work is done, from 0 to 1."""

_asked: ContextVar[tuple[Callable[[], bool], Told] | None] = ContextVar("asked", default=None)


@contextmanager
def while_wanted(wanted: Callable[[], bool], told: Told) -> Iterator[None]:
    """Work inside is given up as soon as `wanted` says no; it may be called from any thread."""
    token = _asked.set((wanted, told))
    try:
        yield
    finally:
        _asked.reset(token)


def step_done(share: float) -> None:
    """One step of the work is done.

    Args:
        share: how much of it is done by now, from 0 to 1.

    Raises:
        Unwanted: its answer is not wanted any more.
    """
    asked = _asked.get()
    if asked is None:
        return
    wanted, told = asked
    if not wanted():
        raise Unwanted
    told(share)
