"""How fast an answer comes: a server that drips would otherwise hold us for as long as it likes."""

import time

from cockpit.base.problems import Problem
from cockpit.sources.http.failures import TooSlowError
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.spec import shown_url


class Pace:
    """Notices a server that sends hardly anything.

    Args:
        limits: `least_rate` and `rate_window`.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._since = time.monotonic()
        self._came = 0

    def check(self, size: int, url: str) -> None:
        """So many bytes more have come.

        Raises:
            TooSlowError: fewer than the least rate, over a whole window.
        """
        self._came += size
        seconds = time.monotonic() - self._since
        if seconds < self._limits.rate_window:
            return
        if self._came < self._limits.least_rate * seconds:
            words = f"sends hardly anything: {self._came:,} bytes in {seconds:.0f} seconds"
            raise TooSlowError(Problem(words, shown_url(url), hint="try again later"))
        self._since, self._came = time.monotonic(), 0
