"""The text layer of iCalendar (RFC 5545): properties, folding, escaping, and reading back one's own file.

Only what the exporter writes is known here: components of one level, in one VCALENDAR, times in UTC or
whole days. Values are kept escaped, as they stand in the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime

import msgspec

PRODUCT = "-//Sales Cockpit//Rhythm//EN"
LONGEST_LINE = 75
"""Longest line in bytes, without its end (RFC 5545, 3.1)."""


class Component(msgspec.Struct, frozen=True):
    """One VEVENT or VTODO.

    Attributes:
        kind: VEVENT or VTODO.
        properties: name with parameters (`DTSTART;VALUE=DATE`) and escaped value, in the file's order.
    """

    kind: str
    properties: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str | None:
        """The escaped value of the first property of that name, its parameters left aside."""
        for named, value in self.properties:
            if named.partition(";")[0] == name:
                return value
        return None

    def with_values(self, changes: Mapping[str, str]) -> "Component":
        """The same component with these values; a property it lacks is added at the end."""
        properties = [(name, changes.get(name, value)) for name, value in self.properties]
        present = {name for name, _ in properties}
        properties += [(name, value) for name, value in changes.items() if name not in present]
        return Component(self.kind, tuple(properties))

    def without(self, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """The properties but those of these names."""
        dropped = set(names)
        return tuple(
            (name, value) for name, value in self.properties if name.partition(";")[0] not in dropped
        )


def escaped(text: str) -> str:
    """Text as the value of a property."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def utc_stamp(moment: datetime) -> str:
    """An instant as `20260715T000000Z`.

    Args:
        moment: with its zone.
    """
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def day_stamp(day: date) -> str:
    """A whole day as `20260715`."""
    return day.strftime("%Y%m%d")


def calendar_text(name: str, components: Iterable[Component]) -> str:
    """A whole VCALENDAR with CRLF line ends.

    Args:
        name: what calendar programs show as the calendar's name.
        components: in the order to write.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for component in components:
        lines.append(f"BEGIN:{component.kind}")
        lines += [f"{named}:{value}" for named, value in component.properties]
        lines.append(f"END:{component.kind}")
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def read_components(text: str) -> dict[str, Component]:
    """The components by UID of a file that `calendar_text` wrote; nothing of any other file."""
    lines = list(_unfolded(text))
    if f"PRODID:{PRODUCT}" not in lines:
        return {}
    components: dict[str, Component] = {}
    kind: str | None = None
    properties: list[tuple[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN" and value in ("VEVENT", "VTODO"):
            kind, properties = value, []
        elif name == "END" and value == kind:
            component = Component(value, tuple(properties))
            uid = component.value("UID")
            if uid is not None:
                components[uid] = component
            kind = None
        elif kind is not None:
            properties.append((name, value))
    return components


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 bytes, each but the first begun with a space; no character is cut."""
    if len(line) <= LONGEST_LINE and line.isascii():
        yield line
        return
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece += character
        size += width
    yield piece


def _unfolded(text: str) -> Iterator[str]:
    line: str | None = None
    for piece in text.replace("\r\n", "\n").split("\n"):
        if piece[:1] in (" ", "\t") and line is not None:
            line += piece[1:]
            continue
        if line is not None:
            yield line
        line = piece
    if line:
        yield line
