"""How a list to pick from is drawn: over the page, with its own line for typing."""

from cockpit.panes.lines import Line, Span, cells, fit, rule
from cockpit.panes.view import Size
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.rows import Piece, Row, filled, merged, row_of, with_cursor


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
    body = max(size.height - len(rows), 1)
    listed = _with_headings(picker)
    position = next((at for at, (index, _) in enumerate(listed) if index == picker.index), 0)
    picker.top = min(max(picker.top, position - body + 1), position)
    if position <= 1:
        picker.top = 0
    sample = picker.found[:200]
    mark_width = max((cells(entry.mark) for entry in sample), default=0)
    beside = max((cells(entry.detail) for entry in sample), default=0)
    label_width = min(
        max((cells(entry.label) for entry in sample), default=0),
        max(width * 2 // 5, width - mark_width - beside - 8),
    )
    for index, shown in listed[picker.top : picker.top + body]:
        if isinstance(shown, str):
            rows.append(filled((Piece(f" {shown}", "title"),), width))
            continue
        row = row_of(_entry_line(shown, mark_width, label_width), width)
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


def _entry_line(entry: Entry, mark_width: int, label_width: int) -> Line:
    mark = entry.mark + " " * (mark_width - cells(entry.mark))
    label = fit(entry.label, label_width)
    label += " " * (label_width - cells(label))
    lead = Span(f"  {mark}  " if mark_width else "  ", "accent")
    return Line((lead, Span(label), Span(f"  {entry.detail}", "dim")))
