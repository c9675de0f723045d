"""A kind of item and stores to test with."""

import sqlite3
from datetime import UTC, datetime

from cockpit.store import Kind, NewItem, Transition, open_store

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

THING = Kind(
    name="thing",
    states=("open", "closed", "gone"),
    initial="open",
    finished=("closed", "gone"),
    withdrawn="gone",
    required=("title",),
    transitions=(
        Transition("close", ("open",), "closed", requires=("proof",)),
        Transition("reopen", ("closed", "gone"), "open"),
        Transition("discard", ("open",), "gone", roles=("boss",), not_by="asked_by"),
    ),
)


def things(count, start=0):
    return [NewItem("thing", f"a/{n}", {"title": f"thing {n}"}) for n in range(start, start + count)]


def opened(path, actor="pat", **options):
    store = open_store(path, actor=actor, clock=lambda: NOW, **options)
    store.register(THING)
    return store


class FailingConnection(sqlite3.Connection):
    """Raises an error at the n-th statement after `fail_at` was set, and at every one from there on."""

    fail_at = None
    error = "disk I/O error"

    def _count(self):
        cls = FailingConnection
        if cls.fail_at is not None:
            cls.fail_at -= 1
            if cls.fail_at < 0:
                raise sqlite3.OperationalError(cls.error)

    def execute(self, sql, *arguments):
        if not sql.startswith("ROLLBACK"):
            self._count()
        return super().execute(sql, *arguments)

    def executemany(self, sql, *arguments):
        self._count()
        return super().executemany(sql, *arguments)
