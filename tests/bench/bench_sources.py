"""How fast a first read, and how fast and small a read from the cache. Run it by hand; it prints ratios.

    python tests/bench/bench_sources.py [MEGABYTES]

A CSV of 12 columns is made in a temporary folder. The first read (screened, cast, with a reject list, no
cache written) is compared with a warm `polars.read_csv` of the same file, the two alternating, medians of
five. The read from the cache runs in a process of its own, which tells its peak memory.
"""

import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER = (
    "Opportunity Id,Name,Account,Owner,Territory,Product,Sales Stage,Status,"
    "Est. Revenue,Probability,Created On,Est. Close Date\n"
)
ROW_BYTES = 132
CHILD = """
import sys, time
sys.path[:0] = sys.argv[2:4]
from pathlib import Path
started = time.perf_counter()
import polars
from cockpit.sources.load import load_table
from bench_sources import spec
imported = time.perf_counter()
folder = Path(sys.argv[1])
table = load_table("opportunities", spec(), folder, folder / "cache")
loaded = time.perf_counter()
total = table.frame["amount"].sum()
summed = time.perf_counter()
# Not getrusage: its peak is inherited from the parent that started the process.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) / 1024
print(f"{table.frame.height} {loaded - imported:.4f} {summed - loaded:.4f} {peak:.0f}")
"""


def spec():
    from cockpit.sources.spec import SourceSpec, StatusSpec

    return SourceSpec(
        path="big.csv",
        columns={
            "opportunity_id": "Opportunity Id",
            "name": "Name",
            "account": "Account",
            "owner": "Owner",
            "territory": "Territory",
            "product": "Product",
            "stage": "Sales Stage",
            "amount": "Est. Revenue",
            "probability": "Probability",
            "created_date": "Created On",
            "close_date": "Est. Close Date",
        },
        probability_scale=100,
        status=StatusSpec(column="Status", won=["Won"], lost=["Lost"], open=["Open"]),
    )


def write_file(path: Path, rows: int) -> None:
    choose = random.Random(1)
    owners = ["Ann Lee", "Bo Smith", "Cara Jones", "Dev Patel", "Eva Klein"]
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(rows):
            file.write(
                f"OPP-{number:07d},Deal number {number} renewal,Account {number % 5000} Corporation,"
                f"{choose.choice(owners)},US-{number % 9},Product {number % 11},{number % 5}-Stage,"
                f"{choose.choice(['Open', 'Won', 'Lost'])},{choose.randrange(100, 9999999) / 100:.2f},"
                f"{choose.randrange(10) * 10},2025-{number % 12 + 1:02d}-{number % 28 + 1:02d},"
                f"2026-{number % 11 + 1:02d}-{number % 27 + 1:02d}\n"
            )


def seconds(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    project = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(project))
    import polars as pl

    from cockpit.sources.load import load_table

    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "big.csv"
        write_file(path, megabytes * 1_000_000 // ROW_BYTES)
        print(
            f"{path.stat().st_size / 1e6:.0f} MB, {megabytes * 1_000_000 // ROW_BYTES:,} rows of 12 columns"
        )
        pl.read_csv(path)
        ours, theirs = [], []
        for _ in range(5):
            theirs.append(seconds(lambda: pl.read_csv(path)))
            ours.append(seconds(lambda: load_table("opportunities", spec(), folder)))
        mine, base = statistics.median(ours), statistics.median(theirs)
        print(f"first read {mine:.3f} s, polars.read_csv {base:.3f} s: {mine / base:.2f} times (aim 2.5)")
        write_file(path, 1_000_000)
        load_table("opportunities", spec(), folder, folder / "cache")
        for _ in range(3):
            done = subprocess.run(
                [sys.executable, "-c", CHILD, str(folder), str(project), str(Path(__file__).parent)],
                check=True,
                capture_output=True,
                text=True,
            )
            rows, load, total, peak = done.stdout.split()
            print(f"from the cache: {rows} rows in {load} s, first sum {total} s, peak {peak} MB (aim 450)")


if __name__ == "__main__":
    main()
