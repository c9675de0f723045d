"""Lines of text with meaning: the material every pane is made of.

Widths are terminal cells, not characters (`cockpit.base.cells`), so that columns line up whatever the data
holds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

from cockpit.base.cells import cells as cells
from cockpit.base.cells import fit as fit
from cockpit.base.cells import left as left
from cockpit.base.cells import right as right
from cockpit.panes.place import Place

Role = Literal[
    "text",      # what is read
    "strong",    # the one emphasised text: the first words of a finding, the figure a level is about
    "dim",       # quiet: usual rows, units, hints
    "title",     # a pane's title
    "rule",      # the line behind a title
    "good", "warn", "bad",  # status against a target
    "late",      # overdue
    "today",     # the mark of the current day
    "past",      # days gone
    "deadline",  # a day with a deadline
    "closed",    # a day without business
    "accent",    # keys, breadcrumbs, things to press
    "bar", "bar_rest",      # the filled and the empty part of a bar
    "spark",     # a sparkline
    "stale",     # data older than it should be
    "added",     # changed since the last look
]  # fmt: skip
"""What a span of text means. The theme decides how it looks; the text alone must already say it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one role."""

    text: str
    role: Role = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a pane.

    Attributes:
        spans: its text from left to right.
        place: what Enter opens; a line without a place is never under the cursor.
        key: the identity of what the line shows (a task's key, a group's value), by which the cursor finds
            it again after a refresh, or None.
        copy: the raw values that `y` copies (unformatted numbers), or None when there is nothing to copy.
        aloud: what a screen reader says in place of a drawing, "" for nothing; None where the text does.
    """

    spans: tuple[Span, ...] = ()
    place: Place | None = None
    key: str | None = None
    copy: tuple[str, ...] | None = None
    aloud: str | None = None

    @property
    def text(self) -> str:
        """The line without roles."""
        return "".join(span.text for span in self.spans)

    @property
    def width(self) -> int:
        """Cells that the line takes."""
        return sum(cells(span.text) for span in self.spans)

    def fitted(self, width: int) -> "Line":
        """The same line cut or padded with blanks to exactly `width` cells."""
        spans: list[Span] = []
        left = width
        for span in self.spans:
            size = cells(span.text)
            if size > left:
                spans.append(Span(fit(span.text, left), span.role))
                left = 0
                break
            spans.append(span)
            left -= size
        if left:
            spans.append(Span(" " * left))
        return Line(tuple(spans), self.place, self.key, self.copy, self.aloud)

    def indented(self, pad: int, width: int) -> "Line":
        """The same line `pad` cells further right, cut or padded to exactly `width` cells."""
        return Line((Span(" " * pad), *self.spans), self.place, self.key, self.copy, self.aloud).fitted(width)


BLANK = Line()


class LazyLines(Sequence[Line]):
    """Lines that are made when they are looked at: a million rows cost nothing until they are seen.

    Args:
        count: how many lines there are.
        make: makes the lines of a range `[start, stop)`; called for what is seen, a page at a time.
    """

    PAGE = 64

    def __init__(self, count: int, make: Callable[[int, int], Sequence[Line]]) -> None:
        self._count = count
        self._make = make
        self._pages: dict[int, Sequence[Line]] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(self._count))]
        if index < 0:
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError(index)
        page, offset = divmod(index, self.PAGE)
        if page not in self._pages:
            if len(self._pages) >= 32:
                self._pages.pop(next(iter(self._pages)))
            start = page * self.PAGE
            self._pages[page] = self._make(start, min(start + self.PAGE, self._count))
        return self._pages[page][offset]


@dataclass(frozen=True, slots=True)
class Block:
    """A pane laid out at a place on the screen.

    Attributes:
        name: the pane's name ("tasks"); Tab goes from block to block in their order.
        x, y: the cell of its top left corner.
        width: cells; every line is fitted to it.
        height: rows that are visible; what is more scrolls inside the block.
        lines: its rows, title first; may be `LazyLines`.
        sticky: how many lines at the top (title, column heads) stay when the block scrolls.
        foot: lines (totals) that stay at the bottom of the block.
        cursor: the index of the line that the cursor starts on, or None for the first that has a place.
        find: where the line of a key stands, for a list too long to be looked through; or None.
    """

    name: str
    x: int
    y: int
    width: int
    height: int
    lines: Sequence[Line]
    sticky: int = 1
    foot: tuple[Line, ...] = ()
    cursor: int | None = None
    find: Callable[[str], int | None] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A whole view laid out for one size of screen.

    Attributes:
        width, height: cells.
        blocks: the panes, not overlapping.
    """

    width: int
    height: int
    blocks: tuple[Block, ...] = field(default_factory=tuple)

    def rows(self) -> list[Line]:
        """The page as full-width lines, for printing; places are lost where blocks lie side by side."""
        rows: list[list[tuple[int, Line]]] = [[] for _ in range(self.height)]
        for block in self.blocks:
            body = block.height - len(block.foot)
            shown = [*block.lines[: min(body, len(block.lines))]]
            shown += [BLANK] * (body - len(shown)) if block.foot else []
            for offset, shown_line in enumerate([*shown, *block.foot]):
                if 0 <= block.y + offset < self.height:
                    rows[block.y + offset].append((block.x, shown_line.fitted(block.width)))
        result: list[Line] = []
        for parts in rows:
            spans: list[Span] = []
            column = 0
            for x, part in sorted(parts, key=lambda placed: placed[0]):
                if x > column:
                    spans.append(Span(" " * (x - column)))
                spans.extend(part.spans)
                column = x + part.width
            place = parts[0][1].place if len(parts) == 1 else None
            result.append(Line(tuple(spans), place))
        return result


def rule(title: str, fact: str, width: int, glyph: str = "─") -> Line:
    """A pane's title line: the title, a rule, and the fact that matters at the right end."""
    fact = fit(fact, max(width - cells(title) - 4, 0))
    dashes = width - cells(title) - 1 - (cells(fact) + 1 if fact else 0)
    spans = [Span(title, "title"), Span(" " + glyph * max(dashes, 0), "rule")]
    if fact:
        spans.append(Span(f" {fact}", "text"))
    return Line(tuple(spans))


def line(*parts: str | Span, place: Place | None = None, key: str | None = None) -> Line:
    """A line from texts and spans."""
    return Line(tuple(Span(part) if isinstance(part, str) else part for part in parts), place, key)


def plain(lines: Iterable[Line]) -> list[str]:
    """The lines as text without trailing blanks."""
    return [row.text.rstrip() for row in lines]


_ASCII = str.maketrans(
    {
        "─": "-", "━": "=", "█": "#", "▌": ">", "◆": "*", "│": "|", "·": ".", "›": ">", "…": "~", "×": "x",
        "▓": "#", "▒": "+", "░": ".", "▁": "_", "▂": "_", "▃": "-", "▄": "-", "▅": "=", "▆": "=", "▇": "#",
        "⏎": "/", "⇥": " ", "–": "-", "−": "-", "’": "'", "▐": "#", "┤": "+", "└": "+", "┊": ":", "●": "o",
        "▾": "v", "▴": "^", "▀": "#",
        **{chr(0x2800 + dots): " .:#"[(dots.bit_count() + 2) // 3] for dots in range(256)},
    }
)  # fmt: skip


def ascii_only(text: str) -> str:
    """The text with our own glyphs replaced by ASCII ones of the same width; data is left alone."""
    return text.translate(_ASCII)
