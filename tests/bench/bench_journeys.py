"""The journeys of a week in a real terminal (tmux): keys, milliseconds, and where the time went.

Each key log of tests/e2e/journeys is played from outside: a key is sent, and the clock stops when the screen
shows what the next line of the log waits for, or when it has changed and come to rest. Printed for each
journey: the keys, the milliseconds from start to fresh figures, the sum over its keys, and the slowest key.

    python tests/bench/bench_journeys.py [-w WORKSPACE] [ROWS OF THE DEMO]
"""

import re
import sys
import tempfile
import time
from pathlib import Path
from shutil import copytree, ignore_patterns

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS.parent)]

from terminal import Terminal  # noqa: E402

from cockpit.tui.keylog import KeyLog, Step, read_key_log  # noqa: E402

REST = 0.15
"""Seconds without a change after which the screen is at rest."""


def groups(log: KeyLog) -> list[tuple[Step, str]]:
    """Each key with the text that is waited for after it, or ""."""
    found: list[tuple[Step, str]] = []
    for step in log.steps:
        if step.kind != "see":
            found.append((step, ""))
        elif found:
            found[-1] = (found[-1][0], step.text.rstrip())
    return found


def until_shown(screen: Terminal, before: str, wanted: str) -> float:
    """Seconds until the text is there, else until the screen has changed and come to rest."""
    started = changed = time.perf_counter()
    shown = before
    while time.perf_counter() - started < 20:
        now = screen.screen
        if now != shown:
            shown, changed = now, time.perf_counter()
        if (wanted and wanted in now) or (not wanted and time.perf_counter() - changed > REST):
            return changed - started
    raise SystemExit(f"{wanted!r} was never shown")


def play(log: KeyLog, workspace: Path) -> tuple[float, list[float]]:
    """Milliseconds to fresh figures, and those of each key."""
    size = (80, 24) if "Size 80x24" in log.path.read_text() else (120, 40)
    started = time.perf_counter()
    with Terminal([sys.executable, "-m", "cockpit", "-w", str(workspace)], size, folder=workspace) as screen:
        screen.wait_until(lambda shown: bool(re.search(r"data \d\d:\d\d", shown)), 60)
        ready = (time.perf_counter() - started) * 1000
        until_shown(screen, screen.screen, "")
        times = []
        for step, wanted in groups(log):
            before = screen.screen
            screen.play([step])
            times.append(until_shown(screen, before, wanted) * 1000)
        screen.keys("C-q")
    return ready, times


def main() -> None:
    arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        if "-w" in arguments:
            source = Path(arguments[arguments.index("-w") + 1])
        else:
            from cockpit.workspace.demo import write_demo

            source = Path(folder) / "demo"
            write_demo(source, rows=int(arguments[0]) if arguments else 25_000)
        print(f"{'journey':28} keys  start ms  keys ms  slowest key")
        for path in sorted((TESTS / "e2e" / "journeys").glob("*.keys")):
            log = read_key_log(path)
            own = Path(copytree(source, Path(folder) / path.stem, ignore=ignore_patterns(".cockpit")))
            ready, times = play(log, own)
            slowest = max(times, default=0.0)
            which = groups(log)[times.index(slowest)][0].text if times else ""
            print(f"{path.stem:28} {log.presses:4}  {ready:8.0f}  {sum(times):7.0f}  {slowest:5.0f}  {which}")


if __name__ == "__main__":
    main()
