"""How long until the first frame: the cockpit against a minimal Textual program with a table and a footer.

Both run in a pseudo-terminal of 120x40, turn by turn; a run ends at the first byte of the head line (of the
table, for the minimal program). Printed: the medians and their ratio, and how long after the first frame the
fresh figures stood on the screen and nothing more was written.

    python tests/bench/bench_first_frame.py [RUNS] [-- ARGUMENTS OF cockpit]
"""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time

MINIMAL = """
from textual.app import App
from textual.widgets import DataTable, Footer

class Minimal(App):
    BINDINGS = [("q", "quit", "Quit")]
    def compose(self):
        yield DataTable()
        yield Footer()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("BD 1", "of")
        table.add_rows([("row", str(number)) for number in range(20)])

Minimal().run()
"""
QUIET = 3.0
"""Seconds without a byte after which the screen has come to rest."""
COLD_QUIET = 20.0
"""The same for the first start, which computes what the later ones remember: a million rows take a while."""


def run_until(command: list[str], wanted: bytes, settle: float = 0.0, limit: float = 120.0) -> list[float]:
    """Seconds from the start of the process until the text is on the screen.

    Args:
        command: the program and its arguments.
        wanted: the text.
        settle: seconds without a byte after which it has come to rest, the second number then being the time
            of the last byte; 0 ends at the text.
        limit: seconds after which it has failed.
    """
    started = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen, found, last = b"", 0.0, 0.0
    try:
        while time.perf_counter() - started < limit:
            if select.select([terminal], [], [], 0.05)[0]:
                seen += os.read(terminal, 65536)
                last = time.perf_counter() - started
                if not found and wanted in seen:
                    found = last
            if found and not settle:
                return [found]
            if found and time.perf_counter() - started > last + settle:
                return [found, last]
    except OSError:
        pass
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
    raise SystemExit(f"{command[1:]} never showed {wanted!r}; it said: {seen[-400:]!r}")


def main() -> None:
    given = sys.argv[1:]
    runs = int(given[0]) if given and given[0].isdigit() else 9
    more = given[given.index("--") + 1 :] if "--" in given else []
    ours = [sys.executable, "-m", "cockpit", *more]
    minimal = [sys.executable, "-c", MINIMAL]
    run_until(ours, b"BD ", settle=COLD_QUIET)
    run_until(minimal, b"BD 1")
    times: dict[str, list[float]] = {"minimal": [], "cockpit": []}
    for _ in range(runs):
        times["minimal"] += run_until(minimal, b"BD 1")
        times["cockpit"] += run_until(ours, b"BD ")
    middle = {name: statistics.median(found) for name, found in times.items()}
    for name, found in times.items():
        print(f"{name:8} median {middle[name] * 1000:5.0f} ms   best {min(found) * 1000:5.0f} ms")
    print(f"ratio {middle['cockpit'] / middle['minimal']:.2f} (aim: at most 1.3)")
    settled = [run_until(ours, b"BD ", settle=QUIET) for _ in range(min(runs, 5))]
    after = statistics.median(last - first for first, last in settled)
    print(f"fresh figures {after * 1000:.0f} ms after the first frame (aim: under 1000)")


if __name__ == "__main__":
    main()
