"""A whole sync after one deal in a hundred changed, beside the first one: fetched, read, compared, recorded.

Run by hand: `python tests/bench/bench_sync.py [ROWS] [ROWS OF CAP]`. An OData service in a process of its own
has its pages made before anybody asks, so that it costs next to nothing and the ratio is the worst there is.
With COCKPIT_TEST_SERVERS (see tests/http/install_servers.py) SAP CAP serves rows too, at the pace of a server
that works for them. Each sync runs in a process of its own, as a scheduled one does, its modules compiled
as an installed program has them. Other deals change before each sync, so that what changed grows until all
rows are written anew; that one is told too. Prints every figure, medians and ratios.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cockpit.sources.http.download import download_place, downloaded

HTTP_TESTS = Path(__file__).resolve().parents[1] / "http"
sys.path.insert(0, str(HTTP_TESTS))
PAGE = 5_000
FIRST_SYNCS, CHANGES, UNCHANGED = 3, 12, 3
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
    """Pages on loopback; what is asked for by its date are the rows that changed last. Prints the port."""
    from odata_pages import changes_of, pages_of, serve_pages
    from real_servers import opportunities

    texts: list[str] = []
    changed: list[list[str]] = [[] for _ in range(CHANGES)]
    for number, one in enumerate(opportunities(rows)):
        del one["account_accountid"]
        one["estimatedclosedate"] = f"{one['estimatedclosedate']}T00:00:00Z"
        texts.append(json.dumps({**one, "@odata.etag": f'W/"{one["modifiedon"]}"'}))
        if number % 100 < CHANGES:
            moved = {**one, "modifiedon": at_change(number % 100, number), "stepname": "Closing"}
            changed[number % 100].append(json.dumps({**moved, "@odata.etag": f'W/"{moved["modifiedon"]}"'}))
    serve_pages(pages_of(texts, PAGE), PAGE, [changes_of(one, rows) for one in changed])


def at_change(turn: int, number: int) -> str:
    """When a deal changes; each turn is a day later than the one before."""
    return f"{datetime(2026, 11, 1) + timedelta(days=turn, seconds=number / 100):%Y-%m-%dT%H:%M:%SZ}"


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


def compare(
    url: str, day: str, moment: str, change: Callable[[int], None], first_syncs: int, changes: int
) -> None:
    """First syncs, one after each change, some with nothing new: each beside the first.

    Args:
        url: of the opportunities.
        day, moment: how the server writes close dates and when a row was made.
        change: makes the server change one row in a hundred, others each turn.
        first_syncs: how many of them, each in a new workspace.
        changes: how many turns.
    """
    whole = []
    for _ in range(first_syncs):
        with tempfile.TemporaryDirectory() as place:
            folder = workspace(Path(place), url, day, moment)
            seconds, busy, counts = synced(folder)
            whole.append((seconds, busy))
            if len(whole) < first_syncs:
                continue
            print(f"  {counts[0]:,} new: {told(whole)}", flush=True)
            medians = [statistics.median(column) for column in zip(*whole, strict=True)]
            kept_apart, written_anew = [], []
            for turn in range(changes):
                change(turn)
                seconds, busy, counts = synced(folder)
                download = downloaded(download_place(folder, "opportunities"))
                apart = download is not None and download.changes is not None
                (kept_apart if apart else written_anew).append((seconds, busy))
            unchanged = [synced(folder)[:2] for _ in range(UNCHANGED)]
            for words, runs in (
                (f"one in a hundred changed ({counts[1]:,})", kept_apart),
                ("the same, and all written anew", written_anew),
                ("both", [*kept_apart, *written_anew]),
                ("nothing changed", unchanged),
            ):
                if runs:
                    print(f"  {words}: {told(runs)}; {ratios(runs, medians)}", flush=True)


def told(runs: list[tuple[float, float]]) -> str:
    """The medians, and every run's seconds."""
    seconds, busy = (statistics.median(column) for column in zip(*runs, strict=True))
    every = " ".join(f"{one:.2f}" for one, _ in runs)
    return f"{seconds:.2f} s, {busy:.2f} s of processor (runs: {every})"


def ratios(runs: list[tuple[float, float]], whole: list[float]) -> str:
    """Medians and means as shares of the first sync."""
    shares = [
        f"{kind(column) / first:.3f}"
        for kind in (statistics.median, statistics.mean)
        for column, first in zip(zip(*runs, strict=True), whole, strict=True)
    ]
    return f"median {shares[0]} and {shares[1]} of the first, mean {shares[2]} and {shares[3]}"


def workspace(folder: Path, url: str, day: str, moment: str) -> Path:
    """A folder with a configuration."""
    (folder / "cockpit.toml").write_text(CONFIG.format(url=url, day=day, moment=moment))
    return folder


def without_cost(rows: int) -> None:
    """A server whose pages are made before anybody asks."""
    command = [sys.executable, "-c", SERVER, str(Path(__file__).parent), str(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        service = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        print(f"pages made before, {rows:,} deals")
        instant = "%Y-%m-%dT%H:%M:%SZ"

        def change(turn: int) -> None:
            with urllib.request.urlopen(f"{service}/change/{turn}"):
                pass

        compare(f"{service}/opportunities", instant, instant, change, FIRST_SYNCS, CHANGES)
        process.terminate()


def at_work(rows: int) -> None:
    """SAP CAP, told to change rows one by one."""
    import real_servers

    with tempfile.TemporaryDirectory() as folder, real_servers.cap(Path(folder), rows, page=PAGE) as service:
        url = f"{service}/opportunities"

        def change(turn: int) -> None:
            for number, one in enumerate(real_servers.opportunities(rows)):
                if number % 100 == turn:
                    body = {"stepname": "Closing", "modifiedon": at_change(turn, number)}
                    real_servers.cap_request(f"{url}({one['opportunityid']})", "PATCH", body)

        print(f"SAP CAP, {rows:,} deals by {PAGE:,}")
        compare(url, "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.fZ", change, 1, 3)


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
