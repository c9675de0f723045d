"""The one way from a source section to a typed table: from the cache, by what changed, or by reading all.

A download of which few rows came since all were written is brought forward by these (`forward.py`), from the
cached table of all rows; the cache then holds both. `typed.py` says what becomes of a value that cannot be
cast.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from cockpit.base.problems import ConfigError, Problem, SourceError
from cockpit.sources.cache import TableCache
from cockpit.sources.changes import REPLACES, live
from cockpit.sources.emptied import EmptiedError
from cockpit.sources.files import Fingerprint, SourceFile, fingerprint, shown
from cockpit.sources.formats import raw_parquet
from cockpit.sources.forward import Later, brought_forward
from cockpit.sources.http.download import download_place, downloaded
from cockpit.sources.mapping import map_rows, map_source, source_files
from cockpit.sources.profile import with_profile
from cockpit.sources.spec import SourceSpec
from cockpit.sources.speccheck import check_spec
from cockpit.sources.table import Table
from cockpit.sources.typed import Typed, table_of, typed


def load_table(
    name: str,
    spec: SourceSpec,
    folder: Path,
    cache: Path | None = None,
    *,
    zone: str | None = None,
    may_be_empty: bool = True,
) -> Table:
    """Load one table.

    Args:
        name: one of `canonical.TABLES`.
        spec: its section.
        folder: what paths are relative to: the workspace.
        cache: folder of the typed columnar cache of this workspace, or None for none.
        zone: IANA zone in which days are counted (the calendar's); times of a source that names its
            `timezone` are converted to it before the time of day is dropped.
        may_be_empty: whether no rows may take the place of the rows that were last read.

    Raises:
        ConfigError: the section itself is wrong.
        EmptiedError: there are no rows where there were some, and that may not be.
        SourceError: the files cannot be read or do not have the mapped columns; with all problems.
    """
    spec = _checked(name, spec)
    sources, lookups = source_files(name, spec, folder)
    files = (*sources, *lookups)
    prints = _prints(files, folder)
    kept = None if cache is None else TableCache(cache, name, spec, zone)
    cached = None if kept is None else kept.read(kept.state(prints))
    if cached is not None:
        return _dated(cached, spec, folder)
    reading = _Reading(name, spec, folder, zone, lookups)
    table, later, base = None, None, None
    if kept is not None and spec.type is not None and sources[0].changes is not None:
        base = _base(kept, reading, sources[0])
        table, later = _forward(kept, reading, sources[0], base)
    if table is None:
        table = reading.whole(sources)
    if table.frame.is_empty() and not may_be_empty and kept is not None:
        rows = kept.last_rows()
        if rows:
            raise EmptiedError(name, table.report.paths[0], rows)
    if kept is not None and prints == _prints(files, folder):
        table = table.known(kept.state(prints), table.delta, table.onward)
        kept.write(table, later, None if base is None else base.state)
    return _dated(table, spec, folder)


def _checked(name: str, spec: SourceSpec) -> SourceSpec:
    """The section with its profile.

    Raises:
        ConfigError: it is wrong.
    """
    spec = with_profile(name, spec)
    wrong = check_spec(name, spec)
    if wrong:
        raise ConfigError(
            *(
                Problem(
                    one.message,
                    key=".".join(str(part) for part in ("sources", name, *one.path)),
                    hint=one.hint,
                )
                for one in wrong
            )
        )
    return spec


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the rows of one table.

    Attributes:
        name: its name.
        spec: its section, with its profile.
        folder: the workspace.
        zone: in which days are counted.
        lookups: the files of the section's look-ups.
    """

    name: str
    spec: SourceSpec
    folder: Path
    zone: str | None
    lookups: Sequence[SourceFile]

    def whole(self, sources: Sequence[SourceFile]) -> Table:
        """The table of all rows.

        Raises:
            SourceError: the files cannot be read or do not have the mapped columns.
        """
        mapped = map_source(self.name, self.spec, self.folder, sources, self.lookups)
        rows = typed(self.name, self.spec, mapped, self.zone)
        return table_of(self.name, self.spec, rows, self.paths(sources))

    def changes(self, file: Path) -> tuple[Typed, pl.Series]:
        """The rows of a file of changes, and which rows they replace.

        Raises:
            SourceError: they do not have the mapped columns.
        """
        changes = pl.read_parquet(file, glob=False)
        raw = raw_parquet(self.spec.place, live(changes.lazy()).collect())
        mapped = map_rows(self.name, self.spec, self.folder, [raw], self.lookups)
        return typed(self.name, self.spec, mapped, self.zone), changes[REPLACES].drop_nulls().sort()

    def paths(self, sources: Sequence[SourceFile]) -> tuple[str, ...]:
        """What is read, as messages name it, look-ups last."""
        spec = self.spec
        own = [spec.place] if spec.type is not None else [shown(file.path, self.folder) for file in sources]
        others = [
            one.source or shown(file.path, self.folder)
            for one, file in zip(spec.lookup, self.lookups, strict=True)
        ]
        return (*own, *others)


def _base(kept: TableCache, reading: _Reading, source: SourceFile) -> Table | None:
    """The table as it was when all rows of a download were written; None where that gives none."""
    whole = SourceFile(source.path)
    files = (whole, *reading.lookups)
    prints = _prints(files, reading.folder)
    base = kept.read(kept.state(prints))
    if base is not None:
        return base
    try:
        base = reading.whole([whole])
        if prints != _prints(files, reading.folder):
            return None
    except SourceError:
        return None
    base = base.known(kept.state(prints), onward=base.onward)
    kept.write(base)
    return base


def _forward(
    kept: TableCache, reading: _Reading, source: SourceFile, base: Table | None
) -> tuple[Table | None, Later | None]:
    """The table with later changes put into it, and these; nothing where all must be read."""
    if base is None or base.onward is None or base.state is None or source.changes is None:
        return None, None
    try:
        rows, replaced = reading.changes(source.changes)
    except (SourceError, pl.exceptions.PolarsError, OSError):
        return None, None
    found = brought_forward(reading.name, reading.spec, base, rows, replaced, reading.paths([source]))
    if found is None:
        return None, None
    table, later = found
    before = kept.brought_from(base.state)
    if before is None:
        return table, later
    state, earlier = before
    return table.known(None, later.since(base.frame, earlier, state)), later


def _prints(files: Iterable[SourceFile], folder: Path) -> tuple[Fingerprint, ...]:
    """The state of the files."""
    return tuple(fingerprint(path, folder) for file in files for path in file.paths)


def _dated(table: Table, spec: SourceSpec, folder: Path) -> Table:
    """The table as old as its rows are: those of a server since it last said that these are its rows."""
    download = downloaded(download_place(folder, table.name)) if spec.type is not None else None
    if download is None:
        return table
    dated = replace(table, report=replace(table.report, loaded_at=download.checked_at))
    return dated.known(table.state, table.delta, table.onward)
