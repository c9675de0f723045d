"""How the rows behind a figure are drawn: a head that stays, the rows that are seen, totals below."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cockpit.panes.head import WIDE
from cockpit.panes.lines import Block, Line, Page, Role, Span, cells, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.record_words import written
from cockpit.panes.row_columns import Column, ColumnPlan, seen_columns
from cockpit.panes.rows_data import RowsData
from cockpit.panes.view import Size
from cockpit.panes.wrapping import after

NOT_ADDED = frozenset({"probability"})
"""Columns of exact numbers whose sum means nothing."""
STATUS_ROLES: dict[str, Role] = {
    "won": "good", "renewed": "good", "renewed_on_time": "good", "lost": "dim", "lapsed": "dim",
    "terminated": "dim",
}  # fmt: skip


def rows_page(data: RowsData, size: Size, plan: ColumnPlan, fact: str, backwards: bool) -> Page:
    """One table over the whole size; its lines are made when they are seen, its totals stay below.

    Args:
        data: the rows, in the order shown.
        size: of the page.
        plan: which columns are seen, how wide, and which one is under the cursor.
        fact: what the title says of the rows.
        backwards: whether the column that they are sorted by has its smallest first.
    """
    margin = 1 if size.width >= WIDE else 0
    inner = size.width - 2 * margin
    pad = " " * margin
    columns = columns_of(data, plan, inner)
    fixed = [
        line(pad, *rule("Rows", fact, inner).spans).fitted(size.width),
        _head_line(columns, pad, data.sort, backwards, plan.at).fitted(size.width),
    ]
    if not data.order:
        words = (
            "No row contains that; Esc shows all again." if data.needle else "No rows count in this figure."
        )
        fixed.append(line(pad, Span(words, "dim")).fitted(size.width))

    def make(start: int, stop: int) -> list[Line]:
        indexes = data.order[start:stop]
        return [
            _row_line(data, index, row, columns, pad).fitted(size.width)
            for index, row in zip(indexes, data.result.rows.at(indexes), strict=True)
        ]

    def find(key: str) -> int | None:
        position = data.place_of(data.index_of(key))
        return None if position is None else position + len(fixed)

    lines = after(fixed, len(data.order), make)
    foot = _foot_lines(data, columns, pad, size.width) if data.order and size.height > 8 else ()
    block = Block("rows", 0, 0, size.width, size.height, lines, sticky=2, foot=foot, find=find)
    return Page(size.width, size.height, (block,))


def columns_of(data: RowsData, plan: ColumnPlan, room: int) -> list[Column]:
    """The columns that have room in so many cells, each as wide as its first values need."""
    texts = {
        name: [written(value, name, data.formats) for value in values]
        for name, values in data.samples.items()
    }
    return seen_columns(plan, data.names(), data.samples, texts, room)


def _head_line(columns: Sequence[Column], pad: str, sort: str, backwards: bool, at: str) -> Line:
    spans = [Span(pad)]
    for column in columns:
        text = (right if column.numeric else left)(column.head(sort, backwards), column.width)
        spans += [Span(text, "accent" if column.name == at else "dim"), Span(" ")]
    return Line(tuple(spans[:-1]))


def _foot_lines(data: RowsData, columns: Sequence[Column], pad: str, width: int) -> tuple[Line, ...]:
    """The totals of the columns of money under their columns."""
    texts = [
        right(_total_words(data, column), column.width)
        if column.name in data.totals and column.name not in NOT_ADDED
        else " " * column.width
        for column in columns
    ]
    if not any(text.strip() for text in texts):
        return ()
    if not texts[0].strip():
        texts[0] = left("All", columns[0].width)
    dashes = "─" * (width - 2 * len(pad))
    return (
        line(pad, Span(dashes, "rule")).fitted(width),
        Line((Span(pad + " ".join(texts)),)).fitted(width),
    )


def _total_words(data: RowsData, column: Column) -> str:
    """A total in full where the column is wide enough, else at the scale that suits it."""
    value = data.totals[column.name]
    exact = written(value, column.name, data.formats)
    return exact if cells(exact) <= column.width else data.formats.money(value)


def _row_line(data: RowsData, index: int, row: Sequence[Any], columns: Sequence[Column], pad: str) -> Line:
    """One row as a line: every cell in its column, with what it means."""
    spans: list[Span] = []
    text = pad
    role: Role = "text"
    for position, column in enumerate(columns):
        value = data.cell(row, column.name)
        own = _cell_role(data, row, column.name, value)
        if own != role:
            spans.append(Span(text, role))
            text, role = "", own
        text += (right if column.numeric else left)(written(value, column.name, data.formats), column.width)
        text += " " if position + 1 < len(columns) else ""
    spans.append(Span(text, role))
    identity = data.identity(row)
    key = f"{index}:{identity or ''}"
    place = None if identity is None else Place("record", data.table, where=identity, focus=key)
    copied = tuple("" if cell is None else str(cell) for cell in row)
    return Line(tuple(spans), place, key, copied)


def _cell_role(data: RowsData, row: Sequence[Any], column: str, value: Any) -> Role:
    """What a cell means: how it ended, that a date has passed although it is open, that nothing is there."""
    if value is None or value == "":
        return "dim"
    if column in ("status", "outcome", "stage"):
        return STATUS_ROLES.get(str(value).casefold(), "text")
    if column in ("close_date", "due_date", "expires_date") and isinstance(value, date):
        late = value < data.result.as_of and data.cell(row, "status") in ("open", "active")
        return "late" if late else "text"
    return "text"
