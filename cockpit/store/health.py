"""The health of a store, for `cockpit doctor`: facts, and everything that is not as it should be."""

import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.store import schema
from cockpit.store.mounts import file_system
from cockpit.store.sqlite import SqliteStore

SLACK = timedelta(minutes=5)
"""How far ahead of the clock an entry may be before the clock is doubted."""


class Health(msgspec.Struct, frozen=True):
    """What the doctor found.

    Attributes:
        facts: name -> value, in the order to be shown.
        problems: what is wrong, worst first.
    """

    facts: dict[str, Any]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; warnings count, notes do not."""
        return all(problem.severity == "note" for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """The shape that `doctor --json` prints."""
        return {
            "ok": self.ok,
            "facts": self.facts,
            "problems": [problem.as_json() for problem in self.problems],
        }


def examine(store: SqliteStore, now: datetime | None = None) -> Health:
    """Look at everything: integrity, chain, state against journal, modes, mount, versions, clock.

    Args:
        store: an opened store.
        now: what time it is; the system's clock when left out.
    """
    path = store.place.path
    mount = None if store.place.in_memory else file_system(path.parent)
    facts: dict[str, Any] = {
        "path": clean(str(path)),
        "writable": _writable(store),
        "shared": store.place.shared,
        "in_memory": store.place.in_memory,
        "actor": store.actor,
        "sqlite": sqlite3.sqlite_version,
        "schema": len(schema.MIGRATIONS),
        "file_system": mount,
    }
    problems = list(store.check())
    try:
        facts |= _counted(store)
        problems += _clock(facts["last_entry"], now or datetime.now(UTC))
    except (SourceError, sqlite3.Error) as error:
        problems.append(Problem(f"cannot be read: {clean(str(error))}", clean(str(path)), key="store"))
    if not store.place.in_memory:
        facts |= _modes(path)
    problems += store.warnings
    order = {"error": 0, "warning": 1, "note": 2}
    return Health(facts, tuple(sorted(problems, key=lambda problem: order[problem.severity])))


def _writable(store: SqliteStore) -> bool:
    """Whether this user may write the store; the doctor itself opens it only for reading."""
    path = store.place.path
    return not store.place.in_memory and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _counted(store: SqliteStore) -> dict[str, Any]:
    connection = store.connection()
    ask = connection.execute
    items = dict(ask("SELECT kind, count(*) FROM item GROUP BY kind").fetchall())
    entries, last = ask("SELECT count(*), max(at) FROM journal").fetchone()
    backups = sorted((store.place.path.parent / "backups").glob("work-*.sqlite3"))
    return {
        "journal_mode": ask("PRAGMA journal_mode").fetchone()[0],
        "synchronous": ask("PRAGMA synchronous").fetchone()[0],
        "items": items,
        "entries": entries,
        "last_entry": last,
        "backups": len(backups),
        "newest_backup": backups[-1].name if backups else None,
    }


def _modes(path: Path) -> dict[str, Any]:
    return {
        "file_mode": f"{stat.S_IMODE(path.stat().st_mode):04o}",
        "folder_mode": f"{stat.S_IMODE(path.parent.stat().st_mode):04o}",
        "owned_by_you": not hasattr(os, "getuid") or path.stat().st_uid == os.getuid(),
        "bytes": path.stat().st_size,
    }


def _clock(last: str | None, now: datetime) -> list[Problem]:
    if last is None or datetime.fromisoformat(last) <= now + SLACK:
        return []
    return [
        Problem(
            f"the last change is dated {last}, after the clock of this host ({now:%Y-%m-%dT%H:%M%z})",
            key="clock",
            hint="set the clock right",
            severity="warning",
        )
    ]
