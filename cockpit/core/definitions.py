"""The workspace's own metric definitions as they were before their last change, so that both can be asked.

A copy of the folder `metrics` lies beside the work; when the folder is not as its copy, the copy becomes what
was before.
"""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.atomic import write_atomic

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit

_KEPT, _BEFORE = "last", "before"


def keep_definitions(cockpit: "Cockpit") -> None:
    """Follow the definitions as they are by now; a place that cannot be written is no error."""
    folder = cockpit.workspace.metrics_folder
    kept, before = (_place(cockpit) / name for name in (_KEPT, _BEFORE))
    if cockpit.read_only or (not folder.is_dir() and not kept.is_dir()):
        return
    now, last = _texts(folder), _texts(kept)
    if now == last:
        return
    shared = cockpit.workspace.config.store.shared
    with suppress(OSError):
        if last:
            shutil.rmtree(before, ignore_errors=True)
            kept.rename(before)
        for name, text in now.items():
            write_atomic(kept / name, text, 0o660 if shared else 0o600)
        for place in (kept.parent, kept) if shared else ():
            place.chmod(0o2770)


def definitions_before(cockpit: "Cockpit") -> Path | None:
    """The folder of the definitions before their last change; None where none has changed."""
    found = _place(cockpit) / _BEFORE
    return found if found.is_dir() else None


def _place(cockpit: "Cockpit") -> Path:
    return cockpit.workspace.own_folder / "definitions"


def _texts(folder: Path) -> dict[str, bytes]:
    with suppress(OSError):
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    return {}
