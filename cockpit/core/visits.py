"""When this user last looked at a workspace, so that "since the last look" can be asked.

Kept in the user's own state folder, a file a workspace: what one person has seen is no business of others,
and a workspace may be read-only.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.atomic import write_atomic
from cockpit.base.paths import state_folder

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit

_KEPT = 20
"""Visits that are remembered."""


def last_visit(cockpit: "Cockpit") -> datetime | None:
    """When the look before this one ended; None where none is remembered."""
    if cockpit.workspace.is_demo:
        from cockpit.core.demo_history import look_before

        return look_before(cockpit)
    visits = _read(_place(cockpit))
    if cockpit.visit_began is not None:
        visits = [one for one in visits if one < cockpit.visit_began]
    return visits[-1] if visits else None


def note_visit(cockpit: "Cockpit") -> None:
    """Note that somebody is looking, now and when they stop; a place that cannot be written is no error."""
    instant = cockpit.now.astimezone(UTC)
    visits = _read(_place(cockpit))
    began = cockpit.visit_began
    if began is None:
        cockpit.visit_began = instant
    else:
        visits = [one for one in visits if one < began]
    text = json.dumps([one.isoformat() for one in [*visits, instant][-_KEPT:]])
    try:
        write_atomic(_place(cockpit), text)
    except OSError:
        return


def _place(cockpit: "Cockpit") -> Path:
    folder = str(cockpit.workspace.folder.resolve())
    digest = hashlib.sha256(folder.encode(errors="surrogateescape")).hexdigest()[:16]
    return state_folder() / "visits" / f"{digest}.json"


def _read(path: Path) -> list[datetime]:
    try:
        texts = json.loads(path.read_text(encoding="utf-8"))
        return sorted(datetime.fromisoformat(text).astimezone(UTC) for text in texts)
    except (OSError, ValueError, TypeError, RecursionError):
        return []
