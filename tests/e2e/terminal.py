"""A program in a real terminal (tmux): start it, send keys, wait for text, read the screen."""

import os
import shlex
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import pytest

from cockpit.tui.keylog import Step


class Terminal:
    """A tmux server of its own with one window.

    Args:
        command: the program and its arguments.
        size: columns and rows.
        environment: what the program gets in addition to the test's own environment.
        folder: where the program is started, or None for here.
    """

    NAMES: ClassVar[dict[str, str]] = {
        "enter": "Enter", "escape": "Escape", "tab": "Tab", "shift+tab": "BTab", "space": "Space",
        "up": "Up", "down": "Down", "left": "Left", "right": "Right", "pageup": "PPage",
        "pagedown": "NPage", "home": "Home", "end": "End", "backspace": "BSpace", "delete": "DC",
    }  # fmt: skip
    """tmux's names of the keys."""

    def __init__(
        self,
        command: list[str],
        size: tuple[int, int] = (120, 40),
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        if shutil.which("tmux") is None:
            pytest.skip("tmux is not installed")
        self._socket = f"cockpit-{uuid.uuid4().hex[:12]}"
        self._command, self._size, self._folder = command, size, folder
        self._environment = {"TERM": "xterm-256color", "LANG": "C.UTF-8", **(environment or {})}

    def __enter__(self) -> Self:
        setting = [f"{name}={shlex.quote(value)}" for name, value in self._environment.items()]
        line = f"env {' '.join(setting)} {shlex.join(self._command)}; echo '[ended '$?']'; sleep 60"
        width, height = map(str, self._size)
        start = ("-c", str(self._folder)) if self._folder is not None else ()
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height, *start, line)
        self._tmux("set", "-g", "status", "off")
        return self

    def __exit__(self, *_: object) -> None:
        self._tmux("kill-server", check=False)

    def _tmux(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            capture_output=True,
            text=True,
            check=check,
            env=os.environ,
        )
        return done.stdout

    def keys(self, *names: str) -> None:
        """Press keys by their tmux names: "j", "Enter", "Escape", "PageDown"."""
        for name in names:
            self._tmux("send-keys", name)

    def type(self, text: str) -> None:
        """Type a text."""
        self._tmux("send-keys", "-l", text)

    def play(self, steps: Sequence[Step], seconds: float = 20.0) -> None:
        """Press the keys of a log; each `see` is waited for."""
        for step in steps:
            if step.kind == "see":
                self.wait_for(step.text.rstrip(), seconds)
            elif step.kind == "to":
                self.move_to(step.text)
            elif step.kind == "key" and len(step.text) > 1:
                self.keys(self.NAMES.get(step.text) or step.text.replace("ctrl+", "C-"))
            else:
                self.type(step.text)

    def move_to(self, text: str, most: int = 60) -> None:
        """Press the down key until the line with the cursor holds a text."""
        for _ in range(most):
            before = self.screen
            if any(line.startswith("▌") and text in line for line in before.splitlines()):
                return
            self.keys("Down")
            self.wait_until(lambda shown, before=before: shown != before, 2, f"a line with {text!r}")
        raise AssertionError(f"no line with {text!r} in:\n{self.screen}")

    def resize(self, width: int, height: int) -> None:
        """Make the terminal another size."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    @property
    def screen(self) -> str:
        """What is shown."""
        return self._tmux("capture-pane", "-p")

    @property
    def coloured(self) -> str:
        """What is shown, with the sequences for its looks."""
        return self._tmux("capture-pane", "-p", "-e")

    @property
    def title(self) -> str:
        """The title that the program has given to its pane."""
        return self._tmux("display-message", "-p", "#{pane_title}").strip()

    @property
    def clipboard(self) -> str:
        """The newest of tmux's buffers."""
        return self._tmux("show-buffer", check=False)

    def wait_for(self, text: str, seconds: float = 20.0) -> str:
        """The screen as soon as the text is on it."""
        return self.wait_until(lambda shown: text in shown, seconds, repr(text))

    def wait_until(
        self, test: Callable[[str], bool], seconds: float = 20.0, words: str = "what was expected"
    ) -> str:
        """The screen as soon as it passes a test."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            shown = self.screen
            if test(shown):
                return shown
            time.sleep(0.02)
        raise AssertionError(f"{words} never appeared in:\n{self.screen}")
