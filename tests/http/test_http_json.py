"""Any JSON endpoint: where the rows are, how pages follow, and when nothing has changed."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from fetching import accounts, fetch, row, rows_of
from hostile_server import HostileServer, Request, answer
from hypothesis import given
from hypothesis import strategies as st

from cockpit.sources.http.decode import at_path, document_in, flat
from cockpit.sources.http.failures import FetchError, NonsenseError
from cockpit.sources.http.json_pages import next_link, with_parameters
from cockpit.sources.load import load_table
from cockpit.sources.spec import PageSpec

ALL = [row(number) for number in range(25)]


def sliced(request: Request) -> list[dict[str, Any]]:
    size = int(request.query.get("limit", 10))
    if "page" in request.query:
        start = (int(request.query["page"]) - 1) * size
    else:
        start = int(request.query.get("offset", request.query.get("after", 0)))
    return ALL[start : start + size]


def by_cursor(request: Request) -> bytes:
    rows = sliced(request)
    end = ALL.index(rows[-1]) + 1
    return answer({"data": {"items": rows}, "meta": {"after": str(end) if end < len(ALL) else None}})


def by_header(request: Request) -> bytes:
    rows = sliced(request)
    end = ALL.index(rows[-1]) + 1
    links = f'</rows?offset=0>; rel="first", </rows?offset={end}>; rel="next"; title="a, b"'
    return answer(rows, headers={"Link": links} if end < len(ALL) else {})


@pytest.mark.parametrize(
    ("handler", "keys", "requests"),
    [
        (lambda request: answer(ALL), {}, 1),
        (lambda request: answer({"data": {"items": ALL}}), {"rows": "data.items"}, 1),
        (
            by_cursor,
            {"rows": "data.items", "page": PageSpec(by="cursor", parameter="after", cursor="meta.after")},
            3,
        ),
        (by_header, {"page": PageSpec(by="link")}, 3),
        (
            lambda request: answer(sliced(request)),
            {"page": PageSpec(by="offset", parameter="offset", size=7, size_parameter="limit")},
            4,
        ),
        (
            lambda request: answer(sliced(request)),
            {"page": PageSpec(by="number", parameter="page", size=5, size_parameter="limit")},
            6,
        ),
        (lambda request: answer(sliced(request)), {"page": PageSpec(by="number", parameter="page")}, 4),
    ],
    ids=["whole", "path", "cursor", "Link", "offset", "number", "number without size"],
)
def test_every_way_of_paging(
    handler: Any, keys: dict[str, Any], requests: int, server: HostileServer, workspace: Path
) -> None:
    server.says("/rows", handler)
    spec = accounts(f"{server.url}/rows?kept=%C3%BC&x", **keys)
    refreshed = fetch(workspace, spec)
    assert [one["id"] for one in rows_of(workspace)] == [one["id"] for one in ALL]
    assert refreshed.requests == requests
    assert all("kept=%C3%BC" in one.target for one in server.log[:1])
    assert not fetch(workspace, spec).changed


def test_an_unchanged_answer_costs_one_request_and_no_rows(server: HostileServer, workspace: Path) -> None:
    def handler(request: Request) -> bytes:
        if request.headers.get("if-none-match") == '"v1"':
            return answer(b"", 304)
        return answer(ALL, headers={"ETag": '"v1"'})

    server.says("/rows", handler)
    spec = accounts(f"{server.url}/rows")
    first = fetch(workspace, spec)
    again = fetch(workspace, spec)
    assert (again.requests, again.bytes, again.changed, again.rows) == (1, 0, False, 25)
    assert again.fetched_at == first.fetched_at and again.checked_at > first.checked_at
    assert fetch(workspace, spec, full=True).bytes > 0


def test_what_changed_is_counted(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer([row(1), row(2), row(3)]))
    spec = accounts(f"{server.url}/rows")
    fetch(workspace, spec)
    server.says("/rows", answer([row(4), row(2), row(3, name="Renamed")]))
    changed = fetch(workspace, spec)
    assert (changed.added, changed.updated, changed.removed) == (1, 1, 1)
    server.says("/rows", answer([row(3, name="Renamed"), row(4), row(2)]))
    assert not fetch(workspace, spec).changed  # another order is no change


def test_rows_left_out_are_not_taken_for_all(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer({"rows": ALL, "truncated": True}))
    with pytest.raises(NonsenseError, match="left rows out"):
        fetch(workspace, accounts(f"{server.url}/rows", rows="rows"))


def test_the_place_of_the_rows_is_hinted_at(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer({"data": {"items": ALL}, "errors": []}))
    with pytest.raises(NonsenseError, match=r"data\.items"):
        fetch(workspace, accounts(f"{server.url}/rows"))


def test_a_row_without_its_key_is_a_rejected_row(server: HostileServer, workspace: Path) -> None:
    """It does not spoil the others, is not lost, and is no repetition of another such row."""
    rows = [
        row(1),
        {"name": "x"},
        row(2),
        {"id": "", "name": "y"},
        {"id": None, "name": "z"},
        row(1, more="!"),
    ]
    server.says("/rows", answer(rows))
    spec = accounts(f"{server.url}/rows")
    assert fetch(workspace, spec).rows == 5
    table = load_table("accounts", spec, workspace)
    assert table.frame["account_id"].to_list() == ["a2", "a1"]
    assert table.report.rows_rejected == 3
    assert not fetch(workspace, spec).changed
    server.says("/rows", answer(rows[:-2]))
    assert fetch(workspace, spec).changed
    server.says("/rows", answer([{"name": "x"}, {"name": "y"}]))
    with pytest.raises(FetchError, match="no column 'id'"):
        fetch(workspace, spec)


def test_a_row_without_its_key_spoils_what_is_joined_by_it(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer({"value": [row(1), {"name": "x"}]}))
    with pytest.raises(NonsenseError, match="has no id"):
        fetch(workspace, accounts(f"{server.url}/rows", type="odata"))


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('<https://h/x?page=2>; rel="next"', "https://h/x?page=2"),
        ("<a,b>; rel=prev, <c;d>; rel=next", "c;d"),
        ('<x>; title="rel=next"; rel="prev last"', None),
        ('<x>; rel="last next"', "x"),
        ("", None),
        ("<", None),
        ("nonsense; rel=next", None),
    ],
)
def test_link_headers(header: str, target: str | None) -> None:
    assert next_link(header) == target


def test_parameters_join_those_of_the_url() -> None:
    assert with_parameters("https://h/p?a=1&after=x#f", {"after": "y z"}) == "https://h/p?a=1&after=y+z"


def test_records_become_rows() -> None:
    body = b'{"a":{"b":{"c":1.10}},"d":[1,"x"],"e":true,"f":null,"g":"","h":12345678901234567890}'
    assert flat(document_in(body, "https://h")) == {
        "a.b.c": "1.10",
        "d": '[1, "x"]',
        "e": "true",
        "f": None,
        "g": "",
        "h": "12345678901234567890",
    }
    assert at_path({"a": {"@odata.next": 1}, "b.c": 2}, "a.@odata.next") == 1
    assert at_path({"b.c": 2}, "b.c") == 2 and at_path({"b": [1]}, "b.c") is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_no_number_loses_a_digit(number: Any) -> None:
    from decimal import Decimal

    body = f'{{"n":{number:f}}}'.encode()
    assert Decimal(flat(document_in(body, "https://h"))["n"] or "") == number


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with contextlib.suppress(NonsenseError):
        document_in(body, "https://h")
