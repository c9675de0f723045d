"""A program in a pseudo-terminal, and every byte that it writes there."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

SEQUENCE = re.compile(
    r"\x1b\][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC
    r"|\x1b[P_^X][^\x07\x1b\x9c]*(?:\x1b\\|\x9c)?"  # DCS, APC, PM, SOS
    r"|\x1b\[[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x1b[ -/]*[0-~]?"  # two characters
    r"|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]"  # control characters by themselves
)
"""Whatever a terminal could obey: escape sequences, also unfinished ones, and control characters."""

TEXTUALS_OWN = re.compile(
    r"\r"
    r"|\x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"  # modes of the terminal
    r"|\x1b\[\?(?:2026|2048)\$p"  # does the terminal know this mode?
    r"|\x1b\[[<>]\d*u|\x1b\[=\d+;\d+u|\x1b\[\?u"  # the Kitty keyboard protocol
    r"|\x1b\[\d*(?:;\d+)?H"  # to a cell
    r"|\x1b\[\d*[ABCDJK]"
    r"|\x1b\[[\d;:]*m"  # looks
    r"|\x1b\]22;default\x07"  # the shape of the mouse pointer
)
"""Everything that Textual writes, and nothing more."""


class Wire:
    """A program in a pseudo-terminal of its own.

    Args:
        command: the program and its arguments.
        size: columns and rows.
        environment: what the program gets in addition to the test's own environment.
        folder: where the program is started, or None for here.
    """

    def __init__(
        self,
        command: list[str],
        size: tuple[int, int] = (120, 40),
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._command, self._size, self._folder = command, size, folder
        self._environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "COLORTERM": "truecolor",
            **(environment or {}),
        }
        self.written = b""
        self.silent = self.closed = False
        self.status: int | None = None

    def __enter__(self) -> Self:
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            try:
                if self._folder is not None:
                    os.chdir(self._folder)
                os.execve(self._command[0], self._command, self._environment)
            finally:
                os._exit(127)
        self.resize(*self._size)
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        self.hang_up()

    def resize(self, width: int, height: int) -> None:
        """Make the terminal another size, as its window would."""
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def hang_up(self) -> None:
        """The line drops: nobody reads or writes on our side any more."""
        if not self.closed:
            self.closed = True
            os.close(self.terminal)

    def press(self, keys: str) -> None:
        """Send keys as the terminal would."""
        os.write(self.terminal, keys.encode())

    def read(self, seconds: float) -> bytes:
        """What is written in that time."""
        got = b""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.closed:
                time.sleep(min(left, 0.02))
            elif select.select([self.terminal], [], [], left)[0]:
                try:
                    got += os.read(self.terminal, 65536)
                except OSError:  # nobody writes any more
                    self.silent = True
                    break
        self.written += got
        return got

    def rest(self, quiet: float = 0.4, seconds: float = 20.0) -> bytes:
        """What is written until nothing has been written for a while."""
        got = b""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            new = self.read(quiet)
            got += new
            if not new:
                break
        return got

    def wait_for(self, text: str, seconds: float = 20.0) -> None:
        """Go on as soon as the text has been written, in one piece."""
        wanted, start = text.encode(), len(self.written)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.read(0.02)
            if wanted in self.written[max(start - len(wanted), 0) :]:
                return
            if self.silent:
                break
        raise AssertionError(f"{text!r} was never written; last: {self.written[-2000:]!r}")

    def ended(self, seconds: float = 5.0) -> int:
        """The exit code (negative: the signal) as soon as the program has ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.read(0.02)
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
        raise AssertionError(f"the program was still running after {seconds} s")


def foreign_sequences(written: bytes) -> list[str]:
    """The escape sequences and control characters that are not Textual's own."""
    text = written.decode("utf-8", errors="surrogateescape")
    return [found for found in SEQUENCE.findall(text) if not TEXTUALS_OWN.fullmatch(found)]
