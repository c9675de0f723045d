"""How a list to pick from is drawn: over the page, with its own line for typing."""

from collections.abc import Sequence

from cockpit.panes.lines import Line, Span, cells, fit, rule
from cockpit.panes.view import Size
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.rows import Piece, Row, filled, merged, row_of, with_cursor

BETWEEN = "  "
"""What stands between the parts of an entry's detail."""
WIDEST = 32
"""Cells of a part at most that the parts behind it move to the right for."""


def picker_rows(picker: Picker, size: Size) -> list[Row]:
    """The list that covers the page, with its own line for typing."""
    width = size.width
    rows: list[Row] = [row_of(rule(f" {picker.title}", f"{len(picker.found):,} ", width), width)]
    if picker.typed is not None:
        before, under, after = picker.typed.shown(max(width - 4, 1))
        after = after or ("" if before else " type to find; Enter does it, Esc closes")
        rows.append(
            filled(
                (Piece(" : ", "key"), Piece(before, "prompt"), Piece(under, "prompt_cursor"),
                 Piece(after, "prompt" if before else "dim")),
                width,
            )
        )  # fmt: skip
    body = picker.page = max(size.height - len(rows), 1)
    listed = _with_headings(picker)
    position = next((at for at, (index, _) in enumerate(listed) if index == picker.index), 0)
    picker.top = min(max(picker.top, position - body + 1), position)
    if position <= 1:
        picker.top = 0
    sample = picker.found[:200]
    mark_width = max((cells(entry.mark) for entry in sample), default=0)
    widths = _column_widths(sample)
    beside = max((cells(_in_columns(entry.detail, widths)) for entry in sample), default=0)
    label_width = min(
        max((cells(entry.label) for entry in sample), default=0),
        max(width * 2 // 5, width - mark_width - beside - 8),
    )
    for index, shown in listed[picker.top : picker.top + body]:
        if isinstance(shown, str):
            rows.append(filled((Piece(f" {shown}", "title"),), width))
            continue
        row = row_of(_entry_line(shown, mark_width, label_width, widths), width)
        rows.append(with_cursor(row, marked=index == picker.index, selected=False))
    if not picker.found:
        rows.append(filled((Piece("   nothing matches", "dim"),), width))
    rows += [filled((), width)] * (size.height - len(rows))
    return [merged(row) for row in rows[: size.height]]


def _with_headings(picker: Picker) -> list[tuple[int | None, Entry | str]]:
    listed: list[tuple[int | None, Entry | str]] = []
    heading = ""
    for index, entry in enumerate(picker.found):
        if not picker.query and entry.heading != heading:
            heading = entry.heading
            listed.append((None, heading))
        listed.append((index, entry))
    return listed


def _column_widths(entries: Sequence[Entry]) -> list[int]:
    """How wide each part of what stands beside the labels is, where another part comes after it."""
    widths: list[int] = []
    for entry in entries:
        for column, part in enumerate(entry.detail.split(BETWEEN)[:-1]):
            if column == len(widths):
                widths.append(0)
            widths[column] = max(widths[column], cells(part))
    return [min(width, WIDEST) for width in widths]


def _in_columns(detail: str, widths: Sequence[int]) -> str:
    """The parts under each other from line to line; the last one as long as it is."""
    *parts, last = detail.split(BETWEEN)
    return (
        "".join(
            part + " " * max(width - cells(part), 0) + BETWEEN
            for part, width in zip(parts, widths, strict=False)
        )
        + last
    )


def _entry_line(entry: Entry, mark_width: int, label_width: int, widths: Sequence[int]) -> Line:
    mark = entry.mark + " " * (mark_width - cells(entry.mark))
    label = fit(entry.label, label_width)
    label += " " * (label_width - cells(label))
    lead = Span(f"  {mark}  " if mark_width else "  ", "accent")
    return Line((lead, Span(label), Span(f"  {_in_columns(entry.detail, widths)}", "dim")))
