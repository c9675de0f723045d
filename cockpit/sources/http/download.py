"""What was fetched, in a folder of its own: each refresh writes a revision, one switch makes it current.

`DIR/.cockpit/downloads/TABLE/` holds `current.json` and a folder for each revision that the current state or
the one before it needs, so that a reader that has just looked up the old one still finds it. A revision holds
all rows, or only those that came since all were written (`sources/changes.py`). Nobody but the user may look
into it. The rows are text, just as they were sent.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.sources.files import SourceFile
from cockpit.sources.http.failures import RunningError

_CURRENT = "current.json"
_WRITING = ".writing-"
_DOWNLOADS = Path(".cockpit") / "downloads"


class Download(msgspec.Struct, frozen=True):
    """The current state of one table's download.

    Attributes:
        revision: name of its folder; a later one sorts after an earlier one.
        file: the rows, relative to the table's folder.
        place: host and path that were asked, without user and query.
        rows: how many.
        fetched_at: when (with zone) these rows were fetched.
        checked_at: when (with zone) the server last said that these are its rows.
        swept_at: when (with zone) everything was last fetched or compared, not only what changed.
        shape: digest of what was asked for; with another shape everything is fetched again.
        digest: of the rows.
        key: the column that names a row, where there is one.
        kept: rows as the server has them, where those in `file` are made from them.
        changes: the rows that came since `file` was written, where those are kept apart.
        watermark: the newest time of change that was seen.
        delta_link: where the server tells what has changed since.
        tracking_refused: whether the server declined to tell changes.
        etag, last_modified: of a whole answer.
        counted: rows that the server said there are, or None when it did not tell.
        lists: the server's words for its codes, by column and code.
    """

    revision: str
    file: str
    place: str
    rows: int
    fetched_at: datetime
    checked_at: datetime
    swept_at: datetime
    shape: str
    digest: str
    key: str | None = None
    kept: str | None = None
    changes: str | None = None
    watermark: str | None = None
    delta_link: str | None = None
    tracking_refused: bool = False
    etag: str | None = None
    last_modified: str | None = None
    counted: int | None = None
    lists: dict[str, dict[str, str]] = {}


def download_place(folder: Path, table: str) -> Path:
    """The folder of a table's download in the workspace `folder`; it may not exist."""
    return folder / _DOWNLOADS / table


def downloaded(place: Path) -> Download | None:
    """The current download, or None when nothing has been fetched or what was is gone.

    Args:
        place: as `download_place` gives it.
    """
    try:
        current = msgspec.json.decode((place / _CURRENT).read_bytes(), type=Download)
    except (OSError, msgspec.DecodeError):
        return None
    return current if all(path.is_file() for path in rows_file(place, current).paths) else None


def rows_file(place: Path, download: Download) -> SourceFile:
    """Where the rows are."""
    changes = None if download.changes is None else place / download.changes
    return SourceFile(place / download.file, changes)


def held_file(place: Path, download: Download | None) -> SourceFile | None:
    """Where the rows are as the server has them; None where there is no download."""
    if download is None or download.kept is None:
        return None if download is None else rows_file(place, download)
    return SourceFile(place / download.kept)


@contextmanager
def locked(place: Path) -> Iterator[None]:
    """Nobody else fetches this table meanwhile.

    Raises:
        RunningError: somebody does.
        SourceError: the folder cannot be written.
    """
    try:
        _make_private(place)
        descriptor = os.open(place / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(place, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            problem = Problem("is being fetched by another cockpit", place.name, hint="wait until it is done")
            raise RunningError(problem) from error
        _drop_unfinished(place)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def new_revision(place: Path) -> Iterator[Path]:
    """A private folder to write a revision into; what is not `switched` is dropped at the end."""
    try:
        folder = Path(tempfile.mkdtemp(dir=place, prefix=_WRITING))
    except OSError as error:
        raise unwritable(place, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def next_name(previous: Download | None) -> str:
    """The name of the revision that comes after the current one."""
    number = int(previous.revision) + 1 if previous is not None and previous.revision.isdigit() else 1
    return f"{number:08}"


def switch(place: Path, written: Path | None, download: Download) -> None:
    """Make a written revision the current one, in one step; with None only its facts change.

    Raises:
        SourceError: the folder cannot be written; the download is then as it was.
    """
    before = downloaded(place)
    try:
        if written is not None:
            for file in written.iterdir():
                file.chmod(0o600)
                _flush(file)
            target = place / download.revision
            shutil.rmtree(target, ignore_errors=True)  # left by a crash before its switch
            written.rename(target)
        write_atomic(place / _CURRENT, msgspec.json.encode(download))
    except OSError as error:
        raise unwritable(place, error) from error
    if written is not None:
        _drop_older(place, download.revision, {*_revisions(before), *_revisions(download)})


def unwritable(place: Path, error: OSError) -> SourceError:
    """The error of a folder that cannot be written or a disk that is full."""
    return SourceError(
        Problem(
            f"the download cannot be kept: {clean(error.strerror or str(error))}",
            clean(str(place)),
            hint="look at the folder's owner and the free space",
        )
    )


def _make_private(place: Path) -> None:
    """Make the folder and those above it in `.cockpit`; nobody but the user may look into it."""
    for folder in (place.parent.parent, place.parent, place):  # else those above would be open to others
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (place.parent, place):
        if folder.is_symlink() or not folder.is_dir():
            raise NotADirectoryError(20, "is not a folder", str(folder))
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)


def _flush(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _revisions(download: Download | None) -> Iterator[str]:
    """The folders that a state needs."""
    files = () if download is None else (download.file, download.kept, download.changes)
    yield from (file.partition("/")[0] for file in files if file is not None)


def _drop_older(place: Path, current: str, needed: Collection[str]) -> None:
    for folder in place.iterdir():
        name = folder.name
        if name.isdigit() and name < current and name not in needed and folder.is_dir():
            with suppress(OSError):
                shutil.rmtree(folder)


def _drop_unfinished(place: Path) -> None:
    """What a process left behind that was ended in the middle of a refresh."""
    for folder in place.glob(f"{_WRITING}*"):
        shutil.rmtree(folder, ignore_errors=True)
