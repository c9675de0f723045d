"""TOML files that people edit, read so that every mistake can be shown at its line.

`read_toml` gives the data together with a map from each key to its line. `convert` turns the data into
msgspec structs strictly: an unknown key is a problem with the nearest known name, and all problems of a
file are collected, not only the first.
"""

import re
import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
import tomli

from cockpit.base.clean import MAX_LENGTH, clean
from cockpit.base.problems import ConfigError, Problem, did_you_mean

KeyPath = tuple[str | int, ...]
"""Where a value is: table names and keys, and an index (from 0) for each array of tables."""

MAX_BYTES = 4_000_000
"""A larger configuration file is refused: nobody wrote it by hand."""
MAX_DEPTH = 40
"""Tables and lists in each other beyond this are refused: nobody means them, and Python's stack is finite."""


@dataclass(frozen=True)
class TomlFile:
    """A TOML file as it was read.

    Attributes:
        path: where it was read from.
        data: what it says, every text in it cleaned.
        text: the text of the file.
    """

    path: Path
    data: dict[str, Any]
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """The line (from 1) of each table header and key; found when a place is first asked for."""
        return _line_map(self.text)

    def line_of(self, path: KeyPath) -> int | None:
        """The line of the key, or of the nearest table around it that has one."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return line
        return None

    def problem(self, path: KeyPath, message: str, hint: str | None = None, **more: Any) -> Problem:
        """A problem at that key of this file."""
        return Problem(message, str(self.path), self.line_of(path), dotted(path), hint, **more)


def dotted(path: KeyPath) -> str:
    """A key path as people write it: `event[3].when`, counting from 1."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


def read_toml(path: Path) -> TomlFile:
    """Read one TOML file.

    A byte order mark is accepted. Every text, keys included, is cleaned, since TOML escapes can hold
    control characters.

    Raises:
        ConfigError: there is no such file, it cannot be read, or it is not TOML; with its line.
    """
    name = clean(str(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(Problem(f"larger than {MAX_BYTES:,} bytes, so not read", name))
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigError(_unreadable(name, error)) from error
    return parse_toml(text, path)


_PLAIN_WORDS = {
    "Cannot overwrite a value": "this key is written twice",
    "Cannot mutate immutable namespace": "this table is written twice",
}
"""What the reader of TOML says, in words that help."""


def parse_toml(text: str, path: Path) -> TomlFile:
    """Parse the text of a TOML file; `path` is only named in problems.

    Raises:
        ConfigError: it is not TOML, or is nested too deep, or holds a number that is too long.
    """
    name = clean(str(path))
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        message = re.sub(r"\s*\(at line .*\)$", "", str(error))
        message = _PLAIN_WORDS.get(message, message)
        raise ConfigError(Problem(clean(message), name, getattr(error, "lineno", None))) from error
    except RecursionError as error:
        raise ConfigError(_too_deep(text, name)) from error
    except ValueError as error:
        raise ConfigError(_too_long_a_number(text, name) or Problem(clean(str(error)), name)) from error
    if _is_too_deep(data):
        raise ConfigError(_too_deep(text, name))
    return TomlFile(path, data if _is_plain(text) else _cleaned(data), text)


def _is_too_deep(data: dict[str, Any]) -> bool:
    """Whether tables and lists lie in each other deeper than `MAX_DEPTH`."""
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _too_deep(text: str, name: str) -> Problem:
    """The problem, at the first line that may be so deep: by its brackets and points, strings included."""
    open_brackets = 0
    for number, line in enumerate(text.split("\n"), 1):
        opened = line.count("[") + line.count("{")
        if max(open_brackets + opened, line.count(".")) >= MAX_DEPTH:
            return Problem(f"nested deeper than {MAX_DEPTH} levels", name, number)
        open_brackets += opened - line.count("]") - line.count("}")
    return Problem(f"nested deeper than {MAX_DEPTH} levels", name)


def _too_long_a_number(text: str, name: str) -> Problem | None:
    """The problem at the first line with a whole number that is longer than Python converts."""
    most = sys.get_int_max_str_digits()
    longest = re.compile(rf"[0-9_]{{{most},}}")
    for number, line in enumerate(text.split("\n"), 1):
        if longest.search(line):
            return Problem(f"holds a number of more than {most:,} digits", name, number)
    return None


def _unreadable(name: str, error: Exception) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem("no such file", name)
    if isinstance(error, IsADirectoryError):
        return Problem("is a folder, not a file", name)
    if isinstance(error, PermissionError):
        return Problem("no permission to read it", name)
    if isinstance(error, UnicodeDecodeError):
        return Problem(f"not UTF-8 text (byte {error.start})", name, hint="save it as UTF-8")
    return Problem(f"cannot be read: {clean(getattr(error, 'strerror', None) or str(error))}", name)


def _is_plain(text: str) -> bool:
    """Whether no value of that file can need cleaning: printable ASCII, no escapes, no long lines."""
    return (
        text.isascii()
        and "\\" not in text
        and all(len(line) <= MAX_LENGTH and line.isprintable() for line in text.split("\n"))
    )


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return "\n".join(clean(line) for line in value.split("\n")) if "\n" in value else clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value


# --- which line a key is on ---------------------------------------------------------------------------

_HEADER = re.compile(r"^\s*(\[\[?)(.+?)\]\]?\s*(?:#.*)?$")
_PLAIN_LINE = re.compile(r"""(?:([A-Za-z0-9_-]+)\s*=\s*(?:"[^"\\]*"|[\w.:-]+))?\s*""")
"""What most lines are, taken in one step: nothing, or a key with a short text, number, date or truth."""
_KEY_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*(\.|=|$)""")
_TOKEN = re.compile(r"""'{3}|"{3}|"(?:[^"\\]|\\.)*"|'[^']*'|\#|[\[\]{}]""")


def _key_parts(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    position = 0
    while match := _KEY_PART.match(text, position):
        part = match.group(1)
        parts.append(part[1:-1] if part[0] in "\"'" else part)
        position = match.end()
        if match.group(2) != ".":
            break
    return tuple(parts)


def _line_map(text: str) -> dict[KeyPath, int]:
    """The line of each header and key; tomli does not tell, and a rough scan is all that messages need."""
    lines: dict[KeyPath, int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: KeyPath = ()
    open_brackets = 0
    open_string: str | None = None

    def absolute(parts: tuple[str, ...]) -> KeyPath:
        path: list[str | int] = []
        for position, part in enumerate(parts):
            path.append(part)
            index = counts.get(parts[: position + 1])
            if index is not None:
                path.append(index)
        return tuple(path)

    for number, line in enumerate(text.split("\n"), 1):
        if open_string is None and open_brackets == 0:
            plain = _PLAIN_LINE.fullmatch(line)
            if plain is not None:
                if plain[1] is not None:
                    lines.setdefault((*table, plain[1]), number)
                continue
            header = _HEADER.match(line)
            if header and "=" not in line.split("#")[0].split('"')[0]:
                parts = _key_parts(header.group(2))
                if header.group(1) == "[[":
                    counts[parts] = counts.get(parts, -1) + 1
                    for longer in [
                        known for known in counts if known[: len(parts)] == parts and known != parts
                    ]:
                        del counts[longer]
                table = absolute(parts)
                for length in range(1, len(table) + 1):
                    lines.setdefault(table[:length], number)
                continue
            parts = _key_parts(line)
            if parts and "=" in line:
                for length in range(1, len(parts) + 1):
                    lines.setdefault((*table, *parts[:length]), number)
                line = line.split("=", 1)[1]
        position = 0
        while True:
            if open_string is not None:
                end = line.find(open_string, position)
                if end < 0:
                    break
                position, open_string = end + 3, None
            token = _TOKEN.search(line, position)
            if token is None or token.group() == "#":
                break
            position = token.end()
            if token.group() in ("'''", '"""'):
                open_string = token.group()
            elif token.group() in "[{":
                open_brackets += 1
            elif token.group() in "]}":
                open_brackets = max(open_brackets - 1, 0)
    return lines


# --- strict conversion --------------------------------------------------------------------------------

T = TypeVar("T")

_TOML_TYPES = (date, datetime, time)


def convert(
    file: TomlFile, kind: type[T], problems: list[Problem], path: KeyPath = (), data: Any = None
) -> T | None:
    """Turn the file's data (or the part of it at `path`) into a msgspec struct.

    Args:
        file: where the data comes from, for the places of problems.
        kind: the msgspec Struct to make.
        problems: every unknown key, missing key and wrong type is appended here.
        path: where in the file the data is.
        data: the data; the whole file's when left out.

    Returns:
        The struct, or None when a problem was found in it.
    """
    value = file.data if data is None else data
    if _forbids_unknown_keys(kind):
        try:
            return msgspec.convert(value, kind, builtin_types=_TOML_TYPES)
        except msgspec.ValidationError:
            pass  # gone through key by key, so that all that is wrong is found
    before = len(problems)
    converted = _convert(file, kind, value, path, problems)
    return converted if len(problems) == before else None


def _forbids_unknown_keys(kind: type) -> bool:
    """Whether msgspec itself refuses unknown keys, so that what it accepts is in order."""
    return issubclass(kind, msgspec.Struct) and kind.__struct_config__.forbid_unknown_fields


@cache
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """The fields of a struct by their names in files; resolving their annotations is slow."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _convert(file: TomlFile, kind: Any, value: Any, path: KeyPath, problems: list[Problem]) -> Any:
    kind = _choose(kind, value)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _convert_struct(file, kind, value, path, problems)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (list, tuple) and arguments and isinstance(value, list) and _holds_struct(arguments[0]):
        items = [
            _convert(file, arguments[0], item, (*path, index), problems) for index, item in enumerate(value)
        ]
        return tuple(items) if origin is tuple else items
    if origin is dict and isinstance(value, dict) and arguments[0] is str:
        return {
            key: _convert(file, arguments[1], item, (*path, key), problems) for key, item in value.items()
        }
    try:
        return msgspec.convert(value, kind, builtin_types=_TOML_TYPES)
    except msgspec.ValidationError as error:
        message, _, inner = str(error).partition(" - at `$")
        words = _in_words(message, value) + (f" at {inner.rstrip('`')}" if inner else "")
        problems.append(file.problem(path, words, _allowed_words(kind, value)))
        return None


def _allowed_words(kind: Any, value: Any) -> str | None:
    """A hint for a text that is none of the words which its place allows."""
    words = [
        word for part in (kind, *get_args(kind)) if get_origin(part) is Literal for word in get_args(part)
    ]
    if not isinstance(value, str) or not words or not all(isinstance(word, str) for word in words):
        return None
    return did_you_mean(value, words) or f"one of: {', '.join(words)}"


def _choose(kind: Any, value: Any) -> Any:
    """Of a union, the member that the value can only be: a table is the struct among them."""
    if get_origin(kind) is Annotated:
        return kind
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        if isinstance(value, dict):
            tables = [
                member
                for member in members
                if isinstance(member, type) and issubclass(member, msgspec.Struct)
            ]
            tables += [member for member in members if get_origin(member) is dict]
            if tables:
                return tables[0]
        if isinstance(value, list):
            lists = [member for member in members if get_origin(member) in (list, tuple)]
            if lists:
                return lists[0]
    return kind


def _holds_struct(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return True
    return any(_holds_struct(argument) for argument in get_args(kind))


def _convert_struct(
    file: TomlFile, kind: type[msgspec.Struct], value: Any, path: KeyPath, problems: list[Problem]
) -> Any:
    if not isinstance(value, dict):
        problems.append(file.problem(path, f"must be a table, is {_type_name(value)}"))
        return None
    fields = _fields(kind)
    before = len(problems)
    for key in value:
        if key not in fields:
            hint = did_you_mean(key, fields) or f"known keys: {', '.join(sorted(fields))}"
            problems.append(file.problem((*path, key), "unknown key", hint))
    arguments: dict[str, Any] = {}
    for key, known in fields.items():
        if key in value:
            arguments[known.name] = _convert(file, known.type, value[key], (*path, key), problems)
        elif known.required:
            problems.append(file.problem(path, f"needs the key {key}"))
    if len(problems) > before:
        return None
    try:
        return kind(**arguments)
    except (ValueError, TypeError) as error:
        problems.append(file.problem(path, clean(str(error))))
        return None


_TYPE_NAMES = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false",
               "array": "a list", "object": "a table", "date": "a date", "null": "nothing"}  # fmt: skip


def _type_name(value: Any) -> str:
    names = {
        str: "text",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), f"a {type(value).__name__}")


def _in_words(message: str, value: Any) -> str:
    """A message of msgspec as a person would say it."""
    expected = re.match(r"Expected `([^`]+)`, got `[^`]+`", message)
    if expected:
        wanted = " or ".join(
            _TYPE_NAMES.get(part.strip(), part.strip()) for part in expected.group(1).split("|")
        )
        return f"must be {wanted}, is {_type_name(value)}"
    if message.startswith("Invalid enum value"):
        return f"{value!r} is not one of the known values"
    return clean(message[:1].lower() + message[1:])
