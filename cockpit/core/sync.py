"""Pulling the sources: refresh, read, record, say what changed. Each table arrives whole or not at all."""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cockpit.base.clean import clean
from cockpit.base.problems import CockpitError, Problem, UsageError, did_you_mean
from cockpit.core.status import SourceStatus
from cockpit.core.sync_changes import TableChange, change_between
from cockpit.core.sync_pull import Stopped, pull
from cockpit.sources.http.progress import Listener, Progress, silent

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.core.data import Loaded
    from cockpit.sources.history.store import Recorded
    from cockpit.sources.table import Table


@dataclass(frozen=True, slots=True)
class TableSync:
    """How the pulling of one table went.

    Attributes:
        status: how the source stands now.
        change: what is different from before; None where the table did not arrive.
        kept: where it did not arrive: of when the last good state is that is kept; None where there is none.
        emptied: where it came without a row: how many rows are kept in its stead; else 0.
        reasons: why rows were rejected, with how often, the commonest first.
        received: bytes that came over HTTP; None of files.
        requests: requests that were sent; None of files.
    """

    status: SourceStatus
    change: TableChange | None
    kept: datetime | None
    emptied: int
    reasons: tuple[tuple[str, int], ...]
    received: int | None = None
    requests: int | None = None

    @property
    def arrived(self) -> bool:
        """Whether the table is as its source has it by now."""
        return self.change is not None

    def as_json(self) -> dict[str, Any]:
        """One element of `tables` in the document of `cockpit sync --json`."""
        status, change = self.status, self.change
        return {
            "table": status.name,
            "source": status.path,
            "arrived": self.arrived,
            "loaded_at": status.loaded_at.isoformat(timespec="seconds") if status.loaded_at else None,
            "rows": status.rows,
            "new": change.new if change else None,
            "changed": change.changed if change else None,
            "removed": change.removed if change else None,
            "columns_new": list(change.columns_new) if change else [],
            "columns_gone": list(change.columns_gone) if change else [],
            "rejected": status.rejected,
            "reasons": [{"reason": reason, "count": count} for reason, count in self.reasons],
            "blanked": status.blanked,
            "unmatched": status.unmatched,
            "corrected": status.corrected,
            "repeated": status.repeated,
            "kept_from": self.kept.isoformat(timespec="seconds") if self.kept else None,
            "emptied": self.emptied,
            "received": self.received,
            "requests": self.requests,
            "problems": [problem.as_json() for problem in status.problems],
        }


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How a pulling went.

    Attributes:
        tables: those that were asked for, in the order of the configuration.
        taken_at: when it ended.
        snapshot: the snapshot that was recorded, or None where none was.
        revision: of the data from here on.
        problems: what stopped the recording, though the tables are there.
        questions: by table whose server does not let us in: what the user may be asked for.
    """

    tables: tuple[TableSync, ...]
    taken_at: datetime
    snapshot: str | None
    revision: int
    problems: tuple[Problem, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_arrived(self) -> bool:
        """Whether every table is as its source has it."""
        return all(table.arrived for table in self.tables)

    @property
    def changes(self) -> tuple[TableChange, ...]:
        """The tables in which anything is different."""
        return tuple(one.change for one in self.tables if one.change is not None and one.change.is_any)

    def with_later(self, later: "SyncResult") -> "SyncResult":
        """This result with the tables of a later one in the place of its own."""
        tables = {table.status.name: table for table in self.tables}
        tables.update({table.status.name: table for table in later.tables})
        return replace(later, tables=tuple(tables.values()))

    def as_json(self) -> dict[str, Any]:
        """The document of `cockpit sync --json`."""
        return {
            "taken_at": self.taken_at.isoformat(timespec="seconds"),
            "snapshot": self.snapshot,
            "tables": [table.as_json() for table in self.tables],
            "problems": [problem.as_json() for problem in self.problems],
        }


def synchronise(
    cockpit: "Cockpit",
    source: str | None = None,
    *,
    names: Collection[str] | None = None,
    full: bool = False,
    may_be_empty: Collection[str] = (),
    record: bool = True,
    progress: Listener | None = None,
    stop: threading.Event | None = None,
) -> SyncResult:
    """Pull sources, read them, keep the dates that tasks hang from, and record a dated snapshot.

    Args:
        cockpit: the workspace.
        source: one table; None for those of `names`.
        names: several tables; None for all.
        full: fetch everything anew, not only what has changed since the last time.
        may_be_empty: tables of which it is known that having no rows is right.
        record: whether to record a snapshot.
        progress: told how far it is; maybe in another thread.
        stop: ends the pulling when it is set; every table then stays as it was.

    Raises:
        Stopped: `stop` was set.
        UsageError: the workspace has no such source.
    """
    from cockpit.sources.history.store import NOT_RECORDED  # brings polars

    specs = cockpit.workspace.config.sources
    if source is not None and source not in specs:
        hint = did_you_mean(source, specs) or f"sources: {', '.join(specs) or 'none'}"
        raise UsageError(Problem(f"the workspace has no source {source!r}", key="--source", hint=hint))
    wanted = tuple(name for name in specs if source in (None, name) and (names is None or name in names))
    held = cockpit.data.now_held
    from_memory = held is not None or not record
    before = {name: cockpit.data.last_known(name) for name in wanted if from_memory or name in NOT_RECORDED}
    progress, stop = progress or silent, stop or threading.Event()
    pulled = pull(
        cockpit,
        wanted,
        full=full,
        may_be_empty=may_be_empty,
        progress=progress,
        stop=stop,
        leave_running=not record,
    )

    def reading(name: str) -> None:
        if stop.is_set():
            raise Stopped
        progress(Progress(name, "reading"))

    loaded = cockpit.data.read_again(wanted, pulled.failed, may_be_empty, reading)
    if cockpit.known.snapshot is None:  # dates of an earlier state are none that tasks hang from
        cockpit.keep_anchors(loaded)
    statuses = {status.name: status for status in cockpit.sources()}
    recorded, problems = _recorded(cockpit, loaded) if record else (None, ())
    emptied = {**loaded.emptied, **pulled.emptied}
    tables = []
    for name in wanted:
        arrived = name in loaded.tables and name not in loaded.problems
        came = pulled.refreshed.get(name)
        tables.append(
            TableSync(
                status=statuses[name],
                change=_change(cockpit, name, before, recorded, loaded) if arrived else None,
                kept=loaded.kept.get(name),
                emptied=emptied.get(name, 0),
                reasons=_reasons(loaded, name),
                received=came.bytes if came is not None else None,
                requests=came.requests if came is not None else None,
            )
        )
    snapshot = recorded.snapshot.id if recorded is not None else None
    return SyncResult(tuple(tables), cockpit.now, snapshot, loaded.revision, problems, pulled.questions)


def _change(
    cockpit: "Cockpit",
    name: str,
    before: "Mapping[str, Table | None]",
    recorded: "Recorded | None",
    loaded: "Loaded",
) -> TableChange:
    """What is different from what was held in memory, else from the snapshot before, else from the cache.

    A feed of changes is history itself, so that no snapshot holds it; all of it counts as it stands. Where no
    snapshot could be written, the newest one there is still tells what is different from it.
    """
    if name not in before and recorded is None:
        from cockpit.core.sync_kept import from_history

        return change_between(name, from_history(cockpit, name), loaded.tables[name])
    if name in before or recorded is None or name not in recorded.tables:
        return change_between(name, before.get(name), loaded.tables[name])
    change = recorded.tables[name]
    return TableChange(
        name, change.new, change.changed, change.removed, change.columns_added, change.columns_removed
    )


def _recorded(cockpit: "Cockpit", loaded: "Loaded") -> "tuple[Recorded | None, tuple[Problem, ...]]":
    """Record the tables that arrived; a history that cannot be written is told and stops nothing."""
    tables = {name: table for name, table in loaded.tables.items() if name not in loaded.problems}
    if cockpit.read_only or not tables:
        return None, ()
    try:
        return cockpit.history.record(tables, cockpit.now), ()
    except CockpitError as error:
        return None, error.problems
    except OSError as error:
        place = clean(str(cockpit.workspace.history_folder))
        words = f"no snapshot was written: {clean(error.strerror or str(error))}"
        hint = "those before it are as they were; sync again when there is room"
        return None, (Problem(words, place, hint=hint),)


def _reasons(loaded: "Loaded", name: str) -> tuple[tuple[str, int], ...]:
    if name not in loaded.tables:
        return ()
    import polars as pl

    rejects = loaded.tables[name].report.rejects
    words = pl.concat_str(["column", "reason"], separator=": ", ignore_nulls=True).alias("words")
    counts = rejects.group_by(words).len().sort("len", "words", descending=[True, False])
    return tuple((row["words"], row["len"]) for row in counts.iter_rows(named=True))
