"""Threads for what takes time. None of them can keep the program from leaving.

Each group has one thread at most; of the jobs of a group that wait only the newest is run, since nobody
wants the answers to the others any more. Groups whose jobs must all be done ("write") wait in line.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job in the background ended.

    Attributes:
        value: what it returned.
        error: what it raised instead, or None.
    """

    value: Any = None
    error: Exception | None = None


IN_LINE = frozenset({"write"})
"""Groups in which every job is done, in order."""

Job = tuple[Callable[[], Any], Callable[[Outcome], None]]


class Background:
    """Runs jobs in daemon threads and hands their outcomes to the event loop.

    Args:
        deliver: calls a function in the event loop's thread; may be called from any thread.
    """

    def __init__(self, deliver: Callable[[Callable[[], None]], None]) -> None:
        self._deliver = deliver
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Job]] = {}
        self._busy = 0

    @property
    def busy(self) -> int:
        """How many jobs are under way, waiting, or not delivered yet."""
        return self._busy

    def run(self, group: str, job: Callable[[], Any], then: Callable[[Outcome], None]) -> None:
        """Run a job; `then` gets its outcome in the event loop's thread."""
        with self._lock:
            waiting = self._waiting.get(group)
            if waiting is not None:
                if group not in IN_LINE:
                    self._busy -= len(waiting)
                    waiting.clear()
                waiting.append((job, then))
                self._busy += 1
                return
            self._waiting[group] = deque([(job, then)])
            self._busy += 1
        threading.Thread(target=self._work, args=(group,), name=f"cockpit {group}", daemon=True).start()

    def _work(self, group: str) -> None:
        while True:
            with self._lock:
                if not self._waiting[group]:
                    del self._waiting[group]
                    return
                job, then = self._waiting[group].popleft()
            outcome = _outcome(job)
            self._deliver(partial(self._end, then, outcome))

    def _end(self, then: Callable[[Outcome], None], outcome: Outcome) -> None:
        with self._lock:
            self._busy -= 1
        then(outcome)


def _outcome(job: Callable[[], Any]) -> Outcome:
    try:
        return Outcome(value=job())
    except Exception as error:  # every error goes to the message line or into a crash file
        return Outcome(error=error)
