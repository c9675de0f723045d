"""Where calendar files are: those of a workspace, then the bundled ones."""

from collections.abc import Sequence
from pathlib import Path

from cockpit.base.clean import clean
from cockpit.base.paths import bundled, is_a_file, is_there
from cockpit.base.problems import ConfigError, Problem, did_you_mean


def find_calendar(name: str, workspace_folder: Path | None = None) -> Path:
    """The file of a calendar.

    Args:
        name: a NAME (without `/` and `.toml`) of the workspace's `calendars/` or of the bundled ones, or a
            path, which is relative to the workspace.
        workspace_folder: the workspace, or None.

    Raises:
        ConfigError: there is no such calendar; with the nearest name.
    """
    if "/" in name or "\\" in name or name.endswith(".toml"):
        path = Path(name).expanduser()
        beside = workspace_folder / path if workspace_folder is not None else path
        return path if path.is_absolute() or (is_there(path) and not is_there(beside)) else beside
    folders = [] if workspace_folder is None else [workspace_folder / "calendars"]
    return find_in([*folders, bundled("calendars")], name, "calendar")


def find_in(folders: Sequence[Path], name: str, what: str) -> Path:
    """The file `NAME.toml` of the first of the folders that has it.

    Raises:
        ConfigError: none has; with the nearest name that there is.
    """
    if name.isprintable() and not {"/", "\\", "\0"} & set(name) and name not in (".", ".."):
        for folder in folders:
            path = folder / f"{name}.toml"
            if is_a_file(path):
                return path
    known = sorted({path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.toml")})
    hint = did_you_mean(name, known) or (f"there are: {', '.join(known)}" if len(known) < 20 else None)
    raise ConfigError(Problem(f"no {what} {clean(name)!r}", hint=hint))
