"""What a type of source brings along: columns, formats and outcome of the tables of a known system.

The profiles are TOML files in `profiles/`, one a system, in the form of a section for each table. What the
user's section says goes before what the profile says. `[[join.TABLE]]` tells which columns of the system's
other tables belong to a table: a look-up that is made where the workspace has both.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from cockpit.base.problems import ConfigError, Problem
from cockpit.base.tomlfile import convert, read_toml
from cockpit.sources.spec import LookupSpec, SourceSpec

_FOLDER = Path(__file__).with_name("profiles")
_MERGED = ("columns", "types", "values")
_JOIN = "join"


@cache
def profiles() -> dict[str, dict[str, SourceSpec]]:
    """Every profile by type: its tables."""
    return {system: tables for system, (tables, _) in _read().items()}


@cache
def _read() -> dict[str, tuple[dict[str, SourceSpec], dict[str, list[LookupSpec]]]]:
    """Every profile by type: its tables, and what belongs to them from others."""
    found = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        file = read_toml(path)
        problems: list[Problem] = []
        joins = file.data.get(_JOIN, {})
        tables = {
            table: convert(file, SourceSpec, problems, (table,), part)
            for table, part in file.data.items()
            if table != _JOIN
        }
        lookups = {
            table: [
                convert(file, LookupSpec, problems, (_JOIN, table, number), part)
                for number, part in enumerate(parts)
            ]
            for table, parts in joins.items()
        }
        if problems:
            raise ConfigError(*problems)
        found[path.stem] = (
            {table: spec for table, spec in tables.items() if spec is not None},
            {table: [one for one in parts if one is not None] for table, parts in lookups.items()},
        )
    return found


def with_profile(table: str, spec: SourceSpec) -> SourceSpec:
    """The section completed by the profile of its type; a section that is complete stays as it is.

    A key of the section replaces that of the profile; columns, types and corrections are joined by name, and
    what is selected beside them. A column is left out where `without` names it.
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
        elif field.name == "select":
            changes[field.name] = list(dict.fromkeys([*theirs, *own]))
        elif own == default:
            changes[field.name] = theirs
    for name in spec.without:
        if name not in spec.columns:
            changes["columns"].pop(name, None)
    changes["select"] = [name for name in changes["select"] if name not in spec.without]
    if spec.status is not None and spec.status.column is not None and "status" not in spec.columns:
        changes["columns"].pop("status", None)
    return msgspec.structs.replace(spec, **changes)


def with_joins(specs: Mapping[str, SourceSpec]) -> dict[str, SourceSpec]:
    """The sections, each completed by its profile, with the columns that belong to them from one another.

    A column that the section itself maps or looks up stays as it says, and one named in `without` is left
    out; of two tables that have the same column the later one counts. What look-ups take is selected where
    it comes from.
    """
    joined = dict(specs)
    for table, spec in specs.items():
        there = _possible(table, spec, specs)
        taken = set(spec.columns).union(spec.without, *(one.take for one in spec.lookup))
        added: list[LookupSpec] = []
        for lookup in reversed(there):
            take = {name: column for name, column in lookup.take.items() if name not in taken}
            taken.update(take)
            if take:
                added.insert(0, msgspec.structs.replace(lookup, take=take))
        if added:
            joined[table] = msgspec.structs.replace(spec, lookup=[*spec.lookup, *added])
    for spec in list(joined.values()):
        for lookup in spec.lookup:
            other = joined.get(lookup.source or "")
            if other is not None and other.type is not None:
                asked = [*lookup.on.values(), *lookup.take.values()]
                mapped = {*other.columns.values(), *other.select}
                select = [*other.select, *(name for name in dict.fromkeys(asked) if name not in mapped)]
                joined[lookup.source or ""] = msgspec.structs.replace(other, select=select)
    return joined


def _possible(table: str, spec: SourceSpec, specs: Mapping[str, SourceSpec]) -> list[LookupSpec]:
    """The profile's look-ups of a table into tables that are there, by columns that are there."""
    known = _read().get(spec.type or "", ({}, {}))[1].get(table, [])
    by_others = {name for one in known for name in one.take}
    possible: list[LookupSpec] = []
    there: set[str] = set()
    for lookup in known:
        other = specs.get(lookup.source or "")
        if other is not None and other.type == spec.type and by_others.intersection(lookup.on) <= there:
            possible.append(lookup)
            there.update(lookup.take)
    return possible
