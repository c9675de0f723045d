"""What fetching costs beside a loop that only downloads the pages. Run it by hand; it prints ratios.

    python tests/bench/bench_http.py [ROWS [ROWS_A_PAGE]]

An OData service in a process of its own sends 100,000 opportunities in pages that were made before, so that
the server costs next to nothing and the ratio is the worst there is. With COCKPIT_TEST_SERVERS (see
tests/http/install_servers.py) SAP CAP serves the same rows too, at the pace of a server that works. Each
measurement runs in a process of its own, the two alternating, medians of five; the peak of memory is taken
for a tenth of the rows, for all, and for four times as many, in pages of one size.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HTTP_TESTS = Path(__file__).resolve().parents[1] / "http"
sys.path.insert(0, str(HTTP_TESTS))

SERVER = """
import sys
sys.path.insert(0, sys.argv[1])
from bench_http import serve
serve(int(sys.argv[2]), int(sys.argv[3]))
"""
BARE = """
import sys, time, asyncio, json
from urllib.parse import urljoin
import httpx
async def main(url):
    requests = 0
    started = time.perf_counter()
    async with httpx.AsyncClient(auth=httpx.BasicAuth("sopm", "s3cret"), trust_env=False) as client:
        while url:
            body = (await client.get(url)).content
            requests += 1
            # No more than finding the link: the rows are not even parsed.
            link = body.rpartition(b'"@odata.nextLink":"')[2] if b'"@odata.nextLink":"' in body else b""
            url = urljoin(url, link.partition(b'"')[0].decode()) if link else ""
    print(requests, time.perf_counter() - started, 0, 0)
asyncio.run(main(sys.argv[1] + "&$count=true"))
"""
OURS = """
import sys, time
sys.path[:0] = sys.argv[2:4]
from pathlib import Path
import cockpit.sources.http.fetch, cockpit.sources.http.storing
from fetching import fetch
from bench_http import section
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.secrets import Secrets
workspace, secrets = Path(sys.argv[4]), Secrets()
secrets.give("opportunities", "s3cret")
def run():
    started = time.perf_counter()
    done = fetch(workspace, section(sys.argv[1]), table="opportunities", limits=Limits(), secrets=secrets)
    return done, time.perf_counter() - started
first, seconds = run()
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
again, _ = run()
assert not again.changed
print(first.requests, seconds, int(status["VmHWM"].split()[0]) // 1024, again.requests)
"""
SELECT = (
    "$select=opportunityid,name,estimatedvalue,estimatedclosedate,stepname,closeprobability,createdon,"
    "statecode,modifiedon"
)


def section(url: str):
    """The section that is fetched."""
    from cockpit.sources.http.spec import AuthSpec
    from cockpit.sources.spec import SourceSpec

    return SourceSpec(
        type="odata",
        url=url,
        auth=AuthSpec(kind="basic", user="sopm", password_env="NOT_READ"),
        key="opportunityid",
        modified="modifiedon",
        select=["stepname", "closeprobability", "createdon", "statecode"],
        columns={
            "opportunity_id": "opportunityid",
            "name": "name",
            "amount": "estimatedvalue",
            "close_date": "estimatedclosedate",
            "stage": "stepname",
        },
    )


def serve(rows: int, size: int) -> None:
    """Pages made before anybody asks, on loopback; prints the port."""
    from odata_pages import changes_of, pages_of, serve_pages
    from real_servers import opportunities

    everything = []
    for one in opportunities(rows):
        del one["account_accountid"]
        text = json.dumps({**one, "@odata.etag": f'W/"{one["modifiedon"]}"', "estimatedvalue": 0})
        everything.append(text.replace('"estimatedvalue": 0', f'"estimatedvalue": {one["estimatedvalue"]}'))
    serve_pages(pages_of(everything, size), size, [changes_of([], rows)])


def measured(program: str, url: str) -> tuple[int, float, int, int]:
    """Requests, seconds, peak MiB and requests of a second refresh."""
    with tempfile.TemporaryDirectory() as folder:
        here = str(Path(__file__).parent)
        run = subprocess.run(
            [sys.executable, "-c", program, url, here, str(HTTP_TESTS), folder],
            capture_output=True,
            text=True,
            check=False,
        )
    if run.returncode:
        raise SystemExit(run.stderr)
    requests, seconds, peak, again = run.stdout.split()
    return int(requests), float(seconds), int(peak), int(again)


def compare(name: str, url: str, rounds: int = 5) -> int:
    """Print the ratio for one server; the peak of memory."""
    bare, ours = [], []
    for _ in range(rounds):
        bare.append(measured(BARE, f"{url}?{SELECT}"))
        ours.append(measured(OURS, url))
    without, with_all = (statistics.median(one[1] for one in runs) for runs in (bare, ours))
    print(
        f"{name}: bare loop {without:.2f} s in {bare[0][0]} requests, "
        f"fetched {with_all:.2f} s in {ours[0][0]}: {with_all / without:.2f} times; "
        f"unchanged: {ours[0][3]} request; peak {ours[0][2]} MiB"
    )
    return max(one[2] for one in ours)


def main() -> None:
    """Both servers."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    peaks = {}
    for count, page in ((rows // 10, size // 5), (rows, size // 5), (4 * rows, size // 5), (rows, size)):
        here = f"{Path(__file__).parent}"
        command = [sys.executable, "-c", SERVER, here, str(count), str(page)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url = f"http://127.0.0.1:{process.stdout.readline().strip()}/opportunities"
            peaks[count, page] = compare(f"pages made before, {count:,} rows by {page:,}", url)
            process.terminate()
    told = [f"{peak} MiB for {count:,} rows" for (count, page), peak in peaks.items() if page != size]
    print(f"memory, by {size // 5:,} rows a page: {', '.join(told)}")
    if os.environ.get("COCKPIT_TEST_SERVERS"):
        import real_servers

        with (
            tempfile.TemporaryDirectory() as folder,
            real_servers.cap(Path(folder), rows, page=size) as url,
        ):
            compare(f"SAP CAP, {rows:,} rows by {size:,}", f"{url}/opportunities", rounds=3)


if __name__ == "__main__":
    main()
