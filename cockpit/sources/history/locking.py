"""One writer at a time: the lock file of a workspace."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cockpit.base.clean import clean
from cockpit.base.problems import ConflictError, Problem

try:
    import fcntl
except ImportError:  # Windows, where sharing a workspace is not promised
    fcntl = None  # type: ignore[assignment]

PATIENCE = 30.0
"""Seconds that a writer waits for another one."""


@contextmanager
def locked(path: Path, mode: int) -> Iterator[None]:
    """Hold the lock file. It stays where it is; the lock ends with the process that holds it.

    Args:
        path: the lock file.
        mode: its mode, where it has to be made.

    Raises:
        ConflictError: somebody else held it for `PATIENCE`.
        OSError: the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, mode)
    try:
        if fcntl is not None:
            _wait(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, path: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                words = f"somebody else has been writing for {PATIENCE:.0f} seconds"
                raise ConflictError(Problem(words, clean(str(path)), hint="try again")) from None
            time.sleep(0.05)
        else:
            return
