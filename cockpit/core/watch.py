"""Files that others write: which tables have changed on disk and have come to rest.

Looking costs a `stat` a file. A change counts when two looks in a row see the same state and the file is
complete: a text file ends with a line end, or has rested for so long that it never will.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cockpit.base.problems import SourceError
from cockpit.sources.files import find_files, fingerprint, kind_of
from cockpit.sources.spec import SourceSpec

PATIENCE = 10.0
"""Seconds of rest after which a text file without a last line end is taken as complete."""
_ENDED = (b"\n", b"\r")


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look at the files of a table saw.

    Attributes:
        state: equal for as long as nothing has changed; also where nothing can be read.
        complete: whether no file looks half written.
    """

    state: tuple[tuple[str, int, int, int], ...]
    complete: bool = True


def sight_of(table: str, spec: SourceSpec, folder: Path) -> Sight:
    """Look at what a table is read from: files, its look-ups too, or what was fetched from a server.

    Opens files only to see the last byte.
    """
    state: list[tuple[str, int, int, int]] = []
    complete = True
    if spec.type is not None:
        state.append(_download_state(table, folder))
    state += [_download_state(one.source, folder) for one in spec.lookup if one.source is not None]
    own = [spec.path] if spec.type is None else []
    for pattern in (*own, *(lookup.path for lookup in spec.lookup if lookup.source is None)):
        try:
            for path in find_files(pattern, folder):
                print_ = fingerprint(path, folder)
                state.append((print_.path, print_.size, print_.modified_ns, print_.inode))
                complete = complete and _ends_a_line(path)
        except SourceError as error:
            state.append((str(error), 0, 0, 0))
    return Sight(tuple(state), complete)


def _download_state(table: str, folder: Path) -> tuple[str, int, int, int]:
    """Which fetched rows are the current ones: another cockpit, or cron, may fetch them too."""
    from cockpit.sources.http.download import download_place, downloaded

    current = downloaded(download_place(folder, table))
    if current is None:
        return ("", 0, 0, 0)
    return (current.revision, current.rows, int(current.fetched_at.timestamp()), 0)


def _ends_a_line(path: Path) -> bool:
    if path.suffix.lower() == ".gz" or kind_of(path) not in ("text", "ndjson"):
        return True
    try:
        with path.open("rb") as file:
            file.seek(-1, 2)
            # The second byte of a line end in UTF-16 of one byte order is a zero.
            return file.read(1) in (*_ENDED, b"\0")
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A change that was seen and has still to come to rest."""

    sight: Sight
    since: float


class Watch:
    """Remembers changes that have still to come to rest."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}

    def settled(self, sights: Mapping[str, Sight], read: Mapping[str, Sight], now: float) -> tuple[str, ...]:
        """The tables whose files have changed since they were read, and rest.

        Args:
            sights: what this look saw, by table.
            read: what was seen when the table was last read, whether or not that was any good.
            now: a monotonic time in seconds.
        """
        found = []
        for table, sight in sights.items():
            if table not in read or sight.state == read[table].state:
                self._waiting.pop(table, None)
                continue
            waiting = self._waiting.get(table)
            if waiting is None or waiting.sight.state != sight.state:
                self._waiting[table] = _Waiting(sight, now)
            elif sight.complete or now - waiting.since >= PATIENCE:
                found.append(table)
        return tuple(found)
