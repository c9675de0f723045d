"""How long tasks take: the command on 10,000 items against a bare Python, and a screen of 82,000 tasks.

The command's items are those of a year: three in five finished, one in twenty begun or late. Where
taskwarrior (`task`) and khal are on the path, they list as many tasks and events in turns with it.

    python tests/bench/bench_work.py [RUNS]
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
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


def run(command: Sequence[str], more: Mapping[str, str] | None = None) -> float:
    """How long a process takes; Python may keep its bytecode, as it does where a program is installed."""
    environment = {**os.environ, **(more or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return milliseconds(lambda: subprocess.run(command, check=True, capture_output=True, env=environment))


def taskwarrior(folder: Path, count: int) -> tuple[Sequence[str], Mapping[str, str]] | None:
    """`task list` over as many tasks, or None where there is no taskwarrior."""
    if shutil.which("task") is None:
        return None
    home = folder / "taskwarrior"
    home.mkdir()
    (home / "taskrc").write_text(
        f"data.location={home}\nconfirmation=off\nverbose=nothing\n", encoding="utf-8"
    )
    items = [task(number) for number in range(count)]
    lines = [
        {
            "description": item.fields["title"],
            "status": "pending" if item.state == "open" else "completed",
            "due": f"{item.fields['due'].replace('-', '')}T120000Z",
            "wait": f"{item.fields['lead_start'].replace('-', '')}T120000Z",
            "entry": "20260101T120000Z",
            "end": "20260102T120000Z",
        }
        for item in items
    ]
    for line in lines:
        line.pop("end" if line["status"] == "pending" else "wait")
    (home / "tasks.json").write_text(json.dumps(lines), encoding="utf-8")
    environment = {"TASKRC": str(home / "taskrc"), "TASKDATA": str(home)}
    run(["task", "import", str(home / "tasks.json")], environment)
    return ["task", "list"], environment


def khal(folder: Path, count: int) -> tuple[Sequence[str], Mapping[str, str]] | None:
    """`khal list` over as many events on the same days, or None where there is no khal."""
    if shutil.which("khal") is None:
        return None
    home = folder / "khal"
    (home / "events").mkdir(parents=True)
    settings = (
        f"[calendars]\n[[bench]]\npath = {home / 'events'}\n[locale]\nlocal_timezone = UTC\n"
        f"default_timezone = UTC\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        f"timeformat = %H:%M\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        f"[sqlite]\npath = {home / 'khal.db'}\n"
    )
    (home / "config").write_text(settings, encoding="utf-8")
    for number in range(count):
        day = str(task(number).fields["due"]).replace("-", "")
        (home / "events" / f"{number}.ics").write_text(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:bench\r\nBEGIN:VEVENT\r\n"
            f"UID:bench-{number}\r\nDTSTAMP:20260101T120000Z\r\nDTSTART:{day}T120000Z\r\n"
            f"DTEND:{day}T130000Z\r\nSUMMARY:Call customer {number}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            encoding="utf-8",
        )
    command = ["khal", "-c", str(home / "config"), "list", TODAY.isoformat(), "7d"]
    run(command)
    return command, {}


def commands(folder: Path, runs: int, count: int) -> None:
    """`cockpit tasks` in turns with a bare Python, `cockpit rhythm`, and the neighbours that are here."""
    cockpit = (sys.executable, "-m", "cockpit")
    here = ("-w", str(folder))
    asked: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
        "python -c pass": ((sys.executable, "-c", "pass"), {}),
        "cockpit tasks": ((*cockpit, "tasks", *here), {}),
        "cockpit tasks --json": ((*cockpit, "tasks", "--json", *here), {}),
        "cockpit tasks overdue": ((*cockpit, "tasks", "overdue", *here), {}),
        "cockpit rhythm": ((*cockpit, "rhythm", *here), {}),
    }
    for name, beside in (("task list", taskwarrior), ("khal list", khal)):
        found = beside(folder.parent, count)
        if found is not None:
            asked[name] = found
    for command, more in asked.values():
        run(command, more)
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(runs):
        for name, (command, more) in asked.items():
            times[name].append(run(command, more))
    bare = statistics.median(times["python -c pass"])
    for name, found_times in times.items():
        middle, best = statistics.median(found_times), min(found_times)
        told = f"median {middle:6.0f} ms   best {best:6.0f} ms   {middle / bare:5.1f} x bare"
        print(f"{name:22} {told}")


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
        commands(small, runs, 10_000)
        print("82,000 items")
        screen(workspace(Path(name) / "large", 82_000))
        changes(small)


if __name__ == "__main__":
    main()
