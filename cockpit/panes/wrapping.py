"""Texts broken into lines, and long lists under lines that stay."""

from collections.abc import Callable, Sequence

from cockpit.panes.lines import LazyLines, Line, cells, fit


def wrapped(text: str, width: int) -> list[str]:
    """A text broken at blanks into lines of at most `width` cells."""
    lines: list[str] = []
    current = ""
    for part in text.split():
        if current and cells(current) + 1 + cells(part) > width:
            lines.append(current)
            current = part
        else:
            current = f"{current} {part}" if current else part
    return [fit(row, max(width, 1)) for row in [*lines, current] if row]


def after(fixed: list[Line], count: int, make: Callable[[int, int], list[Line]]) -> Sequence[Line]:
    """The fixed lines followed by `count` lines that are made when looked at."""

    def page(start: int, stop: int) -> list[Line]:
        size = len(fixed)
        lines = fixed[start:stop]
        if stop > size:
            lines = [*lines, *make(max(start - size, 0), stop - size)]
        return lines

    return LazyLines(len(fixed) + count, page)
