"""Opens the connection and lets the kind of the source fetch."""

from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from cockpit.sources.http import hubspot, json_pages, odata, salesforce, whole_file
from cockpit.sources.http.download import Download, held_file
from cockpit.sources.http.job import Fetched, Job
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.reporter import Reporter
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.http.transport import Connection
from cockpit.sources.spec import SourceSpec

KINDS: dict[str, Callable[[Job], Awaitable[Fetched]]] = {
    "odata": odata.fetch,
    "dataverse": odata.fetch,
    "salesforce": salesforce.fetch,
    "hubspot": hubspot.fetch,
    "json": json_pages.fetch,
    "csv": whole_file.fetch,
    "parquet": whole_file.fetch,
}


async def fetch(job: Job) -> Fetched:
    """What the server has, or what has changed there."""
    return await KINDS[job.spec.type or ""](job)


@asynccontextmanager
async def connected(
    table: str,
    spec: SourceSpec,
    place: Path,
    folder: Path,
    secrets: Secrets,
    reporter: Reporter,
    limits: Limits,
    previous: Download | None,
    full: bool,
) -> AsyncIterator[Job]:
    """A job with a connection and a thread of its own, which end with it. Arguments as of `Job`."""
    held = held_file(place, previous)
    connection = Connection(table, spec, workspace_of(place), secrets, reporter, limits)
    with ThreadPoolExecutor(1, f"rows of {table}") as worker:
        async with connection:
            yield Job(table, spec, folder, connection, reporter, limits, previous, held, full, worker)


def workspace_of(place: Path) -> Path:
    """The workspace's folder, which holds `.cockpit/downloads/TABLE`."""
    return place.absolute().parents[2]
