"""Rows of the screen: pieces of text with a role, joined side by side and cut to the screen's width."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cockpit.panes.lines import Line, ascii_only, cells, fit

CURSOR_MARK = "▌"


class Piece(NamedTuple):
    """A run of text on the screen.

    Attributes:
        text: what is shown.
        role: what it means: a role of the panes, or one of the screen's own (`SCREEN_ROLES`).
        under: "" or what the whole stretch is: "cursor" (the line with the cursor) or "selected".
    """

    text: str
    role: str = "text"
    under: str = ""


Row = tuple[Piece, ...]

SCREEN_ROLES = ("cursor_mark", "cursor", "selected", "key", "message", "problem", "prompt", "prompt_cursor")
"""Roles beside those of the panes. "cursor" and "selected" lie under whatever a line shows."""


def row_of(line: Line, width: int) -> Row:
    """A line as a row of exactly `width` cells."""
    return tuple(Piece(span.text, span.role) for span in line.fitted(width).spans if span.text)


def text_of(row: Row) -> str:
    """What a row says."""
    return "".join(piece.text for piece in row)


def with_cursor(row: Row, *, marked: bool, selected: bool) -> Row:
    """The row of the line under the cursor, or of a selected line.

    The mark stands in the first cell where that is blank; where it is not, the first character takes the
    cursor's looks itself, so that the cursor is seen without any colour.
    """
    if not row or not (marked or selected):
        return row
    under = "cursor" if marked else "selected"
    first, rest = row[0], row[1:]
    mark = CURSOR_MARK if marked else "*"
    if first.text[0] == " ":
        start: Row = (Piece(mark, "cursor_mark", under), Piece(first.text[1:], first.role, under))
    elif marked:
        start = (Piece(first.text[0], "prompt_cursor", under), Piece(first.text[1:], first.role, under))
    else:
        start = (Piece(first.text, first.role, under),)
    return tuple(piece for piece in start if piece.text) + tuple(
        Piece(piece.text, piece.role, under) for piece in rest
    )


def with_letters(row: Row, letters: str) -> Row:
    """The row with letters over its first cells, as a label to jump by."""
    text, width = text_of(row), size_of(row)
    covered = 0
    while covered < len(text) and cells(text[:covered]) < cells(letters):
        covered += 1
    rest, left = [], covered
    for piece in row:
        rest.append(piece._replace(text=piece.text[left:]))
        left = max(left - len(piece.text), 0)
    return filled((Piece(letters, "prompt_cursor"), *rest), width)


def side_by_side(parts: Sequence[tuple[int, int, Row]], width: int) -> Row:
    """Rows placed in one row: (column, width, row) each, not overlapping, blanks between them."""
    result: list[Piece] = []
    column = 0
    for x, size, row in sorted(parts, key=lambda part: part[0]):
        if x >= width or x < column:
            continue
        if x > column:
            result.append(Piece(" " * (x - column)))
        if x + size > width:
            row, size = cut(row, width - x), width - x
        result.extend(row)
        column = x + size
    if column < width:
        result.append(Piece(" " * (width - column)))
    return merged(result)


def cut(row: Row, width: int) -> Row:
    """The row cut to `width` cells."""
    result: list[Piece] = []
    left = width
    for piece in row:
        size = cells(piece.text)
        if size > left:
            if left > 0:
                result.append(piece._replace(text=fit(piece.text, left)))
            break
        result.append(piece)
        left -= size
    return tuple(result)


def merged(row: Iterable[Piece]) -> Row:
    """Equal neighbours joined."""
    result: list[Piece] = []
    for piece in row:
        if not piece.text:
            continue
        if result and result[-1].role == piece.role and result[-1].under == piece.under:
            result[-1] = piece._replace(text=result[-1].text + piece.text)
        else:
            result.append(piece)
    return tuple(result)


def in_ascii(row: Row) -> Row:
    """The row with ASCII characters for our own lines and blocks."""
    return tuple(piece._replace(text=ascii_only(piece.text)) for piece in row)


def filled(row: Row, width: int) -> Row:
    """The row cut or padded with blanks to exactly `width` cells."""
    row = cut(row, width)
    used = size_of(row)
    return merged((*row, Piece(" " * (width - used)))) if used < width else row


def size_of(row: Row) -> int:
    """Cells that a row takes."""
    return sum(cells(piece.text) for piece in row)
