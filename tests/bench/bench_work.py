"""How long tasks take: the command on 10,000 items against a bare Python, and a screen of 82,000 tasks.

The command's items are those of a year: three in five finished, one in twenty begun or late.

    python tests/bench/bench_work.py [RUNS]
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from cockpit import Cockpit
from cockpit.store import NewItem

TODAY = date(2026, 11, 23)
CONFIG = f'schema = 1\nname = "Bench"\ncalendar = "microsoft-like"\nas_of = "{TODAY}"\n'
WORKSTREAMS = ("annuity", "faststart", "rhythm", "hygiene")


def task(number: int) -> NewItem:
    """One task: finished, begun, or still to begin."""
    place = number % 20
    days = -1 if place == 0 else number % 200 + 10
    fields = {
        "title": f"Call customer {number} about the renewal",
        "workstream": WORKSTREAMS[number % len(WORKSTREAMS)],
        "owner": f"Owner {number % 60}",
        "owner_role": "sopm",
        "due": (TODAY + timedelta(days=days)).isoformat(),
        "lead_start": (TODAY + timedelta(days=days - 5)).isoformat(),
        "severity": "medium",
        "period": "FY27-Q2",
    }
    finished = place >= 8
    return NewItem("task", f"bench/{number}", fields, "done_without_evidence" if finished else "open")


def workspace(folder: Path, count: int) -> Path:
    """A workspace with so many tasks besides those that its calendar asks for."""
    folder.mkdir()
    (folder / "cockpit.toml").write_text(CONFIG, encoding="utf-8")
    with Cockpit.open(folder) as cockpit:
        cockpit.work.store.insert_missing([task(number) for number in range(count)])
    return folder


def milliseconds(act: Callable[[], object]) -> float:
    """How long something takes once."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def run(*arguments: str) -> float:
    """How long a process takes."""
    command = [sys.executable, *arguments]
    return milliseconds(lambda: subprocess.run(command, check=True, capture_output=True))


def commands(folder: Path, runs: int) -> None:
    """`cockpit tasks` in turns with a bare Python."""
    asked = {
        "python -c pass": ("-c", "pass"),
        "cockpit tasks": ("-m", "cockpit", "tasks", "-w", str(folder)),
        "cockpit tasks --json": ("-m", "cockpit", "tasks", "--json", "-w", str(folder)),
        "cockpit tasks overdue": ("-m", "cockpit", "tasks", "overdue", "-w", str(folder)),
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(runs):
        for name, arguments in asked.items():
            times[name].append(run(*arguments))
    bare = statistics.median(times["python -c pass"])
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:22} median {middle:6.0f} ms   best {min(found):6.0f} ms   {middle / bare:5.1f} x bare")


def screen(folder: Path) -> None:
    """What a screen asks of many tasks."""
    with Cockpit.open(folder) as cockpit:
        print(f"keep up, unchanged     {milliseconds(lambda: cockpit.work):6.0f} ms")
        for words in ("", "all", '"customer 7"', "owner:me", "due:<5bd", "-workstream:annuity"):
            first = milliseconds(lambda words=words: cockpit.tasks(words))
            again = milliseconds(lambda words=words: cockpit.tasks(words))
            print(f"list {words!r:24} first {first:6.0f} ms   again {again:6.1f} ms")
        key = cockpit.tasks("")[0].key
        print(f"one change             {milliseconds(lambda: cockpit.work.claim(key)):6.0f} ms")
        print(f"list after it          {milliseconds(lambda: cockpit.tasks('')):6.0f} ms")


def changes(folder: Path, count: int = 300) -> None:
    """How many changes a second one process makes, each safe on the disk."""
    with Cockpit.open(folder) as cockpit:
        store = cockpit.work.store
        spent = milliseconds(
            lambda: [store.change("bench/1", {"title": f"title {number}"}) for number in range(count)]
        )
    print(f"changes a second       {count / spent * 1000:6.0f}")


def main() -> None:
    runs = int(sys.argv[1]) if sys.argv[1:] else 9
    with tempfile.TemporaryDirectory() as name:
        print("10,000 items")
        small = workspace(Path(name) / "small", 10_000)
        run("-m", "cockpit", "tasks", "-w", str(small))
        commands(small, runs)
        print("82,000 items")
        screen(workspace(Path(name) / "large", 82_000))
        changes(small)


if __name__ == "__main__":
    main()
