"""One SQLite connection a thread, each set up the same way, and the one shape that every write has."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from os import urandom
from time import monotonic, sleep

from cockpit.base.clean import clean
from cockpit.store.failures import in_words, is_busy
from cockpit.store.holders import holder_of
from cockpit.store.opening import DAILY, Place, backed_up_today, backup
from cockpit.store.schema import bring_up_to_date, version_of

BUSY_SECONDS = 5.0
"""How long a write waits for another program's write to end."""
SHORTEST_WAIT, LONGEST_WAIT = 0.002, 0.02
"""Seconds between two attempts to get the lock, drawn anew each time."""
TELL_SECONDS = 1.0
"""After how long a wait whoever opened the store is told of it."""
_A_LOOK = "SELECT 1 FROM sqlite_master LIMIT 1"
"""What takes the lock that every read takes."""


class Connections:
    """The connections of one opened store.

    A write is `BEGIN IMMEDIATE` to `COMMIT`: the lock is taken before anything is read, so that nothing
    read can be out of date when it is written back. Writes inside a write join it.
    """

    def __init__(
        self,
        place: Place,
        connection_class: type[sqlite3.Connection] = sqlite3.Connection,
        waits: Callable[[str], None] | None = None,
    ) -> None:
        self.place = place
        self._waits = waits
        self._class = connection_class
        self._local = threading.local()
        self._all: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._guard = threading.Lock()
        self._looked_at_backups: date | None = None
        self._memory_name = f"file:cockpit-{urandom(8).hex()}?mode=memory&cache=shared"
        with in_words(place.path):
            self._open_first()

    def _open_first(self) -> None:
        connection = self.get()
        if self.place.read_only and not self.place.in_memory:
            version_of(connection, self.place.path)
            return
        bring_up_to_date(
            connection, self.place.path, lambda old, version: backup(old, self.place, f"v{version}")
        )

    def get(self) -> sqlite3.Connection:
        """This thread's connection: that of a thread which has ended, else a new one."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._left_over() or self._connect()
            self._local.connection = connection
            self._local.depth = 0
            with self._guard:
                self._all.append((threading.current_thread(), connection))
        return connection

    def _left_over(self) -> sqlite3.Connection | None:
        """The connection of a thread that has ended, or None; every write has ended before its thread."""
        with self._guard:
            for place, (thread, connection) in enumerate(self._all):
                if not thread.is_alive():
                    del self._all[place]
                    return connection
        return None

    def _connect(self) -> sqlite3.Connection:
        place = self.place
        if place.in_memory:
            name = self._memory_name
        else:
            name = f"{place.path.absolute().as_uri()}?mode={'ro' if place.read_only else 'rw'}"
        connection = sqlite3.connect(
            name, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False,
            factory=self._class,
        )  # fmt: skip
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if not place.in_memory:
            self._patiently(connection, _A_LOOK)
            connection.execute("PRAGMA synchronous = EXTRA")
            if not place.read_only:
                connection.execute("PRAGMA journal_mode = DELETE")
        return connection

    @property
    def batch(self) -> str:
        """Name of the write that this thread is in; what shares it is undone together."""
        name: str = self._local.batch
        return name

    @contextmanager
    def write(self, as_one: bool = True) -> Iterator[sqlite3.Connection]:
        """A write: everything inside is stored, or nothing is.

        Args:
            as_one: whether the writes inside are undone as one; else each is a change of its own.

        Raises:
            SourceError: the file is locked, full, damaged or read-only.
        """
        with in_words(self.place.path):
            connection = self.get()
            if self._local.depth:
                if not self._local.as_one:
                    self._local.batch = _new_batch()
                yield connection
                return
            self._back_up_daily(connection)
            self._local.depth = 1
            self._local.as_one = as_one
            self._local.batch = _new_batch()
            try:
                self._patiently(connection, "BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._local.depth = 0

    def _back_up_daily(self, connection: sqlite3.Connection) -> None:
        """Copy the store before the first write of a day; who cannot copy it may still write.

        Raises:
            sqlite3.Error: the store cannot be read.
        """
        day = datetime.now(UTC).date()
        if self.place.in_memory or self._looked_at_backups == day:
            return
        self._looked_at_backups = day
        if backed_up_today(self.place) or not connection.execute("SELECT 1 FROM journal LIMIT 1").fetchone():
            return
        try:
            backup(connection, self.place, DAILY)
        except (OSError, sqlite3.Error) as error:
            self.place.warn(f"has no backup of today: {clean(str(error))}", self.place.path)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A read; what is asked inside is fetched whole, so that no lock outlives it.

        Raises:
            SourceError: the file is locked or damaged.
        """
        with in_words(self.place.path):
            connection = self.get()
            if not connection.in_transaction and not self.place.in_memory:
                self._patiently(connection, _A_LOOK)
            yield connection

    def _patiently(self, connection: sqlite3.Connection, statement: str) -> None:
        """Run a statement that needs a lock, as soon as nobody else keeps it from us.

        SQLite itself asks ten times a second after a while, so that who waits behind several that write all
        the time may never have its turn; asked often, at odd moments, everybody has. And it does not let
        itself be interrupted.

        Raises:
            sqlite3.OperationalError: it was locked all the while.
        """
        begun = monotonic()
        told = self._waits is None
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    connection.execute(statement).close()
                    return
                except sqlite3.OperationalError as error:
                    waited = monotonic() - begun
                    if not is_busy(error) or waited >= BUSY_SECONDS:
                        raise
                if not told and self._waits is not None and waited >= TELL_SECONDS:
                    told = True
                    self._waits(holder_of(self.place.path) or "another program")
                drawn = urandom(1)[0] / 255
                sleep(SHORTEST_WAIT * (1 - drawn) + LONGEST_WAIT * drawn)  # never beyond either by rounding
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for _, connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()


def _new_batch() -> str:
    return urandom(8).hex()
