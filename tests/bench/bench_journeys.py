"""The journeys of a week in a real terminal (tmux): keys, milliseconds, and where the time went.

Each key log of tests/e2e/journeys is played from outside: a key is sent, and the clock stops when the screen
shows what the next line of the log waits for, or when it has changed and come to rest. Printed for each
journey: the keys, the milliseconds from start to fresh figures, the sum over its keys, and the slowest key.
What a workspace has no data for (no agreements, nothing late) is said in place of the figures.

The demo is always played, then the real data beside the project where it is there, then each further
workspace. With --visidata the question "close rate by manager, then the deals of one" is asked of the same
files with VisiData and with the cockpit.

    python tests/bench/bench_journeys.py [-w WORKSPACE]... [--visidata PROGRAM] [ROWS OF THE DEMO]
"""

import argparse
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copytree, ignore_patterns

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS.parent)]

from real import EXPORT, write_real  # noqa: E402
from terminal import Terminal  # noqa: E402

from cockpit.tui.keylog import KeyLog, Step, read_key_log  # noqa: E402

REST = 0.15
"""Seconds without a change after which the screen is at rest."""
PATIENCE = 12.0
"""Seconds that a text is waited for."""
JOURNEYS = TESTS / "e2e" / "journeys"
COCKPIT_QUESTION = ("to Close rate", "Enter", "Enter", "Tab", "Enter")
"""The close rate by manager, one of them, and what was counted: the deals."""


class NeverShown(Exception):
    """A text did not come."""


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
    while time.perf_counter() - started < PATIENCE:
        now = screen.screen
        if now != shown:
            shown, changed = now, time.perf_counter()
        if (wanted and wanted in now) or (not wanted and time.perf_counter() - changed > REST):
            return changed - started
    raise NeverShown(f"{wanted!r} is not there")


def started(workspace: Path, size: tuple[int, int]) -> Terminal:
    """The cockpit in a terminal of its own."""
    over_ssh = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}  # links are copied, not opened here
    return Terminal([sys.executable, "-m", "cockpit", "-w", str(workspace)], size, over_ssh, workspace)


def play(log: KeyLog, workspace: Path) -> tuple[float, list[float]]:
    """Milliseconds to fresh figures, and those of each key.

    Raises:
        NeverShown: the workspace has nothing for a key.
    """
    size = (80, 24) if "Size 80x24" in log.path.read_text() else (120, 40)
    began = time.perf_counter()
    with started(workspace, size) as screen:
        screen.wait_until(lambda shown: bool(re.search(r"data \d\d:\d\d", shown)), 60)
        ready = (time.perf_counter() - began) * 1000
        until_shown(screen, screen.screen, "")
        times = []
        for step, wanted in groups(log):
            before = screen.screen
            try:
                screen.play([step])
            except AssertionError as error:
                raise NeverShown(str(error).splitlines()[0]) from error
            times.append(until_shown(screen, before, wanted) * 1000)
        screen.keys("C-q")
    return ready, times


def journeys(source: Path, folder: Path, logs: Path = JOURNEYS, *, fresh: bool = True) -> None:
    """Play all journeys of a folder on copies of a workspace, without its work where they shall be fresh."""
    print(f"\n{source.name:34} keys  start ms  keys ms  slowest key")
    for path in sorted(logs.glob("*.keys")):
        log = read_key_log(path)
        left = ignore_patterns(".cockpit") if fresh else None
        own = Path(copytree(source, folder / f"{source.name}-{path.stem}", ignore=left))
        try:
            ready, times = play(log, own)
        except NeverShown as error:
            print(f"{path.stem:34} {log.presses:4}  no data for it here: {error}")
            continue
        slowest = max(times, default=0.0)
        which = groups(log)[times.index(slowest)][0].text if times else ""
        print(f"{path.stem:34} {log.presses:4}  {ready:8.0f}  {sum(times):7.0f}  {slowest:5.0f}  {which}")


@dataclass(frozen=True)
class Asked:
    """The files of a workspace that VisiData needs in one, since it is to group by the manager.

    Attributes:
        deals: the file of the deals.
        people: the file of the people, with a column Manager.
        key: the column of the deals that says whose they are.
        wanted: a text of the first deals.
    """

    deals: Path
    people: Path
    key: str
    wanted: str


def with_visidata(program: str, asked: Asked, folder: Path) -> tuple[int, float]:
    """Keys and milliseconds of the question in VisiData.

    Its pivot of the deals by manager and status holds the two counts whose quotient is the rate. It is given
    the managers in the same file; the cockpit looks them up itself.
    """
    import polars as pl

    path = folder / "with-managers.csv"
    deals = pl.read_csv(asked.deals, infer_schema=False)
    people = pl.read_csv(asked.people, infer_schema=False)
    right = asked.key if asked.key in people.columns else people.columns[0]
    joined = deals.join(people, left_on=asked.key, right_on=right, how="left")
    joined.write_csv(path)
    headers = joined.columns
    keys = [
        "c", *shortest("Manager", headers), "Enter", "!",  # the manager is what is grouped by
        "c", *shortest("Status", headers), "Enter", "W",  # a pivot over the status
        "Enter",  # the deals of the first manager
    ]  # fmt: skip
    with Terminal([program, str(path)], (120, 40), folder=folder) as screen:
        began = time.perf_counter()
        screen.wait_for(asked.wanted, 60)
        until_shown(screen, screen.screen, "")
        for key in keys:
            before = screen.screen
            screen.keys(key)
            until_shown(screen, before, "")
        return len(keys), (time.perf_counter() - began) * 1000


def shortest(name: str, headers: list[str]) -> str:
    """The fewest letters of a column's name that no other column has."""
    others = [header.casefold() for header in headers if header != name]
    lengths = range(1, len(name) + 1)
    return next(
        (name[:size] for size in lengths if not any(name[:size].casefold() in other for other in others)),
        name,
    )


def with_the_cockpit(workspace: Path) -> tuple[int, float]:
    """Keys and milliseconds of the same question in the cockpit; the way to a line counts as its keys."""
    began = time.perf_counter()
    with started(workspace, (120, 40)) as screen:
        screen.wait_until(lambda shown: bool(re.search(r"data \d\d:\d\d", shown)), 60)
        until_shown(screen, screen.screen, "")
        count = 0
        for key in COCKPIT_QUESTION:
            before = screen.screen
            if key.startswith("to "):
                text = key.removeprefix("to ")
                while not any(line.startswith("▌") and text in line for line in screen.screen.splitlines()):
                    before = screen.screen
                    screen.keys("j")
                    until_shown(screen, before, "")
                    count += 1
                continue
            screen.keys(key)
            count += 1
            until_shown(screen, before, "")
        print("\n".join(screen.screen.splitlines()[1:8]))
        return count, (time.perf_counter() - began) * 1000


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("rows", nargs="?", type=int, default=25_000)
    asked.add_argument("-w", "--workspace", type=Path, action="append", default=[])
    asked.add_argument("--visidata")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        from cockpit.workspace.demo import write_demo

        folder = Path(name)
        demo = folder / "demo"
        write_demo(demo, rows=given.rows)
        journeys(demo, folder)
        compared = {demo: Asked(demo / "opportunities.csv", demo / "sellers.csv", "OwnerId", "OPP-")}
        if EXPORT.is_file():
            real = folder / "regional-sales"
            write_real(real)
            journeys(moved(real, folder / "moved", fresh=False), folder, JOURNEYS / real.name, fresh=False)
            compared[real] = Asked(EXPORT, EXPORT.parent / "Owners.csv", "SystemUserSeq", "Qualify")
        for workspace, files in compared.items() if given.visidata else ():
            for name, ask in {
                "VisiData": partial(with_visidata, given.visidata, files, folder),
                "cockpit": partial(with_the_cockpit, workspace),
            }.items():
                keys, taken = ask()
                question = "close rate by manager, the deals of one"
                print(f"{workspace.name:15} {question}: {name:9} {keys:3} keys {taken:6.0f} ms")
        for workspace in given.workspace:
            journeys(moved(workspace, folder), folder)


def moved(workspace: Path, folder: Path, *, fresh: bool = True) -> Path:
    """A copy of a workspace that still finds its files."""
    left = ignore_patterns(".cockpit") if fresh else None
    own = Path(copytree(workspace, folder / workspace.name, ignore=left))

    def whole(found: re.Match[str]) -> str:
        return f'path = "{(workspace / found[1]).resolve()}"'

    settings = own / "cockpit.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r'^path = "(.*)"$', whole, text, flags=re.MULTILINE), encoding="utf-8")
    return own


if __name__ == "__main__":
    main()
