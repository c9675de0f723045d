"""Where each setting comes from: a line of a file, or the default."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from cockpit.base.tomlfile import KeyPath, TomlFile, dotted
from cockpit.workspace.config import Config
from cockpit.workspace.discover import UserSettings
from cockpit.workspace.load import Workspace

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of the configuration.

    Attributes:
        key: dotted key as it is written in the file.
        value: text, number, boolean, or a list of them.
        origin: `FILE:LINE`, or "default".
    """

    key: str
    value: Any
    origin: str

    def as_json(self) -> dict[str, Any]:
        """The shape that `cockpit config show --json` prints."""
        return {"key": self.key, "value": self.value, "origin": self.origin}


def workspace_settings(workspace: Workspace) -> tuple[Setting, ...]:
    """Every value that holds in a workspace, in the order of the file's form; what is unset is left out."""
    return tuple(_settings(workspace.config, (), workspace.file))


def user_settings(user: UserSettings) -> tuple[Setting, ...]:
    """Every value of the user's own configuration."""
    return tuple(_settings(user.config, (), user.file))


def config_schema() -> dict[str, Any]:
    """The JSON Schema of `cockpit.toml`, for editors that complete and check while one types."""
    schema = msgspec.json.schema(Config)
    parts = schema["$defs"]
    whole, kpi = parts["Config"]["properties"], parts["KpiConfig"]
    kpi["additionalProperties"] = whole.pop("metrics")["additionalProperties"]
    whole["as_of"] = {"anyOf": [{"type": "string"}, {"type": "string", "format": "date"}], "default": "today"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cockpit.toml",
        **schema,
    }


def _settings(value: Any, path: KeyPath, file: TomlFile | None) -> Iterator[Setting]:
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            key = _key_of(value, field.encode_name)
            yield from _settings(getattr(value, field.name), (*path, *key), file)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _settings(item, (*path, key), file)
    elif isinstance(value, list) and value and isinstance(value[0], msgspec.Struct):
        for index, item in enumerate(value):
            yield from _settings(item, (*path, index), file)
    elif value is not None and value != []:
        yield Setting(dotted(path), _plain(value), _origin(path, file))


def _key_of(struct: msgspec.Struct, name: str) -> tuple[str, ...]:
    """The sub-tables of `[kpi]` are a field of their own in the struct of the whole file."""
    return ("kpi",) if isinstance(struct, Config) and name == "metrics" else (name,)


def _origin(path: KeyPath, file: TomlFile | None) -> str:
    if file is None or not _is_set(path, file.data):
        return DEFAULT
    return f"{file.path}:{file.line_of(path)}"


def _is_set(path: KeyPath, data: Any) -> bool:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
