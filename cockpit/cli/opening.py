"""Opening the workspace that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cockpit.cli.options import Target
from cockpit.cli.output import say, say_problems

if TYPE_CHECKING:
    from cockpit.core import Cockpit

DEMO_WORDS = "demo data: invented, and the same on every machine"


@contextmanager
def opened(
    target: Target, as_of: str | None = None, read_only: bool = False, known_at: str | None = None
) -> "Iterator[Cockpit]":
    """The workspace opened for one command; what is worth knowing about it is said on stderr."""
    from cockpit.core import Cockpit

    with Cockpit.open(
        target.folder, as_of=as_of, read_only=read_only or target.read_only, known_at=known_at
    ) as cockpit:
        cockpit.waits = say_waiting
        if cockpit.workspace.is_demo:
            say(DEMO_WORDS)
        yield cockpit
        say_problems(cockpit.problems)


def say_waiting(holder: str) -> None:
    """Say for whom a command waits."""
    say(f"waiting for the store: {holder} has it; Ctrl-C gives up")
