"""The tables of a workspace: read once, read again when asked, the last good ones kept when that fails."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, Problem, SourceError

if TYPE_CHECKING:
    from cockpit.sources.spec import SourceSpec
    from cockpit.sources.table import Table


@dataclass(frozen=True, slots=True)
class Loaded:
    """All tables as of one reading.

    Attributes:
        revision: rises with every reading; results carry it, so that stale ones can be told.
        tables: by name; a table that could never be read is not there.
        problems: by table, why its newest reading failed; the table above is then the last good one.
        read_at: when the reading ended.
    """

    revision: int
    tables: Mapping[str, "Table"]
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    read_at: datetime | None = None

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Every table's problems, in the order of the tables."""
        return tuple(problem for problems in self.problems.values() for problem in problems)


class Data:
    """Reads the tables of a workspace when they are first needed. May be used from any thread.

    Args:
        specs: the sections `[sources.TABLE]` by table.
        folder: what their paths are relative to.
        cache: folder of the typed columnar cache.
        zone: IANA zone of the calendar, for sources with instants.
    """

    def __init__(self, specs: Mapping[str, "SourceSpec"], folder: Path, cache: Path, zone: str) -> None:
        self._specs = specs
        self._folder = folder
        self._cache = cache
        self._zone = zone
        self._lock = threading.Lock()
        self._loaded: Loaded | None = None

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
                self._loaded = self._read(None, progress)
            return self._loaded

    def read_again(self, progress: Callable[[str], None] | None = None) -> Loaded:
        """Read every table anew; a table that cannot be read keeps its last good state."""
        with self._lock:
            self._loaded = self._read(self._loaded, progress)
            return self._loaded

    def required(self, name: str) -> "Table":
        """One table that the caller cannot do without.

        Raises:
            SourceError: it could not be read, or the workspace has no such source.
        """
        loaded = self.loaded()
        if name in loaded.tables:
            return loaded.tables[name]
        raise SourceError(*loaded.problems.get(name, (Problem(f"the workspace has no source {name}"),)))

    def _read(self, before: Loaded | None, progress: Callable[[str], None] | None) -> Loaded:
        from cockpit.sources.load import load_table  # polars takes a quarter of a second to import

        tables: dict[str, Table] = {}
        problems: dict[str, tuple[Problem, ...]] = {}
        for name, spec in self._specs.items():
            if progress is not None:
                progress(name)
            try:
                tables[name] = load_table(name, spec, self._folder, self._cache, zone=self._zone)
            except CockpitError as error:
                problems[name] = error.problems
                if before is not None and name in before.tables:
                    tables[name] = before.tables[name]
        revision = 1 if before is None else before.revision + 1
        return Loaded(revision, tables, problems, datetime.now().astimezone())
