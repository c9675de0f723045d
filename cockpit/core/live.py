"""When sources are read again by themselves: by an interval each, never two at once, never unseen.

Pure: the clock and chance are given, nothing is read here.
"""

import random
from collections.abc import Callable, Collection, Mapping

JITTER = 0.1
"""Share of an interval by which it varies, so that many cockpits do not ask at once."""
MOST_PATIENT = 8
"""A source that fails again and again is asked ever less often, at most so many times its interval apart."""
LEAST_SECONDS = 5.0


class Schedule:
    """Knows when each source is due.

    Args:
        intervals: seconds between two readings, by source; a source without one is not in it.
        now: a monotonic time in seconds.
        slower: factor of every interval, for slow links.
        chance: gives numbers from 0 to 1.
    """

    def __init__(
        self,
        intervals: Mapping[str, float],
        now: float,
        slower: float = 1.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._intervals = {name: max(seconds, LEAST_SECONDS) * slower for name, seconds in intervals.items()}
        self._chance = chance
        self._failures = dict.fromkeys(intervals, 0)
        self._due = {name: now + self._wait(name) for name in intervals}
        self._running: frozenset[str] = frozenset()

    @property
    def running(self) -> bool:
        """Whether a reading is under way."""
        return bool(self._running)

    def due(self, now: float, *, looking: bool) -> tuple[str, ...]:
        """The sources to be read now: none while others are read, or while nobody looks."""
        if self._running or not looking:
            return ()
        return tuple(name for name, at in self._due.items() if at <= now)

    def next_at(self, name: str) -> float | None:
        """When a source is due next, or None where it has no interval."""
        return self._due.get(name)

    def ask(self, names: Collection[str], now: float) -> None:
        """Have sources read at the next opportunity."""
        for name in names:
            if name in self._due:
                self._due[name] = now

    def begin(self, names: Collection[str]) -> None:
        """A reading of these sources has begun."""
        self._running = frozenset(names) or frozenset(("",))

    def end(self, now: float, failed: Collection[str] = ()) -> None:
        """The reading has ended, or was broken off; those that failed wait longer each time."""
        for name in self._running & self._due.keys():
            self._failures[name] = self._failures[name] + 1 if name in failed else 0
            self._due[name] = now + self._wait(name)
        self._running = frozenset()

    def _wait(self, name: str) -> float:
        patience = min(1 << self._failures[name], MOST_PATIENT)
        return self._intervals[name] * patience * (1 + JITTER * (2 * self._chance() - 1))
