"""`History`: records what the sources held, and gives back any day of it.

Every change goes through one lock file, writes its files aside, renames them, and renames the index last; a
process that stops midway leaves the history as it was. A reader works on the revision that it opened. Files
that a newer revision no longer needs stay for a while, so that such a reader finds them.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import ConflictError, Problem, SourceError, UsageError
from cockpit.sources.canonical import TABLES
from cockpit.sources.history import index as listing
from cockpit.sources.history.chain import damage_of, files_until, read_state
from cockpit.sources.history.difference import NTH
from cockpit.sources.history.index import Index, Origin, Snapshot, Version, read_index, write_index
from cockpit.sources.history.locking import locked
from cockpit.sources.history.thinning import Rule, thinned
from cockpit.sources.history.versions import all_versions
from cockpit.sources.history.writing import ChainWriter, TableChange

if TYPE_CHECKING:
    from cockpit.sources.table import Table

GRACE = timedelta(minutes=15)
"""Files of an older revision are kept so long for those who read it."""
NOT_RECORDED = ("opportunity_history",)
"""Tables that are history themselves."""
_LABEL = re.compile(r"[^\W_][\w.\-/]{0,63}")
_WORDS = ("lock", "visit", "now", "today", "latest", "previous", "live")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did.

    Attributes:
        snapshot: the one written or, where nothing changed, the newest one with its new `seen_at`.
        tables: of each table that was given, what changed since the snapshot before.
        written: whether a snapshot was added; without a change and without a label only a note is kept.
        before: the snapshot that was compared with; None for the first.
    """

    snapshot: Snapshot
    tables: Mapping[str, TableChange]
    written: bool
    before: Snapshot | None


class History:
    """The snapshots of a workspace. May be used from any thread and by several processes.

    Args:
        folder: where they lie: `.cockpit/history`; it need not exist.
        zone: whose days are meant when a day is asked for.
        shared: whether the folder's group may read and write.
    """

    def __init__(self, folder: Path, zone: ZoneInfo | str = "UTC", *, shared: bool = False) -> None:
        self.folder = folder
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        self._file_mode = 0o660 if shared else 0o600
        self._folder_mode = 0o2770 if shared else 0o700
        self._looked_at: dict[str, Problem | None] = {}

    # --- reading ------------------------------------------------------------------------------------------

    @cached_property
    def index(self) -> Index:
        """The revision that this reader opened; `refresh` opens the newest."""
        return read_index(self.folder)

    def refresh(self) -> None:
        """Follow what was written since."""
        self.__dict__.pop("index", None)
        self._looked_at = {}

    def snapshots(self) -> tuple[Snapshot, ...]:
        """All that are held, in time order.

        Raises:
            SourceError: the index cannot be read.
        """
        return self.index.snapshots

    def find(self, known_at: datetime | date | str) -> Snapshot | None:
        """The snapshot that tells what was known at an instant, at the end of a day, or under a label.

        Raises:
            UsageError: no such label, and no date either.
            SourceError: the index cannot be read.
        """
        return listing.find(self.index, known_at, self.zone)

    def state(self, table: str, known_at: Snapshot | datetime | date | str) -> pl.DataFrame | None:
        """A table as it was held then, in the columns and types of then, without `_row`.

        Returns:
            The frame, or None where nothing was held by then or the table was not among it. Rows come in no
            promised order.

        Raises:
            UsageError: no such label, and no date either.
            SourceError: a file is missing, cut off, altered or of another schema; named.
        """
        snapshot = known_at if isinstance(known_at, Snapshot) else self.find(known_at)
        version = None if snapshot is None else snapshot.tables.get(table)
        if snapshot is None or version is None:
            return None
        try:
            return self._frame(self.index, table, version)
        except SourceError:
            newer = read_index(self.folder)  # somebody may have packed the files since
            kept = next((one for one in newer.snapshots if one.id == snapshot.id), None)
            if newer.revision == self.index.revision or kept is None:
                raise
            return self._frame(newer, table, kept.tables[table])

    def versions(self, table: str, columns: tuple[str, ...] | None = None) -> pl.DataFrame:
        """Every version of every row of a table, oldest first, with `known_from` and `gone`.

        Args:
            table: its name.
            columns: which columns are wanted, the identity among them; None for all. Versions that differ in
                other columns only then follow each other unchanged.

        Raises:
            SourceError: a file of it is missing or damaged.
        """
        held = ((one.taken_at, one.tables[table]) for one in self.index.snapshots if table in one.tables)
        return all_versions(self.folder, self.index, held, _identity(table), columns)

    def check(self) -> list[Problem]:
        """Every file that is missing or damaged, each as a problem in words."""
        problems: dict[tuple[str, int], tuple[Problem, ...]] = {}
        for snapshot in self.index.snapshots:
            for table, version in snapshot.tables.items():
                if (version.chain, version.step) in problems:
                    continue
                try:
                    self._frame(self.index, table, version)
                    problems[version.chain, version.step] = ()
                except SourceError as error:
                    problems[version.chain, version.step] = error.problems
        return list(dict.fromkeys(one for found in problems.values() for one in found))

    def damage(self, table: str, snapshot: Snapshot) -> tuple[Problem, ...]:
        """What is wrong with the files of a table at a snapshot; each file is looked at once."""
        version = snapshot.tables[table]
        chain = self.index.chains[version.chain]
        found: list[Problem] = []
        for file in files_until(chain, version.step):
            if file.name not in self._looked_at:
                self._looked_at[file.name] = damage_of(self.folder, file)
            problem = self._looked_at[file.name]
            found += [problem] if problem is not None else []
        return tuple(found)

    def _frame(self, index: Index, table: str, version: Version) -> pl.DataFrame:
        frame = read_state(self.folder, index.chains[version.chain], version.step, _identity(table))
        return frame.drop(NTH)

    # --- writing ------------------------------------------------------------------------------------------

    def record(
        self,
        tables: "Mapping[str, Table]",
        taken_at: datetime,
        *,
        label: str | None = None,
        origin: Origin = "sync",
    ) -> Recorded:
        """Keep what the sources hold. Only rows that changed since the snapshot before are written.

        Args:
            tables: by name; a table that is left out is taken to be as it was.
            taken_at: when they were read, with a zone. It may lie before snapshots that are already held.
            label: locks the snapshot under this name.
            origin: what takes it.

        Raises:
            UsageError: the label is none.
            ConflictError: the label is taken, or somebody else keeps writing.
            SourceError: the history cannot be read.
            OSError: the folder cannot be written.
        """
        if label is not None:
            _check_label(label)
        taken_at = taken_at.astimezone(UTC)
        with self._writing() as index:
            _check_free(index, label)
            writer = ChainWriter(self.folder, index, self._file_mode)
            before = index.at(taken_at)
            changes = {
                name: writer.add(table, None if before is None else before.tables.get(name))
                for name, table in tables.items()
                if name not in NOT_RECORDED
            }
            carried = {} if before is None else before.tables
            if before is not None and label is None and not any(one.differs for one in changes.values()):
                seen = msgspec.structs.replace(before, seen_at=max(before.seen_at, taken_at))
                self._put(index, _with(index.snapshots, seen), writer)
                return Recorded(seen, changes, False, before)
            snapshot = Snapshot(
                id=_free_id(index, taken_at.astimezone(self.zone)),
                taken_at=taken_at,
                seen_at=taken_at,
                origin=origin,
                tables={**carried, **{name: one.version for name, one in changes.items()}},
                labels=() if label is None else (label,),
                sources=tuple(path for table in tables.values() for path in table.report.paths),
                changes={
                    name: (one.new, one.changed, one.removed) for name, one in changes.items() if one.differs
                },
            )
            self._put(index, _with(index.snapshots, snapshot), writer)
            return Recorded(snapshot, changes, True, before)

    def lock(self, label: str, known_at: datetime | date | str | None = None) -> Snapshot:
        """Put a snapshot that is already held under a label; it is then kept for good.

        Args:
            label: letters, digits, `.`, `-`, `_` and `/`; neither a date nor a word that commands know.
            known_at: which one; the newest when left out.

        Raises:
            UsageError: the label is none, or nothing was held then.
            ConflictError: the label is taken.
        """
        _check_label(label)
        with self._writing() as index:
            _check_free(index, label)
            if known_at is None:
                found = index.snapshots[-1] if index.snapshots else None
            else:
                found = listing.find(index, known_at, self.zone)
            if found is None:
                raise UsageError(Problem("nothing was held then", key=clean(str(known_at or "now"))))
            kept = msgspec.structs.replace(found, labels=(*found.labels, label))
            self._put(index, _with(index.snapshots, kept), None)
            return kept

    def prune(self, rule: Rule, now: datetime) -> tuple[Snapshot, ...]:
        """Let go of the snapshots that the rule does not keep; locked ones and the newest always stay.

        Returns:
            Those that were let go.
        """
        with self._writing() as index:
            kept = rule.kept(index.snapshots, now, self.zone)
            gone = tuple(one for one in index.snapshots if one not in kept)
            if gone:
                writer = ChainWriter(self.folder, index, self._file_mode)
                self._put(index, thinned(self.folder, index, kept, writer), writer)
            return gone

    def _writing(self) -> "_Writing":
        return _Writing(self)

    def _put(self, index: Index, snapshots: tuple[Snapshot, ...], writer: ChainWriter | None) -> None:
        """Make the next revision valid, then remove what nobody reads any more."""
        now = datetime.now(UTC)
        old = [name for name, since in index.replaced.items() if now - since > GRACE]
        replaced = {name: since for name, since in index.replaced.items() if name not in old}
        changed = {} if writer is None else dict.fromkeys(writer.replaced, now)
        following = msgspec.structs.replace(
            index,
            revision=index.revision + 1,
            snapshots=snapshots,
            chains=index.chains if writer is None else writer.chains,
            heads=index.heads if writer is None else writer.heads,
            marks=index.marks if writer is None else writer.marks,
            replaced={**replaced, **changed},
        )
        write_index(self.folder, following, self._file_mode)
        for name in (*old, *(() if writer is None else writer.old_heads)):
            with suppress(OSError):
                (self.folder / name).unlink()
        self.__dict__["index"] = following


class _Writing:
    """The lock held, and the newest revision of the index."""

    def __init__(self, history: History) -> None:
        self._history = history
        place = history.folder.parent
        for folder in (place, history.folder):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(history._folder_mode)
        self._lock = locked(place / "lock", history._file_mode)

    def __enter__(self) -> Index:
        self._lock.__enter__()
        try:
            return read_index(self._history.folder)
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise

    def __exit__(self, *error: object) -> None:
        self._lock.__exit__(None, None, None)


def _identity(table: str) -> str | None:
    return TABLES[table].identity if table in TABLES else None


def _with(snapshots: tuple[Snapshot, ...], one: Snapshot) -> tuple[Snapshot, ...]:
    """The snapshots with one added or put in the place of the one with its id, in time order."""
    others = [other for other in snapshots if other.id != one.id]
    return tuple(sorted((*others, one), key=lambda each: each.taken_at))


def _free_id(index: Index, taken_at: datetime) -> str:
    taken = {one.id for one in index.snapshots}
    name = f"{taken_at:%Y-%m-%dT%H%M%S}"
    number = 1
    while name in taken:
        number += 1
        name = f"{taken_at:%Y-%m-%dT%H%M%S}-{number}"
    return name


def _check_label(label: str) -> None:
    shown, hint = repr(clean(label)), "letters, digits, . - _ and /, such as fy27-q1-close"
    if not _LABEL.fullmatch(label):
        raise UsageError(Problem(f"{shown} is no label", key="LABEL", hint=hint))
    with suppress(ValueError):
        datetime.fromisoformat(label)
        raise UsageError(Problem(f"{shown} is a date, so no label", key="LABEL", hint=hint))
    if label.casefold() in _WORDS:
        raise UsageError(Problem(f"{shown} means something else already", key="LABEL", hint=hint))


def _check_free(index: Index, label: str | None) -> None:
    taken = None if label is None else index.labelled(label)
    if taken is not None:
        words = f"{clean(label or '')!r} is locked already, at {taken.taken_at:%Y-%m-%d %H:%M} UTC"
        raise ConflictError(
            Problem(words, key="LABEL", hint="a locked state never changes; take another name")
        )
