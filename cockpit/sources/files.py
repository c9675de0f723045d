"""Which files a path names, whether they may be opened, and whether they stayed the same while read."""

import glob
import os
import shutil
import stat
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cockpit.base.clean import clean
from cockpit.base.paths import is_there
from cockpit.base.problems import Problem, SourceError, did_you_mean

MAX_BYTES = 4_000_000_000
"""Larger files, or compressed files that unpack to more, are refused."""
SETTLE_SECONDS = 0.2
"""Between two looks at a file that is being written."""
SETTLE_LOOKS = 15
"""Looks at a file that does not come to rest before it is left for later."""
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart")
_SUFFIXES = {
    ".csv": "text",
    ".tsv": "text",
    ".tab": "text",
    ".txt": "text",
    ".parquet": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells one state of a file from another without reading it."""

    path: str
    size: int
    modified_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that rows are read from.

    Attributes:
        path: where it is.
        changes: of a download, where the rows are that came since it was written (`changes.py`).
    """

    path: Path
    changes: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files it is made of."""
        return (self.path,) if self.changes is None else (self.path, self.changes)


def shown(path: Path, folder: Path) -> str:
    """The path as messages name it: relative to the workspace where it lies inside, cleaned."""
    try:
        return clean(str(path.relative_to(folder)))
    except ValueError:
        return clean(str(path))


def kind_of(path: Path) -> str:
    """Which reader a file needs by its name: text, parquet, ndjson or xlsx."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1] if suffixes else "", "text")


def find_files(pattern: str, folder: Path) -> list[Path]:
    """The files that a path or a glob names, sorted by name.

    Files that are still being written, by their name, and Excel's lock files (`~$`) are left out of globs.

    Raises:
        SourceError: nothing is there, or it is nothing that can be read.
    """
    if "\0" in pattern or "\n" in pattern:
        raise SourceError(Problem("the path holds a control character", clean(pattern)))
    path = folder / pattern
    if not glob.has_magic(pattern) or is_there(path):
        fingerprint(path, folder)
        if _is_unfinished(path):
            raise SourceError(
                Problem("is a temporary file by its name", shown(path, folder), hint="name the finished file")
            )
        return [path]
    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 (patterns may be absolute)
    found = sorted(folder / name for name in names)
    files = [one for one in found if one.is_file() and not _is_unfinished(one)]
    if not files:
        raise SourceError(
            Problem("no file matches", shown(path, folder), hint="check the path and the pattern")
        )
    return files


def _is_unfinished(path: Path) -> bool:
    return path.name.startswith("~$") or path.name.lower().endswith(_UNFINISHED)


def fingerprint(path: Path, folder: Path) -> Fingerprint:
    """The state of a file, without opening it.

    Raises:
        SourceError: it is missing, a folder, a pipe or a device, empty, too large, or may not be read.
    """
    name = shown(path, folder)
    try:
        status = path.stat()
    except OSError as error:
        raise SourceError(_unreadable(path, name, error)) from error
    except ValueError as error:
        raise SourceError(Problem("the path holds a control character", name)) from error
    if stat.S_ISDIR(status.st_mode):
        raise SourceError(
            Problem("is a folder, not a file", name, hint="name a file in it, or a pattern such as *.csv")
        )
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(Problem("is a pipe or a device, not a file", name, hint="write it to a file first"))
    if status.st_size == 0:
        raise SourceError(Problem("is empty", name, hint="export it again"))
    if status.st_size > MAX_BYTES:
        raise SourceError(Problem(f"is larger than {MAX_BYTES:,} bytes, so not read", name))
    if not os.access(path, os.R_OK):
        raise SourceError(_unreadable(path, name, PermissionError()))
    return Fingerprint(str(path), status.st_size, status.st_mtime_ns, status.st_ino)


def check_unchanged(path: Path, folder: Path, before: Fingerprint) -> None:
    """Refuse a file that was written, replaced or removed while it was being read.

    Raises:
        SourceError: it is not what it was.
    """
    if fingerprint(path, folder) != before:
        raise SourceError(_changing(path, folder))


@contextmanager
def private_copy(path: Path, folder: Path) -> Iterator[tuple[Path, Path]]:
    """A copy, for this user alone, of a file that others write meanwhile; taken once the file rests.

    Yields:
        The copy and the folder that stands for the workspace: messages then name the file as before.

    Raises:
        SourceError: the file does not come to rest, or is no longer one.
    """
    name = shown(path, folder)
    place = Path(tempfile.mkdtemp(prefix="cockpit-"))
    copy = place / (path.name if Path(name).is_absolute() or ".." in Path(name).parts else name)
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        seen = fingerprint(path, folder)
        for _ in range(SETTLE_LOOKS):
            time.sleep(SETTLE_SECONDS)
            before, seen = seen, fingerprint(path, folder)
            if before != seen:
                continue
            shutil.copyfile(path, copy)
            if fingerprint(path, folder) == seen:
                yield copy, place
                return
        raise SourceError(_changing(path, folder))
    except OSError as error:
        raise SourceError(_unreadable(path, name, error)) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _changing(path: Path, folder: Path) -> Problem:
    return Problem(
        "changed while it was being read", shown(path, folder), hint="load again when it is written"
    )


def unpacked(path: Path, folder: Path) -> bytes:
    """The content of a gzip file.

    Raises:
        SourceError: it is cut short, damaged, or unpacks to more than `MAX_BYTES`.
    """
    name = shown(path, folder)
    unpacker = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    size = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                while chunk:
                    if unpacker.eof:
                        unpacker = zlib.decompressobj(wbits=31)
                    part = unpacker.decompress(chunk, 1 << 24)
                    size += len(part)
                    parts.append(part)
                    if size > MAX_BYTES:
                        raise SourceError(
                            Problem(f"unpacks to more than {MAX_BYTES:,} bytes, so not read", name)
                        )
                    chunk = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as error:
        raise SourceError(Problem("is damaged: not a gzip file", name, hint="export it again")) from error
    except OSError as error:
        raise SourceError(_unreadable(path, name, error)) from error
    if not unpacker.eof:
        raise SourceError(Problem("is cut short: the gzip file has no end", name, hint="copy it again"))
    return b"".join(parts)


def _unreadable(path: Path, name: str, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        try:
            siblings = [one.name for one in path.parent.iterdir()]
        except OSError:
            return Problem("no such file", name, hint="its folder is not there")
        return Problem("no such file", name, hint=did_you_mean(path.name, siblings) or "check the path")
    if isinstance(error, PermissionError):
        return Problem("no permission to read it", name, hint="ask its owner, or copy it")
    return Problem(f"cannot be read: {clean(error.strerror or str(error))}", name)
