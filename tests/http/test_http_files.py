"""CSV and Parquet over HTTP, the folder of what was fetched, and the sections."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pytest
from fetching import PATIENT, accounts, fetch, row, rows_of
from hostile_server import HostileServer, Request, answer

from cockpit.base.problems import ConfigError, SourceError
from cockpit.sources.http.download import download_place, downloaded, locked
from cockpit.sources.http.failures import NonsenseError, RunningError, SignInError, UnreachableError
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.probe import probe
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.http.spec import AuthSpec, PageSpec, duration, shown_url
from cockpit.sources.load import load_table
from cockpit.sources.spec import SourceSpec
from cockpit.sources.speccheck import check_spec

CSV = 'id;name\r\na1;Müller\r\na2;"x;\ny"\r\n'.encode("cp1252")


def csv(server: HostileServer, **keys: object) -> SourceSpec:
    return accounts(f"{server.url}/file", type="csv", **keys)


def test_a_csv_file_is_kept_as_it_was_sent(server: HostileServer, workspace: Path) -> None:
    def handler(request: Request) -> bytes:
        if request.headers.get("if-none-match") == '"v1"':
            return answer(b"", 304)
        return answer(CSV, headers={"ETag": '"v1"'}, kind="text/csv")

    server.says("/file", handler)
    assert fetch(workspace, csv(server)).rows == 2
    table = load_table("accounts", csv(server), workspace)
    assert table.frame["account"].to_list() == ["Müller", "x;⏎y"]
    assert table.report.paths == (f"127.0.0.1:{server.port}/file",) and table.report.encoding == "cp1252"
    again = fetch(workspace, csv(server))
    assert (again.requests, again.bytes, again.changed) == (1, 0, False)
    assert load_table("accounts", csv(server), workspace).report.loaded_at == again.checked_at


def test_the_date_of_the_last_change_serves_where_there_is_no_tag(
    server: HostileServer, workspace: Path
) -> None:
    date = "Mon, 23 Nov 2026 08:00:00 GMT"

    def handler(request: Request) -> bytes:
        if request.headers.get("if-modified-since") == date:
            return answer(b"", 304)
        return answer(CSV, headers={"Last-Modified": date}, kind="text/csv")

    server.says("/file", handler)
    fetch(workspace, csv(server))
    assert not fetch(workspace, csv(server)).changed


def test_a_broken_transfer_goes_on_where_it_broke(server: HostileServer, workspace: Path) -> None:
    body = b"id,name\n" + b"".join(b"a%d,Name\n" % number for number in range(5_000))
    ranges: list[str | None] = []

    def handler(request: Request) -> bytes:
        asked = request.headers.get("range")
        ranges.append(asked)
        facts = {"ETag": '"strong"', "Accept-Ranges": "bytes"}
        if asked is None:
            return answer(body[:20_000], headers=facts, kind="text/csv", length=len(body))
        assert request.headers["if-range"] == '"strong"'
        start = int(asked.removeprefix("bytes=").rstrip("-"))
        facts["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return answer(body[start:], 206, facts, kind="text/csv")

    server.says("/file", handler)
    refreshed = fetch(workspace, csv(server))
    assert refreshed.rows == 5_000 and ranges == [None, "bytes=20000-"]
    assert refreshed.bytes == len(body)


def test_a_weak_tag_begins_from_the_start(server: HostileServer, workspace: Path) -> None:
    cut = answer(
        CSV[:12], headers={"ETag": 'W/"x"', "Accept-Ranges": "bytes"}, kind="text/csv", length=len(CSV)
    )
    server.says("/file", cut, answer(CSV, kind="text/csv"))
    assert fetch(workspace, csv(server)).rows == 2
    assert "range" not in server.log[1].headers


def test_parquet_is_read_and_half_of_it_refused(
    server: HostileServer, workspace: Path, tmp_path: Path
) -> None:
    file = tmp_path / "x.parquet"
    pl.DataFrame({"id": ["a1"], "name": ["Ann"]}).write_parquet(file)
    server.says("/file", answer(file.read_bytes(), kind="application/octet-stream"))
    spec = accounts(f"{server.url}/file", type="parquet")
    assert fetch(workspace, spec).rows == 1
    assert load_table("accounts", spec, workspace).frame["account"].to_list() == ["Ann"]
    for broken in (file.read_bytes()[:-8], b"PAR1" + b"x" * 40 + b"PAR1", b"id,name\n", b""):
        server.says("/file", answer(broken, kind="application/octet-stream"))
        with pytest.raises(NonsenseError):
            fetch(workspace, spec)
    server.says("/file", answer("<html>", kind="text/html"))
    with pytest.raises(SignInError):
        fetch(workspace, spec)
    assert load_table("accounts", spec, workspace).frame.height == 1


async def test_probing_reads_no_more_than_the_beginning(server: HostileServer, workspace: Path) -> None:
    server.says("/file", answer("id,nmae\n" + "a,b\n" * 200_000, kind="text/csv"))
    place = download_place(workspace, "accounts")
    found = await probe("accounts", csv(server), place, secrets=Secrets(), limits=PATIENT)
    assert found.columns == ("id", "nmae") and found.missing == ("name",)
    assert "nmae" in (found.problems[0].hint or "")


# --- the folder ------------------------------------------------------------------------------------------


def test_only_the_user_may_look_into_it(server: HostileServer, workspace: Path) -> None:
    previous = os.umask(0)
    try:
        server.says("/rows", answer([row(1)]))
        fetch(workspace, accounts(f"{server.url}/rows"))
    finally:
        os.umask(previous)
    place = download_place(workspace, "accounts")
    for path in (place.parent, place, *place.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_two_revisions_are_kept(server: HostileServer, workspace: Path) -> None:
    for number in range(5):
        server.says("/rows", answer([row(number)]))
        fetch(workspace, accounts(f"{server.url}/rows"))
    folders = [one.name for one in download_place(workspace, "accounts").iterdir() if one.is_dir()]
    assert sorted(folders) == ["00000004", "00000005"]


def test_never_two_at_once(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer([row(1)]))
    with locked(download_place(workspace, "accounts")), pytest.raises(RunningError):
        fetch(workspace, accounts(f"{server.url}/rows"))
    assert fetch(workspace, accounts(f"{server.url}/rows")).rows == 1


def test_what_a_crash_left_is_cleared_and_never_read(server: HostileServer, workspace: Path) -> None:
    place = download_place(workspace, "accounts")
    server.says("/rows", answer([row(1)]))
    fetch(workspace, accounts(f"{server.url}/rows"))
    (place / ".writing-x").mkdir()
    (place / ".writing-x" / "rows.parquet").write_bytes(b"half")
    (place / "00000002").mkdir()
    (place / "00000002" / "rows.parquet").write_bytes(b"half")
    assert [one["id"] for one in rows_of(workspace)] == ["a1"]
    server.says("/rows", answer([row(2)]))
    fetch(workspace, accounts(f"{server.url}/rows"))
    assert [one["id"] for one in rows_of(workspace)] == ["a2"]
    assert not (place / ".writing-x").exists()
    (place / "current.json").write_text("{")
    assert downloaded(place) is None
    fetch(workspace, accounts(f"{server.url}/rows"))
    assert [one["id"] for one in rows_of(workspace)] == ["a2"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(server: HostileServer, workspace: Path) -> None:
    workspace.chmod(0o500)
    with pytest.raises(SourceError, match="cannot be kept"):
        fetch(workspace, accounts(f"{server.url}/rows"))


def test_another_question_is_fetched_anew(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer([row(1, city="Bonn")], headers={"ETag": '"1"'}))
    spec = accounts(f"{server.url}/rows")
    fetch(workspace, spec)
    more = msgspec.structs.replace(spec, select=["city"])
    assert fetch(workspace, more).full
    assert "if-none-match" not in server.log[-1].headers


def test_reading_while_it_is_switched_never_fails(server: HostileServer, workspace: Path) -> None:
    numbers = iter(range(10_000))
    server.says("/rows", lambda _: answer([row(next(numbers))]))
    spec = accounts(f"{server.url}/rows")
    fetch(workspace, spec)
    stop = threading.Event()
    failures: list[Exception] = []

    def read() -> None:
        while not stop.is_set():
            try:
                assert load_table("accounts", spec, workspace).frame.height == 1
            except Exception as error:
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    end = time.monotonic() + 0.7
    while time.monotonic() < end:
        fetch(workspace, spec)
    stop.set()
    reader.join()
    assert not failures


def test_rows_that_left_are_noticed_by_the_sweep(server: HostileServer, workspace: Path) -> None:
    there = [{"id": f"a{n}", "name": "x", "changed": f"2026-11-0{n}T00:00:00Z"} for n in range(1, 6)]

    def handler(request: Request) -> bytes:
        condition = request.query.get("$filter")
        rows = [one for one in there if not condition or one["changed"] >= condition.split(" ge ")[1]]
        return answer({"value": rows, **({"@odata.count": len(rows)} if "$count" in request.query else {})})

    server.says("/set", handler)
    spec = accounts(
        f"{server.url}/set", type="odata", modified="changed", full_every="1s", select=["changed"]
    )
    fetch(workspace, spec)
    del there[0]
    place = download_place(workspace, "accounts")
    found = downloaded(place)
    assert found is not None
    earlier = msgspec.structs.replace(found, swept_at=datetime.now(UTC) - timedelta(days=2))
    (place / "current.json").write_bytes(msgspec.json.encode(earlier))
    swept = fetch(workspace, spec)
    assert (swept.removed, swept.requests, swept.full) == (1, 2, False)
    there.insert(0, {"id": "a0", "name": "came into view", "changed": "2026-01-01T00:00:00Z"})
    found = downloaded(place)
    assert found is not None
    earlier = msgspec.structs.replace(found, swept_at=datetime.now(UTC) - timedelta(days=2))
    (place / "current.json").write_bytes(msgspec.json.encode(earlier))
    whole = fetch(workspace, spec)
    assert whole.full and whole.added == 1


# --- sections --------------------------------------------------------------------------------------------

COLUMNS = {"account_id": "id"}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"type": "odata"}, "needs a url"),
        ({"url": "https://h"}, "needs type"),
        ({"refresh": "15m", "path": "x.csv"}, "needs type"),
        ({"type": "json", "url": "https://h", "path": "x.csv"}, "type and a url too"),
        ({"type": "json", "url": "htps://h"}, "must begin with https"),
        ({"type": "json", "url": "https://u:p@h"}, "user or password"),
        ({"type": "json", "url": "https://h/?api_key=1"}, "holds a secret"),
        ({"type": "json", "url": "https://[h"}, "not a URL"),
        ({"type": "json", "url": "https://h", "refresh": "5s"}, "shorter"),
        ({"type": "json", "url": "https://h", "refresh": "soon"}, "no length of time"),
        ({"type": "odata", "url": "https://h", "rows": "x"}, "has no rows"),
        ({"type": "odata", "url": "https://h", "separator": ";"}, "has no separator"),
        ({"type": "json", "url": "https://h", "page": PageSpec(by="cursor")}, "name of a parameter"),
        ({"type": "json", "url": "https://h", "next": "n", "page": PageSpec(by="link")}, "next is given too"),
        ({"type": "json", "url": "https://h", "proxy": "h:80"}, "must be a URL"),
        ({"type": "json", "url": "https://h", "auth": AuthSpec(kind="bearer")}, "needs one of token_env"),
        (
            {"type": "json", "url": "https://h", "auth": AuthSpec(kind="basic", password_env="X")},
            "needs a user",
        ),
        (
            {"type": "json", "url": "https://h", "auth": AuthSpec(kind="bearer", password_env="X")},
            "has no password",
        ),
        (
            {"type": "json", "url": "https://h", "auth": AuthSpec(kind="header", value_env="X")},
            "name of the header",
        ),
        (
            {"type": "json", "url": "http://crm.example", "auth": AuthSpec(kind="bearer", token_env="X")},
            "unencrypted",
        ),
        ({}, "needs a path"),
    ],
)
def test_wrong_keys_are_told(keys: dict[str, object], words: str) -> None:
    found = check_spec("accounts", SourceSpec(columns=COLUMNS, **keys))  # type: ignore[arg-type]
    assert [one for one in found if words in one.message], found


def test_a_file_is_not_fetched(workspace: Path) -> None:
    with pytest.raises(ConfigError, match="reads files"):
        fetch(workspace, SourceSpec(path="x.csv", columns=COLUMNS))


def test_lengths_of_time() -> None:
    assert [duration(text) for text in ("30s", "15m", "6h", "1d", "x", "-1s")] == [
        30,
        900,
        21_600,
        86_400,
        None,
        None,
    ]


def test_what_people_see_of_a_url() -> None:
    assert shown_url("https://u:p@crm.example:8443/api/x/?token=1#f") == "crm.example:8443/api/x"


def test_the_default_limits_are_sane() -> None:
    limits = Limits()
    assert limits.in_flight <= 2 and limits.longest_wait <= 120 and limits.page_bytes < 200_000_000


# --- proxies ---------------------------------------------------------------------------------------------


def test_a_proxy_is_asked_where_one_is_named(
    server: HostileServer, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    server.says("/rows", answer([row(1)]))
    far = "http://crm.invalid/rows"
    assert fetch(workspace, accounts(far, proxy=server.url)).rows == 1
    assert server.log[-1].target == far
    monkeypatch.setenv("HTTP_PROXY", server.url)
    assert not fetch(workspace, accounts(far)).changed
    asked = len(server.log)
    with pytest.raises(UnreachableError, match="no host"):
        fetch(workspace, accounts(far, proxy="none"))
    assert len(server.log) == asked


def test_a_proxy_that_wants_a_sign_in_is_told(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer("", 407))
    with pytest.raises(SignInError, match="proxy wants a sign-in"):
        fetch(workspace, accounts("http://crm.invalid/rows", proxy=server.url))
