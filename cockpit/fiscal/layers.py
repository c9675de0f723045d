"""Calendar files laid over each other: a file may extend another, then add, change or drop.

Every value remembers the file and line that it comes from, so that a mistake is shown where it was
made and each occurrence knows who says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from cockpit.base.clean import clean
from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import KeyPath, TomlFile, convert, read_toml
from cockpit.fiscal.files import calendar_in, is_path, no_calendar, search_folders

SCHEMA = 1
MAX_LAYERS = 20
TOP_KEYS = (
    "schema",
    "extends",
    "drop",
    "calendar",
    "fiscal",
    "holiday_set",
    "scope",
    "event",
    "action",
    "role",
)
"""What a calendar file may hold at its top."""

S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value stands."""

    file: TomlFile
    path: KeyPath

    @property
    def line(self) -> int | None:
        """Its line."""
        return self.file.line_of(self.path)

    def problem(self, message: str, hint: str | None = None, **more: Any) -> Problem:
        """A problem at that place."""
        return self.file.problem(self.path, message, hint, **more)


@dataclass(frozen=True, slots=True)
class Layered(Generic[S]):
    """A table as all files together say it.

    Attributes:
        value: its keys, those of later files over those of earlier ones.
        origin: where the table stands in the last file that says something about it.
        keys: where each key stands that was given.
    """

    value: S
    origin: Origin
    keys: dict[str, Origin]

    def at(self, key: str) -> Origin:
        """Where a key stands, or the table where the key was not given."""
        return self.keys.get(key, self.origin)


@dataclass(frozen=True, slots=True)
class Layers:
    """A calendar file and those it extends, the most basic first."""

    files: tuple[TomlFile, ...]

    @property
    def top(self) -> TomlFile:
        """The file that was asked for."""
        return self.files[-1]

    def table(self, name: str, kind: type[S], problems: list[Problem]) -> Layered[S]:
        """One table, its keys laid over each other."""
        found: Layered[S] | None = None
        for file in self.files:
            data = file.data.get(name)
            if data is None:
                continue
            value = convert(file, kind, problems, (name,), data)
            if value is not None:
                found = _over(found, Layered(value, Origin(file, (name,)), _keys(file, (name,), data)))
        return found if found is not None else Layered(kind(), Origin(self.top, (name,)), {})

    def entries(
        self, name: str, kind: type[S], problems: list[Problem], key: str = "id"
    ) -> dict[str, Layered[S]]:
        """An array of tables by their id: new ids add, known ids change, `drop = true` drops."""
        entries: dict[str, Layered[S]] = {}
        for file in self.files:
            data = file.data.get(name, [])
            if not isinstance(data, list):
                problems.append(file.problem((name,), f"must be written [[{name}]], is no list of tables"))
                continue
            seen: dict[str, int | None] = {}
            for index, item in enumerate(data):
                path: KeyPath = (name, index)
                value = convert(file, kind, problems, path, item)
                identity = item.get(key) if isinstance(item, dict) else None
                if not isinstance(identity, str):
                    if value is not None:
                        problems.append(file.problem(path, f"needs the key {key}"))
                    continue
                if identity in seen:
                    problems.append(
                        file.problem((*path, key), f"{identity!r} was used before, in line {seen[identity]}")
                    )
                    continue
                seen[identity] = file.line_of((*path, key))
                if value is None:
                    continue
                layer = Layered(value, Origin(file, path), _keys(file, path, item))
                if item.get("drop") is True and name != "holiday_set":
                    if entries.pop(identity, None) is None:
                        problems.append(self._nothing_to_drop(layer.at("drop"), identity, entries))
                    continue
                entries[identity] = _over(entries.get(identity), layer)
        return entries

    def dropped(self, problems: list[Problem]) -> dict[str, Origin]:
        """The ids in the `drop` lists at the top of files."""
        dropped: dict[str, Origin] = {}
        for file in self.files:
            names = file.data.get("drop", [])
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                problems.append(file.problem(("drop",), "must be a list of ids"))
                continue
            dropped.update({name: Origin(file, ("drop",)) for name in names})
        return dropped

    @staticmethod
    def _nothing_to_drop(origin: Origin, identity: str, known: dict[str, Layered[S]]) -> Problem:
        return origin.problem(
            f"there is no {identity!r} to drop in what this calendar extends", did_you_mean(identity, known)
        )


def _keys(file: TomlFile, path: KeyPath, data: Any) -> dict[str, Origin]:
    return {key: Origin(file, (*path, key)) for key in data} if isinstance(data, dict) else {}


def _over(lower: Layered[S] | None, upper: Layered[S]) -> Layered[S]:
    """The keys of the upper table over those of the lower one."""
    if lower is None:
        return upper
    given = {
        field.name: getattr(upper.value, field.name)
        for field in msgspec.structs.fields(upper.value)
        if field.encode_name in upper.keys
    }
    return Layered(msgspec.structs.replace(lower.value, **given), upper.origin, lower.keys | upper.keys)


def read_layers(path: Path, folders: Sequence[Path] = ()) -> Layers:
    """Read a calendar file and all that it extends.

    Raises:
        ConfigError: a file cannot be read, an `extends` names nothing or goes round in a circle.
    """
    files: list[TomlFile] = []
    seen: dict[Path, TomlFile] = {}
    problems: list[Problem] = []
    current: Path | None = path
    while current is not None:
        file = read_toml(current)
        _check_top(file, problems)
        files.insert(0, file)
        seen[current.resolve()] = file
        current = _extended(file, folders, seen, problems)
        if current is not None and len(files) >= MAX_LAYERS:
            problems.append(file.problem(("extends",), f"more than {MAX_LAYERS} files extend each other"))
            break
    if any(problem.severity == "error" for problem in problems):
        layers = Layers(tuple(files))
        raise LayerError(layers, *problems)
    return Layers(tuple(files))


class LayerError(ConfigError):
    """The files could not be laid over each other; `layers` holds what could be read."""

    def __init__(self, layers: Layers, *problems: Problem) -> None:
        super().__init__(*problems)
        self.layers = layers


def _check_top(file: TomlFile, problems: list[Problem]) -> None:
    for key in file.data:
        if key not in TOP_KEYS:
            hint = did_you_mean(key, TOP_KEYS) or f"known keys: {', '.join(TOP_KEYS)}"
            problems.append(file.problem((key,), "unknown key", hint))
    schema = file.data.get("schema")
    if schema is None:
        problems.append(Problem(f"needs schema = {SCHEMA} at its top", str(file.path), 1, "schema"))
    elif schema != SCHEMA or isinstance(schema, bool):
        problems.append(
            file.problem(
                ("schema",), f"schema {clean(str(schema))} is unknown", f"this version reads {SCHEMA}"
            )
        )
    for name in ("calendar", "fiscal"):
        if name in file.data and not isinstance(file.data[name], dict):
            problems.append(file.problem((name,), "must be a table"))


def _extended(
    file: TomlFile, folders: Sequence[Path], seen: dict[Path, TomlFile], problems: list[Problem]
) -> Path | None:
    """The file that a file extends, or None."""
    calendar = file.data.get("calendar")
    path: KeyPath = ("extends",)
    if "extends" not in file.data:
        if not isinstance(calendar, dict) or "extends" not in calendar:
            return None
        path = ("calendar", "extends")
    name = calendar["extends"] if len(path) == 2 and isinstance(calendar, dict) else file.data["extends"]
    origin = Origin(file, path)
    if not isinstance(name, str) or not name:
        problems.append(origin.problem("must be the name of a calendar"))
        return None
    places = search_folders(file.path, folders)
    found = (file.path.parent / name) if is_path(name) else calendar_in(places, name, file.path)
    if found is None:
        if name == file.path.stem:
            problems.append(origin.problem("extends itself"))
        else:
            missing = no_calendar(name, places)
            problems.append(origin.problem(missing.message, missing.hint))
        return None
    if found.resolve() in seen:
        chain = " -> ".join(clean(known.name) for known in [*seen, found])
        problems.append(origin.problem(f"the calendars extend each other in a circle: {chain}"))
        return None
    if not found.is_file():
        problems.append(origin.problem(f"there is no file {clean(str(found))}"))
        return None
    return found
