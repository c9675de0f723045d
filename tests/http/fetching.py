"""Sections and short ways to fetch, for the tests of HTTP sources."""

from pathlib import Path
from typing import Any

from cockpit.sources.changes import scan_rows
from cockpit.sources.http.download import download_place, downloaded, rows_file
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.progress import Refreshed
from cockpit.sources.http.refresh import refresh_blocking
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.spec import SourceSpec

PATIENT = Limits(
    deadline=10, connect=0.5, silence=2, rate_window=0.5, least_rate=200, longest_wait=0.3, waits=1.0, tries=3
)
"""The real limits, for people who cannot wait."""


def accounts(url: str, **keys: Any) -> SourceSpec:
    """A section of accounts with `id` and `name`; json unless told otherwise."""
    keys = {"type": "json", "columns": {"account_id": "id", "account": "name"}, **keys}
    return SourceSpec(url=url, **keys)


def fetch(
    workspace: Path, spec: SourceSpec, *, table: str = "accounts", limits: Limits = PATIENT, **more: Any
) -> Refreshed:
    """Fetch a table with a secrets of its own unless one is given."""
    more.setdefault("secrets", Secrets())
    return refresh_blocking(table, spec, download_place(workspace, table), limits=limits, **more)


def rows_of(workspace: Path, table: str = "accounts") -> list[dict[str, Any]]:
    """The rows that are there, as they were sent."""
    place = download_place(workspace, table)
    download = downloaded(place)
    assert download is not None, "something was fetched"
    return scan_rows(rows_file(place, download)).collect().to_dicts()


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"a{number}", "name": f"Account {number}", **more}
