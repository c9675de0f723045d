"""What the first frame waits for: a table of the time that each import takes, the dearest first.

Python is started several times with -X importtime, as the screen starts; printed are the medians, in
milliseconds: what a module takes by itself, what it takes with what it is the first to import, and for how
many modules each package has to be read. Below stands what is imported after the first frame, in the thread
that opens the workspace.

    python tests/bench/bench_imports.py [RUNS]
"""

import re
import statistics
import subprocess
import sys
from collections import defaultdict

FIRST_FRAME = "import cockpit.cli.entry, cockpit.tui.start, cockpit.tui.app"
AFTERWARDS = f"{FIRST_FRAME}, cockpit.tui.dispatch, cockpit.tui.session, cockpit.panes.today, cockpit.core"
LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| +(\S+)")
SHOWN = 25


def imports(statement: str) -> dict[str, tuple[float, float]]:
    """By module: milliseconds by itself, and with what it imports first."""
    command = [sys.executable, "-X", "importtime", "-c", statement]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return {found[3]: (int(found[1]) / 1000, int(found[2]) / 1000) for found in LINE.finditer(told)}


def medians(statement: str, runs: int) -> dict[str, tuple[float, float]]:
    """The same over several runs."""
    every = [imports(statement) for _ in range(runs)]
    names = set(every[0]).intersection(*every)
    return {
        name: (
            statistics.median(run[name][0] for run in every),
            statistics.median(run[name][1] for run in every),
        )
        for name in names
    }


def by_package(found: dict[str, tuple[float, float]]) -> list[tuple[str, float, int]]:
    """Each package with the milliseconds of its modules and how many they are, the dearest first."""
    sums: dict[str, list[float]] = defaultdict(list)
    for name, (own, _) in found.items():
        sums[name.partition(".")[0]].append(own)
    return sorted(((name, sum(times), len(times)) for name, times in sums.items()), key=lambda one: -one[1])


def main() -> None:
    runs = int(sys.argv[1]) if sys.argv[1:] else 7
    first, later = medians(FIRST_FRAME, runs), medians(AFTERWARDS, runs)
    whole = sum(own for own, _ in first.values())
    print(f"before the first frame: {len(first)} modules, {whole:.0f} ms (median of {runs} runs)\n")
    print(f"{'module':44} own ms  with its own first imports")
    for name, (own, cumulative) in sorted(first.items(), key=lambda one: -one[1][1])[:SHOWN]:
        print(f"{name:44} {own:6.1f}  {cumulative:6.1f}")
    print(f"\n{'package':44}     ms  modules")
    for name, taken, count in by_package(first)[:12]:
        print(f"{name:44} {taken:6.1f}  {count:5}")
    more = {name: times for name, times in later.items() if name not in first}
    print(f"\nafter it, while the workspace opens: {len(more)} modules more")
    for name, taken, count in by_package(more)[:8]:
        print(f"{name:44} {taken:6.1f}  {count:5}")
    heavy = sorted({"polars", "httpx", "fastexcel", "sqlite3"} & {name.partition(".")[0] for name in first})
    print(f"\nof polars, httpx, fastexcel and sqlite3 the first frame imports: {', '.join(heavy) or 'none'}")


if __name__ == "__main__":
    main()
