"""What a refresh tells while it runs, and what it gives when it has ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from cockpit.base.problems import Problem

Phase: TypeAlias = Literal["signing in", "asking", "fetching", "checking", "waiting", "storing", "reading"]


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the user types into a browser to sign in.

    Attributes:
        table: whose source wants it.
        code: to type.
        url: where; only on hosts of Microsoft.
    """

    table: str
    code: str
    url: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a refresh is.

    Attributes:
        table: which one.
        phase: what it is doing.
        rows: rows that have come.
        bytes: bytes that have come, as they were sent.
        total: rows (or, of one file, bytes) that are to come; None when the server does not tell.
        waiting_until: the moment (with zone) at which the server wants to be asked again; None while
            nothing holds it up. A screen counts down to it.
        requests: requests that were sent.
        code: to be typed into a browser before it goes on; None while nothing waits for that.
    """

    table: str
    phase: Phase
    rows: int = 0
    bytes: int = 0
    total: int | None = None
    waiting_until: datetime | None = None
    requests: int = 0
    code: DeviceCode | None = None


Listener: TypeAlias = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        table: which one.
        changed: whether rows differ from those that were there; only then there is a new file.
        rows: rows that are there now.
        added, updated, removed: rows of the difference, by the key column; without a key column a changed
            table counts all its rows as added and those that were there as removed.
        bytes: bytes that came, as they were sent.
        requests: requests that were sent, repeated ones included.
        fetched_at: when (with zone) the rows that are there were fetched.
        checked_at: when (with zone) the server last said that these are its rows.
        full: whether everything was fetched, and not only what changed.
        notes: what is worth saying though it went well.
    """

    table: str
    changed: bool
    rows: int
    added: int
    updated: int
    removed: int
    bytes: int
    requests: int
    fetched_at: datetime
    checked_at: datetime
    full: bool
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Whether a refresh would work.

    Attributes:
        table: which one.
        host: whom it asks.
        reached: whether the server answered.
        signed_in: whether it let us in; None when that could not be found out.
        columns: the columns that a row has; empty when none came.
        missing: columns that the section names and the server does not have.
        rows: how many rows the server says there are; None when it does not tell.
        problems: everything that stands in the way, with a remedy each.
    """

    table: str
    host: str
    reached: bool = False
    signed_in: bool | None = None
    columns: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rows: int | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def in_order(self) -> bool:
        """Whether nothing stands in the way."""
        return not any(problem.severity == "error" for problem in self.problems)
