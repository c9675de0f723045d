"""Events and actions of a calendar's files, laid over each other by id."""

import re
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from cockpit.base.problems import Problem, did_you_mean
from cockpit.base.tomlfile import TomlFile, convert
from cockpit.fiscal.layers import Layered
from cockpit.rhythm.spec import ActionSpec, EventSpec

S = TypeVar("S", EventSpec, ActionSpec)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Entry(msgspec.Struct, Generic[S], frozen=True):
    """An event or action laid together from all files.

    Attributes:
        file: the last file that says something about it.
        table: `event` or `action`.
        index: its place in that file, from 0.
        data: all its keys.
        spec: the same, typed.
        origins: the file, and its place there, that has the last word on each key.
    """

    file: TomlFile
    table: str
    index: int
    data: Mapping[str, Any]
    spec: S
    origins: Mapping[str, tuple[TomlFile, int]]

    def problem(self, key: str | None, message: str, hint: str | None = None) -> Problem:
        """A problem with one of its keys, at the line that states it; or with all of it."""
        file, index = self.origins.get(key or "", (self.file, self.index))
        path = (self.table, index) if key is None else (self.table, index, key)
        place = file.problem(path, message, hint)
        name = f"{self.table} {self.spec.id}"
        return Problem(message, place.file, place.line, name if key is None else f"{name}: {key}", hint)

    @property
    def line(self) -> int | None:
        """The line in its file."""
        return self.file.line_of((self.table, self.index))


def layered_entries(
    layered: Layered, table: str, kind: type[S], problems: list[Problem]
) -> dict[str, Entry[S]]:
    """The tables of all files by id, each file's keys laid over those of the files it extends.

    Args:
        layered: the files.
        table: `event` or `action`.
        kind: what each of the tables is.
        problems: what is wrong is appended here.
    """
    found: dict[str, Entry[S]] = {}
    for file in reversed(layered.files):
        places: dict[str, int] = {}
        written = file.data.get(table, [])
        if not isinstance(written, list):
            problems.append(file.problem((table,), "must be a list of tables", f"write [[{table}]]"))
            continue
        for index, data in enumerate(written):
            spec = convert(file, kind, problems, (table, index), data)
            if spec is None:
                continue
            problems += _id_problems(file, table, index, spec.id, places)
            if spec.id in places:
                continue
            places[spec.id] = index
            if spec.drop:
                if found.pop(spec.id, None) is None:
                    message = f"there is no {table} {spec.id} to drop"
                    problems.append(
                        file.problem((table, index, "drop"), message, did_you_mean(spec.id, found))
                    )
                continue
            here = dict.fromkeys(data, (file, index))
            before = found.get(spec.id)
            if before is None:
                found[spec.id] = Entry(file, table, index, data, spec, here)
                continue
            together = {**before.data, **data}
            merged = convert(file, kind, problems, (table, index), together)
            if merged is not None:
                origins = {**before.origins, **here}
                found[spec.id] = Entry(file, table, index, together, merged, origins)
    return found


def _id_problems(
    file: TomlFile, table: str, index: int, name: str, places: Mapping[str, int]
) -> list[Problem]:
    """What is wrong with an id: what cannot stand in keys, or is there twice in one file."""
    path = (table, index, "id")
    problems = []
    if _ID.fullmatch(name) is None:
        hint = "letters, digits, point, hyphen, underscore"
        problems.append(file.problem(path, f"{name!r} cannot stand in keys", hint))
    if name in places:
        hint = f"the other is in line {file.line_of((table, places[name]))}"
        problems.append(file.problem(path, f"{name} is there twice", hint))
    return problems
