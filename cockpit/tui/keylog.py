"""Key logs: what was pressed, one key a line, written by `--record` and taken by `--replay`.

A log is a text file that people can write and shorten by hand:

    cockpit keys 1
    # why did the close rate drop
    key enter
    see Close rate
    type asked Brooks
    key enter

`key` presses one key by its name, `type` types a text, `paste` pastes one, `see` waits until the screen shows
a text, and `to` moves down to the next line that holds a text, wherever the data of the day have put it. A
replay presses the next key only when the screen is at rest, so that a log means the same on a slow line. A
recorded log holds what was typed, and is readable by its owner only.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cockpit.base.clean import clean
from cockpit.base.problems import ConfigError, Problem, SourceError, did_you_mean

VERSION = 1
HEAD = "cockpit keys"
Kind = Literal["key", "type", "paste", "see", "to"]
KINDS: tuple[Kind, ...] = ("key", "type", "paste", "see", "to")
MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a log.

    Attributes:
        kind: what is done.
        text: the key's name, or the text.
        line: its line number in the file, counted from 1.
    """

    kind: Kind
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class KeyLog:
    """A log that was read.

    Attributes:
        path: the file.
        steps: its lines, without comments.
    """

    path: Path
    steps: tuple[Step, ...]

    @property
    def presses(self) -> int:
        """Keys that a person presses; a text counts as one, as it is typed or pasted in one go.

        The way to a line does not count: how long it is depends on the data.
        """
        return sum(1 for step in self.steps if step.kind not in ("see", "to"))


def read_key_log(path: Path) -> KeyLog:
    """Read a log.

    Raises:
        SourceError: the file cannot be read.
        ConfigError: it is of another version, or lines of it mean nothing: all of them.
    """
    name = clean(path.name)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        words = clean(getattr(error, "strerror", None) or "is no text")
        raise SourceError(Problem(f"cannot be read as a key log: {words}", name)) from error
    head = lines[0].strip() if lines else ""
    if head != f"{HEAD} {VERSION}":
        said = f"starts with {clean(head)[:40]!r}" if head else "is empty"
        hint = f"this cockpit replays logs that start with {HEAD!r} and version {VERSION}"
        raise ConfigError(Problem(f"{said}, so it is no key log of this version", name, 1, hint=hint))
    steps: list[Step] = []
    problems: list[Problem] = []
    for number, text in enumerate(lines[1 : MOST_STEPS + 1], 2):
        kind, _, rest = text.partition(" ")
        if not text.strip() or text.startswith("#"):
            continue
        if kind in KINDS and rest:
            steps.append(Step(kind, clean(rest), number))
        else:
            hint = did_you_mean(kind, KINDS) or f"a line starts with one of {', '.join(KINDS)}"
            problems.append(Problem(f"means nothing: {clean(text)[:40]}", name, number, hint=hint))
    if problems:
        raise ConfigError(*problems)
    return KeyLog(path, tuple(steps))


class KeyRecorder:
    """Writes a log while keys are pressed; each line is in the file at once, so that a crash keeps it.

    Args:
        path: the file, made anew; only a key log is written over.

    Raises:
        SourceError: the file cannot be made, or there is something else of that name.
    """

    def __init__(self, path: Path) -> None:
        name = clean(str(path))
        try:
            if path.exists() and not _is_log(path):
                raise SourceError(Problem("is there already and is no key log", name, hint="choose another"))
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)
            self._file = os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)
            self._file.write(f"{HEAD} {VERSION}\n")
        except OSError as error:
            raise SourceError(Problem(f"cannot be written: {clean(error.strerror or '')}", name)) from error

    def note(self, kind: Kind, text: str) -> None:
        """Write one line. A disk that is full ends the log, not the program."""
        try:
            self._file.write(f"{kind} {clean(text)}\n")
        except (OSError, ValueError):
            return

    def close(self) -> None:
        """End the log."""
        self._file.close()


def _is_log(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(len(HEAD))
    return start in (b"", HEAD.encode())
