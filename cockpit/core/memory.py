"""The figures of the last look, kept for the first frame of the next one.

They live in the user's cache, private to the user, and can be thrown away at any time. The screen shows
them with their age until the data has been read.
"""

import json
from pathlib import Path
from typing import Any

from cockpit.base.atomic import write_atomic

VERSION = 1
"""Raised when the shape changes; a file of another version is ignored."""


def recall(path: Path) -> dict[str, Any] | None:
    """What was remembered there, or None when there is nothing that can be read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        return None
    figures = document.get("figures")
    return figures if isinstance(figures, dict) else None


def remember(path: Path, figures: dict[str, Any]) -> None:
    """Keep the figures. A cache that cannot be written is no error: the next start is a little slower."""
    try:
        write_atomic(path, json.dumps({"version": VERSION, "figures": figures}, default=str))
    except OSError:
        return
