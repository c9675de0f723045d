"""What goes wrong with an SQLite file, said in words with a remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.store.holders import holder_of

_KNOWN = (
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        "is locked",
        "is locked by another program",
        "wait for it to end, then repeat; `cockpit doctor` tells more",
    ),
    (
        ("SQLITE_FULL",),
        "disk is full",
        "could not be written: the disk is full",
        "make room; nothing was half-written",
    ),
    (
        ("SQLITE_READONLY",),
        "readonly",
        "may not be written",
        "open it with --read-only, or ask for write permission on the folder",
    ),
    (
        ("SQLITE_CORRUPT", "SQLITE_NOTADB"),
        "malformed",
        "is damaged",
        "keep the file, put back the newest one from the folder backups beside it",
    ),
    (
        ("SQLITE_CANTOPEN", "SQLITE_PERM"),
        "unable to open",
        "cannot be opened",
        "look at the permissions of the file and its folder",
    ),
    (
        ("SQLITE_IOERR",),
        "disk I/O error",
        "could not be read or written: the disk reports an error or is full",
        "nothing was half-written; look at the disk",
    ),
)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether somebody else has the lock."""
    name = getattr(error, "sqlite_errorname", None) or ""
    return name.startswith("SQLITE_BUSY") or (not name and "is locked" in str(error))


def as_problem(error: sqlite3.Error, path: Path) -> Problem:
    """The problem that an error of SQLite stands for."""
    name = getattr(error, "sqlite_errorname", None) or ""
    text = str(error)
    if is_busy(error) and (holder := holder_of(path)) is not None:
        return Problem(f"is locked by {holder}", clean(str(path)), key="store", hint=_KNOWN[0][3])
    for codes, part, message, hint in _KNOWN:
        if any(name.startswith(code) for code in codes) or (not name and part in text):
            return Problem(message, clean(str(path)), key="store", hint=hint)
    return Problem(f"could not be read or written: {clean(text)}", clean(str(path)), key="store")


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the file system inside into a SourceError.

    Raises:
        SourceError: in place of each of them.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise SourceError(as_problem(error, path)) from error
    except OSError as error:
        words = clean(error.strerror or str(error))
        raise SourceError(
            Problem(f"cannot be used: {words}", clean(str(error.filename or path)), key="store")
        ) from error
