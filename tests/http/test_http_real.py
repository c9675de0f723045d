"""Against servers that nobody here wrote: SAP CAP (OData 4), Datasette, nginx; skipped without them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import polars as pl
import pytest
import real_servers
from fetching import accounts, fetch, rows_of
from real_servers import PASSWORD, USER, cap_request

from cockpit.sources.http.download import download_place, downloaded, rows_file
from cockpit.sources.http.failures import CertificateError, RefusedError, SignInError
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.probe import probe
from cockpit.sources.http.progress import Progress
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.http.spec import AuthSpec
from cockpit.sources.load import load_table
from cockpit.sources.spec import PageSpec, SourceSpec, StatusSpec

pytestmark = pytest.mark.servers
ROWS = 20_000
MOMENT = "%Y-%m-%dT%H:%M:%S%.f%#z"


def deals(url: str, folder: Path, password: str = PASSWORD, **keys: Any) -> SourceSpec:
    """The section of the CAP service's opportunities."""
    file = folder / f"password-{password}"
    file.write_text(password)
    file.chmod(0o600)
    keys = {
        "key": "opportunityid",
        "modified": "modifiedon",
        "columns": {
            "opportunity_id": "opportunityid",
            "name": "name",
            "account": "account.name",
            "amount": "estimatedvalue",
            "close_date": "estimatedclosedate",
            "stage": "stepname",
            "probability": "closeprobability",
            "created_date": "createdon",
        },
        "expand": ["account($select=name)"],
        "probability_scale": 100,
        "date_format": {"close_date": "%Y-%m-%d", "created_date": MOMENT},
        "status": StatusSpec(column="statecode", open=["0"], won=["1"], lost=["2"]),
        **keys,
    }
    auth = AuthSpec(kind="basic", user=USER, password_file=str(file))
    return SourceSpec(type="odata", url=f"{url}/opportunities", auth=auth, **keys)


def pull(workspace: Path, spec: SourceSpec, **more: Any) -> Any:
    return fetch(workspace, spec, table="opportunities", limits=Limits(), **more)


@pytest.fixture(scope="module")
def cap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with real_servers.cap(tmp_path_factory.mktemp("cap"), ROWS) as url:
        yield url


def test_cap_every_row_arrives_to_the_digit(cap: str, workspace: Path, tmp_path: Path) -> None:
    spec = deals(cap, tmp_path)
    told: list[Progress] = []
    first = pull(workspace, spec, progress=told.append)
    assert (first.rows, first.requests) == (ROWS, ROWS // 1_000 + 1)
    assert told[-1].bytes == first.bytes and any(one.total == ROWS for one in told)
    table = load_table("opportunities", spec, workspace, zone="UTC")
    meant = {one["opportunityid"]: one for one in real_servers.opportunities(ROWS)}
    amounts = dict(table.frame.select("opportunity_id", "amount").iter_rows())
    assert amounts == {key: Decimal(str(one["estimatedvalue"])) for key, one in meant.items()}
    assert table.frame["amount"].sum() == sum(Decimal(str(one["estimatedvalue"])) for one in meant.values())
    assert table.report.rows_rejected == 0 and table.frame["account"].null_count() == 0
    again = pull(workspace, spec)
    assert (again.requests, again.changed, again.rows) == (1, False, ROWS)


def test_cap_signed_out_and_a_column_that_is_not_there(cap: str, workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(SignInError):
        pull(workspace, deals(cap, tmp_path, password="wrong"))
    spec = deals(cap, tmp_path, select=["estimatedvaleu"])
    with pytest.raises(RefusedError, match="no column 'estimatedvaleu'"):
        pull(workspace, spec)
    spec = msgspec.structs.replace(spec, url=f"{cap}/opportunitys")
    with pytest.raises(RefusedError, match="has no opportunitys"):
        pull(workspace, spec)


async def test_cap_is_probed(cap: str, workspace: Path, tmp_path: Path) -> None:
    place = download_place(workspace, "opportunities")
    found = await probe("opportunities", deals(cap, tmp_path), place, secrets=Secrets())
    assert found.in_order and found.signed_in and found.rows == ROWS
    found = await probe("opportunities", deals(cap, tmp_path, password="wrong"), place, secrets=Secrets())
    assert found.signed_in is False and found.problems


def test_cap_a_changed_row_arrives_alone(workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cap"
    folder.mkdir()
    with real_servers.cap(folder, 300) as url:
        spec = deals(url, tmp_path)
        pull(workspace, spec)
        identity = rows_of(workspace, "opportunities")[77]["opportunityid"]
        change = {"estimatedvalue": 12345678901.2345, "modifiedon": "2026-11-23T12:00:00Z"}
        cap_request(f"{url}/opportunities({identity})", "PATCH", change)
        changed = pull(workspace, spec)
    assert (changed.updated, changed.added, changed.removed, changed.requests) == (1, 0, 0, 1)
    row = load_table("opportunities", spec, workspace).frame.filter(pl.col("opportunity_id") == identity)
    assert str(row["amount"][0]) == "12345678901.2345"


@pytest.mark.parametrize("reliable", [True, False], ids=["reliable paging", "offset paging"])
def test_28_cap_rows_deleted_while_pages_are_read(reliable: bool, workspace: Path, tmp_path: Path) -> None:
    """With offset paging rows are lost without a word; the count tells, and all is read again."""
    folder = tmp_path / "cap"
    folder.mkdir()
    with real_servers.cap(folder, ROWS, reliable=reliable, page=1_000) as url:
        spec = deals(url, tmp_path)
        pull(workspace, spec)
        first = [one["opportunityid"] for one in rows_of(workspace, "opportunities")[:10]]
        deleted = threading.Event()

        def delete(progress: Progress) -> None:
            if progress.rows >= 5_000 and not deleted.is_set():
                deleted.set()
                for identity in first:
                    cap_request(f"{url}/opportunities({identity})", "DELETE")

        refreshed = pull(workspace, spec, full=True, progress=delete)
        assert deleted.is_set()
        alive = {one["opportunityid"] for one in real_servers.opportunities(ROWS)} - set(first)
        here = {one["opportunityid"] for one in rows_of(workspace, "opportunities")}
        assert alive <= here, "no living row is missing"
        if not reliable:
            assert here == alive and refreshed.requests > 30
        assert pull(workspace, spec, full=True).rows == ROWS - 10


@pytest.fixture(scope="module")
def datasette(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with real_servers.datasette(tmp_path_factory.mktemp("datasette"), 2_500) as url:
        yield url


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("_shape=objects&_size=max", {"rows": "rows", "next": "next_url"}),
        ("_shape=array&_size=max", {"page": PageSpec(by="link")}),
        (
            "_shape=objects",
            {
                "rows": "rows",
                "page": PageSpec(
                    by="cursor",
                    parameter="_next",
                    cursor="next",
                    size=500,
                    size_parameter="_size",
                    total="filtered_table_rows_count",
                ),
            },
        ),
    ],
    ids=["next URL", "Link header", "cursor and count"],
)
def test_datasette_pages(query: str, keys: dict[str, Any], datasette: str, workspace: Path) -> None:
    spec = accounts(
        f"{datasette}/sales/opportunities.json?{query}",
        columns={"account_id": "opportunityid", "account": "name"},
        **keys,
    )
    assert fetch(workspace, spec, limits=Limits()).rows == 2_500
    assert not fetch(workspace, spec, limits=Limits()).changed


def test_datasette_streams_a_csv_file(datasette: str, workspace: Path) -> None:
    columns = {"account_id": "opportunityid", "account": "name"}
    spec = accounts(f"{datasette}/sales/opportunities.csv?_stream=on", type="csv", columns=columns)
    assert fetch(workspace, spec, limits=Limits()).rows == 2_500
    assert load_table("accounts", spec, workspace).frame.height == 2_500


def test_datasette_says_when_it_left_rows_out(datasette: str, workspace: Path) -> None:
    sql = "select+opportunityid+as+id,name+from+opportunities"
    spec = accounts(f"{datasette}/sales.json?sql={sql}&_shape=objects", rows="rows")
    with pytest.raises(Exception, match="left rows out"):
        fetch(workspace, spec, limits=Limits())


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path, Path]]:
    folder = tmp_path_factory.mktemp("nginx")
    with real_servers.nginx(folder) as (url, expired, authority):
        (folder / "data" / "a.csv").write_text("id,name\n" + "".join(f"a{n},N {n}\n" for n in range(9_000)))
        (folder / "data" / "a.json").write_text(
            "[" + ",".join(f'{{"id":"a{n}","name":"N {n}"}}' for n in range(3_000)) + "]"
        )
        pl.DataFrame({"id": ["a1"], "name": ["x"]}).write_parquet(folder / "data" / "a.parquet")
        yield url, expired, authority, folder


def test_nginx_a_private_authority_is_trusted_when_named(
    nginx: tuple[str, str, Path, Path], workspace: Path
) -> None:
    url, expired, authority, _ = nginx
    with pytest.raises(CertificateError, match="ca_file"):
        fetch(workspace, accounts(f"{url}/a.csv", type="csv"))
    spec = accounts(f"{url}/a.csv", type="csv", ca_file=str(authority))
    assert fetch(workspace, spec).rows == 9_000
    with pytest.raises(CertificateError, match="has expired") as caught:
        fetch(workspace, accounts(f"{expired}/a.csv", type="csv", ca_file=str(authority)))
    assert "clock" in str(caught.value)
    with pytest.raises(CertificateError, match="PEM"):
        fetch(workspace, accounts(f"{url}/a.csv", type="csv", ca_file="missing.pem"))


def test_nginx_a_wrong_name_in_the_certificate(nginx: tuple[str, str, Path, Path], workspace: Path) -> None:
    url, _, authority, _ = nginx
    other = url.replace("127.0.0.1", "127.0.0.1.nip.invalid")
    with pytest.raises(Exception, match="no host"):
        fetch(workspace, accounts(f"{other}/a.csv", type="csv", ca_file=str(authority)))


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_nginx_unchanged_files_cost_one_request(
    kind: str, nginx: tuple[str, str, Path, Path], workspace: Path
) -> None:
    url, _, authority, _ = nginx
    spec = accounts(f"{url}/a.{kind}", type=kind, ca_file=str(authority))
    first = fetch(workspace, spec)
    if kind == "json":
        assert first.bytes < 60_000, "it came packed"
    again = fetch(workspace, spec)
    assert (again.requests, again.bytes, again.changed) == (1, 0, False)


class Cutting:
    """Passes bytes on to a port, and breaks the first connection after so many bytes of the answer."""

    def __init__(self, port: int, after: int) -> None:
        self._port, self._after = port, after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        most: int | None = self._after
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", self._port))
            threading.Thread(target=self._pass, args=(here, there, None), daemon=True).start()
            threading.Thread(target=self._pass, args=(there, here, most), daemon=True).start()
            most = None

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket, most: int | None) -> None:
        passed = 0
        try:
            while data := source.recv(8_192):
                target.sendall(data)
                passed += len(data)
                if most is not None and passed >= most:
                    break
        except OSError:
            pass
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()


def test_nginx_a_broken_transfer_goes_on_by_a_range(
    nginx: tuple[str, str, Path, Path], workspace: Path
) -> None:
    url, _, authority, folder = nginx
    cutting = Cutting(urlsplit(url).port or 0, after=60_000)
    spec = accounts(f"https://127.0.0.1:{cutting.port}/a.csv?cut", type="csv", ca_file=str(authority))
    refreshed = fetch(workspace, spec, limits=Limits())
    cutting.close()
    assert (refreshed.rows, refreshed.requests) == (9_000, 2)
    place = download_place(workspace, "accounts")
    download = downloaded(place)
    assert download is not None
    assert rows_file(place, download).path.read_bytes() == (folder / "data" / "a.csv").read_bytes()
    lines = [line for line in (folder / "access.log").read_text().splitlines() if "?cut" in line]
    assert [line.split('"')[2].split()[0] for line in lines] == ["200", "206"]


def test_nginx_limits_are_kept_to(nginx: tuple[str, str, Path, Path], workspace: Path) -> None:
    url, _, authority, folder = nginx
    spec = accounts(f"{url}/few/a.json", ca_file=str(authority))
    told: list[Progress] = []
    began = time.monotonic()
    for _ in range(3):
        fetch(workspace, spec, full=True, limits=Limits(), progress=told.append)
    assert any(one.waiting_until for one in told)
    assert time.monotonic() - began < 10
    lines = [line for line in (folder / "access.log").read_text().splitlines() if "/few/" in line]
    assert sum(" 429 " in line for line in lines) <= 3 and sum(" 200 " in line for line in lines) == 3


def test_nginx_a_slow_body_is_borne_or_left(nginx: tuple[str, str, Path, Path], workspace: Path) -> None:
    url, _, authority, _ = nginx
    spec = accounts(f"{url}/slow/a.csv", type="csv", ca_file=str(authority))
    assert fetch(workspace, spec, limits=Limits(rate_window=1)).rows == 9_000
    with pytest.raises(Exception, match="longer than 2 seconds"):
        fetch(workspace, spec, full=True, limits=Limits(deadline=2))
