"""What a kind of source is given to fetch with, and what it gives back."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import polars as pl

from cockpit.base.problems import Problem
from cockpit.sources.files import SourceFile
from cockpit.sources.http.download import Download
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.reporter import Reporter
from cockpit.sources.http.rowset import RowWriter
from cockpit.sources.http.transport import Connection
from cockpit.sources.spec import SourceSpec

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Job:
    """One table's refresh.

    Attributes:
        table: which one.
        spec: its section, with the profile of its type.
        folder: private, for what is written on the way.
        connection: to the server.
        reporter: is told of rows.
        limits: that hold.
        previous: what there is, if it was fetched in the same shape; None otherwise.
        held: the rows of `previous` as the server has them.
        full: whether everything is to be fetched.
        worker: the one thread of this refresh, beside its loop.
    """

    table: str
    spec: SourceSpec
    folder: Path
    connection: Connection
    reporter: Reporter
    limits: Limits
    previous: Download | None
    held: SourceFile | None
    full: bool
    worker: ThreadPoolExecutor

    async def aside(self, work: Callable[[], _Result]) -> _Result:
        """Do work beside the loop, after what is being done there.

        Two pages at once would only get in each other's way, since Python works on one of them at a time.
        """
        return await asyncio.get_running_loop().run_in_executor(self.worker, work)

    def writer(self, name: str, key: str | None) -> RowWriter:
        """A place for rows."""
        strict = self.spec.type != "json"  # other kinds of servers have no rows without
        return RowWriter(self.folder, name, key, self.limits.rows, self.spec.place, strict=strict)


@dataclass(slots=True)
class Fetched:
    """What came.

    Attributes:
        rows: rows that came; None when the server says that nothing has changed, or when a file came.
        file: a whole answer as it was sent.
        full: whether these are all rows; otherwise they replace and join those that are there.
        gone: keys of rows that are there no longer.
        present: keys of all rows that the server has, where it was asked for them.
        key: the header that names a row.
        derive: makes the rows that are read from those that the server has, where they differ.
        columns: headers that were asked for, for a table without rows.
        watermark, delta_link, tracking_refused, etag, last_modified, counted, lists: as in `Download`; a
            None keeps what was known, except that a full reading begins anew.
        notes: what is worth saying.
    """

    rows: RowWriter | None = None
    file: Path | None = None
    full: bool = True
    gone: set[str] = field(default_factory=set)
    present: RowWriter | None = None
    key: str | None = None
    derive: Callable[[pl.LazyFrame], pl.DataFrame] | None = None
    columns: tuple[str, ...] = ()
    watermark: str | None = None
    delta_link: str | None = None
    tracking_refused: bool = False
    etag: str | None = None
    last_modified: str | None = None
    counted: int | None = None
    lists: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
