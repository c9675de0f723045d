"""Adding a version of a table: to the chain it continues, or as the base of a new one.

What changed is found by comparing hashes of all rows. Where the table itself knows what is different from the
state that was recorded last (`Table.delta`), only those rows are looked at; where it is that state, none.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from cockpit.base.problems import SourceError
from cockpit.sources.canonical import TABLES
from cockpit.sources.history.chain import (
    FULL_AGAIN,
    GONE,
    LOOSE_FILES,
    STEP,
    delta_frame,
    packed,
    read_changes_since,
    read_frame,
    read_state,
    write_frame,
)
from cockpit.sources.history.difference import (
    HASH,
    HASHED_BY,
    KEY,
    NTH,
    Difference,
    as_texts,
    brought_forward,
    changed_under_other_columns,
    difference,
    heads,
    identities,
    numbered,
    row_hashes,
    storable,
    whole_difference,
)
from cockpit.sources.history.index import Chain, Delta, Heads, Index, Mark, Version

if TYPE_CHECKING:
    from cockpit.sources.table import Table

HEADS_AGAIN = 0.1
"""Heads are written again when so many times the rows of the base have changed since; until then they are
brought forward, which takes less than writing them."""


@dataclass(frozen=True, slots=True)
class TableChange:
    """What changed in one table since the snapshot before; all rows are new in the first.

    Attributes:
        version: what is held.
        rows: how many rows there are.
        new, changed, removed: rows that came, changed and went. In a table without an identity column a
            changed row is one that went and one that came.
        columns_added, columns_removed, columns_retyped: names.
        unreadable: why the state before could not be compared with, in words; every row then counts as new.
    """

    version: Version
    rows: int
    new: int = 0
    changed: int = 0
    removed: int = 0
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    columns_retyped: tuple[str, ...] = ()
    unreadable: str | None = None
    is_first: bool = False

    @property
    def differs(self) -> bool:
        """Whether the table is not as it was."""
        columns = self.columns_added or self.columns_removed or self.columns_retyped
        return bool(self.new or self.changed or self.removed or columns or self.is_first or self.unreadable)

    def as_json(self) -> dict[str, object]:
        """The change of one table, for `--json`."""
        return {
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "removed": self.removed,
            "columns_added": list(self.columns_added),
            "columns_removed": list(self.columns_removed),
            "columns_retyped": list(self.columns_retyped),
            "unreadable": self.unreadable,
        }


@dataclass(slots=True)
class ChainWriter:
    """Writes versions under the lock and collects what the next index says.

    Attributes:
        folder: of the history.
        index: the revision that is built upon.
        mode: permission bits of files.
        chains, heads, marks: as the next index will have them.
        replaced: files that the next index does not need.
        old_heads: heads that were replaced; only writers read those.
    """

    folder: Path
    index: Index
    mode: int
    chains: dict[str, Chain] = field(init=False)
    heads: dict[str, Heads] = field(init=False)
    marks: dict[str, Mark] = field(init=False)
    replaced: list[str] = field(default_factory=list)
    old_heads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chains, self.heads = dict(self.index.chains), dict(self.index.heads)
        self.marks = dict(self.index.marks)

    def add(self, table: "Table", before: Version | None) -> TableChange:
        """Store a table's rows after the version `before`, or as the first of its chain.

        Raises:
            OSError: the folder cannot be written.
        """
        name, state = table.name, table.state
        held = self._state_of(name, before)
        if before is not None and held is not None and held == state:
            return TableChange(before, table.frame.height)
        found = self._by_delta(table, before, held)
        change = self._added(name, table.frame, before) if found is None else found
        if state is None:
            self.marks.pop(name, None)
        else:
            self.marks[name] = Mark(change.version.chain, change.version.step, state)
        return change

    def _state_of(self, table: str, version: Version | None) -> str | None:
        """Which state of its source a version holds, where that is known."""
        mark = self.marks.get(table)
        if mark is None or version is None or (mark.chain, mark.step) != (version.chain, version.step):
            return None
        return mark.state

    def _by_delta(self, table: "Table", before: Version | None, held: str | None) -> TableChange | None:
        """Store what the table knows to be different from the state that is held, where it knows that."""
        delta, identity = table.delta, _identity(table.name, table.frame)
        if before is None or held is None or delta is None or delta.since != held or identity is None:
            return None
        chain = self.chains[before.chain]
        now = storable(delta.after)
        if before.step != chain.last_step or list(_columns(now).items()) != list(chain.columns.items()):
            return None
        found = difference(heads(storable(delta.before), identity), now, identity)
        if found.nothing:
            return TableChange(before, table.frame.height)
        if _too_many(chain, found):
            return None
        version = self._continue(before.chain, table.frame.height, found, identity)
        return TableChange(version, table.frame.height, found.new, found.changed, found.removed.height)

    def _added(self, table: str, frame: pl.DataFrame, before: Version | None) -> TableChange:
        """Compare all rows and store those that are not as they were."""
        rows = storable(frame)
        identity = _identity(table, rows)
        if before is None:
            version = self.begin(table, rows, identity)
            return TableChange(version, rows.height, new=rows.height, is_first=True)
        chain = self.chains[before.chain]
        columns = _columns(rows)
        try:
            if list(columns.items()) != list(chain.columns.items()):
                return self._under_other_columns(table, rows, before, identity)
            found, now = self._difference(table, rows, before, identity)
        except SourceError as error:
            version = self.begin(table, rows, identity)
            words = error.problems[0]
            return TableChange(version, rows.height, new=rows.height, unreadable=str(words))
        if found.nothing:
            return TableChange(before, rows.height)
        if before.step != chain.last_step or _too_many(chain, found):
            version = self.begin(table, rows, identity, now)
        else:
            version = self._continue(before.chain, rows.height, found, identity)
            if self._changes_since_heads(table, version) > HEADS_AGAIN * chain.base.rows:
                self._keep_heads(table, version, now)
        return TableChange(version, rows.height, found.new, found.changed, found.removed.height)

    def begin(
        self, table: str, rows: pl.DataFrame, identity: str | None, now: pl.DataFrame | None = None
    ) -> Version:
        """Store all rows as the base of a new chain."""
        name = self._free_name(table)
        stored = as_texts(numbered(rows, identities(rows, identity)))
        file = write_frame(self.folder, f"{name}.{self.revision}.base.parquet", stored, self.mode)
        self.chains[name] = Chain(table, _columns(rows), file)
        version = Version(name, 0, rows.height)
        if now is None and identity is not None:
            now = heads(rows, identity)
        self._keep_heads(table, version, now)
        return version

    def _continue(self, name: str, height: int, found: Difference, identity: str | None) -> Version:
        chain = self.chains[name]
        step = chain.last_step + 1
        rows = delta_frame(found, list(chain.columns), step)
        file = write_frame(self.folder, f"{name}.{self.revision}.{step}.parquet", rows, self.mode)
        deltas = [*chain.deltas, Delta(file, step, step)]
        loose = [delta for delta in deltas if delta.first == delta.last]
        if len(loose) >= LOOSE_FILES and loose == deltas[-len(loose) :]:
            try:
                together = packed(
                    self.folder, f"{name}.{self.revision}.pack.parquet", loose, identity, self.mode
                )
                deltas = [*deltas[: -len(loose)], together]
                self.replaced += [delta.file.name for delta in loose]
            except SourceError:
                pass  # a damaged file is named when its day is asked for; the new rows are kept all the same
        self.chains[name] = msgspec.structs.replace(chain, deltas=tuple(deltas))
        return Version(name, step, height)

    def _difference(
        self, table: str, rows: pl.DataFrame, before: Version, identity: str | None
    ) -> tuple[Difference, pl.DataFrame | None]:
        """What changed, and the heads of the rows as they are by now."""
        if identity is None:
            then = read_state(self.folder, self.chains[before.chain], before.step, None)
            return whole_difference(then.drop(NTH), rows), None
        known = self._heads_of(table, before, identity)
        now = heads(rows, identity, known)
        return difference(known, rows, identity, now), now

    def _heads_of(self, table: str, version: Version, identity: str) -> pl.DataFrame:
        """The heads of a version: from those that were kept, else made again from its rows."""
        kept, chain = self.heads.get(table), self.chains[version.chain]
        if kept is not None and self._lead_to(kept, version):
            try:
                found = read_frame(self.folder, kept.file)
                changes = read_changes_since(self.folder, chain, kept.step, version.step)
                if found.columns == [KEY, NTH, HASH]:
                    return found if changes is None else _after(found, changes, identity)
            except SourceError:
                pass
            self.old_heads.append(kept.file.name)
            del self.heads[table]
        then = read_state(self.folder, chain, version.step, identity)
        return then.select(pl.col(identity).alias(KEY), NTH, row_hashes(then.drop(NTH)).alias(HASH))

    def _lead_to(self, kept: Heads, version: Version) -> bool:
        """Whether heads are of that version or of an earlier one of its chain."""
        return (kept.chain, kept.polars) == (version.chain, HASHED_BY) and kept.step <= version.step

    def _changes_since_heads(self, table: str, version: Version) -> float:
        """How many stored changes lie between the heads that are kept and a version; endless without any."""
        kept = self.heads.get(table)
        if kept is None or not self._lead_to(kept, version):
            return float("inf")
        return sum(delta.file.rows for delta in self.chains[version.chain].deltas if delta.last > kept.step)

    def _keep_heads(self, table: str, version: Version, now: pl.DataFrame | None) -> None:
        if now is None:
            return
        name = f"{version.chain}.{self.revision}.heads.parquet"
        before = self.heads.get(table)
        if before is not None:
            self.old_heads.append(before.file.name)
        file = write_frame(self.folder, name, now, self.mode)
        self.heads[table] = Heads(version.chain, version.step, HASHED_BY, file)

    def _under_other_columns(
        self, table: str, rows: pl.DataFrame, before: Version, identity: str | None
    ) -> TableChange:
        chain = self.chains[before.chain]
        then = read_state(self.folder, chain, before.step, identity).drop(NTH)
        new, changed, removed = changed_under_other_columns(then, rows, identity)
        held, columns = chain.columns, _columns(rows)
        return TableChange(
            self.begin(table, rows, identity), rows.height, new, changed, removed,
            columns_added=tuple(name for name in columns if name not in held),
            columns_removed=tuple(name for name in held if name not in columns),
            columns_retyped=tuple(name for name in columns if held.get(name, columns[name]) != columns[name]),
        )  # fmt: skip

    @property
    def revision(self) -> int:
        """The number of the index that is being made."""
        return self.index.revision + 1

    def _free_name(self, table: str) -> str:
        number = 1
        while (name := f"{table}-{number:04d}") in self.chains or name in self.index.chains:
            number += 1
        return name


def _identity(table: str, rows: pl.DataFrame) -> str | None:
    """The column that names a row, if the table has it."""
    identity = TABLES[table].identity if table in TABLES else None
    return identity if identity in rows.columns else None


def _too_many(chain: Chain, found: Difference) -> bool:
    """Whether all rows are better written again than one more difference."""
    held = sum(delta.file.rows for delta in chain.deltas) + found.written.height + found.removed.height
    return held > FULL_AGAIN * max(chain.base.rows, 1)


def _after(before: pl.DataFrame, changes: pl.DataFrame, identity: str) -> pl.DataFrame:
    """The heads after stored changes."""
    hashes = row_hashes(changes.drop(NTH, STEP, GONE)).alias(HASH)
    return brought_forward(before, changes.select(pl.col(identity).alias(KEY), NTH, hashes, GONE))


def _columns(rows: pl.DataFrame) -> dict[str, str]:
    return {name: str(pl.String if kind == pl.Categorical else kind) for name, kind in rows.schema.items()}
