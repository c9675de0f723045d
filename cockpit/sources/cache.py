"""The typed columnar cache: what was loaded once is not parsed again while its files stay the same.

A table is kept in a folder of its own whose name is two digests: of the section with the cockpit's version,
and of the state (size, time, inode) of every file it was read from. When the files are gone or spoilt, the
first of the two still finds what was last read in order. Folders are written aside and renamed, so a reader
sees a whole one or none. Frames are Parquet: repeated texts are kept once, in the file and in
memory, which mapped Arrow files of the same table need twice the memory for and no less time.
"""

import hashlib
import shutil
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
import polars as pl

from cockpit.base.problems import Problem
from cockpit.base.version import cockpit_version
from cockpit.sources.files import Fingerprint
from cockpit.sources.spec import SourceSpec
from cockpit.sources.table import Corrected, LoadReport, RepeatedId, Table, Unmatched

FORMAT = 3
"""Raised when the meaning of a cached table changes; older ones are then made again."""
ROW_GROUP = 131_072
"""Rows read by one thread at a time."""


class _Facts(msgspec.Struct):
    """Everything of a table but its frames."""

    name: str
    headers: dict[str, str]
    paths: tuple[str, ...]
    loaded_at: datetime
    rows_read: int
    rows_kept: int
    rows_without_id: int
    rows_replaced: int
    unmatched: tuple[Unmatched, ...]
    corrected: tuple[Corrected, ...]
    repeated_ids: tuple[RepeatedId, ...]
    repeated_count: int
    encoding: str | None
    separator: str | None
    problems: tuple[Problem, ...]


def _section(name: str, spec: SourceSpec, zone: str | None) -> str:
    """The beginning of the names of all folders of a table, as its section reads it."""
    content = msgspec.json.encode([FORMAT, cockpit_version(), pl.__version__, name, spec, zone])
    return f"{name}-{hashlib.sha256(content).hexdigest()[:20]}-"


def _place(
    cache: Path, name: str, spec: SourceSpec, zone: str | None, prints: tuple[Fingerprint, ...]
) -> Path:
    states = hashlib.sha256(msgspec.json.encode(prints)).hexdigest()[:20]
    return cache / f"{_section(name, spec, zone)}{states}"


def read_cached(
    cache: Path, name: str, spec: SourceSpec, zone: str | None, prints: tuple[Fingerprint, ...]
) -> Table | None:
    """The table as it was cached for exactly these files and this section, or None."""
    return _read(_place(cache, name, spec, zone, prints))


def last_cached(cache: Path, name: str, spec: SourceSpec, zone: str | None) -> Table | None:
    """The table as this section last read it in order, whatever has become of its files; or None."""
    return next((table for place in _newest(cache, name, spec, zone) if (table := _read(place))), None)


def last_cached_rows(cache: Path, name: str, spec: SourceSpec, zone: str | None) -> int:
    """How many rows `last_cached` has; 0 where there is none. Reads no rows."""
    for place in _newest(cache, name, spec, zone):
        try:
            return msgspec.json.decode((place / "facts.json").read_bytes(), type=_Facts).rows_kept
        except (OSError, msgspec.DecodeError):
            continue
    return 0


def _newest(cache: Path, name: str, spec: SourceSpec, zone: str | None) -> list[Path]:
    found = []
    for place in cache.glob(f"{_section(name, spec, zone)}*"):
        with suppress(OSError):
            found.append(((place / "facts.json").stat().st_mtime_ns, place))
    return [place for _, place in sorted(found, reverse=True)]


def _read(place: Path) -> Table | None:
    try:
        facts = msgspec.json.decode((place / "facts.json").read_bytes(), type=_Facts)
        frame, rejects, blanked = (
            pl.read_parquet(place / f"{part}.parquet", glob=False) for part in ("frame", "rejects", "blanked")
        )
    except (OSError, msgspec.DecodeError, pl.exceptions.PolarsError):
        return None
    report = LoadReport(
        table=facts.name,
        paths=facts.paths,
        loaded_at=facts.loaded_at,
        rows_read=facts.rows_read,
        rows_kept=facts.rows_kept,
        rejects=rejects,
        blanked=blanked,
        rows_without_id=facts.rows_without_id,
        rows_replaced=facts.rows_replaced,
        unmatched=facts.unmatched,
        corrected=facts.corrected,
        repeated_ids=facts.repeated_ids,
        repeated_count=facts.repeated_count,
        encoding=facts.encoding,
        separator=facts.separator,
        problems=facts.problems,
    )
    return Table(facts.name, frame, report, facts.headers)


def write_cached(
    cache: Path, table: Table, spec: SourceSpec, zone: str | None, prints: tuple[Fingerprint, ...]
) -> None:
    """Keep a table, and drop older states of it. A cache that cannot be written is no error."""
    report = table.report
    facts = _Facts(
        name=table.name,
        headers=dict(table.headers),
        paths=report.paths,
        loaded_at=report.loaded_at,
        rows_read=report.rows_read,
        rows_kept=report.rows_kept,
        rows_without_id=report.rows_without_id,
        rows_replaced=report.rows_replaced,
        unmatched=report.unmatched,
        corrected=report.corrected,
        repeated_ids=report.repeated_ids,
        repeated_count=report.repeated_count,
        encoding=report.encoding,
        separator=report.separator,
        problems=report.problems,
    )
    place = _place(cache, table.name, spec, zone, prints)
    temporary: Path | None = None
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=cache, prefix=".writing-"))
        for part, frame in (("frame", table.frame), ("rejects", report.rejects), ("blanked", report.blanked)):
            target = temporary / f"{part}.parquet"
            target.touch(mode=0o600)
            frame.write_parquet(target, compression="lz4", statistics=False, row_group_size=ROW_GROUP)
        facts_file = temporary / "facts.json"
        facts_file.touch(mode=0o600)
        facts_file.write_bytes(msgspec.json.encode(facts))
        shutil.rmtree(place, ignore_errors=True)  # there only when it could not be read
        temporary.rename(place)
        _drop_older(cache, table.name, place)
    except (OSError, pl.exceptions.PolarsError):
        pass
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _drop_older(cache: Path, name: str, current: Path) -> None:
    for folder in cache.glob(f"{name}-*"):
        if folder != current:
            with suppress(OSError):
                shutil.rmtree(folder)
