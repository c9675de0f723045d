"""An open cockpit whose tables follow their sources: files as they are written, servers by an interval."""

import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cockpit.core.live import Schedule
from cockpit.core.sync import SyncResult, synchronise
from cockpit.core.sync_pull import Stopped as Stopped
from cockpit.core.watch import Watch, sight_of
from cockpit.sources.http.progress import Progress

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.core.data import Loaded


class LiveTables:
    """Says which tables should be read again, and reads them. One reading at a time.

    Args:
        cockpit: the workspace.
        slower: factor of every interval, for slow links.
        clock: a monotonic time in seconds.
    """

    def __init__(
        self, cockpit: "Cockpit", slower: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from cockpit.sources.http.spec import duration

        self._cockpit = cockpit
        self._clock = clock
        self._specs = cockpit.workspace.config.sources
        intervals = {
            name: seconds
            for name, spec in self._specs.items()
            if spec.refresh is not None and (seconds := duration(spec.refresh)) is not None
        }
        signed = [spec.auth for spec in self._specs.values() if spec.auth is not None]
        if signed:  # an editor or a browser that is started later must not inherit them
            cockpit.secrets.take_from_environment(signed)
        self._schedule = Schedule(intervals, clock(), slower)
        self._intervals = intervals
        self._looked = False
        self._watch = Watch()
        self._stop = threading.Event()
        self.step: Progress | None = None
        """How far the reading under way is."""

    @property
    def reading(self) -> bool:
        """Whether a reading is under way."""
        return self._schedule.running

    def look(self) -> tuple[str, ...]:
        """The tables that should be read now: files that have changed and rest, servers that are due.

        Looks at files, so it may take time; for a worker.
        """
        held = self._cockpit.data.now_held
        if held is None or self.reading:
            return ()
        now, folder = self._clock(), self._cockpit.workspace.folder
        sights = {name: sight_of(name, spec, folder) for name, spec in self._specs.items()}
        changed = self._watch.settled(sights, held.sights, now)
        first = () if self._looked else self._behind(held)
        self._looked = True
        due = (*self._schedule.due(now, looking=True), *first)
        return tuple(name for name in self._specs if name in changed or name in due)

    def _behind(self, held: "Loaded") -> tuple[str, ...]:
        """The servers' tables that were never fetched, or longer ago than their interval."""
        now = datetime.now(UTC)
        return tuple(
            name
            for name, spec in self._specs.items()
            if spec.type is not None
            and (
                name not in held.tables
                or (
                    name in self._intervals
                    and (now - held.current_at[name]).total_seconds() > self._intervals[name]
                )
            )
        )

    def begin(self, names: Collection[str]) -> None:
        """A reading begins; call it before `read`."""
        self._stop.clear()
        self.step = None
        self._schedule.begin(names)

    def read(
        self, names: Collection[str], *, record: bool = False, may_be_empty: Collection[str] = ()
    ) -> SyncResult:
        """Read tables; for a worker.

        Args:
            names: which.
            record: whether to record a snapshot.
            may_be_empty: tables of which somebody said that having no rows is right.

        Raises:
            Stopped: `stop` was called.
        """

        def progress(step: Progress) -> None:
            self.step = step

        return synchronise(
            self._cockpit,
            names=names,
            record=record,
            may_be_empty=may_be_empty,
            progress=progress,
            stop=self._stop,
        )

    def end(self, result: SyncResult | None = None) -> None:
        """The reading has ended; with its result, or without one where it was stopped."""
        failed = [one.status.name for one in result.tables if not one.arrived] if result is not None else ()
        self._schedule.end(self._clock(), failed)
        self.step = None

    def stop(self) -> None:
        """Have the reading under way end soon, with nothing changed."""
        self._stop.set()
