"""What hostile and broken servers send (battery cases 17 to 28), and what must come of it."""

import gzip
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from fetching import PATIENT, accounts, fetch, row, rows_of
from hostile_server import HostileServer, Request, answer

from cockpit.base.problems import SourceError
from cockpit.sources.http.download import download_place, downloaded
from cockpit.sources.http.failures import (
    BusyError,
    FetchError,
    NonsenseError,
    NotAllowedError,
    SignInError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
)
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.progress import Progress
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.load import load_table
from cockpit.sources.spec import AuthSpec, PageSpec

GOOD = [row(1), row(2)]


@pytest.fixture
def last_good(server: HostileServer, workspace: Path) -> None:
    """Rows that were fetched while the server still behaved."""
    server.says("/rows", answer(GOOD))
    fetch(workspace, accounts(f"{server.url}/rows"))


def refused(workspace: Path, server: HostileServer, kind: type[Exception], **keys: object) -> str:
    """Fetching fails that way, and the last good rows stay."""
    limits = keys.pop("limits", PATIENT)
    with pytest.raises(kind) as caught:
        fetch(workspace, accounts(f"{server.url}/rows", **keys), limits=limits)  # type: ignore[arg-type]
    assert [one["id"] for one in rows_of(workspace)] == ["a1", "a2"]
    return str(caught.value)


# --- 17 to 19: what JSON can hold ------------------------------------------------------------------------


def test_17_half_a_character_pair_is_replaced_and_its_row_kept(
    server: HostileServer, workspace: Path
) -> None:
    server.says("/rows", answer(b'[{"id":"a1","name":"x\\ud800y"},{"id":"a2","name":"z"}]'))
    fetch(workspace, accounts(f"{server.url}/rows"))
    assert [one["name"] for one in rows_of(workspace)] == ["x?y", "z"]
    assert load_table("accounts", accounts(f"{server.url}/rows"), workspace).frame.height == 2


def test_18_amounts_that_are_none_are_rejected_with_their_row(server: HostileServer, workspace: Path) -> None:
    numbers = [
        *("NaN", "Infinity", "-Infinity", "1e999", "-0", '"1,234"'),
        "1" + "0" * 400,
        "1.5E3",
        "1234567890123.4567",
    ]
    body = (
        "[" + ",".join(f'{{"id":"d{i}","amt":{n},"due":"2026-12-01"}}' for i, n in enumerate(numbers)) + "]"
    )
    server.says("/rows", answer(body))
    spec = accounts(
        f"{server.url}/rows",
        columns={"agreement_id": "id", "base_amount": "amt", "expires_date": "due"},
    )
    fetch(workspace, spec, table="agreements")
    table = load_table("agreements", spec, workspace)
    amounts = dict(table.frame.select("agreement_id", "base_amount").iter_rows())
    assert {key: str(value) for key, value in amounts.items()} == {
        "d4": "0.0000",
        "d5": "1234.0000",
        "d7": "1500.0000",
        "d8": "1234567890123.4567",
    }
    assert sorted(table.report.rejects["row"]) == [1, 2, 3, 4, 7]
    assert table.report.rejects["value"][0] == "NaN"


@pytest.mark.parametrize(
    "body",
    [
        "[" * 200_000 + "]" * 200_000,
        '[{"id":"a1","id":"a2","name":"x"}]',
        '[{"id":"a1","name":"x"}] and more',
        '[{"id":"a1","name":"x"}',
        '{"id":"a1"}',
        '["a1"]',
        "",
        "\x00",
    ],
    ids=["deep", "key twice", "trailing", "cut", "a record", "no records", "nothing", "NUL"],
)
@pytest.mark.usefixtures("last_good")
def test_19_broken_documents_leave_the_last_good_rows(
    body: str, server: HostileServer, workspace: Path
) -> None:
    server.says("/rows", answer(body))
    refused(workspace, server, NonsenseError)


# --- 20 and 21: packed and cut ---------------------------------------------------------------------------

BOMB = """
import sys, resource
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from fetching import accounts, fetch, PATIENT
from cockpit.sources.http.failures import FetchError
from cockpit.sources.http import fetch as _loaded, storing as _loaded_too
from dataclasses import replace
limits = replace(PATIENT, page_bytes=8_000_000, file_bytes=8_000_000)
def peak():
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0])
def end(kind, url):
    try:
        fetch(Path(sys.argv[1]), accounts(url, type=kind), limits=limits)
    except FetchError as error:
        return str(error)
# What a fetch costs by itself is no part of the bomb.
print(end("json", sys.argv[2] + "/small"))
before = peak()
print(end("json", sys.argv[2] + "/bomb"))
print(end("csv", sys.argv[2] + "/bomb"))
print(peak() - before)
"""


@pytest.mark.parametrize("packings", [1, 2], ids=["gzip", "gzip, gzip"])
def test_20_bombs_are_stopped_at_the_ceiling(packings: int, server: HostileServer, workspace: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("peak memory is read from /proc")
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"[" * 1_000_000) for _ in range(200)) + packer.flush()
    assert len(bomb) < 250_000
    if packings == 2:
        bomb = gzip.compress(bomb)
        assert len(bomb) < 2_000
    server.says("/bomb", answer(bomb, headers={"Content-Encoding": ", ".join(["gzip"] * packings)}))
    server.says("/small", answer("nothing"))
    folders = [str(Path(__file__).parent), *(one for one in sys.path if one)]
    run = subprocess.run(
        [sys.executable, "-c", BOMB, str(workspace), server.url, *folders], capture_output=True, text=True
    )
    _, first, second, peak = run.stdout.splitlines()
    for words in (first, second):
        assert ("more than 8,000,000 bytes" if packings == 1 else "which was not asked for") in words
    assert int(peak) < (8_000_000 + 20_000_000) / 1024


@pytest.mark.usefixtures("last_good")
def test_20_a_file_that_unpacks_to_hundreds_of_times_its_size_is_a_bomb(
    server: HostileServer, workspace: Path
) -> None:
    bomb = gzip.compress(b"id,name\n" + b"a1,x\n" * 16_000_000, 9)  # below the ceiling of a file
    assert len(bomb) < 400_000
    server.says("/rows", answer(bomb, headers={"Content-Encoding": "gzip"}, kind="text/csv"))
    words = refused(workspace, server, TooLargeError, type="csv", limits=Limits(deadline=20))
    assert "250 times its size" in words


@pytest.mark.usefixtures("last_good")
def test_20_a_length_beyond_the_ceiling_is_not_read(server: HostileServer, workspace: Path) -> None:
    limits = Limits(page_bytes=1_000, tries=1)
    server.says("/rows", answer(b"[" + b" " * 5_000 + b"]"))
    assert "1,000 bytes" in refused(workspace, server, TooLargeError, limits=limits)


def _chunked(*chunks: bytes) -> bytes:
    head = b"HTTP/1.1 200 Said\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


@pytest.mark.parametrize(
    "said",
    [
        answer(gzip.compress(b'[{"id":"a9","name":"x"}]')[:-9], headers={"Content-Encoding": "gzip"}),
        answer(gzip.compress(b" " * 70_000 + b"[]")[:60], headers={"Content-Encoding": "gzip"}),
        answer(b"not packed", headers={"Content-Encoding": "gzip"}),
        answer(b'[{"id":"a9","name":"x"}]', length=9_000),
        _chunked(b'[{"id":"a9","name":"x"}', b"]"),
        answer(b"[]", headers={"Content-Encoding": "br"}),
    ],
    ids=["gzip without end", "gzip cut", "no gzip", "short length", "cut chunks", "unasked packing"],
)
@pytest.mark.usefixtures("last_good")
def test_21_cut_answers_are_refused(said: bytes, server: HostileServer, workspace: Path) -> None:
    server.says("/rows", said)
    refused(workspace, server, FetchError)


def test_21_a_csv_file_without_length_or_end_is_refused(server: HostileServer, workspace: Path) -> None:
    head = b"HTTP/1.1 200 Said\r\nContent-Type: text/csv\r\n\r\n"
    server.says("/file", head + b"id,name\n1,A\n2,B")
    with pytest.raises(NonsenseError, match="cut short"):
        fetch(workspace, accounts(f"{server.url}/file", type="csv"))
    server.says("/file", head + b"id,name\n1,A\n2,B\n")
    assert fetch(workspace, accounts(f"{server.url}/file", type="csv")).rows == 2


# --- 22: slow --------------------------------------------------------------------------------------------


def _drip(_: Request) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 Said\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    for _number in range(100):
        time.sleep(0.1)
        yield b" "


def _hang(_: Request) -> Iterator[bytes]:
    time.sleep(3)
    yield b""


@pytest.mark.usefixtures("last_good")
def test_22_a_dripping_server_is_left(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", _drip)
    assert "hardly anything" in refused(workspace, server, TooSlowError)


@pytest.mark.parametrize("slow", [_drip, _hang])
@pytest.mark.usefixtures("last_good")
def test_22_there_is_a_deadline_for_the_whole(slow: object, server: HostileServer, workspace: Path) -> None:
    server.says("/rows", slow)  # type: ignore[arg-type]
    began = time.monotonic()
    refused(workspace, server, TooSlowError, limits=Limits(deadline=0.4))
    assert time.monotonic() - began < 2


@pytest.mark.usefixtures("last_good")
def test_22_silence_is_not_waited_out(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", _hang)
    words = refused(workspace, server, TooSlowError, limits=Limits(silence=0.2, deadline=5))
    assert "sent nothing" in words


@pytest.mark.usefixtures("last_good")
def test_22_endless_headers_are_refused(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer([], headers={f"X-{one}": "x" * 1_000 for one in range(300)}))
    refused(workspace, server, UnreachableError, limits=Limits(tries=1))


@pytest.mark.usefixtures("last_good")
def test_22_it_can_be_cancelled_at_any_time(server: HostileServer, workspace: Path) -> None:
    import asyncio

    server.says("/rows", _drip)
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        fetch(workspace, accounts(f"{server.url}/rows"), cancel=cancel, limits=Limits())
    assert time.monotonic() - began < 2
    assert [one["id"] for one in rows_of(workspace)] == ["a1", "a2"]
    assert not list(download_place(workspace, "accounts").glob(".writing*"))


# --- 23 and 24: sent elsewhere ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bearer", "header"])
@pytest.mark.parametrize("where", ["host", "port", "file", "nothing", "scheme"])
@pytest.mark.usefixtures("last_good")
def test_23_redirects_to_others_are_not_followed(
    kind: str, where: str, server: HostileServer, workspace: Path
) -> None:
    auth = AuthSpec(kind=kind, name="X-Api-Key" if kind == "header" else None)  # type: ignore[arg-type]
    auth = AuthSpec(**{**{f: getattr(auth, f) for f in ("kind", "name")}, _SECRET[kind]: "T23"})
    secrets = Secrets()
    secrets.give("accounts", "canary-secret")
    with HostileServer() as other:
        other.says("/rows", answer(GOOD))
        target = {
            "host": f"http://localhost:{other.port}/rows",
            "port": f"{other.url}/rows",
            "file": "file:///etc/passwd",
            "nothing": "",
            "scheme": f"https://127.0.0.1:{server.port}/rows",
        }[where]
        server.says("/rows", answer(b"", 302, {"Location": target}))
        with pytest.raises(FetchError) as caught:
            fetch(workspace, accounts(f"{server.url}/rows", auth=auth), secrets=secrets)
        assert other.log == []
        assert "canary-secret" not in str(caught.value)


_SECRET = {"bearer": "token_env", "header": "value_env"}


def test_23_redirects_on_the_same_server_are_followed_but_not_for_ever(
    server: HostileServer, workspace: Path
) -> None:
    server.says("/rows", answer(b"", 302, {"Location": "/moved"}))
    server.says("/moved", answer(GOOD))
    assert fetch(workspace, accounts(f"{server.url}/rows")).rows == 2
    server.says("/moved", answer(b"", 307, {"Location": "/rows"}))
    with pytest.raises(NonsenseError, match="circle"):
        fetch(workspace, accounts(f"{server.url}/rows"))
    assert len(server.log) < 12


def _page(rows: list[dict[str, object]], following: object = None) -> bytes:
    return answer({"rows": rows, "next": following})


@pytest.mark.parametrize(
    "link",
    [
        "http://evil.example/rows",
        "//evil.example/x",
        "javascript:alert(1)",
        "/x\r\nX-Evil: 1",
        "http://[",
        [1],
        " /x",
    ],
)
@pytest.mark.usefixtures("last_good")
def test_24_links_to_others_are_refused(link: object, server: HostileServer, workspace: Path) -> None:
    server.says("/rows", _page([row(1)], link))
    refused(workspace, server, NonsenseError, rows="rows", next="next")


def test_24_relative_links_are_resolved(server: HostileServer, workspace: Path) -> None:
    server.says("/api/rows", _page([row(1)], "rows2?%24skiptoken=a%2Bb"))
    server.says("/api/rows2", _page([row(2)]))
    fetch(workspace, accounts(f"{server.url}/api/rows", rows="rows", next="next"))
    assert [one["id"] for one in rows_of(workspace)] == ["a1", "a2"]
    assert server.log[1].target == "/api/rows2?%24skiptoken=a%2Bb"


@pytest.mark.usefixtures("last_good")
def test_24_circles_and_repeated_pages_end(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", _page([row(1)], "/two"))
    server.says("/two", _page([row(2)], "/rows"))
    assert "circle" in refused(workspace, server, NonsenseError, rows="rows", next="next")
    numbers = iter(range(10_000))
    server.says("/rows", lambda _: _page([row(1)], f"/rows?page={next(numbers)}"))
    assert "repeats itself" in refused(workspace, server, NonsenseError, rows="rows", next="next")
    server.says("/rows", lambda _: _page([], f"/rows?page={next(numbers)}"))
    before = len(server.log)
    assert "repeats itself" in refused(workspace, server, NonsenseError, rows="rows", next="next")
    assert len(server.log) - before < 30


@pytest.mark.usefixtures("last_good")
def test_24_endless_pages_with_ever_new_rows_end(server: HostileServer, workspace: Path) -> None:
    numbers = iter(range(10_000))
    server.says("/rows", lambda _: _page([row(next(numbers))], f"/rows?page={next(numbers)}"))
    limits = Limits(pages=20)
    assert "more than 20 pages" in refused(
        workspace, server, NonsenseError, rows="rows", next="next", limits=limits
    )


# --- 25: busy --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["0", "date", "999999", "-1", "abc", None])
def test_25_a_busy_server_is_waited_for_and_not_hammered(
    asked: str | None, server: HostileServer, workspace: Path
) -> None:
    if asked == "date":
        asked = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    headers = {"Retry-After": asked} if asked is not None else {}
    server.says("/rows", answer("busy", 429, headers), answer(GOOD))
    told: list[Progress] = []
    fetch(workspace, accounts(f"{server.url}/rows"), progress=told.append)
    assert server.asked("/rows") == 2
    if asked != "0":
        waits = [one.waiting_until for one in told if one.waiting_until is not None]
        assert waits and all(wait <= datetime.now(UTC) + timedelta(seconds=1) for wait in waits)
        assert told[-1].waiting_until is None


def test_25_seconds_are_honoured(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer("busy", 503, {"Retry-After": "1"}), answer(GOOD))
    began = time.monotonic()
    fetch(workspace, accounts(f"{server.url}/rows"), limits=Limits())
    assert 0.95 < time.monotonic() - began < 3


@pytest.mark.usefixtures("last_good")
def test_25_a_server_that_stays_busy_is_left_alone(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer("busy", 429, {"Retry-After": "999999"}))
    asked_before = server.asked("/rows")
    words = refused(workspace, server, BusyError)
    assert "busy" in words
    assert server.asked("/rows") - asked_before <= PATIENT.tries


# --- 26 and 27: signed out -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
@pytest.mark.usefixtures("last_good")
def test_26_a_sign_in_page_is_no_empty_table(kind: str, server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer("<!DOCTYPE html><title>Sign in</title>", kind=kind))
    assert "signed out" in refused(workspace, server, SignInError)
    server.says("/rows", answer(b"", 302, {"Location": "https://login.example/oauth2/authorize?x"}))
    assert "signed out" in refused(workspace, server, SignInError)


def _signed(server: HostileServer, tmp_path: Path, token: str = "first") -> AuthSpec:
    file = tmp_path / "token"
    file.write_text(token)
    file.chmod(0o600)
    return AuthSpec(kind="bearer", token_file=str(file))


def test_27_one_refresh_of_the_sign_in(server: HostileServer, workspace: Path, tmp_path: Path) -> None:
    auth = _signed(server, tmp_path)

    def handler(request: Request) -> bytes:
        if request.headers.get("authorization") == "Bearer second":
            return answer(GOOD)
        (tmp_path / "token").write_text("second")
        return answer({"error": "expired"}, 401)

    server.says("/rows", handler)
    assert fetch(workspace, accounts(f"{server.url}/rows", auth=auth)).rows == 2
    assert server.asked("/rows") == 2


@pytest.mark.usefixtures("last_good")
def test_27_after_that_the_user_is_asked(server: HostileServer, workspace: Path, tmp_path: Path) -> None:
    before = server.asked("/rows")
    server.says("/rows", answer({"error": {"message": "no first here"}}, 401))
    with pytest.raises(SignInError) as caught:
        fetch(workspace, accounts(f"{server.url}/rows", auth=_signed(server, tmp_path)))
    assert server.asked("/rows") - before == 2
    assert caught.value.question is not None and caught.value.table == "accounts"
    assert [one["id"] for one in rows_of(workspace)] == ["a1", "a2"]
    secrets = Secrets()
    secrets.give("accounts", "typed")
    server.says(
        "/rows",
        lambda request: (
            answer(GOOD) if request.headers["authorization"] == "Bearer typed" else answer("", 401)
        ),
    )
    spec = accounts(f"{server.url}/rows", auth=_signed(server, tmp_path))
    assert fetch(workspace, spec, secrets=secrets).rows == 2


@pytest.mark.usefixtures("last_good")
def test_27_a_missing_privilege_is_named_and_not_asked_for_again(
    server: HostileServer, workspace: Path
) -> None:
    before = server.asked("/rows")
    server.says("/rows", answer({"error": {"code": "0x80040220", "message": "missing prvReadAccount"}}, 403))
    words = refused(workspace, server, NotAllowedError)
    assert "prvReadAccount" in words and "privilege" in words
    assert server.asked("/rows") - before == 1


def test_27_a_wrong_clock_is_mentioned(server: HostileServer, workspace: Path) -> None:
    late = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    server.says("/rows", answer("", 401, {"Date": late}))
    with pytest.raises(SignInError, match="120 minutes behind"):
        fetch(workspace, accounts(f"{server.url}/rows"))


# --- 28: rows that move while pages are read -------------------------------------------------------------


class Shifting:
    """Pages by offset over rows of which some go while they are read."""

    def __init__(self, times: int) -> None:
        self.rows = [row(number) for number in range(40)]
        self.times = times

    def __call__(self, request: Request) -> bytes:
        offset = int(request.query.get("offset", 0))
        found = self.rows[offset : offset + 10]
        said = answer({"rows": found, "total": len(self.rows)})
        if offset == 10 and self.times:
            self.times -= 1
            del self.rows[:3]
        return said


def test_28_rows_lost_between_pages_are_found_by_reading_again(
    server: HostileServer, workspace: Path
) -> None:
    shifting = Shifting(times=1)
    server.says("/rows", shifting)
    page = PageSpec(by="offset", parameter="offset", size=10, total="total")
    refreshed = fetch(workspace, accounts(f"{server.url}/rows", rows="rows", page=page))
    assert {one["id"] for one in rows_of(workspace)} == {one["id"] for one in shifting.rows}
    assert refreshed.rows == 37 and not refreshed.notes


def test_28_a_table_that_never_rests_is_taken_with_a_word(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", Shifting(times=9))
    page = PageSpec(by="offset", parameter="offset", size=10, total="total")
    refreshed = fetch(workspace, accounts(f"{server.url}/rows", rows="rows", page=page))
    assert "changed while they were read" in refreshed.notes[0].message


@pytest.mark.usefixtures("last_good")
def test_28_rows_that_are_always_missing_are_refused(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer({"rows": [row(1)], "total": 5}))
    page = PageSpec(by="offset", parameter="offset", size=10, total="total")
    assert "says it has 5 rows and gave 1" in refused(
        workspace, server, NonsenseError, rows="rows", page=page
    )


# --- beyond the numbers ----------------------------------------------------------------------------------


def test_wrong_host_wrong_port_and_no_address_are_told_apart(workspace: Path) -> None:
    with pytest.raises(UnreachableError, match="no host") as caught:
        fetch(workspace, accounts("http://no-such-host.invalid/rows"))
    assert "VPN" in str(caught.value)
    with pytest.raises(UnreachableError, match="nobody listens"):
        fetch(workspace, accounts("http://127.0.0.1:9/rows"))


def test_https_asked_of_a_server_that_speaks_http(server: HostileServer, workspace: Path) -> None:
    with pytest.raises(FetchError, match="secure connection"):
        fetch(workspace, accounts(server.url.replace("http", "https") + "/rows"))


@pytest.mark.usefixtures("last_good")
def test_a_renamed_column_is_named(server: HostileServer, workspace: Path) -> None:
    server.says("/rows", answer([{"id": "a1", "nane": "x"}]))
    words = refused(workspace, server, FetchError)
    assert "'name'" in words and "nane" in words and "columns.account" in words


@pytest.mark.usefixtures("last_good")
def test_an_emptied_table_is_asked_about(server: HostileServer, workspace: Path) -> None:
    from cockpit.sources.emptied import EmptiedError

    server.says("/rows", answer([]))
    assert "--allow-empty" in refused(workspace, server, EmptiedError)
    spec = accounts(f"{server.url}/rows")
    assert fetch(workspace, spec, accept_empty=True).rows == 0
    assert load_table("accounts", spec, workspace).frame.height == 0


def test_nothing_fetched_yet(workspace: Path) -> None:
    with pytest.raises(SourceError, match="cockpit sync"):
        load_table("accounts", accounts("https://crm.example/rows"), workspace)


def test_what_fails_before_anything_was_fetched_leaves_nothing(
    server: HostileServer, workspace: Path
) -> None:
    server.says("/rows", answer("[", 200))
    with pytest.raises(NonsenseError):
        fetch(workspace, accounts(f"{server.url}/rows"))
    assert downloaded(download_place(workspace, "accounts")) is None


def test_few_requests_at_once(server: HostileServer, workspace: Path) -> None:
    def slow(request: Request) -> bytes:
        time.sleep(0.05)
        return answer(GOOD)

    server.says("/rows", slow)
    tables = ("accounts", "contacts", "team", "fx")
    columns = {
        "accounts": {"account_id": "id"},
        "contacts": {"contact_id": "id"},
        "team": {"account_id": "id", "person": "name"},
        "fx": {"currency": "id", "rate": "name"},
    }
    threads = [
        threading.Thread(
            target=fetch,
            args=(workspace, accounts(f"{server.url}/rows", columns=columns[table])),
            kwargs={"table": table, "limits": Limits()},
        )
        for table in tables
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.log) == 4 and server.most_at_once <= 2
