"""The tables of a workspace: read once, read again when asked, the last good ones kept when that fails."""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, Problem, SourceError

if TYPE_CHECKING:
    from cockpit.core.watch import Sight
    from cockpit.sources.spec import SourceSpec
    from cockpit.sources.table import Table

Fallback = Callable[[str], "Table | None"]
"""Gives the last good state of a table from somewhere else than its source."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """All tables as of one reading.

    Attributes:
        revision: rises with every reading; results carry it, so that stale ones can be told.
        tables: by name; a table that could never be read is not there.
        problems: by table, why its newest reading failed; the table above is then the last good one.
        read_at: when the reading ended.
        current_at: by table, when it was last known to be as its source has it.
        sights: by table, what was seen of its files before they were read.
        emptied: by table that came without a row where there were some: how many there were.
    """

    revision: int
    tables: Mapping[str, "Table"]
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    read_at: datetime | None = None
    current_at: Mapping[str, datetime] = field(default_factory=dict)
    sights: Mapping[str, "Sight"] = field(default_factory=dict)
    emptied: Mapping[str, int] = field(default_factory=dict)

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Every table's problems, in the order of the tables."""
        return tuple(problem for problems in self.problems.values() for problem in problems)

    @property
    def kept(self) -> Mapping[str, datetime]:
        """The tables that are their last good state, since the newest reading failed, and of when that is."""
        return {name: self.current_at[name] for name in self.problems if name in self.tables}

    @property
    def as_old_as(self) -> datetime | None:
        """Of when the oldest of the tables is."""
        return min(self.current_at.values(), default=self.read_at)


class Data:
    """Reads the tables of a workspace when they are first needed. May be used from any thread.

    Args:
        specs: the sections `[sources.TABLE]` by table.
        folder: what their paths are relative to.
        cache: finds the folder of the typed columnar cache, which only reading needs.
        zone: IANA zone of the calendar, for sources with instants.
        fallback: asked for the last good state of a table that neither this process nor the cache has.
    """

    def __init__(
        self,
        specs: Mapping[str, "SourceSpec"],
        folder: Path,
        cache: Callable[[], Path],
        zone: str,
        fallback: Fallback = lambda name: None,
    ) -> None:
        self._specs = specs
        self._folder = folder
        self._cache = cache
        self._zone = zone
        self._fallback = fallback
        self._lock = threading.Lock()
        self._loaded: Loaded | None = None
        self._reading: tuple[str, int, int] | None = None

    @property
    def reading(self) -> tuple[str, int, int] | None:
        """The table that is being read at this moment, its number from 1, and how many there are; or None."""
        return self._reading

    @property
    def now_held(self) -> Loaded | None:
        """The tables if they have been read already."""
        return self._loaded

    def loaded(self, progress: Callable[[str], None] | None = None) -> Loaded:
        """The tables, read on the first call.

        Args:
            progress: told the name of each table before it is read.
        """
        if self._loaded is not None:
            return self._loaded
        with self._lock:
            if self._loaded is None:
                self._loaded = self._read(None, tuple(self._specs), {}, frozenset(), progress)
            return self._loaded

    def read_again(
        self,
        names: Collection[str] | None = None,
        failed: Mapping[str, tuple[Problem, ...]] | None = None,
        may_be_empty: Collection[str] = (),
        progress: Callable[[str], None] | None = None,
    ) -> Loaded:
        """Read tables anew; one that cannot be read keeps its last good state.

        Args:
            names: which; None for all.
            failed: by table, why what it is read from could not be brought up to date.
            may_be_empty: tables of which it is known that having no rows is right.
            progress: told the name of each table before it is read; what it raises ends the reading, and
                everything stays as it was.
        """
        with self._lock:
            wanted = tuple(name for name in self._specs if names is None or name in names)
            before = self._loaded
            if before is None:
                wanted = tuple(self._specs)
            self._loaded = self._read(before, wanted, failed or {}, may_be_empty, progress)
            return self._loaded

    def last_known(self, name: str) -> "Table | None":
        """The table as it was last read in order, by this process or an earlier one; reads no source."""
        return self._last_good(self._loaded, name)

    def required(self, name: str) -> "Table":
        """One table that the caller cannot do without.

        Raises:
            SourceError: it could not be read, or the workspace has no such source.
        """
        loaded = self.loaded()
        if name in loaded.tables:
            return loaded.tables[name]
        raise SourceError(*loaded.problems.get(name, (Problem(f"the workspace has no source {name}"),)))

    def _read(
        self,
        before: Loaded | None,
        wanted: Collection[str],
        failed: Mapping[str, tuple[Problem, ...]],
        may_be_empty: Collection[str],
        progress: Callable[[str], None] | None,
    ) -> Loaded:
        reading = _Reading()
        try:
            self._read_into(reading, before, wanted, failed, may_be_empty, progress)
        finally:
            self._reading = None
        return reading.loaded(1 if before is None else before.revision + 1)

    def _read_into(
        self,
        reading: "_Reading",
        before: Loaded | None,
        wanted: Collection[str],
        failed: Mapping[str, tuple[Problem, ...]],
        may_be_empty: Collection[str],
        progress: Callable[[str], None] | None,
    ) -> None:
        from cockpit.core.watch import sight_of

        for number, (name, spec) in enumerate(self._specs.items(), 1):
            if before is not None and name not in wanted:
                reading.carry(before, name)
                continue
            if progress is not None:
                progress(name)
            self._reading = (name, number, len(self._specs))
            reading.sights[name] = sight_of(name, spec, self._folder)
            try:
                table = self._table(name, before, may_be_empty=name in may_be_empty)
            except CockpitError as error:
                reading.emptied.update(getattr(error, "emptied", {}))
                reading.problems[name] = tuple(dict.fromkeys((*failed.get(name, ()), *error.problems)))
                last = self._last_good(before, name)
                if last is not None:
                    known = before.current_at.get(name) if before is not None else None
                    reading.take(name, last, known or last.report.loaded_at)
                continue
            if name in failed:
                reading.problems[name] = failed[name]
            reading.take(name, table, self._current_at(name) or datetime.now().astimezone())

    def _table(self, name: str, before: Loaded | None, *, may_be_empty: bool) -> "Table":
        """Read one table.

        Raises:
            EmptiedError: there are no rows where there were some, and that may not be.
            CockpitError: it cannot be read.
        """
        from cockpit.sources.emptied import EmptiedError
        from cockpit.sources.load import load_table  # brings polars, a quarter of a second

        spec = self._specs[name]
        cache = self._cache()
        table = load_table(name, spec, self._folder, cache, zone=self._zone, may_be_empty=may_be_empty)
        rows = before.tables[name].frame.height if before is not None and name in before.tables else 0
        if rows and table.frame.is_empty() and not may_be_empty:
            raise EmptiedError(name, table.report.paths[0], rows)
        return table

    def _current_at(self, name: str) -> datetime | None:
        """When a server last said that these are its rows; None of files, which are looked at now."""
        if self._specs[name].type is None:
            return None
        from cockpit.sources.http.download import download_place, downloaded

        download = downloaded(download_place(self._folder, name))
        return download.checked_at.astimezone() if download is not None else None

    def _last_good(self, before: Loaded | None, name: str) -> "Table | None":
        from cockpit.sources.cache import TableCache
        from cockpit.sources.profile import with_profile

        if before is not None and name in before.tables:
            return before.tables[name]
        spec = with_profile(name, self._specs[name])
        return TableCache(self._cache(), name, spec, self._zone).last() or self._fallback(name)


@dataclass(slots=True)
class _Reading:
    """What `Loaded` is made of, table by table."""

    tables: "dict[str, Table]" = field(default_factory=dict)
    problems: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    current_at: dict[str, datetime] = field(default_factory=dict)
    sights: "dict[str, Sight]" = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)

    def take(self, name: str, table: "Table", current_at: datetime) -> None:
        self.tables[name], self.current_at[name] = table, current_at

    def carry(self, before: Loaded, name: str) -> None:
        """Take a table over as it was."""
        if name in before.tables:
            self.take(name, before.tables[name], before.current_at[name])
        if name in before.problems:
            self.problems[name] = before.problems[name]
        if name in before.sights:
            self.sights[name] = before.sights[name]
        if name in before.emptied:
            self.emptied[name] = before.emptied[name]

    def loaded(self, revision: int) -> Loaded:
        now = datetime.now().astimezone()
        return Loaded(revision, self.tables, self.problems, now, self.current_at, self.sights, self.emptied)
