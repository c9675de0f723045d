"""How the cockpit says that something is wrong: one line with file, line, key, words and a hint.

A `Problem` is data; a `CockpitError` carries problems upwards together with the exit code that the
command line promises. Nothing below the command line prints.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from typing import Any, Literal

from cockpit.base.clean import clean

Severity = Literal["error", "warning", "note"]


class ExitCode(IntEnum):
    """The exit codes of every command (they are part of the interface)."""

    DONE = 0
    NOT_IN_ORDER = 1
    """Done, and what was asked about is not in order."""
    USAGE = 2
    """The command line or a configuration file it needs is wrong."""
    IO = 3
    """A source, file or store could not be read or written."""
    CONFLICT = 4
    """Somebody else changed it first."""
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at one place.

    Attributes:
        message: what is wrong, in words, without a full stop.
        file: path of the file it is in, or None.
        line: line number in that file, counted from 1, or None.
        key: dotted key, column or rule that it is about, or None.
        hint: what to do, for example "did you mean 'Tue'?", or None.
        severity: an error stops the thing it is about; a warning and a note do not.
    """

    message: str
    file: str | None = None
    line: int | None = None
    key: str | None = None
    hint: str | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        where = ""
        if self.file is not None:
            where = f"{self.file}:{self.line}: " if self.line is not None else f"{self.file}: "
        key = f"{self.key}: " if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{key}{self.message}{hint}"

    def at(self, file: str | None, line: int | None = None) -> "Problem":
        """The same problem with its place filled in where it has none yet."""
        return replace(
            self,
            file=self.file if self.file is not None else file,
            line=self.line if self.line is not None else line,
        )

    def as_json(self) -> dict[str, Any]:
        """The shape that `cockpit check --json` prints."""
        data = asdict(self)
        return {name: data[name] for name in ("severity", "file", "line", "key", "message", "hint")}


class CockpitError(Exception):
    """A mistake of the user's or of the world's, never of the program's.

    Attributes:
        problems: at least one; all that were found, not only the first.
        exit_code: what the command line exits with.
    """

    default_exit_code = ExitCode.USAGE

    def __init__(self, *problems: Problem | str, exit_code: ExitCode | None = None) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            Problem(problem) if isinstance(problem, str) else problem for problem in problems
        )
        self.exit_code = self.default_exit_code if exit_code is None else exit_code
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(CockpitError):
    """The command line, an expression or a name that was asked for is wrong."""


class ConfigError(CockpitError):
    """A configuration file is wrong."""


class SourceError(CockpitError):
    """A source, file or store could not be read or written."""

    default_exit_code = ExitCode.IO


class ConflictError(CockpitError):
    """Somebody else changed it first."""

    default_exit_code = ExitCode.CONFLICT


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be, or None.

    Compares without case, so that "Tuesday" typed as "TEU" is still found; of those that are equally near
    the one that begins most alike.
    """
    from difflib import SequenceMatcher, get_close_matches  # a millisecond that only mistakes need

    typed = word.casefold()
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    found = get_close_matches(typed, by_folded, n=5, cutoff=0.55)
    if not found:
        return None
    likeness = {name: SequenceMatcher(None, name, typed).ratio() for name in found}
    return by_folded[max(found, key=lambda name: (likeness[name], _alike_at_the_start(name, typed)))]


def _alike_at_the_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """A hint "did you mean X?" for `word`, cleaned, or None when nothing is near."""
    guess = nearest(word, candidates)
    return f"did you mean {clean(guess)}?" if guess is not None else None
