"""A proposed configuration: the sections, what speaks for them, and the file that says both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from cockpit.base.clean import clean
from cockpit.sources.spec import SourceSpec

FindingLevel = Literal["understood", "unsure", "missing"]


class Finding(NamedTuple):
    """One thing that was understood, that a person should decide, or that could not be told."""

    level: FindingLevel
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `propose` makes of unknown files.

    Attributes:
        sources: table to section.
        findings: what was understood, with the evidence, and what was not.
        comments: (table, key) to the evidence that stands beside that key in the file.
        as_of: "latest" where the newest date is old, else "today".
        newest: the newest date of the opportunities that is not in the future.
        currency: what a header says the amounts are in, or None.
    """

    sources: Mapping[str, SourceSpec]
    findings: tuple[Finding, ...]
    comments: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    as_of: Literal["today", "latest"] = "today"
    newest: date | None = None
    currency: str | None = None

    def as_toml(self, name: str, calendar: str = "microsoft-like") -> str:
        """The whole text of a `cockpit.toml`, commented.

        Args:
            name: of the workspace.
            calendar: name of its fiscal calendar.
        """
        lines = [
            "# What the cockpit reads, and how. Written by `cockpit init`; change it freely,",
            "# `cockpit check` says what is wrong with it.",
            "schema = 1",
            f"name = {quoted(name)}",
            f"calendar = {quoted(calendar)}",
        ]
        if self.as_of == "latest":
            lines.append(f"# The newest date in the data is {self.newest}: figures are taken on that day.")
        lines += [
            f"as_of = {quoted(self.as_of)}",
            f"currency = {quoted(self.currency or 'USD')}  # of amounts whose row names none",
        ]
        for table, spec in self.sources.items():
            lines += ["", *self._section(table, spec)]
        return "\n".join(lines) + "\n"

    def _section(self, table: str, spec: SourceSpec) -> Iterator[str]:
        yield f"[sources.{table}]"
        yield f"path = {quoted(spec.path)}"
        yield from self._beside(table, "header")
        if spec.header is not None:
            yield f"header = {_value(spec.header)}"
        if spec.separator is not None:
            yield f"separator = {quoted(spec.separator)}"
        if spec.encoding is not None:
            yield f"encoding = {quoted(spec.encoding)}"
        if spec.decimal != ".":
            yield f"decimal = {quoted(spec.decimal)}"
        yield from self._beside(table, "date_format")
        if spec.date_format is not None:
            yield f"date_format = {_value(spec.date_format)}"
        yield from self._beside(table, "probability_scale")
        if spec.probability_scale != 1:
            yield f"probability_scale = {spec.probability_scale}"
        yield from self._beside(table, "status")
        if spec.status is not None:
            yield f"status = {_status(spec)}"
        yield from self._beside(table, "on_duplicate")
        if spec.types:
            yield f"types = {_value(spec.types)}"
        yield ""
        yield f"[sources.{table}.columns]"
        yield from self._beside(table, "columns")
        for canonical, header in spec.columns.items():
            yield f"{canonical} = {quoted(header)}"
        for number, lookup in enumerate(spec.lookup):
            yield ""
            yield from self._beside(table, f"lookup.{number}")
            yield f"[[sources.{table}.lookup]]"
            yield f"path = {quoted(lookup.path)}"
            yield f"on = {_value(lookup.on)}"
            yield f"take = {_value(lookup.take)}"

    def _beside(self, table: str, key: str) -> Iterator[str]:
        for comment in self.comments.get((table, key), ()):
            yield f"# {clean(comment)}"


def _status(spec: SourceSpec) -> str:
    status = spec.status
    assert status is not None, "only called where there is one"
    if status.value is not None:
        return f"{{ value = {quoted(status.value)} }}"
    lists = "".join(
        f", {outcome} = {_value(values)}"
        for outcome, values in (("won", status.won), ("lost", status.lost), ("open", status.open))
        if values
    )
    return f"{{ column = {quoted(status.column or '')}{lists} }}"


def quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}" for character in escaped
    )
    return f'"{escaped}"'


def _value(value: object) -> str:
    """A TOML inline value."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return str(value)


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if plain else quoted(key)
