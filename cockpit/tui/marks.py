"""What a refresh changed on the screen, marked until it has been seen: functions over rows and levels."""

from collections.abc import Mapping

from cockpit.panes.lines import Line
from cockpit.tui.layout import page_of
from cockpit.tui.rows import Piece, Row, merged
from cockpit.tui.state import Level, ScreenState

MARK = "•"
MOST_LINES = 300
"""Lines of a pane that are compared; nobody looks for a mark further down."""

Texts = Mapping[tuple[str, str], tuple[str, ...]]
"""By pane and key of the line: its spans."""


def texts_of(level: Level) -> Texts:
    """What the lines of a level say by now."""
    if level.page is None or not level.complete:
        return {}
    return {
        (block.name, line.key): tuple(span.text for span in line.spans)
        for block in level.page.blocks
        for line in block.lines[:MOST_LINES]
        if line.key is not None
    }


def remember(level: Level) -> None:
    """Keep what a level says, so that its next load can be compared with it."""
    if level.before is None:
        level.before = texts_of(level) or None


def compare(state: ScreenState, level: Level) -> None:
    """Mark the lines of a level that say something else than before the refresh."""
    before, level.before = level.before, None
    if before is None or page_of(state, level) is None:
        return
    for place, texts in texts_of(level).items():
        old = before.get(place)
        if old is None:
            level.marked[place] = frozenset([next((text for text in texts if text.strip()), "")])
        elif old != texts:
            level.marked[place] = frozenset(texts) - frozenset(old)


def with_marks(row: Row, line: Line, block: str, level: Level) -> Row:
    """The row with the spans that changed in the role of changes, and a sign that needs no colour."""
    fresh = level.marked.get((block, line.key)) if line.key is not None else None
    if not fresh:
        return row
    result: list[Piece] = []
    for piece in row:
        if piece.text in fresh and piece.text.strip():
            result.extend(_marked(piece, in_front=bool(result)))
        else:
            result.append(piece)
    return merged(result)


def _marked(piece: Piece, *, in_front: bool) -> Row:
    """The sign takes the blank just before the text, else the one just after; without blanks none is set.

    The very first cell of a row is the cursor's, so there the sign stands behind (`in_front` is false).
    """
    text = piece.text
    start = len(text) - len(text.lstrip(" "))
    end = len(text.rstrip(" "))
    if start and (in_front or start > 1):
        text = text[: start - 1] + MARK + text[start:]
    elif end < len(text):
        text = text[:end] + MARK + text[end + 1 :]
    return (piece._replace(text=text, role="added"),)
