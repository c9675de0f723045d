"""What came is looked at, put beside what was there, and becomes the current download in one step."""

import hashlib
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError, did_you_mean
from cockpit.sources.changes import changed
from cockpit.sources.emptied import EmptiedError
from cockpit.sources.files import SourceFile
from cockpit.sources.formats import read_as
from cockpit.sources.http.changing import MOST, changes_after
from cockpit.sources.http.download import Download, held_file, next_name, rows_file, switch, unwritable
from cockpit.sources.http.failures import MissingColumnError, NonsenseError
from cockpit.sources.http.job import Fetched
from cockpit.sources.http.merging import Difference, completed, difference, write_merged, write_rows
from cockpit.sources.http.names import asked_columns, key_of, key_of_column, wanted_columns
from cockpit.sources.http.progress import Refreshed
from cockpit.sources.http.reporter import Reporter
from cockpit.sources.raw import RawTable
from cockpit.sources.spec import SourceSpec

_ROWS = "rows.parquet"
_KEPT = "kept.parquet"
_CHANGES = "changes.parquet"
_SHAPE_VERSION = 1
"""Raised when the meaning of a download changes; older ones are then fetched anew."""


def shape_of(table: str, spec: SourceSpec) -> str:
    """A digest of what is asked for. What only says how rows are read or how often does not count."""
    parts: list[Any] = [
        _SHAPE_VERSION,
        table,
        spec.type,
        spec.url,
        spec.entity,
        sorted(asked_columns(spec)),
        spec.filter,
        spec.expand,
        key_of(table, spec),
        spec.modified,
        spec.rows,
        spec.next,
        spec.page,
    ]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


def store(
    table: str,
    spec: SourceSpec,
    place: Path,
    folder: Path,
    current: Download | None,
    previous: Download | None,
    got: Fetched,
    reporter: Reporter,
    accept_empty: bool,
) -> Refreshed:
    """Make what came the current download.

    Args:
        table: which one.
        spec: its section, with its profile.
        place: of the download.
        folder: private, with what was written on the way.
        current: what there is.
        previous: the same, if it was fetched in the same shape.
        got: what came.
        reporter: knows bytes and requests.
        accept_empty: whether no rows may take the place of some.

    Raises:
        IncompleteError: everything must be fetched.
        EmptiedError, MissingColumnError, NonsenseError, SourceError: it cannot be what the section describes.
    """
    now = datetime.now(UTC)
    try:
        written = folder / "revision"
        shutil.rmtree(written, ignore_errors=True)  # of a reading that turned out incomplete
        written.mkdir(mode=0o700)
        if got.file is not None:
            name, found = _whole_file(table, spec, place, written, got, current)
        elif got.rows is not None:
            name, found = _rows(table, spec, place, written, got, current, previous)
        else:
            assert previous is not None, "only something that is there can be unchanged"
            name, found = previous.file, Difference(previous.digest, previous.rows, 0, 0, 0)
    except OSError as error:
        raise unwritable(place, error) from error
    except pl.exceptions.PolarsError as error:
        words = f"the rows cannot be written: {clean(str(error))[:200]}"
        raise SourceError(Problem(words, spec.place)) from error
    if not found.rows and current is not None and current.rows and not accept_empty:
        raise EmptiedError(table, spec.place, current.rows)
    same = previous is not None and found.is_none
    revision = current.revision if same and current is not None else next_name(current)
    file, changes = f"{revision}/{name}", None
    if previous is not None and (same or name == _CHANGES):
        file, changes = previous.file, previous.changes if same else f"{revision}/{name}"
    swept = got.full or got.present is not None
    download = Download(
        revision=revision,
        file=file,
        place=spec.place,
        rows=found.rows,
        fetched_at=previous.fetched_at if same and previous is not None else now,
        checked_at=now,
        swept_at=_swept_at(previous, now) if not swept else (now if _is_sure(got) else _LONG_AGO),
        shape=shape_of(table, spec),
        digest=found.digest,
        key=got.key,
        kept=_kept(previous, revision, written, same),
        changes=changes,
        **_remembered(previous, got),
    )
    switch(place, None if same else written, download)
    return Refreshed(
        table=table,
        changed=not same,
        rows=found.rows,
        added=found.added,
        updated=found.updated,
        removed=found.removed,
        bytes=reporter.bytes,
        requests=reporter.requests,
        fetched_at=download.fetched_at,
        checked_at=now,
        full=got.full,
        notes=tuple(got.notes),
    )


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _is_sure(got: Fetched) -> bool:
    """Whether the reading was whole; where the rows moved meanwhile, the next one reads all again."""
    return not any(note.severity == "warning" for note in got.notes)


def _swept_at(previous: Download | None, now: datetime) -> datetime:
    return previous.swept_at if previous is not None else now


def _kept(previous: Download | None, revision: str, written: Path, same: bool) -> str | None:
    if same:
        return previous.kept if previous is not None else None
    return f"{revision}/{_KEPT}" if (written / _KEPT).exists() else None


def _remembered(previous: Download | None, got: Fetched) -> dict[str, Any]:
    """What the next refresh needs to know; a refresh that asked for changes only forgets nothing."""
    names = ("watermark", "delta_link", "etag", "last_modified", "counted", "lists")
    facts = {name: getattr(got, name) for name in names}
    facts["tracking_refused"] = got.tracking_refused
    if previous is None or (got.full and (got.rows is not None or got.file is not None)):
        return facts
    for name in names:
        facts[name] = facts[name] or getattr(previous, name)
    facts["tracking_refused"] = facts["tracking_refused"] or previous.tracking_refused
    return facts


def _rows(
    table: str,
    spec: SourceSpec,
    place: Path,
    written: Path,
    got: Fetched,
    current: Download | None,
    previous: Download | None,
) -> tuple[str, Difference]:
    """Write rows that came as such: beside those that are there, or with them where that is better."""
    held, digest = held_file(place, previous), current.digest if current is not None else None
    target = written / _ROWS
    wanted = wanted_columns(spec)
    if previous is not None and held == rows_file(place, previous):
        found = _only_changes(got, held, previous, wanted, written)
        if found is not None:
            return found
    if got.derive is None:
        write_merged(got, held, target)
    else:
        write_merged(got, held, written / _KEPT)
        target.touch(mode=0o600)
        rows = got.derive(pl.scan_parquet(written / _KEPT, glob=False))
        rows.write_parquet(target, compression="lz4", statistics=False)
    missing = completed(target, wanted)
    if missing:
        raise _missing(table, spec, missing, pl.read_parquet_schema(target))
    before = rows_file(place, current) if current is not None and current.file.endswith(_ROWS) else None
    return _ROWS, difference(target, before, got.key if got.derive is None else None, digest)


def _only_changes(
    got: Fetched, held: SourceFile, previous: Download, wanted: list[str], written: Path
) -> tuple[str, Difference] | None:
    """Write few rows that came beside those that are there, or all of them when that has been done often.

    Returns:
        None where that is not possible, or where so much came that it had better not be in memory at once.
    """
    if got.rows is None or got.rows.count > MOST * previous.rows:
        return None
    changes = changes_after(got, held, previous.digest, wanted)
    if changes is None:
        return None
    name = _CHANGES if changes.are_few else _ROWS
    target = written / name
    target.touch(mode=0o600)
    if changes.are_few:
        changes.frame.write_parquet(target, compression="lz4", statistics=False)
    else:
        write_rows(changed(pl.scan_parquet(held.path, glob=False), changes.frame.lazy()), target)
    return name, changes.difference


def _whole_file(
    table: str, spec: SourceSpec, place: Path, written: Path, got: Fetched, current: Download | None
) -> tuple[str, Difference]:
    """Take a file as it was sent, once it is sure that it is whole and has the columns."""
    assert got.file is not None, "a file came"
    name = f"rows.{spec.type}"
    target = written / name
    got.file.replace(target)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if current is not None and current.digest == digest:
        return name, Difference(digest, current.rows, 0, 0, 0)
    raw = _read(spec, target, wanted_columns(spec))
    missing = [header for header in wanted_columns(spec) if not raw.find(header)]
    if missing:
        raise _missing(table, spec, missing, dict.fromkeys(raw.headers))
    rows = raw.frame.height
    return name, Difference(digest, rows, rows, 0, current.rows if current is not None else 0)


def _read(spec: SourceSpec, path: Path, wanted: list[str]) -> RawTable:
    try:
        return read_as(spec, SourceFile(path), path.parent, wanted)
    except SourceError as error:
        problems = [Problem(one.message, spec.place, one.line, one.key, one.hint) for one in error.problems]
        raise NonsenseError(*problems) from error


def _missing(
    table: str, spec: SourceSpec, missing: list[str], known: Mapping[str, Any]
) -> MissingColumnError:
    names = [clean(one) for one in known]
    return MissingColumnError(
        *(
            Problem(
                f"the answer has no column {header!r}",
                spec.place,
                key=key_of_column(table, spec, header),
                hint=did_you_mean(header, names) or f"columns: {', '.join(names)[:300]}",
            )
            for header in missing
        )
    )
