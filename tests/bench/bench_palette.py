"""How long the palette takes from a typed letter to its ranked list, on a large workspace.

Printed: how long the lists take to be made ready in the background, how long they are, and each query's time,
the best and the worst of five. Further tasks are put beside those of the workspace.

    python tests/bench/bench_palette.py WORKSPACE [TASKS]
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from cockpit import Cockpit
from cockpit.panes.place import Place
from cockpit.tui.actions import ACTIONS
from cockpit.tui.findable import Findable
from cockpit.tui.finding import workspace_entries
from cockpit.tui.meant import meant
from cockpit.tui.ranking import Entry, Index, ranked
from cockpit.tui.session import Session

QUERIES = (
    "c", "con", "contoso", "close rate", "cr", "ag-10", "ag-131007", "renewal customer 7", "okafor ag",
    "harbor", "forecast lock", "zqzqzq", "e", "brooks", "30 nov", "FY27-Q1", "opp-1193",
    "close rate by manager",
)  # fmt: skip
AIM = 50
"""Milliseconds."""


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 82_000
    titles = [f"Renewal call with customer {number}" for number in range(count)]
    details = [f"task  Okafor  open  us/renewal/{number}" for number in range(count)]
    more = Index(titles, details, lambda n: Entry(titles[n], details[n], Place("task", str(n))))
    with Cockpit.open(folder) as cockpit:
        rows = {name: table.frame.height for name, table in cockpit.data.loaded().tables.items()}
        started = time.perf_counter()
        indexes = Findable().indexes(cockpit)
        ready = time.perf_counter() - started
        own = Index.of(
            [Entry(action.label, action.help, action) for action in ACTIONS] + workspace_entries(cockpit)
        )
        print(", ".join(f"{height:,} {name}" for name, height in rows.items()))
        every = (own, *indexes, more)
        print(f"made ready in {ready:.2f} s; lists of {', '.join(f'{index.count:,}' for index in every)}")
        session = cast(Session, SimpleNamespace(cockpit=cockpit))
        worst = max(timed(session, query, every) for query in QUERIES)
    print(f"worst {worst:.0f} ms (aim: under {AIM})")


def timed(session: Session, query: str, every: Sequence[Index]) -> float:
    """Print what a query finds and how long it takes, the best and the worst of five; returns the worst."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        found = meant(session, query) + ranked(query, every)
        times.append((time.perf_counter() - started) * 1000)
    first = found[0].label if found else "nothing"
    print(f"{query:22} {min(times):5.1f} to {max(times):5.1f} ms  {len(found):4} found, first {first}")
    return max(times)


if __name__ == "__main__":
    main()
