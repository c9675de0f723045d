"""Which of the server's columns a section wants."""

from cockpit.sources.spec import TABLES, SourceSpec

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
    names = []
    for name in wanted_columns(spec):
        for ending in (LABEL, TYPE, OUTCOME):
            name = name.removesuffix(ending)
        names.append(name)
    return list(dict.fromkeys(names))


def key_of(table: str, spec: SourceSpec) -> str | None:
    """The header that names a row: as configured, else the one mapped to the table's id."""
    if spec.key:
        return spec.key
    identity = TABLES[table].identity
    return spec.columns.get(identity) if identity is not None else None
