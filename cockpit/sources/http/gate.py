"""One gate for each server: few requests at once, and when it asks for quiet, quiet for all.

Gates are shared by every table, thread and event loop of the process that asks the same server.
"""

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LOOK_AGAIN = 0.02
_FIRST_PAUSE = 1.0


class Gate:
    """Requests to one server pass through here.

    Args:
        in_flight: requests at the same time.
    """

    def __init__(self, in_flight: int) -> None:
        self._in_flight = in_flight
        self._lock = threading.Lock()
        self._inside = 0
        self._not_before = 0.0

    @property
    def closed_for(self) -> float:
        """Seconds until the next request may go."""
        return max(0.0, self._not_before - time.monotonic())

    def close(self, seconds: float) -> None:
        """Let nobody pass for that long; a longer time that is set already stays."""
        with self._lock:
            self._not_before = max(self._not_before, time.monotonic() + seconds)

    async def open(self, told: Callable[[datetime | None], None]) -> None:
        """Wait until the server may be asked again.

        Args:
            told: is given the moment at which that is (with zone), and None once it has come.
        """
        waited = False
        while (left := self.closed_for) > 0:
            waited = True
            told(datetime.now(UTC) + timedelta(seconds=left))
            await asyncio.sleep(left)
        if waited:
            told(None)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the few places."""
        while not self._enter():
            await asyncio.sleep(_LOOK_AGAIN)
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1

    def _enter(self) -> bool:
        with self._lock:
            if self._inside >= self._in_flight:
                return False
            self._inside += 1
            return True


_gates: dict[str, Gate] = {}
_gates_lock = threading.Lock()


def gate_for(origin: str, in_flight: int) -> Gate:
    """The gate of a server."""
    with _gates_lock:
        return _gates.setdefault(origin, Gate(in_flight))


def retry_after(header: str | None, date_header: str | None) -> float | None:
    """Seconds that a Retry-After header asks for; None when it says nothing usable.

    Args:
        header: seconds, or an HTTP date (RFC 9110).
        date_header: the answer's own Date, which such a date is compared with, so that a wrong clock of
            ours does no harm.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit() and len(text) <= 12:
        return float(text)
    moment = http_date(text)
    if moment is None:
        return None
    now = http_date(date_header) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def http_date(text: str | None) -> datetime | None:
    """A date as HTTP writes it, with zone; None for anything else."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def own_pause(attempt: int) -> float:
    """Seconds to wait where the server does not say: 1, 2, 4, ... with up to a quarter more.

    Args:
        attempt: how many tries there were, from 1.
    """
    return float(_FIRST_PAUSE * 2 ** (attempt - 1) * (1 + random.random() / 4))  # noqa: S311 (no secret)
