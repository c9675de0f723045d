"""The tables on earlier days, for the metric engine: from snapshots, else (deals) from the source's history.

A snapshot answers for a day when it is of that day, or when it is at most a long weekend older: states
farther back lack what happened since, and a rebuilt state says that it is one. What the sources' own feed of
changes covers is put together by taking the changes back.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from cockpit.base.problems import CockpitError, Problem
from cockpit.core.owners import TODAY, recast

if TYPE_CHECKING:
    import polars as pl

    from cockpit.core.cockpit import Cockpit
    from cockpit.sources.history.fieldchanges import FieldChanges
    from cockpit.sources.history.index import Snapshot
    from cockpit.sources.history.store import History
    from cockpit.sources.table import Table

T = TypeVar("T")

DEALS, FEED = "opportunities", "opportunity_history"
LONGEST_GAP = timedelta(days=4)
"""A day is answered by a snapshot that is at most so much older: Friday's for a Monday that is a holiday."""
_STATES_KEPT = 6
"""So many states of each table are kept."""


def past_of(cockpit: "Cockpit", tables: "Mapping[str, Table]") -> "StoredPast":
    """What is known of the days before those tables."""
    cockpit.history.refresh()
    asked_as_known_now = cockpit.known.words is not None
    return StoredPast(
        cockpit.history,
        tables,
        blind_to=(lambda: cockpit.as_of) if asked_as_known_now else None,
        owners_of_today=cockpit.workspace.config.compare.owners == TODAY,
    )


class StoredPast:
    """What is known of earlier days. May be asked from any thread.

    Args:
        history: the snapshots.
        tables: the tables of now.
        until: the newest snapshot that counts, for a state of the past; None for all.
        blind_to: a day that is not answered, since it is asked as the tables know it.
        owners_of_today: whether deals of earlier days are those of the owners and managers of `tables`.
    """

    def __init__(
        self,
        history: "History",
        tables: "Mapping[str, Table]",
        until: "Snapshot | None" = None,
        blind_to: Callable[[], date] | None = None,
        owners_of_today: bool = False,
    ) -> None:
        self._history = history
        self._tables = tables
        self._until = until
        self._blind_to = blind_to
        self._owners_of_today = owners_of_today
        self._lock = threading.RLock()
        self._states: dict[tuple[str, str], pl.DataFrame] = {}
        self._changes: dict[str, pl.DataFrame | None] = {}
        self._problems: dict[object, tuple[Problem, ...]] = {}
        self._feed: FieldChanges | None = None
        self._feed_read = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What of the history could not be used; the figures that need it are rebuilt or blank."""
        found = dict.fromkeys(problem for problems in self._problems.values() for problem in problems)
        return tuple(found)

    def version(self) -> int:
        """A number that changes when something is added."""
        return self._read(lambda: self._history.index.revision, 0)

    def is_stored(self, day: date) -> bool:
        """Whether the state at the end of that day is known."""
        if self._blind_to is not None and self._blind_to() == day:
            return False
        return self._snapshot_of(day) is not None or self._told_by_feed(day)

    def is_overwritten(self, day: date) -> bool:
        """Whether the state at the end of that day is known, and that it was another one later."""
        if self._blind_to is not None and self._blind_to() == day:
            return False
        if self._snapshot_of(day) is not None and self._first_after(day) is not None:
            return True
        feed = self._own_feed() if self._told_by_feed(day) else None
        return feed is not None and feed.last_day is not None and feed.last_day > day

    def taken(self, day: date, table: str = DEALS) -> tuple[str, str | None] | None:
        """Name and instant of what answers for a day: a snapshot, or the source's own history."""
        if table != DEALS:
            snapshot = None if self.table_on(table, day) is None else self._snapshot_of(day, table)
            return (
                None if snapshot is None else (snapshot.id, snapshot.taken_at.isoformat(timespec="seconds"))
            )
        if not self.is_stored(day):
            return None
        snapshot = self._answering(day)
        if snapshot is not None:
            return snapshot.id, snapshot.taken_at.isoformat(timespec="seconds")
        return (FEED, None) if self._told_by_feed(day) else None

    def deals_on(self, day: date) -> "pl.DataFrame | None":
        """The table of opportunities as it was at the end of that day, or None where that is not known."""
        found = self._deals_on(day)
        if found is None or not self._owners_of_today:
            return found
        return recast(found, self._tables[DEALS].frame)

    def table_on(self, table: str, day: date) -> "pl.DataFrame | None":
        """Another table as it was at the end of that day, or None where that was not stored."""
        if self._blind_to is not None and self._blind_to() == day:
            return None
        snapshot = self._snapshot_of(day, table)
        return None if snapshot is None else self._state(snapshot, table)

    def _deals_on(self, day: date) -> "pl.DataFrame | None":
        snapshot = self._answering(day)
        if snapshot is not None:
            return self._state(snapshot)
        if not self._told_by_feed(day):
            return None
        feed = self._own_feed()
        later = self._first_after(day)
        deals = self._state(later) if later is not None else None
        if deals is None:
            deals = self._tables[DEALS].frame
        return None if feed is None else feed.undone(deals, day)

    def changes(self, field: str) -> "pl.DataFrame | None":
        """Every change of one field: `opportunity_id`, `day`, `before`, `after`, in the order of the days.

        Returns:
            The source's own feed where it has the field, else what the snapshots tell; None where neither
            knows anything about it.
        """
        with self._lock:
            version = f"{field} {self.version()}"
            if version not in self._changes:
                feed = self._own_feed()
                own = None if feed is None else feed.of(field)
                found = own if own is not None else self._read(lambda: self._stored_changes(field), None)
                self._changes[version] = found
            return self._changes[version]

    # --- snapshots ----------------------------------------------------------------------------------------

    def _snapshots(self, table: str = DEALS) -> "tuple[Snapshot, ...]":
        nothing: tuple[Snapshot, ...] = ()
        held = self._read(self._history.snapshots, nothing)
        return tuple(
            one
            for one in held
            if table in one.tables and (self._until is None or one.taken_at <= self._until.taken_at)
        )

    def _answering(self, day: date) -> "Snapshot | None":
        """The snapshot that answers for the day; None where it is older and the feed tells the day itself."""
        found = self._snapshot_of(day)
        if found is None or not self._told_by_feed(day):
            return found
        zone = self._history.zone
        return found if found.seen_at.astimezone(zone).date() >= day else None

    def _snapshot_of(self, day: date, table: str = DEALS) -> "Snapshot | None":
        """The newest snapshot that answers for the day and whose files are in order."""
        from cockpit.sources.history.index import end_of

        end = end_of(day, self._history.zone)
        older = [one for one in self._snapshots(table) if one.taken_at <= end]
        if not older:
            return None
        newest = older[-1]
        if end - max(newest.taken_at, min(newest.seen_at, end)) > LONGEST_GAP + timedelta(days=1):
            return None
        if (table, newest.id) not in self._problems:
            damage = self._history.damage(table, newest)
            if damage:
                self._problems[table, newest.id] = damage
        return None if (table, newest.id) in self._problems else newest

    def _first_after(self, day: date) -> "Snapshot | None":
        from cockpit.sources.history.index import end_of

        end = end_of(day, self._history.zone)
        return next((one for one in self._snapshots() if one.taken_at > end), None)

    def _state(self, snapshot: "Snapshot", table: str = DEALS) -> "pl.DataFrame | None":
        key = (table, snapshot.id)
        with self._lock:
            if key not in self._states:
                try:
                    frame = self._history.state(table, snapshot)
                except CockpitError as error:
                    self._problems[key] = error.problems
                    return None
                if frame is None:
                    return None
                held = [one for one in self._states if one[0] == table]
                for oldest in held[: len(held) - _STATES_KEPT + 1]:
                    del self._states[oldest]
                self._states[key] = frame
            return self._states[key]

    def _stored_changes(self, field: str) -> "pl.DataFrame | None":
        """What the snapshots tell of a field; a change has the day of the first snapshot that has it."""
        import polars as pl

        held = self._snapshots()
        if len(held) < 2:
            return None
        table = self._tables.get(DEALS)
        kind = table.frame.schema.get(field) if table is not None else None
        versions = self._history.versions(DEALS, ("opportunity_id", field))
        if field not in versions.columns or "opportunity_id" not in versions.columns or kind is None:
            return None
        told = versions.filter(~pl.col("gone") & (pl.col("known_from") <= held[-1].taken_at)).select(
            "opportunity_id",
            pl.col("known_from").dt.convert_time_zone(self._history.zone.key).dt.date().alias("day"),
            pl.col(field).shift(1).over("opportunity_id").cast(kind, strict=False).alias("before"),
            pl.col(field).cast(kind, strict=False).alias("after"),
            (pl.int_range(pl.len()).over("opportunity_id") > 0).alias("_later"),
        )
        return told.filter(pl.col("_later") & pl.col("before").ne_missing(pl.col("after"))).drop("_later")

    # --- the source's own history -------------------------------------------------------------------------

    def _own_feed(self) -> "FieldChanges | None":
        with self._lock:
            if not self._feed_read:
                self._feed_read = True
                table, deals = self._tables.get(FEED), self._tables.get(DEALS)
                if table is not None and deals is not None and table.frame.height:
                    from cockpit.sources.history.fieldchanges import FieldChanges

                    self._feed = FieldChanges(table.frame, deals.frame)
            return self._feed

    def _told_by_feed(self, day: date) -> bool:
        feed = self._own_feed()
        return feed is not None and feed.tells_states and feed.first_day is not None and day >= feed.first_day

    def _read(self, read: Callable[[], T], otherwise: T) -> T:
        """What reading gives, or `otherwise` where the history cannot be read; the reason is kept."""
        try:
            return read()
        except CockpitError as error:
            self._problems["index"] = error.problems
            return otherwise
