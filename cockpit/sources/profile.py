"""What a type of source brings along: columns, formats and outcome of the tables of a known system.

The profiles are TOML files in `profiles/`, one a system, in the form of a section for each table. What the
user's section says goes before what the profile says.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from cockpit.base.problems import ConfigError, Problem
from cockpit.base.tomlfile import convert, read_toml
from cockpit.sources.spec import SourceSpec

_FOLDER = Path(__file__).with_name("profiles")
_MERGED = ("columns", "types", "values")


@cache
def profiles() -> dict[str, dict[str, SourceSpec]]:
    """Every profile by type: its tables."""
    found: dict[str, dict[str, SourceSpec]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        file = read_toml(path)
        problems: list[Problem] = []
        tables = {
            table: convert(file, SourceSpec, problems, (table,), part) for table, part in file.data.items()
        }
        if problems:
            raise ConfigError(*problems)
        found[path.stem] = {table: spec for table, spec in tables.items() if spec is not None}
    return found


def with_profile(table: str, spec: SourceSpec) -> SourceSpec:
    """The section completed by the profile of its type; a section that is complete stays as it is.

    A key of the section replaces that of the profile; columns, types and corrections are joined by name. A
    column is left out where `without` names it.
    """
    profile = profiles().get(spec.type, {}).get(table) if spec.type is not None else None
    if profile is None:
        return spec
    changes: dict[str, Any] = {}
    for field in msgspec.structs.fields(SourceSpec):
        own, theirs = getattr(spec, field.name), getattr(profile, field.name)
        default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
        if field.name in _MERGED:
            changes[field.name] = {**theirs, **own}
        elif own == default:
            changes[field.name] = theirs
    for name in spec.without:
        if name not in spec.columns:
            changes["columns"].pop(name, None)
    if spec.status is not None and spec.status.column is not None and "status" not in spec.columns:
        changes["columns"].pop("status", None)
    return msgspec.structs.replace(spec, **changes)
