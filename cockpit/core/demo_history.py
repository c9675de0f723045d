"""The demo's stored states: two that were locked, those of the last weeks, and what somebody last looked at.

The locks are of the last quarter's end and of the calendar's last forecast lock. The others are of the ends
of the last whole weeks and of the day of the last quarter that corresponds to the demo's: they hold the
columns that no feed tells, such as the next step. All come from the demo's feed of changes, so that they need
no place in its files, and are made when the history is first asked for.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.fiscal import partner, resolve_period

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.sources.history.index import Origin
    from cockpit.sources.history.store import History
    from cockpit.sources.table import Table

_DEALS, _FEED = "opportunities", "opportunity_history"
_LOCKED_AT, _LOOKED_AT, _SYNCED_AT = time(18), time(17, 40), time(20)
_TOUCHED_WITHIN = 97
"""Days within which the deals of a state were last touched."""
_WEEKS = 8
"""The states of so many whole weeks are there, as many as the small pictures of the board show."""


def begin_demo_history(cockpit: "Cockpit", history: "History") -> None:
    """Store the demo's earlier states, once; without a feed there are none, and without a place to write.

    The tables are read here anew, since the history is also asked while those of the cockpit are being read.
    """
    from cockpit.sources.load import load_table

    specs = cockpit.workspace.config.sources
    if cockpit.read_only or history.snapshots() or not {_DEALS, _FEED} <= set(specs):
        return
    folder, cache, zone = cockpit.workspace.folder, cockpit.workspace.cache_folder, cockpit.fiscal.zone
    with suppress(CockpitError, OSError):
        tables = {name: load_table(name, spec, folder, cache, zone=zone.key) for name, spec in specs.items()}
        deals = _EarlierDeals(tables[_DEALS], tables[_FEED])
        for one in sorted(_states(cockpit), key=lambda state: state.at):
            # a sync tells of deals alone; the other tables are as they were when it was locked
            others = {} if one.origin == "sync" else tables
            state = {**others, _DEALS: deals.on(one.at.date())}
            history.record(state, one.at, label=one.label, origin=one.origin)


def look_before(cockpit: "Cockpit") -> datetime | None:
    """The look that the demo invents, since on its one day there is no other."""
    zone, today = cockpit.fiscal.zone, cockpit.today
    looks = [
        one.taken_at
        for one in cockpit.history.snapshots()
        if one.origin == "look" and one.taken_at.astimezone(zone).date() < today
    ]
    return looks[-1] if looks else None


@dataclass(frozen=True, slots=True)
class _State:
    """One state: when it was taken, by what, and the name it was locked under."""

    at: datetime
    origin: "Origin"
    label: str | None = None


def _states(cockpit: "Cockpit") -> Iterator[_State]:
    """The states that the demo has, each day once."""
    from cockpit.core.moves import last_lock

    fiscal, today = cockpit.fiscal, cockpit.today
    running, closed = (resolve_period(fiscal, words, today) for words in ("this-quarter", "last-quarter"))
    looked = fiscal.business.add(today, -1)
    done = {looked}
    yield _State(datetime.combine(looked, _LOOKED_AT, fiscal.zone), "look")
    for day, words in ((closed.end, f"{closed.label}-close"), (last_lock(cockpit, today), "lock-")):
        if day is not None and day < looked and day not in done:
            label = words if day == closed.end else f"{words}{day:%b-%d}"
            yield _State(datetime.combine(day, _LOCKED_AT, fiscal.zone), "lock", label.lower())
            done.add(day)
    weeks = fiscal.units("week", today - timedelta(weeks=_WEEKS + 2), today)
    ends = [week.end for week in weeks if week.end < today][-_WEEKS:]
    for day in (*ends, partner(fiscal, running, today, closed).through):
        if day is not None and day not in done:
            yield _State(datetime.combine(day, _SYNCED_AT, fiscal.zone), "sync")
            done.add(day)


class _EarlierDeals:
    """The deals as snapshots of earlier days would have held them.

    Args:
        deals: the table of now.
        feed: every change of it.
    """

    def __init__(self, deals: "Table", feed: "Table") -> None:
        from cockpit.sources.history.fieldchanges import FieldChanges

        self._deals = deals
        self._changes = FieldChanges(feed.frame, deals.frame)

    def on(self, day: date) -> "Table":
        """The table at the end of a day."""
        import polars as pl

        from cockpit.sources.history.fieldchanges import MOVING

        frame = self._deals.frame
        touched = pl.lit(day) - pl.duration(days=pl.int_range(pl.len()) % _TOUCHED_WITHIN)
        moving = frame.select(
            pl.when(pl.col(name) > day).then(touched.cast(pl.Date)).otherwise(pl.col(name)).alias(name)
            if frame.schema[name] == pl.Date
            else pl.col(name)
            for name in MOVING
            if name in frame.columns
        )
        told = self._changes.undone(frame, day).with_columns(moving).select(frame.columns)
        return replace(self._deals, frame=told.filter((pl.col("created_date") <= day).fill_null(value=True)))
