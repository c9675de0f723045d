"""A page for the ear: one pane after the other, a line a fact, no drawing.

What is only drawn (bars, sparklines, rules, the cursor's mark) is left out, since the figures stand beside
it; glyphs that mean something become words. Columns are told apart by commas, as a screen reader pauses at
them.
"""

import re
from collections.abc import Iterable, Sequence

from cockpit.panes.lines import Block, Line, Page, Role, Span
from cockpit.panes.view import Size

DRAWN = frozenset({"bar", "bar_rest", "spark"})
"""Roles whose text is a drawing of figures that stand beside it."""
WORDS = {"◆": " deadline ", "·": " none ", "●": " point ", "›": ", ", "×": " times "}
"""Glyphs that mean something, in words."""
ROOM = Size(400, 80)
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
    heads: tuple[str, ...] = ()
    for index in range(shown):
        line = block.lines[index]
        if _is_title(line):
            heads = ()
        elif _names_columns(line, index and block.lines[index - 1]):
            heads = tuple(_APART.split(_spoken_text(line, title=False, apart="  ")))
        yield spoken(line, heads)
    if shown < len(block.lines):
        yield Line((Span(f"{len(block.lines) - shown:,} more lines", "dim"),))
    for line in block.foot:
        yield spoken(line, heads)


def spoken(line: Line, heads: Sequence[str] = ()) -> Line:
    """One line in words; empty where it was only drawn.

    Args:
        line: the line as it is shown.
        heads: the names of the columns it stands in, of all or of all but the first; each is said with its
            value where the line has a value in every column.
    """
    title = _is_title(line)
    if line.aloud is not None:
        text = line.aloud
    else:
        text = _spoken_text(line, title)
        values = _spoken_text(line, title, apart="  ").split("  ")
        if heads and line.place is not None and len(values) - len(heads) in (0, 1):
            unnamed = len(values) - len(heads)
            named = [f"{head} {value}" for head, value in zip(heads, values[unnamed:], strict=True)]
            text = ", ".join([*values[:unnamed], *named])
    role: Role = "title" if title else "text"
    return Line((Span(text, role),) if text else (), line.place, line.key, line.copy)


def _spoken_text(line: Line, title: bool, apart: str = ", ") -> str:
    """The words of a line, with a mark between its columns."""
    parts = ["  " if span.role in DRAWN else _in_words(span, title) for span in line.spans]
    text = _APART.sub(apart, "".join(parts).strip()).strip(" ,")
    text = re.sub(r"^!\s*", "attention: ", text)
    return re.sub(r"[ ,]*:[ ,]*", ": ", text, count=1).removesuffix(": ") if title else text


def _is_title(line: Line) -> bool:
    return any(span.role == "rule" for span in line.spans)


def _names_columns(line: Line, before: Line | int) -> bool:
    """Whether the line stands under a title and says nothing but the names of the columns below it."""
    said = [span for span in line.spans if span.text.strip()]
    return (
        isinstance(before, Line)
        and _is_title(before)
        and line.place is None
        and len(said) > 0
        and all(span.role == "dim" for span in said)
    )


def _in_words(span: Span, title: bool) -> str:
    if span.role == "rule":
        return ": " if span.text.strip() else span.text
    text = _MEANING.sub(lambda found: f"  {WORDS[found[0]].strip()}  ", span.text)
    return _DRAWING.sub("  ", text)
