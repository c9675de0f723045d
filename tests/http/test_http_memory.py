"""What a crawl needs of memory does not grow with the number of its pages."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_server import HostileServer, Request, answer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
ROWS_A_PAGE = 1_000
CRAWL = """
import sys
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from fetching import accounts, fetch
from cockpit.sources.http.limits import Limits
spec = accounts(sys.argv[1], type="odata", key="id", modified="changed")
done = fetch(Path(sys.argv[2]), spec, limits=Limits())
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(done.rows, done.requests, int(status["VmHWM"].split()[0]) // 1024)
"""


def test_five_times_the_pages_need_no_more_memory(server: HostileServer, tmp_path: Path) -> None:
    rows = [
        {
            "id": f"PAGE-{n:04}",
            "name": f"Account {n} " * 24,
            "changed": "2026-11-20T09:00:00Z",
            "value": n / 7,
        }
        for n in range(ROWS_A_PAGE)
    ]
    page = json.dumps(rows)

    def handler(request: Request) -> bytes:
        number, pages = int(request.query.get("$skiptoken", 0)), int(request.path.removeprefix("/rows"))
        link = f',"@odata.nextLink":"rows{pages}?$skiptoken={number + 1}"' if number + 1 < pages else ""
        count = pages * ROWS_A_PAGE
        return answer(f'{{"@odata.count":{count},"value":{page.replace("PAGE", f"{number:05}")}{link}}}')

    peaks = []
    for pages in (40, 200):
        server.says(f"/rows{pages}", handler)
        folder = tmp_path / str(pages)
        folder.mkdir(mode=0o700)
        folders = [str(Path(__file__).parent), *(one for one in sys.path if one)]
        run = subprocess.run(
            [sys.executable, "-c", CRAWL, f"{server.url}/rows{pages}", str(folder), *folders],
            capture_output=True,
            text=True,
        )
        count, requests, peak = map(int, run.stdout.split())
        assert (count, requests) == (pages * ROWS_A_PAGE, pages)
        peaks.append(peak)
    data = 160 * len(page) // 1_048_576  # what the other pages hold, in MiB
    assert data > 50
    assert peaks[1] - peaks[0] < data // 2, peaks
