"""Counts what comes and tells it, a few times a second at most."""

import time
from dataclasses import replace
from datetime import datetime

from cockpit.sources.http.progress import DeviceCode, Listener, Phase, Progress

_EVERY = 0.1


class Reporter:
    """The progress of one refresh.

    Args:
        table: which one.
        listener: is told; what it raises ends the refresh.
    """

    def __init__(self, table: str, listener: Listener) -> None:
        self._listener = listener
        self._progress = Progress(table, "asking")
        self._before_wait: Phase = "asking"
        self._told_at = 0.0

    @property
    def bytes(self) -> int:
        """Bytes that came, as they were sent."""
        return self._progress.bytes

    @property
    def requests(self) -> int:
        """Requests that were sent."""
        return self._progress.requests

    def phase(self, phase: Phase) -> None:
        """Something else begins."""
        if phase != self._progress.phase:
            self._progress = replace(self._progress, phase=phase)
            self._tell(always=True)

    def asked(self) -> None:
        """A request is sent."""
        self._progress = replace(self._progress, requests=self._progress.requests + 1)
        self._tell()

    def came(self, size: int) -> None:
        """Bytes came."""
        self._progress = replace(self._progress, bytes=self._progress.bytes + size)
        self._tell()

    def rows(self, count: int, total: int | None) -> None:
        """How many rows there are, and how many there will be where the server tells."""
        self._progress = replace(self._progress, rows=count, total=total)
        self._tell()

    def waiting(self, until: datetime | None) -> None:
        """The server wants to be asked again at that moment; None when it has come."""
        if until is not None and self._progress.phase != "waiting":
            self._before_wait = self._progress.phase
        phase: Phase = "waiting" if until is not None else self._before_wait
        self._progress = replace(self._progress, phase=phase, waiting_until=until)
        self._tell(always=True)

    def signing_in(self, code: DeviceCode | None) -> None:
        """The user must type this into a browser; None when that is done."""
        if code != self._progress.code:
            phase: Phase = "signing in" if code is not None else "asking"
            self._progress = replace(self._progress, phase=phase, code=code)
            self._tell(always=True)

    def _tell(self, *, always: bool = False) -> None:
        now = time.monotonic()
        if always or now - self._told_at >= _EVERY:
            self._told_at = now
            self._listener(self._progress)
