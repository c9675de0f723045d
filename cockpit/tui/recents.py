"""The workspaces that were opened here, for the switch between them; a small file in the state folder."""

import json
from dataclasses import dataclass
from pathlib import Path

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.paths import state_folder

MOST_REMEMBERED = 20
CONFIG_NAME = "cockpit.toml"


@dataclass(frozen=True, slots=True)
class Known:
    """A workspace that can be gone to.

    Attributes:
        name: what it is called on screen.
        folder: where it is.
    """

    name: str
    folder: Path


def known_workspaces() -> list[Known]:
    """Those that were opened and are still there, the newest first."""
    try:
        document = json.loads(_path().read_text(encoding="utf-8"))
        known = [Known(clean(name), Path(folder)) for name, folder in document]
    except (OSError, ValueError, TypeError):
        return []
    return [one for one in known if (one.folder / CONFIG_NAME).is_file()]


def remember_workspace(name: str, folder: Path) -> None:
    """Put a workspace first; a state folder that cannot be written is no error."""
    folder = folder.absolute()
    others = [one for one in known_workspaces() if one.folder != folder]
    document = [[one.name, str(one.folder)] for one in (Known(name, folder), *others)][:MOST_REMEMBERED]
    try:
        write_atomic(_path(), json.dumps(document, ensure_ascii=False))
    except OSError:
        return


def _path() -> Path:
    return state_folder() / "workspaces.json"
