"""The demo's stored states: two that were locked, and what the screen showed when somebody last looked.

The locks are of the last quarter's end and of the calendar's last forecast lock. All come from the demo's
feed of changes, so that they need no place in its files, and are made when the history is first asked for.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.fiscal import resolve_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cockpit.core.cockpit import Cockpit
    from cockpit.sources.history.store import History
    from cockpit.sources.table import Table

_DEALS, _FEED = "opportunities", "opportunity_history"
_LOCKED_AT, _LOOKED_AT = time(18), time(17, 40)
_TOUCHED_WITHIN = 97
"""Days within which the deals of a state were last touched."""


def begin_demo_history(cockpit: "Cockpit", history: "History") -> None:
    """Store the demo's earlier states, once; without a feed there are none, and without a place to write.

    The tables are read here anew, since the history is also asked while those of the cockpit are being read.
    """
    from cockpit.core.moves import last_lock
    from cockpit.sources.load import load_table

    specs = cockpit.workspace.config.sources
    if cockpit.read_only or history.snapshots() or not {_DEALS, _FEED} <= set(specs):
        return
    folder, cache, zone = cockpit.workspace.folder, cockpit.workspace.cache_folder, cockpit.fiscal.zone
    today = cockpit.today
    closed = resolve_period(cockpit.fiscal, "last-quarter", today)
    locks = {closed.end: closed.label, last_lock(cockpit, today): "lock"}
    looked = cockpit.fiscal.business.add(today, -1)
    with suppress(CockpitError, OSError):
        tables = {name: load_table(name, spec, folder, cache, zone=zone.key) for name, spec in specs.items()}
        for day, words in locks.items():
            if day is not None and day < looked:
                label = f"{words}-close" if day == closed.end else f"{words}-{day:%b-%d}"
                state = {**tables, _DEALS: _on(tables, day)}
                at = datetime.combine(day, _LOCKED_AT, zone)
                history.record(state, at, label=label.lower(), origin="lock")
        seen = datetime.combine(looked, _LOOKED_AT, zone)
        history.record({**tables, _DEALS: _on(tables, looked)}, seen, origin="look")


def look_before(cockpit: "Cockpit") -> datetime | None:
    """The look that the demo invents, since on its one day there is no other."""
    zone, today = cockpit.fiscal.zone, cockpit.today
    looks = [
        one.taken_at
        for one in cockpit.history.snapshots()
        if one.origin == "look" and one.taken_at.astimezone(zone).date() < today
    ]
    return looks[-1] if looks else None


def _on(tables: "Mapping[str, Table]", day: date) -> "Table":
    """The deals as a snapshot of that day would have held them."""
    import polars as pl

    from cockpit.sources.history.fieldchanges import MOVING, FieldChanges

    deals = tables[_DEALS]
    touched = pl.lit(day) - pl.duration(days=pl.int_range(pl.len()) % _TOUCHED_WITHIN)
    moving = deals.frame.select(
        pl.when(pl.col(name) > day).then(touched.cast(pl.Date)).otherwise(pl.col(name)).alias(name)
        if deals.frame.schema[name] == pl.Date
        else pl.col(name)
        for name in MOVING
        if name in deals.frame.columns
    )
    told = FieldChanges(tables[_FEED].frame, deals.frame).undone(deals.frame, day)
    frame = told.with_columns(moving).select(deals.frame.columns)
    return replace(deals, frame=frame.filter((pl.col("created_date") <= day).fill_null(value=True)))
