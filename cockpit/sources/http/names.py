"""Which of the server's columns a section wants."""

from cockpit.sources.canonical import TABLES
from cockpit.sources.spec import SourceSpec

LABEL = ".label"
"""Ends the header of a column with the server's word for a code; it comes along and is not asked for."""
TYPE = ".type"
"""Ends the header of a column that tells what a many-typed reference points to."""
OUTCOME = ".outcome"
"""Ends the header of a column that says open, won or lost by the server's own list of stages."""


def wanted_columns(spec: SourceSpec) -> list[str]:
    """The headers that the section names, without repetition, in its order."""
    names = [*spec.columns.values(), *spec.select]
    if spec.status is not None and spec.status.column is not None:
        names.append(spec.status.column)
    taken = {name for lookup in spec.lookup for name in lookup.take}
    names += [name for lookup in spec.lookup for name in lookup.on if name not in taken]
    names += [name for name in (spec.key, spec.modified) if name]
    return [name for name in dict.fromkeys(names) if name not in taken or name in spec.columns.values()]


def asked_columns(spec: SourceSpec) -> list[str]:
    """The columns to ask the server for: as `wanted_columns`, with codes in place of words for them."""
    return list(dict.fromkeys(map(asked, wanted_columns(spec))))


def asked(header: str) -> str:
    """The server's column that a header is made from."""
    for ending in (LABEL, TYPE, OUTCOME):
        header = header.removesuffix(ending)
    return header


def key_of_column(table: str, spec: SourceSpec, header: str) -> str:
    """The key of the configuration that names a column of the server, for messages."""
    for ours, theirs in spec.columns.items():
        if theirs == header or asked(theirs) == header:
            return f"sources.{table}.columns.{ours}"
    if spec.status is not None and spec.status.column == header:
        return f"sources.{table}.status.column"
    for name in ("key", "modified"):
        if getattr(spec, name) == header:
            return f"sources.{table}.{name}"
    for index, lookup in enumerate(spec.lookup):
        if header in lookup.on:
            return f"sources.{table}.lookup[{index + 1}].on"
    return f"sources.{table}.select"


def key_of(table: str, spec: SourceSpec) -> str | None:
    """The header that names a row: as configured, else the one mapped to the table's id."""
    if spec.key:
        return spec.key
    identity = TABLES[table].identity
    return spec.columns.get(identity) if identity is not None else None
