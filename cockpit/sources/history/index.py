"""The list of snapshots: which days are held, under which labels, and in which files their rows lie.

A table's content is a *version*: a step of a *chain*. A chain is a base file with all rows, and delta files
with the rows that came, changed or went at each later step. A snapshot names one version a table, so a
table that did not change costs a snapshot nothing. The index is one JSON file, written aside and renamed;
files named in it are never changed, only replaced by others with the same content.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError, UsageError, did_you_mean

FORMAT = 1
"""Raised when the meaning of the index or of the files changes; an index of another format is refused."""
INDEX_NAME = "index.json"

Origin = Literal["sync", "lock", "look", "import"]
"""What took a snapshot: `cockpit sync`, `cockpit lock`, the screen, or files of earlier days."""


class StoredFile(msgspec.Struct, frozen=True):
    """A Parquet file of the history: its name in the folder, its size and BLAKE2 digest, and its rows."""

    name: str
    size: int
    digest: str
    rows: int


class Delta(msgspec.Struct, frozen=True):
    """A file of changed rows, and the steps of its chain that it holds, both ends counted."""

    file: StoredFile
    first: int
    last: int


class Chain(msgspec.Struct, frozen=True):
    """A base and what changed since, step by step.

    Attributes:
        table: the table's name.
        columns: column to polars type, in order; a table whose columns change begins a new chain.
        base: all rows at step 0.
        deltas: in the order of their steps.
    """

    table: str
    columns: dict[str, str]
    base: StoredFile
    deltas: tuple[Delta, ...] = ()

    @property
    def last_step(self) -> int:
        """The newest step."""
        return self.deltas[-1].last if self.deltas else 0


class Version(msgspec.Struct, frozen=True):
    """The content of a table at one snapshot: a step of a chain, and how many rows it has."""

    chain: str
    step: int
    rows: int


class Snapshot(msgspec.Struct, frozen=True):
    """One state of the sources.

    Attributes:
        id: its name, made from the instant.
        taken_at: when the sources were read (UTC).
        seen_at: when the sources were last read and found to be the same (UTC); at least `taken_at`.
        origin: what took it.
        labels: the names under which it was locked; a snapshot that has one is kept for good.
        tables: table to the version of it that was held.
        sources: where the tables were read from, for the record.
        changes: table to how many rows were new, changed and removed when it was taken; those that differed.
    """

    id: str
    taken_at: datetime
    seen_at: datetime
    origin: Origin
    tables: dict[str, Version]
    labels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    changes: dict[str, tuple[int, int, int]] = {}

    @property
    def label(self) -> str | None:
        """The newest of its labels; None where it is not locked."""
        return self.labels[-1] if self.labels else None

    def as_json(self) -> dict[str, object]:
        """One element of `cockpit history --json`."""
        return {
            "id": self.id,
            "taken_at": self.taken_at.isoformat(timespec="seconds"),
            "seen_at": self.seen_at.isoformat(timespec="seconds"),
            "origin": self.origin,
            "labels": list(self.labels),
            "rows": {name: version.rows for name, version in self.tables.items()},
            "changes": {
                name: dict(zip(("new", "changed", "removed"), counts, strict=True))
                for name, counts in self.changes.items()
            },
        }


class Heads(msgspec.Struct, frozen=True):
    """The row hashes of a step of a chain, often the newest: a cache of one version of polars."""

    chain: str
    step: int
    polars: str
    file: StoredFile


class Mark(msgspec.Struct, frozen=True):
    """Which state of its source a step of a chain holds; `state` is as `Table.state`."""

    chain: str
    step: int
    state: str


class Index(msgspec.Struct, frozen=True):
    """Everything that is held.

    Attributes:
        revision: rises with every change.
        snapshots: in time order.
        chains: by name.
        heads: by table.
        marks: by table, what was recorded last.
        replaced: files that no chain needs, with the time from which readers of the revision before no
            longer use them; they are removed after a while.
    """

    format: int = FORMAT
    revision: int = 0
    snapshots: tuple[Snapshot, ...] = ()
    chains: dict[str, Chain] = {}
    heads: dict[str, Heads] = {}
    marks: dict[str, Mark] = {}
    replaced: dict[str, datetime] = {}

    @property
    def size(self) -> int:
        """Bytes of all files that it names."""
        rows = sum(
            file.size
            for chain in self.chains.values()
            for file in (chain.base, *(delta.file for delta in chain.deltas))
        )
        return rows + sum(heads.file.size for heads in self.heads.values())

    def labelled(self, label: str) -> Snapshot | None:
        """The snapshot locked under that label."""
        return next((one for one in self.snapshots if label in one.labels), None)

    def at(self, instant: datetime) -> Snapshot | None:
        """The newest snapshot that was taken at or before the instant."""
        found = [one for one in self.snapshots if one.taken_at <= instant]
        return found[-1] if found else None

    def newest_lock(self) -> Snapshot | None:
        """The snapshot that was locked last, by the time of its state."""
        return next((one for one in reversed(self.snapshots) if one.labels), None)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last instant of a day in that zone."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def find(index: Index, known_at: datetime | date | str, zone: ZoneInfo) -> Snapshot | None:
    """The snapshot that tells what was known then.

    Args:
        index: what is held.
        known_at: an instant, a day (its end counts), a label, the id of a snapshot, or a day or an instant
            as ISO text.
        zone: whose days are meant.

    Returns:
        The snapshot, or None where nothing was held by then.

    Raises:
        UsageError: the text is neither a label nor an id, a date or an instant.
    """
    if isinstance(known_at, datetime):
        return index.at(known_at if known_at.tzinfo else known_at.replace(tzinfo=zone))
    if isinstance(known_at, date):
        return index.at(end_of(known_at, zone))
    named = index.labelled(known_at) or next((one for one in index.snapshots if one.id == known_at), None)
    if named is not None:
        return named
    try:
        if len(known_at) == len("2026-11-23"):
            return find(index, date.fromisoformat(known_at), zone)
        return find(index, datetime.fromisoformat(known_at), zone)
    except ValueError:
        pass
    labels = [label for one in index.snapshots for label in one.labels]
    hint = did_you_mean(known_at, labels) or f"locked: {', '.join(labels) or 'nothing so far'}"
    raise UsageError(
        Problem(f"{clean(known_at)!r} is neither a day nor a label", key="--known-at", hint=hint)
    )


def read_index(folder: Path) -> Index:
    """The index of a history; an empty one where there is no history.

    Raises:
        SourceError: it cannot be read, is cut off, or is of another format.
    """
    path = folder / INDEX_NAME
    name = clean(str(path))
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Index()
    except OSError as error:
        raise SourceError(Problem(f"cannot be read: {clean(error.strerror or str(error))}", name)) from error
    try:
        index = msgspec.json.decode(content, type=Index)
    except msgspec.DecodeError as error:
        hint = "restore the folder from a backup, or move it away to begin a new history"
        raise SourceError(Problem("is cut off or damaged", name, hint=hint)) from error
    if index.format != FORMAT:
        words = f"is of format {index.format}, this cockpit reads format {FORMAT}"
        raise SourceError(Problem(words, name, hint="use the cockpit that wrote it"))
    return index


def write_index(folder: Path, index: Index, mode: int) -> None:
    """Put an index in the place of the one before."""
    write_atomic(folder / INDEX_NAME, msgspec.json.encode(index), mode)
