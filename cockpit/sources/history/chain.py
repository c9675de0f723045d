"""The Parquet files of a chain: written aside and renamed, checked when read, put together to one state."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.sources.history.difference import IS_GONE, NTH, Difference, identities
from cockpit.sources.history.index import Chain, Delta, StoredFile

STEP, GONE = "_step", IS_GONE
"""Columns of delta files: the step at which a row came to be so, and whether that is its end."""
LOOSE_FILES = 32
"""So many small delta files are put together into one, which compresses better and opens faster."""
FULL_AGAIN = 1.0
"""A new base is written when the deltas hold so many times the rows of the base, which bounds reading."""

_HINT = "restore it from a backup; the days that need it stay blank, the others are as they were"


def write_frame(folder: Path, name: str, frame: pl.DataFrame, mode: int) -> StoredFile:
    """Write a Parquet file, whole or not at all.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=3, statistics=False)
    content = buffer.getvalue()
    write_atomic(folder / name, content, mode)
    return StoredFile(name, len(content), _digest(content), frame.height)


def read_frame(folder: Path, file: StoredFile, columns: list[str] | None = None) -> pl.DataFrame:
    """Read a file that the index names, or some of its columns.

    Raises:
        SourceError: it is missing, cut off, altered, or no Parquet file.
    """
    try:
        return pl.read_parquet(io.BytesIO(_content(folder, file)), columns=columns)
    except pl.exceptions.PolarsError as error:
        name = clean(str(folder / file.name))
        raise SourceError(Problem("a file of the history is no Parquet file", name, hint=_HINT)) from error


def damage_of(folder: Path, file: StoredFile) -> Problem | None:
    """What is wrong with a file that the index names, without decoding it; None where it is as written."""
    try:
        _content(folder, file)
    except SourceError as error:
        return error.problems[0]
    return None


def files_until(chain: Chain, step: int) -> list[StoredFile]:
    """The files that hold a step of a chain, its base first."""
    return [chain.base, *(delta.file for delta in chain.deltas if delta.first <= step)]


def _content(folder: Path, file: StoredFile) -> bytes:
    path = folder / file.name
    name = clean(str(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        words = clean(error.strerror or str(error))
        raise SourceError(Problem(f"a file of the history cannot be read: {words}", name)) from error
    if len(content) < file.size:
        words = f"a file of the history is cut off: {len(content):,} of {file.size:,} bytes"
        raise SourceError(Problem(words, name, hint=_HINT))
    if _digest(content) != file.digest:
        raise SourceError(Problem("a file of the history is not what was written", name, hint=_HINT))
    return content


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def delta_frame(found: Difference, columns: list[str], step: int) -> pl.DataFrame:
    """The rows of a delta file: what was written, then what is gone."""
    written = found.written.with_columns(pl.lit(value=False).alias(GONE))
    removed = found.removed.with_columns(pl.lit(value=True).alias(GONE))
    both = pl.concat([written, removed], how="diagonal")
    return both.select(*columns, NTH, GONE, pl.lit(step, pl.UInt32).alias(STEP))


def read_state(folder: Path, chain: Chain, step: int, identity: str | None) -> pl.DataFrame:
    """All rows of a chain at a step, with `NTH`.

    Raises:
        SourceError: a file of it is missing or damaged, or does not have the chain's columns.
    """
    files = files_until(chain, step)
    with ThreadPoolExecutor(max_workers=4) as pool:
        base, *changes = pool.map(lambda file: read_frame(folder, file), files)
    for file, frame in zip(files, (base, *changes), strict=True):
        _check_columns(folder, file, frame, chain)
    return _applied(base, changes, step, identity)


def _check_columns(folder: Path, file: StoredFile, frame: pl.DataFrame, chain: Chain) -> None:
    held = {name: str(kind) for name, kind in frame.schema.items()}
    other = [name for name, kind in chain.columns.items() if held.get(name) != kind]
    if other:
        words = f"a file of the history has other columns than its index says: {', '.join(other)}"
        raise SourceError(Problem(clean(words), clean(str(folder / file.name))))


def _applied(
    base: pl.DataFrame, changes: list[pl.DataFrame], step: int, identity: str | None
) -> pl.DataFrame:
    if not changes:
        return base
    columns = [name for name in base.columns if name != NTH]
    keys = [*identities(base.select(columns), identity), NTH]
    touched = pl.concat(changes).filter(pl.col(STEP) <= step)
    if len(changes) > 1 or touched[STEP].n_unique() > 1:
        touched = touched.sort(STEP, maintain_order=True).unique(keys, keep="last", maintain_order=True)
    kept = base.join(touched.select(keys), on=keys, how="anti", nulls_equal=True, maintain_order="left")
    rows = pl.concat([kept, touched.filter(~pl.col(GONE)).select(base.columns)])
    return rows.sort(NTH, maintain_order=True) if (rows[NTH] > 0).any() else rows


def read_changes_since(folder: Path, chain: Chain, first: int, last: int) -> pl.DataFrame | None:
    """The changes of the steps after `first` until `last`, oldest first, as `delta_frame` wrote them.

    Returns:
        The rows, with `NTH`, `GONE` and `STEP`; None where there is no such step.

    Raises:
        SourceError: a file of it is missing or damaged, or does not have the chain's columns.
    """
    frames = []
    for delta in chain.deltas:
        if delta.last > first and delta.first <= last:
            frame = read_frame(folder, delta.file)
            _check_columns(folder, delta.file, frame, chain)
            frames.append(frame)
    if not frames:
        return None
    wanted = (pl.col(STEP) > first) & (pl.col(STEP) <= last)
    return pl.concat(frames).filter(wanted).sort(STEP, maintain_order=True)


def read_changes(folder: Path, chain: Chain, columns: list[str] | None = None) -> pl.DataFrame:
    """Every version of every row of a chain, with `NTH`, `STEP` and `GONE`; the base is step 0.

    Args:
        folder: of the history.
        chain: which.
        columns: those that are wanted and that the chain has; None for all.

    Raises:
        SourceError: a file of it is missing or damaged.
    """
    wanted = None if columns is None else [*columns, NTH]
    base = read_frame(folder, chain.base, wanted).with_columns(
        pl.lit(value=False).alias(GONE), pl.lit(0, pl.UInt32).alias(STEP)
    )
    later = None if wanted is None else base.columns
    return pl.concat(
        [base, *(read_frame(folder, delta.file, later).select(base.columns) for delta in chain.deltas)]
    )


def packed(folder: Path, name: str, deltas: list[Delta], identity: str | None, mode: int) -> Delta:
    """Several delta files put together into one, rows of the same id beside each other.

    Raises:
        SourceError: one of them is missing or damaged.
        OSError: the folder cannot be written.
    """
    together = pl.concat([read_frame(folder, delta.file) for delta in deltas])
    order = [identity, NTH, STEP] if identity is not None and identity in together.columns else [STEP]
    file = write_frame(folder, name, together.sort(order, maintain_order=True), mode)
    return Delta(file, deltas[0].first, deltas[-1].last)
