"""Where somebody was when the line dropped, as a small file in the state folder.

The file holds the view with its levels and cursors and what is asked of all views (date, period, slice),
no data of the workspace beyond the names that were opened. It is written while the screen is used, thrown
away when the cockpit is left by a key, and taken up by the next start from the same place on this machine.
"""

import dataclasses
import hashlib
import importlib
import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.paths import state_folder
from cockpit.panes.view import Context, View
from cockpit.store.actor import host
from cockpit.tui.visits import Stop, Visit

VERSION = 1
"""Raised when the shape changes; a file of another version is ignored."""
HOLDS = 12 * 3600.0
"""Seconds after which nobody remembers any more where they were."""
PANES = "cockpit.panes."


@dataclasses.dataclass(frozen=True, slots=True)
class Position:
    """Where somebody was.

    Attributes:
        visit: the view and its levels.
        context: what was asked of all views.
    """

    visit: Visit
    context: Context


def position_path(workspace: Path) -> Path:
    """The file of this process for a workspace."""
    return _folder() / f"{_key(workspace)}-{os.getpid()}.json"


def _folder() -> Path:
    return state_folder() / "resume"


def _key(workspace: Path) -> str:
    return hashlib.sha256(f"{host()}\0{workspace.absolute()}".encode()).hexdigest()[:20]


def keep_position(path: Path, position: Position) -> None:
    """Write it down; a state folder that cannot be written is no error."""
    document = {
        "version": VERSION,
        "name": position.visit.name,
        "stops": [_stop_document(stop) for stop in position.visit.stops],
        "context": _written(dataclasses.asdict(position.context)),
    }
    try:
        write_atomic(path, json.dumps(document, ensure_ascii=False))
    except (OSError, ValueError, TypeError):
        return


def forget_position(path: Path) -> None:
    """The cockpit is left by a key: the next start begins at the beginning."""
    path.unlink(missing_ok=True)


def left_behind(workspace: Path) -> Position | None:
    """Where the newest cockpit was that ended without being left, or None; its file is taken."""
    found = sorted(_folder().glob(f"{_key(workspace)}-*.json"), key=_age) if _folder().is_dir() else []
    for path in found:
        if _runs(path.stem.rpartition("-")[2]):
            continue
        position = read_position(path) if _age(path) < HOLDS else None
        forget_position(path)
        if position is not None:
            return position
    return None


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return HOLDS


def _runs(process: str) -> bool:
    if not process.isdecimal() or sys.platform == "win32":  # where to ask after a process would end it
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def read_position(path: Path) -> Position | None:
    """What the file says, or None where it cannot be understood."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != VERSION:
            return None
        stops = tuple(_stop(stop) for stop in document["stops"])
        context = Context(**{name: _read(value) for name, value in document["context"].items()})
        name = clean(document["name"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RecursionError):
        return None
    return Position(Visit(name, stops), context) if stops else None


def _stop_document(stop: Stop) -> dict[str, Any]:
    return {
        "view": _kind(stop.view),
        "fields": _written(_fields(stop.view)),
        "focus": stop.focus,
        "spots": [list(spot) for spot in stop.spots],
        "zoom": stop.zoom,
        "twin": stop.twin,
    }


def _stop(document: Mapping[str, Any]) -> Stop:
    view = _made(document["view"], document["fields"])
    if not isinstance(view, View):
        raise ValueError("not a view")
    spots = tuple((clean(pane), index, key, int(top)) for pane, index, key, top in document["spots"])
    return Stop(view, clean(document["focus"]), spots, document["zoom"], bool(document["twin"]))


def _kind(value: Any) -> str:
    return f"{type(value).__module__.removeprefix(PANES)}:{type(value).__qualname__}"


def _fields(value: Any) -> dict[str, Any]:
    return {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}


def _made(kind: str, fields: Mapping[str, Any]) -> Any:
    """A value of one of the panes' own classes; nothing else can be named."""
    module, _, name = kind.partition(":")
    found = getattr(importlib.import_module(f"{PANES}{module}"), name) if module.isidentifier() else None
    if not (
        isinstance(found, type) and dataclasses.is_dataclass(found) and found.__module__ == PANES + module
    ):
        raise ValueError(f"{kind} is no value of the panes")
    return found(**{name: _read(value) for name, value in fields.items()})


def _written(value: Any) -> Any:
    """A field of a view as JSON has it; what JSON has no word for stands in an object of one key."""
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"value": _kind(value), "fields": _written(_fields(value))}
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written(part) for part in value]
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        if "decimal" in value:
            return Decimal(value["decimal"])
        if "date" in value:
            return date.fromisoformat(value["date"])
        return _made(value["value"], value["fields"])
    if isinstance(value, list):
        return tuple(_read(part) for part in value)
    return clean(value) if isinstance(value, str) else value
