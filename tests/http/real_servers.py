"""Starts servers that nobody here wrote, on loopback, and ends them again."""

import contextlib
import csv
import json
import os
import random
import shutil
import socket
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from install_servers import LOOPBACK, SCHEMA, SERVICE

SERVERS = os.environ.get("COCKPIT_TEST_SERVERS")
USER, PASSWORD = "sopm", "s3cret"


def installed(name: str) -> Path:
    """The folder of an installed server; skips without it."""
    folder = Path(SERVERS or "/nonexistent") / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not installed; see tests/http/install_servers.py")
    return folder


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if SERVERS is None or found is None:
        pytest.skip(f"COCKPIT_TEST_SERVERS is not set or {name} is not installed")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    command: list[str],
    port: int,
    cwd: Path,
    environment: dict[str, str] | None = None,
    patience: float = 60,
) -> Iterator[None]:
    """A process that listens on the port once this is entered."""
    log = (cwd / "server.log").open("wb")
    process = subprocess.Popen(
        command, cwd=cwd, env={**os.environ, **(environment or {})}, stdout=log, stderr=log
    )
    try:
        end = time.monotonic() + patience
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail((cwd / "server.log").read_text()[-2_000:])
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def opportunities(count: int) -> Iterator[dict[str, object]]:
    """Invented deals, the same every time."""
    invented = random.Random(7)
    accounts = [str(uuid.UUID(int=number + 1, version=4)) for number in range(200)]
    for number in range(count):
        made = datetime(2026, 1, 1) + timedelta(minutes=20 * (number % 20_000))
        yield {
            "opportunityid": str(uuid.UUID(int=invented.getrandbits(128), version=4)),
            "name": f"Deal {number}",
            "account_accountid": invented.choice(accounts),
            "estimatedvalue": f"{invented.randint(1, 10**9) / 10_000:.4f}",
            "estimatedclosedate": f"{made + timedelta(days=90):%Y-%m-%d}",
            "stepname": invented.choice(["Qualify", "Develop", "Propose"]),
            "closeprobability": invented.randint(0, 100),
            "statecode": invented.choice([0, 0, 1, 2]),
            "createdon": f"{made:%Y-%m-%dT%H:%M:%SZ}",
            "modifiedon": f"{made:%Y-%m-%dT%H:%M:%SZ}",
        }


@contextlib.contextmanager
def cap(folder: Path, rows: int, *, reliable: bool = True, page: int = 1_000) -> Iterator[str]:
    """SAP CAP with that many opportunities; gives the URL of the service."""
    modules = installed("cap") / "node_modules"
    (folder / "db" / "data").mkdir(parents=True)
    (folder / "srv").mkdir()
    (folder / "node_modules").symlink_to(modules)
    limit = {"reliablePaging": reliable, "default": page, "max": page}
    database = {"kind": "sqlite", "driver": "sql.js", "credentials": {"url": ":memory:"}}
    auth = {"kind": "basic", "users": {USER: {"password": PASSWORD, "roles": ["reader"]}}}
    package = {"name": "cap", "cds": {"query": {"limit": limit}, "requires": {"db": database, "auth": auth}}}
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "server.js").write_text(LOOPBACK)
    (folder / "db" / "schema.cds").write_text(SCHEMA)
    (folder / "srv" / "service.cds").write_text(SERVICE)
    with (folder / "db" / "data" / "sales-Opportunities.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, next(iter(opportunities(1))).keys())
        writer.writeheader()
        writer.writerows(opportunities(rows))
    with (folder / "db" / "data" / "sales-Accounts.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["accountid", "name", "territory"])
        table.writerows([uuid.UUID(int=n + 1, version=4), f"Account {n}", f"T{n % 7}"] for n in range(200))
    port = free_port()
    environment = {"PORT": str(port), "NODE_OPTIONS": "--max-old-space-size=8192"}
    command = ["node", str(modules / ".bin" / "cds-serve")]
    with running(command, port, folder, environment, max(60, rows / 1_000)):
        yield f"http://127.0.0.1:{port}/api/data/v9.2"


def cap_request(url: str, method: str, body: object = None) -> bytes:
    """A request of an administrator, who is not the cockpit."""
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url, USER, PASSWORD)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPBasicAuthHandler(manager)
    )
    request = urllib.request.Request(url, method=method)
    request.add_header("If-Match", "*")
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    with opener.open(request, timeout=20) as said:
        return bytes(said.read())


@contextlib.contextmanager
def datasette(folder: Path, rows: int) -> Iterator[str]:
    """Datasette with that many opportunities; gives its URL."""
    programs = installed("datasette") / "bin"
    with (folder / "opps.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, next(iter(opportunities(1))).keys())
        writer.writeheader()
        writer.writerows(opportunities(rows))
    subprocess.run(
        [
            *(programs / "sqlite-utils", "insert", "sales.db", "opportunities", "opps.csv"),
            *("--csv", "--pk", "opportunityid"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    port = free_port()
    command = [str(programs / "datasette"), "serve", "-i", "sales.db", "-h", "127.0.0.1", "-p", str(port)]
    with running([*command, "--setting", "max_returned_rows", "1000"], port, folder):
        yield f"http://127.0.0.1:{port}"


def certificate(folder: Path, name: str, *, authority: str | None = None, days: int = 2) -> None:
    """A key and a certificate, signed by an authority made before, or by itself; `days` may be negative."""
    openssl = program("openssl")

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)

    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key"]
    if authority is None:
        run("req", "-x509", *key, "-out", f"{name}.pem", "-days", str(days), "-subj", f"/CN={name}")
        return
    run("req", *key, "-out", f"{name}.csr", "-subj", f"/CN={name}")
    # openssl refuses negative days; a certificate of the past needs the small authority of `openssl ca`.
    if days > 0:
        run(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key"),
            *("-CAcreateserial", "-out", f"{name}.pem", "-days", str(days), "-extfile", "names"),
        )
        return
    (folder / "index").write_text("")
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\n"
        "policy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=IP:127.0.0.1\n"
    )
    run(
        *("ca", "-batch", "-config", "ca.cnf", "-cert", f"{authority}.pem", "-keyfile", f"{authority}.key"),
        *("-in", f"{name}.csr", "-out", f"{name}.pem", "-notext"),
        *("-startdate", "20200101000000Z", "-enddate", "20210101000000Z"),
    )


NGINX = """
daemon off; pid nginx.pid; error_log error.log; worker_processes 1; {user}
events {{}}
http {{
  access_log access.log; default_type application/octet-stream;
  types {{ text/csv csv; application/json json; }}
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  gzip on; gzip_types text/csv application/json; gzip_min_length 100;
  limit_req_zone $binary_remote_addr zone=few:1m rate=1r/s; limit_req_status 429;
  server {{
    listen 127.0.0.1:{port} ssl http2; root data;
    ssl_certificate server.pem; ssl_certificate_key server.key;
    location /few/ {{ alias data/; limit_req zone=few; error_page 429 @busy; }}
    location @busy {{ add_header Retry-After 1 always; return 429; }}
    location /slow/ {{ alias data/; limit_rate 20k; }}
  }}
  server {{ listen 127.0.0.1:{expired} ssl; root data;
    ssl_certificate expired.pem; ssl_certificate_key expired.key; }}
}}
"""


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """nginx over TLS, its certificate from a private authority; files lie in `data`.

    Gives the URL, that of a server whose certificate has expired, and the authority's certificate.
    """
    binary = program("nginx")
    certificate(folder, "authority")
    certificate(folder, "server", authority="authority")
    certificate(folder, "expired", authority="authority", days=-1)
    (folder / "data").mkdir()
    for path in (folder, folder.parent, folder / "data"):
        path.chmod(0o755)
    port, expired = free_port(), free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(port=port, expired=expired, user=user))
    command = [binary, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with running(command, port, folder):
        yield f"https://127.0.0.1:{port}", f"https://127.0.0.1:{expired}", folder / "authority.pem"
