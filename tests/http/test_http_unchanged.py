"""A refresh of a table in which nothing has changed costs one request, whatever the type of its source."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fetching import fetch
from hostile_server import Handler, HostileServer, Request, answer
from recordings import Recording

from cockpit.sources.spec import SourceSpec

ROWS = [{"id": f"a{n}", "name": f"Account {n}", "changed": "2026-11-20T09:00:00Z"} for n in range(1, 6)]
COLUMNS = {"account_id": "id", "account": "name"}


def _tagged(body: bytes, kind: str, **headers: str) -> Handler:
    def handler(request: Request) -> bytes:
        known = {request.headers.get("if-none-match"), request.headers.get("if-modified-since")}
        same = known.intersection(headers.values())
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return answer(b"", 304, told) if same else answer(body, headers=told, kind=kind)

    return handler


def _odata(request: Request) -> bytes:
    if "$filter" in request.query:
        return answer({"value": [ROWS[0]]})  # those just before the newest change come again
    start = int(request.query.get("$skiptoken", 0))
    following = {"@odata.nextLink": f"rows?$skiptoken={start + 2}"} if start + 2 < len(ROWS) else {}
    return answer({"@odata.count": len(ROWS), "value": ROWS[start : start + 2], **following})


def _tracked(request: Request) -> bytes:
    link = "rows?$deltatoken=2" if "deltatoken" in request.target else "rows?$deltatoken=1"
    rows = [] if "deltatoken" in request.target else ROWS
    return answer({"value": rows, "@odata.deltaLink": link})


def _csv() -> bytes:
    return "".join(f"{one['id']},{one['name']}\n" for one in [{"id": "id", "name": "name"}, *ROWS]).encode()


def _parquet(folder: Path) -> bytes:
    pl.DataFrame(ROWS).write_parquet(folder / "rows.parquet")
    return (folder / "rows.parquet").read_bytes()


KINDS: dict[str, tuple[dict[str, Any], Callable[[Path], Handler]]] = {
    "odata by time": ({"type": "odata", "modified": "changed"}, lambda _: _odata),
    "odata by tracking": ({"type": "odata"}, lambda _: _tracked),
    "json by tag": (
        {"type": "json"},
        lambda _: _tagged(json.dumps(ROWS).encode(), "application/json", ETag='W/"5"'),
    ),
    "json by date": (
        {"type": "json"},
        lambda _: _tagged(
            json.dumps(ROWS).encode(), "application/json", Last_Modified="Fri, 20 Nov 2026 09:00:00 GMT"
        ),
    ),
    "csv": ({"type": "csv"}, lambda _: _tagged(_csv(), "text/csv", ETag='"c"')),
    "parquet": (
        {"type": "parquet"},
        lambda folder: _tagged(_parquet(folder), "application/octet-stream", ETag='"p"'),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_new_costs_one_request(
    kind: str, server: HostileServer, workspace: Path, tmp_path: Path
) -> None:
    keys, handler = KINDS[kind]
    server.says("/rows", handler(tmp_path))
    spec = SourceSpec(url=f"{server.url}/rows", columns=COLUMNS, **keys)
    assert fetch(workspace, spec).rows == len(ROWS)
    for _ in range(2):
        asked = len(server.log)
        again = fetch(workspace, spec)
        assert not again.changed and again.rows == len(ROWS)
        assert again.requests == 1 == len(server.log) - asked


@pytest.mark.parametrize(
    ("system", "path"),
    [("salesforce", "/services/data/v61.0/query"), ("hubspot", "/crm/v3/objects/deals")],
)
def test_nothing_new_costs_one_request_of_a_known_system(
    system: str, path: str, server: HostileServer, workspace: Path
) -> None:
    recording = Recording(system, server.url)
    server.says("/crm/v3/pipelines/deals", recording["pipelines"] if system == "hubspot" else answer("", 404))
    first = json.loads(recording["first"].split(b"\r\n\r\n", 1)[1])
    rows = first["records" if system == "salesforce" else "results"]
    if system == "salesforce":
        first |= {"done": True, "totalSize": len(rows)}
        first.pop("nextRecordsUrl")
        server.says(path, answer(first))
    else:
        first.pop("paging")
        server.says(path, answer(first))
        server.says(f"{path}/search", answer({"total": len(rows), "results": rows}))
    spec = SourceSpec(type=system, url=server.url)  # type: ignore[arg-type]
    fetch(workspace, spec, table="opportunities")
    for _ in range(2):
        asked = len(server.log)
        assert not fetch(workspace, spec, table="opportunities").changed
        assert len(server.log) - asked == 1
