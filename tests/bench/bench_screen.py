"""A large table on the screen: milliseconds and bytes of each key, by theme, beside two other tables.

The real program runs in a pseudo-terminal of 120x40 and is asked for the rows of all closed deals. A key's
time ends at its last byte before the terminal was quiet. Textual's DataTable gets the same rows and columns,
as many as it can take in a bearable time (it measures each cell when it is filled); textual-fastdatatable
gets all of them. It needs pyarrow, so it runs in an environment of its own:

    python -m venv ENV && ENV/bin/pip install textual-fastdatatable
    python tests/bench/bench_screen.py WORKSPACE [--fastdatatable ENV/bin/python]
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

THEMES = ("dark", "light", "high-contrast", "colour-blind", "ansi")
KEYS = {"down": b"\x1b[B", "page down": b"\x1b[6~"}
AIMS = {"down": 20, "page down": 40}
MOST_KILOBYTES = {"dark": 15, "ansi": 10}
"""Of a page."""
ESCAPE = b"\x1b"
QUIET = 0.25
WAIT = 0.2
"""Seconds after a letter at which its search is under way."""
TABLE_ROWS = 20_000
"""Rows that are given to DataTable: it takes half a minute for 100,000."""
READING = 12.0
"""Seconds without a byte after which a large workspace has been read."""

PLAIN_TABLE = """
import csv, sys
from itertools import islice
from textual.app import App
from textual.widgets import DataTable

class Plain(App):
    def compose(self):
        yield DataTable(cursor_type="row")
    def on_mount(self):
        table = self.query_one(DataTable)
        with open(sys.argv[1], newline="") as file:
            reader = csv.reader(file)
            table.add_columns(*next(reader)[:8])
            table.add_rows(row[:8] for row in islice(reader, int(sys.argv[2])))
        table.focus()

Plain().run()
"""


FAST_TABLE = """
import sys
from pyarrow import csv
from textual.app import App
from textual_fastdatatable import DataTable

class Fast(App):
    def compose(self):
        rows = csv.read_csv(sys.argv[1])
        yield DataTable(data=rows.select(rows.column_names[:8]), cursor_type="row")
    def on_mount(self):
        self.query_one(DataTable).focus()

Fast().run()
"""


@dataclass
class Terminal:
    """A program in a pseudo-terminal of 120x40.

    Attributes:
        command: the program and its arguments.
        seen: every byte it wrote.
    """

    command: list[str]
    seen: bytes = b""
    process: int = field(default=0, init=False)
    file: int = field(default=0, init=False)

    def __enter__(self) -> "Terminal":
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(self.command[0], self.command)
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        return self

    def __exit__(self, *reason: object) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.file)

    def settle(self, quiet: float = QUIET, limit: float = 60.0) -> tuple[float, int]:
        """Read until nothing came for a while: milliseconds to the last byte, and how many there were."""
        started = last = time.perf_counter()
        count = 0
        while time.perf_counter() < min(last + quiet, started + limit):
            if select.select([self.file], [], [], 0.01)[0]:
                read = os.read(self.file, 65536)
                self.seen += read
                count += len(read)
                last = time.perf_counter()
        return (last - started) * 1000, count

    def press(self, keys: bytes, quiet: float = QUIET) -> tuple[float, int]:
        """Press keys: milliseconds to the last byte that they caused, and how many bytes."""
        os.write(self.file, keys)
        return self.settle(quiet)

    def wait_for(self, text: bytes, limit: float = 120.0) -> float:
        """Milliseconds until a text has been written since the last call."""
        started, self.seen = time.perf_counter(), b""
        while text not in self.seen:
            if time.perf_counter() - started > limit:
                raise SystemExit(f"{self.command[1:]} never showed {text!r}")
            if select.select([self.file], [], [], 0.01)[0]:
                self.seen += os.read(self.file, 65536)
        return (time.perf_counter() - started) * 1000


def moves(terminal: Terminal, name: str) -> None:
    """Print the time and the bytes of the keys that move."""
    for key, sent in KEYS.items():
        found = [terminal.press(sent) for _ in range(12)]
        times, sizes = [one for one, _ in found], [size for _, size in found]
        most = MOST_KILOBYTES.get(name) if key == "page down" else None
        aim = f"under {AIMS[key]} ms" + (f", {most} KB" if most else "")
        print(
            f"{name:14} {key:10} median {statistics.median(times):5.1f} ms   worst {max(times):5.1f} ms"
            f"   {statistics.median(sizes):7,.0f} bytes   (aim: {aim})"
        )


def rows_of_closed_deals(folder: str, theme: str) -> None:
    """Open the rows and move in them; in the first theme, sort and search them too."""
    command = [sys.executable, "-m", "cockpit", "-w", folder, "--theme", theme]
    with Terminal(command) as terminal:
        terminal.wait_for(b"BD ")
        terminal.settle(READING, 90)
        for keys, quiet in ((b":", 1.0), (b"closed_count", 2.0), (b"\r", 2.0), (b"p", 0.5), (b"a", 3.0)):
            terminal.press(keys, quiet)
        terminal.press(b"\t")
        os.write(terminal.file, b"\r")
        print(f"{theme:14} first rows {terminal.wait_for(b'OPP-'):.0f} ms after Enter")
        terminal.settle(2.0)
        moves(terminal, theme)
        if theme == THEMES[0]:
            for _ in range(3):
                terminal.press(b"\x1b[C")
            print(f"{'':14} sorted in {terminal.press(b's', 3.0)[0]:.0f} ms")
            terminal.press(b"/")
            times = ", ".join(
                f"{letter} {terminal.press(letter.encode(), 3.0)[0]:.0f}" for letter in "harbor"
            )
            print(f"{'':14} searched, ms after each letter (150 of them wait for the next): {times}")
            print(f"{'':14} all again {terminal.press(ESCAPE, 1.0)[0]:.0f} ms after Esc")
            terminal.press(b"/")
            os.write(terminal.file, b"1")  # numbers and dates are put together for the first time
            time.sleep(WAIT)
            print(f"{'':14} all again {terminal.press(ESCAPE, 1.0)[0]:.0f} ms after Esc amid a first search")


def other_table(name: str, command: list[str]) -> None:
    """Open the file in another table and move in it."""
    with Terminal(command) as terminal:
        print(f"{name:14} first rows {terminal.wait_for(b'OPP-'):.0f} ms after its start")
        terminal.settle(2.0)
        moves(terminal, name)


def has_fastdatatable(python: str) -> bool:
    """Whether that Python has the package."""
    command = [python, "-c", "import pyarrow, textual_fastdatatable"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("workspace", type=Path)
    asked.add_argument("--fastdatatable", metavar="PYTHON", default=sys.executable)
    given = asked.parse_args()
    folder, file = str(given.workspace), str(given.workspace / "opportunities.csv")
    for theme in THEMES:
        rows_of_closed_deals(folder, theme)
    name = f"DataTable {TABLE_ROWS // 1000}k"
    other_table(name, [sys.executable, "-c", PLAIN_TABLE, file, str(TABLE_ROWS)])
    if has_fastdatatable(given.fastdatatable):
        other_table("fastdatatable", [given.fastdatatable, "-c", FAST_TABLE, file])
    else:
        print(f"fastdatatable  left out: {given.fastdatatable} does not have it; see the top of this file")


if __name__ == "__main__":
    main()
