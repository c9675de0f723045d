"""Opening a store: folders and files with the right modes, read-only where it must be, backups.

`[store] shared = false` means this user only (folder 0700, file 0600); `true` the folder's group (2770 and
0660). The file is made before SQLite sees it, since SQLite gives its journal the file's mode.
"""

import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.store.failures import as_problem
from cockpit.store.mounts import network_file_system

KEPT_BACKUPS = 7
DAILY = "daily"
"""Label of the copies that the first write of a day makes."""
_MAGIC = b"SQLite format 3\x00"


class Place(msgspec.Struct):
    """Where a store lies and how it can be used there.

    Attributes:
        path: the file.
        shared: whether the folder's group may read and write.
        read_only: whether it is only read.
        in_memory: there is no file and none can be made, so an empty one lives as long as the process.
        warnings: what was put right or could not be.
    """

    path: Path
    shared: bool
    read_only: bool
    in_memory: bool = False
    warnings: list[Problem] = msgspec.field(default_factory=list)

    def warn(self, message: str, file: Path, hint: str | None = None) -> None:
        """Remember something that the user should hear."""
        self.warnings.append(Problem(message, clean(str(file)), key="store", hint=hint, severity="warning"))


def prepare(path: Path, shared: bool, read_only: bool) -> Place:
    """Make folder and file where they are missing and find out how the store can be used.

    Raises:
        SourceError: the folder or the file is a link or no plain file.
        OSError: the file cannot be looked at.
    """
    place = _prepared(path, shared, read_only)
    kind = None if place.in_memory else network_file_system(path.parent)
    if kind is not None:
        place.warn(
            f"lies on a network file system ({kind}), where locks cannot be relied upon",
            path,
            "keep the workspace on a local disk of the host that people log in to",
        )
    return place


def _prepared(path: Path, shared: bool, read_only: bool) -> Place:
    place = Place(path, shared, read_only)
    folder = path.parent
    if folder.is_symlink() or path.is_symlink():
        link = folder if folder.is_symlink() else path
        raise SourceError(
            Problem("is a symbolic link, so it is not used for the store", clean(str(link)), key="store")
        )
    if not place.read_only and not folder.is_dir():
        _make_folder(place, folder)
    if not path.exists():
        if not place.read_only:
            _make_file(place)
        place.in_memory = place.read_only
        if not place.read_only:
            _put_modes_right(place, folder)
        return place
    if not path.is_file():
        raise SourceError(Problem("is not a file", clean(str(path)), key="store"))
    _refuse_rubble(path)
    if not place.read_only and not (os.access(path, os.W_OK) and os.access(folder, os.W_OK)):
        place.read_only = True
        place.warn("may not be written by you, so it is opened read-only", path)
    if not place.read_only:
        _put_modes_right(place, folder)
    return place


def _refuse_rubble(path: Path) -> None:
    """Refuse a file that is no database; SQLite would take a very short one for an empty database."""
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start and start != _MAGIC:
        raise SourceError(as_problem(sqlite3.DatabaseError("malformed"), path))


def _make_folder(place: Place, folder: Path) -> None:
    mode = 0o2770 if place.shared else 0o700
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        folder.chmod(mode)  # mkdir obeys the umask and ignores the group bit
    except OSError as error:
        place.read_only = True
        place.warn(f"cannot be made ({clean(error.strerror or '')}), so nothing is kept", folder)


def _make_file(place: Place) -> None:
    mode = 0o660 if place.shared else 0o600
    try:
        descriptor = os.open(place.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:  # another process made it a moment ago
        return
    except OSError as error:
        place.read_only = True
        place.warn(f"cannot be made ({clean(error.strerror or '')}), so nothing is kept", place.path)
        return
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)  # the umask may have taken the group's bits
    finally:
        os.close(descriptor)


def _put_modes_right(place: Place, folder: Path) -> None:
    if not hasattr(os, "getuid"):
        return
    wanted = ((folder, 0o2770 if place.shared else 0o700), (place.path, 0o660 if place.shared else 0o600))
    for target, allowed in wanted:
        status = target.stat()
        if not stat.S_IMODE(status.st_mode) & ~allowed & 0o777:
            continue
        if status.st_uid == os.getuid():
            target.chmod(allowed)
            place.warn(f"was open to others, is {allowed:o} again", target)
        else:
            place.warn("is open to others and belongs to somebody else", target, f"chmod {allowed:o} it")


def backed_up_today(place: Place) -> bool:
    """Whether the copy of this day (in UTC) is there."""
    folder = place.path.parent / "backups"
    return any(folder.glob(f"work-{datetime.now(UTC):%Y-%m-%d}T*-{DAILY}.sqlite3"))


def backup(connection: sqlite3.Connection, place: Place, label: str) -> Path:
    """Copy the store, whole and consistent, into `backups` beside it; the seven newest are kept.

    Args:
        connection: an open connection to the store.
        place: where the store lies.
        label: what the copy is for; part of its name after the date.

    Returns:
        The file that was written.
    """
    folder = place.path.parent / "backups"
    if not folder.is_dir():
        folder.mkdir(mode=0o700)
        folder.chmod(0o2770 if place.shared else 0o700)
    now = datetime.now(UTC)
    target = folder / f"work-{now:%Y-%m-%dT%H%M%S}-{label}.sqlite3"
    temporary = target.with_suffix(f".{os.getpid()}.part")  # another process may copy at the same moment
    mode = 0o660 if place.shared else 0o600
    os.close(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode))
    try:
        with closing(sqlite3.connect(temporary)) as copy:
            connection.backup(copy)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    for old in sorted(folder.glob("work-*.sqlite3"))[:-KEPT_BACKUPS]:
        old.unlink(missing_ok=True)
    return target
