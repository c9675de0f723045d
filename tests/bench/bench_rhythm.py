"""How fast the rhythm is: `python tests/bench/bench_rhythm.py`.

Prints the time for all occurrences of a large calendar beside that of a plain loop over its days, the time
to load the bundled calendar, and how many times as long as `python -c pass` two whole commands take.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from cockpit.base.paths import bundled  # noqa: E402
from cockpit.rhythm import Anchor, RhythmCalendar  # noqa: E402

FIRST, LAST = date(2026, 7, 1), date(2028, 6, 30)
EVENTS, AGREEMENTS = 500, 300
TOUCHPOINTS = ("T-180d", "T-120d", "T-90d", "T-60d", "T-30d", "T-15d", "T-5bd", "T", "T+30d")
RULES = (
    *("BD{n} of year", "day {n} of year", "day 1 of year - {n}d", "BD{n} of half", "2nd Tue of half"),
    *("last BD of quarter", "day {n} of quarter", "BD{n} of quarter", "Wed of week 2 of quarter"),
    "2nd Tue of month",
)
"""What a large organisation's calendar holds: yearly gates and quarterly steps, some monthly ones."""


def calendar_text() -> str:
    """A calendar with 500 events and nine touchpoints for each agreement."""
    parts = [
        'schema = 1\n[calendar]\nid = "large"\ntimezone = "America/Los_Angeles"\nholidays = ["us-federal"]\n'
        '[fiscal]\nsystem = "months"\nstart_month = 7\nyear_name = "end"\n'
    ]
    for number in range(EVENTS):
        rule = RULES[number % len(RULES)].format(n=number % 20 + 1)
        head = f'[[event]]\nid = "event-{number}"\ntitle = "Event {number}"\n'
        parts.append(f'{head}when = "{rule}"\nlead = "5bd"\n')
    for number, rule in enumerate(TOUCHPOINTS):
        parts.append(
            f'[[action]]\nid = "touch-{number}"\ntitle = "Touchpoint {number}"\ndue = "{rule}"\n'
            'lead = "10bd"\n'
            'for_each = { source = "agreements", key = "agreement_id", date = "expires_date" }\n'
        )
    return "".join(parts)


def anchors() -> dict[str, list[Anchor]]:
    """Agreements that expire evenly over the two years."""
    days = (LAST - FIRST).days
    dates = [FIRST + timedelta(days=number * days // AGREEMENTS) for number in range(AGREEMENTS)]
    rows = [
        Anchor("agreements", f"AG-{number}", day, day, f"Account {number}")
        for number, day in enumerate(dates)
    ]
    return {"agreements": rows}


def day_loop(calendar: RhythmCalendar, rows: list[Anchor]) -> int:
    """The plain way: on every day ask every touchpoint of every agreement and every quarter's last day."""
    business, found, day = calendar.fiscal.business, 0, FIRST
    offsets = [timedelta(days=number) for number in (180, 120, 90, 60, 30, 15, 5, 0, -30)]
    while day <= LAST:
        worked = business.is_business_day(day)
        for row in rows:
            for offset in offsets:
                if row.date is not None and row.date - offset == day:
                    found += worked
        day += timedelta(days=1)
    return found


def best(work: Callable[[], object], times: int = 7) -> float:
    """The shortest of several runs, in milliseconds."""
    runs = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        runs.append(time.perf_counter() - start)
    return min(runs) * 1000


def processes(commands: dict[str, tuple[str, ...]], rounds: int = 15) -> dict[str, float]:
    """Processor time of whole Python processes in milliseconds, the shortest of several runs of each.

    They take turns, so that what else the machine does falls on all of them alike, and may keep their
    compiled modules, as installed ones do.
    """
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    shortest = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, arguments in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            words = [sys.executable, *arguments]
            subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            shortest[name] = min(shortest[name], taken * 1000)
    return shortest


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.toml"
        path.write_text(calendar_text())
        start = time.perf_counter()
        calendar = RhythmCalendar.load(path)
        print(f"load of {EVENTS} events              {(time.perf_counter() - start) * 1000:8.1f} ms")
    rows = anchors()
    start = time.perf_counter()
    found = calendar.occurrences(FIRST, LAST, anchors=rows)
    cold = (time.perf_counter() - start) * 1000
    warm = best(lambda: calendar.occurrences(FIRST, LAST, anchors=rows))
    loop = best(lambda: day_loop(calendar, rows["agreements"]), 1)
    print(f"{len(found):,} occurrences, first time  {cold:8.1f} ms")
    print(f"{len(found):,} occurrences, again       {warm:8.1f} ms   (limit 150)")
    print(f"a plain loop over the days       {loop:8.1f} ms")
    standard = bundled("calendars") / "microsoft-like.toml"
    print(f"load of microsoft-like           {best(lambda: RhythmCalendar.load(standard)):8.1f} ms")
    quarter = ("--from", "2026-10-01", "--to", "2026-12-31")
    commands = {
        "python -c pass": ("-c", "pass"),
        "cockpit fiscal": ("-m", "cockpit", "fiscal"),
        "cockpit rhythm of a quarter": ("-m", "cockpit", "rhythm", *quarter),
    }
    for name, taken in (taking := processes(commands)).items():
        print(f"{name:<33}{taken:8.1f} ms   {taken / taking['python -c pass']:4.1f} times (limit 9)")


if __name__ == "__main__":
    main()
