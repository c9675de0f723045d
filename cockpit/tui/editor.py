"""The user's own editor: which program it is, and how it is asked for a line."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError

TAKES_A_LINE = frozenset({"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "joe", "kak", "ed"})
"""Editors that begin at a line when it is given as +N."""


def editor_command(path: Path, line: int | None, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The words that start the editor on a file; no shell reads them.

    Args:
        path: the file.
        line: the line to begin at, or None.
        environment: where $VISUAL and $EDITOR are.

    Raises:
        UsageError: the setting cannot be read as words.
    """
    setting = environment.get("VISUAL") or environment.get("EDITOR") or "vi"
    try:
        words = shlex.split(setting)
    except ValueError:
        words = []
    if not words:
        raise UsageError(Problem(f"$EDITOR is no command: {clean(setting)}", hint="EDITOR=nano"))
    at = [f"+{line}"] if line is not None and Path(words[0]).name in TAKES_A_LINE else []
    return [*words, *at, str(path)]
