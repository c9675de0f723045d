"""A calendar file laid over those that it extends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cockpit.base.paths import bundled
from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import KeyPath, TomlFile, convert, parse_toml, read_toml
from cockpit.fiscal.files import find_in

KNOWN_TABLES = ("schema", "calendar", "fiscal", "holiday_set", "scope", "role", "event", "action")
MAX_LAYERS = 8
"""Most files that may lie over each other; more is a mistake that nobody can follow."""

S = TypeVar("S", bound=msgspec.Struct)


class Layered(msgspec.Struct, frozen=True):
    """The files of a calendar.

    Attributes:
        files: the calendar's own file first, then the one it extends, and so on.
    """

    files: tuple[TomlFile, ...]

    @property
    def own(self) -> TomlFile:
        """The calendar's own file."""
        return self.files[0]

    def tables(self, name: str, kind: type[S], problems: list[Problem]) -> Iterator[tuple[TomlFile, int, S]]:
        """Every `[[name]]` of every file, own ones first, with its file and its place in it."""
        for file in self.files:
            entries = file.data.get(name, [])
            if not isinstance(entries, list):
                problems.append(file.problem((name,), "must be a list of tables", f"write [[{name}]]"))
                continue
            for index, entry in enumerate(entries):
                converted = convert(file, kind, problems, (name, index), entry)
                if converted is not None:
                    yield file, index, converted

    def origin(self, path: KeyPath) -> TomlFile:
        """The file that states a key; the own one where none does."""
        for file in self.files:
            value: Any = file.data
            for part in path:
                if isinstance(value, list) and isinstance(part, int):
                    value = value[part] if part < len(value) else None
                else:
                    value = value.get(part) if isinstance(value, dict) else None
            if value is not None:
                return file
        return self.own

    def problem(self, path: KeyPath, message: str, hint: str | None = None, **more: Any) -> Problem:
        """A problem with a key, in the file that states it."""
        return self.origin(path).problem(path, message, hint, **more)


def read_layers(path: Path, problems: list[Problem], text: str | None = None) -> Layered:
    """Read a calendar file and those it extends.

    Args:
        path: the calendar's own file.
        problems: what is wrong with the form of the files is appended here.
        text: what the own file would say, instead of what it says.

    Raises:
        ConfigError: a file cannot be read, or they extend each other in a circle.
    """
    files: list[TomlFile] = []
    seen: dict[Path, TomlFile] = {}
    following: Path | None = path
    while following is not None:
        file = parse_toml(text, path) if text is not None and not files else read_toml(following)
        resolved = following.resolve()
        if resolved in seen or len(files) >= MAX_LAYERS:
            names = " -> ".join([*(one.path.stem for one in files), file.path.stem])
            what = "extends itself" if resolved in seen else f"more than {MAX_LAYERS} files over each other"
            raise ConfigError(files[-1].problem(("calendar", "extends"), f"{what}: {names}"))
        seen[resolved] = file
        files.append(file)
        problems += _form(file)
        following = _extended(file)
    return Layered(tuple(files))


def _extended(file: TomlFile) -> Path | None:
    calendar = file.data.get("calendar")
    name = calendar.get("extends") if isinstance(calendar, dict) else None
    if not isinstance(name, str):
        return None
    if "/" in name or name.endswith(".toml"):
        return file.path.parent / name
    folders = [file.path.parent, bundled("calendars")]
    if name == file.path.stem and (folders[1] / file.path.name).is_file():
        del folders[0]  # a workspace's file of the same name lies over the bundled one
    try:
        return find_in(folders, name, "calendar")
    except ConfigError as error:
        problem = error.problems[0]
        raise ConfigError(file.problem(("calendar", "extends"), problem.message, problem.hint)) from error


def _form(file: TomlFile) -> Iterator[Problem]:
    for key in file.data:
        if key not in KNOWN_TABLES:
            hint = did_you_mean(key, KNOWN_TABLES) or f"known: {', '.join(KNOWN_TABLES)}"
            yield file.problem((key,), "unknown key", hint)
    schema = file.data.get("schema")
    if schema is None:
        yield Problem("needs the key schema", str(file.path), 1, hint="schema = 1")
    elif schema != 1:
        yield file.problem(
            ("schema",), f"{schema!r} is a form this version does not know", "update, or write 1"
        )
