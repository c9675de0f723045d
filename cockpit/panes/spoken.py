"""A page for the ear: one pane after the other, a line a fact, no drawing.

What is only drawn (bars, sparklines, rules, the cursor's mark) is left out, since the figures stand beside
it; glyphs that mean something become words. Columns are told apart by commas, as a screen reader pauses at
them.
"""

import re
from collections.abc import Iterable

from cockpit.panes.lines import Block, Line, Page, Role, Span
from cockpit.panes.view import Size

DRAWN = frozenset({"bar", "bar_rest", "spark"})
"""Roles whose text is a drawing of figures that stand beside it."""
WORDS = {"◆": " deadline ", "·": " none ", "●": " point ", "›": ", ", "×": " times "}
"""Glyphs that mean something, in words."""
ROOM = Size(200, 60)
"""What a page is laid out for before it is told: wide, so that few texts are cut."""
MOST_LINES = 200
"""Of each pane; what is left out is counted."""

_DRAWING = re.compile("[\u2500-\u259f\u25a0-\u25ff\u2800-\u28ff]+")
_MEANING = re.compile(r"(?<!\S)·(?!\S)|[◆●›]")
_APART = re.compile(r"\s{2,}")


def spoken_lines(page: Page, most: int = MOST_LINES) -> list[Line]:
    """The lines of all panes in reading order; each still opens what it opened.

    Args:
        page: the view as it is laid out.
        most: lines of a pane at most.
    """
    lines: list[Line] = []
    for block in sorted(page.blocks, key=lambda block: (block.y, block.x)):
        told = [line for line in _told(block, most) if line.text]
        if told:
            lines += [*([Line()] if lines else []), *told]
    return lines


def _told(block: Block, most: int) -> Iterable[Line]:
    shown = min(len(block.lines), most)
    for index in range(shown):
        yield spoken(block.lines[index])
    if shown < len(block.lines):
        yield Line((Span(f"{len(block.lines) - shown:,} more lines", "dim"),))
    yield from map(spoken, block.foot)


def spoken(line: Line) -> Line:
    """One line in words; empty where it was only drawn."""
    title = any(span.role == "rule" for span in line.spans)
    parts = [_in_words(span, title) for span in line.spans if span.role not in DRAWN]
    text = _APART.sub(", ", "".join(parts).strip()).strip(" ,")
    text = re.sub(r"[ ,]*:[ ,]*", ": ", text, count=1).removesuffix(": ") if title else text
    role: Role = "title" if title else "text"
    return Line((Span(text, role),) if text else (), line.place, line.key, line.copy)


def _in_words(span: Span, title: bool) -> str:
    if span.role == "rule":
        return ": " if span.text.strip() else span.text
    text = _MEANING.sub(lambda found: f"  {WORDS[found[0]].strip()}  ", span.text)
    return _DRAWING.sub("  ", text)
