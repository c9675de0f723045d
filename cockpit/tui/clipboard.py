"""Copying from a terminal, over SSH too: the first way that works, and words that say which it was.

The order: tmux's own buffer with the terminal's clipboard (`load-buffer -w`), the terminal's clipboard by
OSC 52 where the terminal takes it, the clipboard of this machine, a file. Textual's copy is lost under tmux
as it is set up by default. No terminal confirms OSC 52: those known to ignore it are passed over, and a file
is written beside it.
"""

import base64
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cockpit.base.atomic import write_atomic
from cockpit.base.paths import state_folder

SECONDS = 2.0
"""Longest time that a copying program may take."""
VTE_TAKES_IT = 7_600
"""The version of VTE (GNOME Terminal and its kin) from which on OSC 52 is taken."""
SCREEN_LIMIT = 250
"""Longest piece, in characters, that GNU screen hands on to the terminal."""
OSC_LIMIT = 74_000
"""Longest text, in bytes, that terminals take by OSC 52; more goes to a file."""

NATIVE: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
    ("pbcopy", (), None),
    ("wl-copy", (), "WAYLAND_DISPLAY"),
    ("xclip", ("-selection", "clipboard"), "DISPLAY"),
    ("clip.exe", (), "WSL_DISTRO_NAME"),
)
"""Programs of this machine: name, arguments, and the variable without which they cannot work."""

Feed = Callable[[Sequence[str], str], bool]
"""Runs a program with a text as its input; whether it succeeded."""


def copy_text(
    text: str,
    write: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
    feed: Feed | None = None,
) -> str:
    """Copy a text.

    Args:
        text: what to copy.
        write: writes to the terminal.
        environment: the process's own when left out.
        feed: runs a program with a text as its input.

    Returns:
        Where it went: "through tmux", "by OSC 52", "with pbcopy", "to PATH".
    """
    environment = os.environ if environment is None else environment
    feed = _feed if feed is None else feed
    if environment.get("TMUX") and feed(("tmux", "load-buffer", "-w", "-"), text):
        return "through tmux"
    if _takes_osc_52(environment) and len(text.encode()) <= OSC_LIMIT:
        write(_through_screen(osc_52(text)) if environment.get("STY") else osc_52(text))
        path = _keep(text)
        return "by OSC 52" + (f", and to {path}" if path is not None else "")
    if not (environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")):
        for program, arguments, needed in NATIVE:
            if (needed is None or environment.get(needed)) and feed((program, *arguments), text):
                return f"with {program}"
    path = _keep(text)
    return (
        f"to {path}" if path is not None else "nowhere: no clipboard, and the state folder cannot be written"
    )


def _takes_osc_52(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is none of those known to ignore the sequence that sets its clipboard."""
    if environment.get("TERM", "") in ("", "dumb", "linux"):
        return False
    if environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return False
    vte = environment.get("VTE_VERSION", "")
    return not (vte.isdecimal() and int(vte) < VTE_TAKES_IT)


def osc_52(text: str) -> str:
    """The sequence that asks the terminal to set its clipboard; the text goes as base64."""
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"


def _through_screen(sequence: str) -> str:
    """A sequence wrapped so that GNU screen hands it on: in pieces, since it takes no long ones."""
    pieces = (sequence[start : start + SCREEN_LIMIT] for start in range(0, len(sequence), SCREEN_LIMIT))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def _keep(text: str) -> Path | None:
    path = state_folder() / "last-copy.txt"
    try:
        write_atomic(path, text)
    except OSError:
        return None
    return path


def _feed(command: Sequence[str], text: str) -> bool:
    program = shutil.which(command[0])
    if program is None:
        return False
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, the text goes to its input
            [program, *command[1:]],
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
