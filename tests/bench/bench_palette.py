"""How long the palette takes from a typed letter to its ranked list, on a large workspace.

Printed: how long the lists take to be made ready in the background, how long they are, and each query's time,
the best and the worst of five. Further tasks are put beside those of the workspace.

    python tests/bench/bench_palette.py WORKSPACE [TASKS]
"""

import sys
import time
from pathlib import Path

from cockpit import Cockpit
from cockpit.panes.place import Place
from cockpit.tui.actions import ACTIONS
from cockpit.tui.findable import Findable
from cockpit.tui.finding import workspace_entries
from cockpit.tui.ranking import Entry, Index, ranked

QUERIES = (
    "c", "con", "contoso", "close rate", "cr", "ag-10", "ag-131007", "renewal customer 7", "okafor ag",
    "harbor", "forecast lock", "zqzqzq", "e",
)  # fmt: skip
AIM = 50
"""Milliseconds."""


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 82_000
    with Cockpit.open(folder) as cockpit:
        rows = {name: table.frame.height for name, table in cockpit.data.loaded().tables.items()}
        started = time.perf_counter()
        indexes = Findable().indexes(cockpit)
        ready = time.perf_counter() - started
        own = Index.of(
            [Entry(action.label, action.help, action) for action in ACTIONS] + workspace_entries(cockpit)
        )
    titles = [f"Renewal call with customer {number}" for number in range(count)]
    details = [f"task  Okafor  open  us/renewal/{number}" for number in range(count)]
    more = Index(titles, details, lambda n: Entry(titles[n], details[n], Place("task", str(n))))
    print(", ".join(f"{height:,} {name}" for name, height in rows.items()))
    every = (own, *indexes, more)
    print(f"made ready in {ready:.2f} s; lists of {', '.join(f'{index.count:,}' for index in every)}")
    worst = 0.0
    for query in QUERIES:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            found = ranked(query, every)
            times.append((time.perf_counter() - started) * 1000)
        worst = max(worst, *times)
        first = found[0].label if found else "nothing"
        print(f"{query:20} {min(times):5.1f} to {max(times):5.1f} ms  {len(found):4} found, first {first}")
    print(f"worst {worst:.0f} ms (aim: under {AIM})")


if __name__ == "__main__":
    main()
