"""A whole sync after one deal in a hundred changed, beside the first one: fetched, read, compared, recorded.

Run by hand: `python tests/bench/bench_sync.py [ROWS] [ROWS OF CAP]`. An OData service in a process of its own
has its pages made before anybody asks, so that it costs next to nothing and the ratio is the worst there is.
With COCKPIT_TEST_SERVERS (see tests/http/install_servers.py) SAP CAP serves rows too, at the pace of a server
that works for them. Each sync runs in a process of its own, as a scheduled one does, its modules compiled
as an installed program has them. Prints figures and ratios.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

HTTP_TESTS = Path(__file__).resolve().parents[1] / "http"
sys.path.insert(0, str(HTTP_TESTS))
PAGE = 5_000
CONFIG = """
schema = 1
calendar = "microsoft-like"
currency = "USD"

[sources.opportunities]
type = "odata"
url = "{url}"
auth = {{ kind = "basic", user = "sopm", password_env = "BENCH_PASSWORD" }}
key = "opportunityid"
modified = "modifiedon"
select = ["closeprobability", "statecode"]
status = {{ value = "open" }}
date_format = {{ close_date = "{day}", created_date = "{moment}" }}

[sources.opportunities.columns]
opportunity_id = "opportunityid"
name = "name"
amount = "estimatedvalue"
close_date = "estimatedclosedate"
stage = "stepname"
created_date = "createdon"
"""
SERVER = """
import sys
sys.path.insert(0, sys.argv[1])
from bench_sync import serve
serve(int(sys.argv[2]))
"""
SYNC = """
import sys, time
from cockpit.core import Cockpit
began = time.perf_counter()
with Cockpit.open(sys.argv[1]) as cockpit:
    result = cockpit.sync()
one = result.tables[0]
assert one.arrived and not result.problems, (one.as_json(), result.problems)
counts = (one.change.new, one.change.changed, one.change.removed)
print(time.perf_counter() - began, time.process_time(), *counts)
"""


def serve(rows: int) -> None:
    """Pages on loopback; what is asked for by its date are the rows that changed since. Prints the port."""
    from odata_pages import pages_of, serve_pages
    from real_servers import opportunities

    texts, changed = [], []
    for number, one in enumerate(opportunities(rows)):
        del one["account_accountid"]
        one["estimatedclosedate"] = f"{one['estimatedclosedate']}T00:00:00Z"
        texts.append(json.dumps({**one, "@odata.etag": f'W/"{one["modifiedon"]}"'}))
        if number % 100 == 0:
            later = f"{datetime(2026, 11, 1) + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}"
            moved = {**one, "modifiedon": later, "stepname": "Closing", "@odata.etag": f'W/"{later}"'}
            changed.append(json.dumps(moved))
    since = f'{{"@odata.count":{rows},"value":[{",".join(changed)}]}}'.encode()
    serve_pages(pages_of(texts, PAGE), PAGE, since)


def synced(folder: Path) -> tuple[float, float, list[int]]:
    """Seconds and seconds of processor of a sync, and what it found new, changed and removed."""
    environment = {**os.environ, "BENCH_PASSWORD": "s3cret", "XDG_CACHE_HOME": str(folder / "cache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    run = subprocess.run(
        [sys.executable, "-c", SYNC, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(run.stderr)
    seconds, busy, *counts = run.stdout.split()
    return float(seconds), float(busy), [int(count) for count in counts]


def compare(url: str, day: str, moment: str, change: Callable[[], None]) -> None:
    """A full sync, one after the change, one with nothing new: each beside the first.

    Args:
        url: of the opportunities.
        day, moment: how the server writes close dates and when a row was made.
        change: makes the server change one row in a hundred.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = CONFIG.format(url=url, day=day, moment=moment)
        (folder / "cockpit.toml").write_text(config)
        full, busy, counts = synced(folder)
        print(f"  the first sync {full:.1f} s, {busy:.1f} s of processor, {counts[0]:,} new")
        change()
        for words in ("one in a hundred changed", "nothing changed since"):
            seconds, spent, counts = synced(folder)
            print(f"  {words}: {seconds:.2f} s, {spent:.2f} s of processor, {counts[1]:,} changed; "
                  f"{seconds / full:.3f} and {spent / busy:.3f} of the first", flush=True)  # fmt: skip


def without_cost(rows: int) -> None:
    """A server whose pages are made before anybody asks."""
    command = [sys.executable, "-c", SERVER, str(Path(__file__).parent), str(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        print(f"pages made before, {rows:,} deals")
        instant = "%Y-%m-%dT%H:%M:%SZ"
        compare(f"http://127.0.0.1:{port}/opportunities", instant, instant, lambda: None)
        process.terminate()


def at_work(rows: int) -> None:
    """SAP CAP, told to change rows one by one."""
    import real_servers

    with tempfile.TemporaryDirectory() as folder, real_servers.cap(Path(folder), rows, page=PAGE) as service:
        url = f"{service}/opportunities"

        def change() -> None:
            for number, one in enumerate(real_servers.opportunities(rows)):
                if number % 100 == 0:
                    later = datetime(2026, 11, 1) + timedelta(seconds=number)
                    body = {"stepname": "Closing", "modifiedon": f"{later:%Y-%m-%dT%H:%M:%SZ}"}
                    real_servers.cap_request(f"{url}({one['opportunityid']})", "PATCH", body)

        print(f"SAP CAP, {rows:,} deals by {PAGE:,}")
        compare(url, "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.fZ", change)


def main() -> None:
    """Both servers."""
    rows, worked = (int(one) for one in (*sys.argv[1:], *("1_000_000", "200_000")[len(sys.argv) - 1 :]))
    without_cost(rows)
    servers = os.environ.get("COCKPIT_TEST_SERVERS")
    if servers is None or not (Path(servers) / "cap").is_dir():
        print("SAP CAP is not installed; see tests/http/install_servers.py")
    else:
        at_work(worked)


if __name__ == "__main__":
    main()
