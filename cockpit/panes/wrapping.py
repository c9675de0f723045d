"""Texts broken into lines, and long lists under lines that stay."""

from collections.abc import Callable, Sequence

from cockpit.panes.lines import LazyLines, Line, Role, Span, cells, fit, left, line


def wrapped(text: str, width: int) -> list[str]:
    """A text broken at blanks into lines of at most `width` cells; a longer word is broken where it must."""
    return packed([piece for word in text.split() for piece in _pieces(word, max(width, 1))], width)


def _pieces(word: str, width: int) -> list[str]:
    """A word in pieces of at most that many cells, of keys and paths behind a `/` or `-` where it can be."""
    pieces = []
    while cells(word) > width:
        end = max(len(fit(word, width + 1).rstrip()) - 1, 1)
        behind = max(word.rfind(mark, 0, end) for mark in "/-") + 1
        cut = behind if behind > end // 2 else end
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


def packed(texts: Sequence[str], width: int, between: str = " ") -> list[str]:
    """Texts beside each other in as few lines as hold them; none is broken unless it is too long alone."""
    lines: list[str] = []
    for text in texts:
        if lines and cells(lines[-1]) + cells(between) + cells(text) <= width:
            lines[-1] += between + text
        elif cells(text) <= width:
            lines.append(text)
        else:
            lines += wrapped(text, width)
    return lines


def labelled(label: str, text: str, width: int, label_width: int = 14, role: Role = "text") -> list[Line]:
    """A text beside its label, over as many lines as it needs; nothing where there is no text."""
    return [
        line(Span(left("" if index else label, label_width), "dim"), Span(part, role))
        for index, part in enumerate(wrapped(text, max(width - label_width, 16)))
    ]


def after(fixed: list[Line], count: int, make: Callable[[int, int], list[Line]]) -> Sequence[Line]:
    """The fixed lines followed by `count` lines that are made when looked at."""

    def page(start: int, stop: int) -> list[Line]:
        size = len(fixed)
        lines = fixed[start:stop]
        if stop > size:
            lines = [*lines, *make(max(start - size, 0), stop - size)]
        return lines

    return LazyLines(len(fixed) + count, page)
