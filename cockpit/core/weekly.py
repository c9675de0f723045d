"""Figures of states at the ends of earlier weeks, for the small pictures of the board.

Only days whose state was stored are asked: a rebuilt one would mislead. Each day is asked once for as long as
the data stay as they are.
"""

import threading
import time
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.metrics.results import Number

BUDGET = 1.5
"""Seconds that the board waits for weeks at most; on large tables further ones follow at its next reading."""


class WeeklyStates:
    """Figures at the ends of weeks, kept while the data and the history are as they were.

    Args:
        cockpit: the workspace.
    """

    def __init__(self, cockpit: "Cockpit") -> None:
        self._cockpit = cockpit
        self._lock = threading.Lock()
        self._of: Any = None
        self._known: dict[tuple[date, str, str | None], dict[str, Number | None]] = {}

    def at(
        self, names: Sequence[str], days: Sequence[date], period: str, slice: str | None
    ) -> "dict[str, tuple[Number | None, ...]]":
        """The figures at the end of each day, None where the state of the day was not stored.

        Of a figure that also rests on other tables, such as accounts, theirs as well.

        Args:
            names: metrics.
            days: in order; the latest are asked first.
            period: of the flows in them, as of each day.
            slice: the name of a standing filter.
        """
        with self._lock:
            self._forget_others()
            until = time.monotonic() + BUDGET
            for day in reversed(days):
                self._ask(names, day, period, slice)
                if time.monotonic() > until:
                    break
            found = [self._known.get((day, period, slice), {}) for day in days]
        return {name: tuple(one.get(name) for one in found) for name in names}

    def _forget_others(self) -> None:
        """Drop what is of other data."""
        cockpit = self._cockpit
        held, past = cockpit.data.now_held, cockpit.past
        of = (None if held is None else held.revision, None if past is None else past.version())
        if of != self._of:
            self._of, self._known = of, {}

    def _ask(self, names: Sequence[str], day: date, period: str, slice: str | None) -> None:
        known = self._known.setdefault((day, period, slice), {})
        missing = [name for name in names if name not in known]
        if not missing or not self._cockpit.known.holds(day):
            return
        from cockpit.metrics.results import REBUILT

        try:
            result = self._cockpit.kpi(missing, period=period, as_of=day, slice=slice)
        except CockpitError:
            known.update(dict.fromkeys(missing))
            return
        totals = [result.total(name) for name in missing]
        known.update({one.kpi: None if REBUILT in one.marks else one.value for one in totals})
