"""Where calendar files and holiday lists are looked for."""

from collections.abc import Sequence
from pathlib import Path

from cockpit.base.clean import clean
from cockpit.base.paths import bundled
from cockpit.base.problems import ConfigError, Problem, did_you_mean


def find_calendar(name: str, workspace_folder: Path | None = None) -> Path:
    """The file of a calendar.

    Args:
        name: a NAME without `/` and `.toml`, of the workspace's `calendars/`, else of the bundled ones;
            anything else is a path.
        workspace_folder: the folder with `cockpit.toml`, or None.

    Raises:
        ConfigError: there is no calendar of that name.
    """
    if is_path(name):
        return Path(name)
    folders = [workspace_folder / "calendars"] if workspace_folder is not None else []
    found = calendar_in([*folders, bundled("calendars")], name)
    if found is None:
        raise ConfigError(no_calendar(name, [*folders, bundled("calendars")]))
    return found


def is_path(name: str) -> bool:
    """Whether a calendar is named by its path."""
    return "/" in name or "\\" in name or name.endswith(".toml")


def search_folders(file: Path, folders: Sequence[Path]) -> list[Path]:
    """Where calendars are looked for: beside the file, in the workspace, among the bundled ones."""
    places = [file.parent]
    for folder in folders:
        places += [folder, folder / "calendars"]
    places.append(bundled("calendars"))
    return list(dict.fromkeys(places))


def calendar_in(folders: Sequence[Path], name: str, other_than: Path | None = None) -> Path | None:
    """The first calendar file of that name, other than a file that asks for its own namesake."""
    for folder in folders:
        path = folder / f"{name}.toml"
        if path.is_file() and (other_than is None or path.resolve() != other_than.resolve()):
            return path
    return None


def no_calendar(name: str, folders: Sequence[Path]) -> Problem:
    """The problem that no calendar has that name."""
    known = sorted({path.stem for folder in folders for path in folder.glob("*.toml")} - {"cockpit"})
    hint = did_you_mean(name, known) or (
        f"known calendars: {', '.join(map(clean, known))}" if known else None
    )
    return Problem(f"there is no calendar {clean(name)!r}", hint=hint)


def holiday_list_in(folders: Sequence[Path], name: str) -> Path | None:
    """The file of a frozen holiday list: `holidays/NAME.toml` in the first folder that has one."""
    for folder in folders:
        places = [folder / "holidays"] + ([folder] if folder.name == "holidays" else [])
        for place in places:
            path = place / f"{name}.toml"
            if path.is_file():
                return path
    return None


def holiday_lists(folders: Sequence[Path]) -> list[str]:
    """The names of all holiday lists in those folders."""
    return sorted({path.stem for folder in folders for path in (folder / "holidays").glob("*.toml")})
