"""The figures of the board as lines: which come first where there is little room, and their columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.panes.board import SPARK_WEEKS, BoardRow
from cockpit.panes.figures import reason_within, short_label
from cockpit.panes.formats import Formats, sparkline
from cockpit.panes.lines import Line, Role, Span, cells, left, right

ROOMY = 8
"""From so many figures on the companions of a figure are shown with it."""
LEAST_LABEL = 21
"""Cells that a label gets at least."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The cells that each column of the board takes; 0 for a column that is left out."""

    label: int
    value: int
    delta: int
    trend: int
    note: int
    word: int


def columns_of(rows: Sequence[BoardRow], formats: Formats, width: int) -> Columns:
    """Columns for the figures at a width; first the trend goes, then what they stand on, then the change."""
    known = [row for row in rows if row.value is not None]
    value = max([7, *(cells(formats.value(row.value, row.unit)) for row in known)])
    delta = max([9, *(cells(formats.delta(row.delta, row.unit, row.value)) for row in known)]) + 1
    longest = max((cells(label) for label in labels_of(rows)), default=0) + 1
    label = min(max(_room_for_labels(rows, width - value - delta), LEAST_LABEL), max(longest, LEAST_LABEL))
    label = label if width >= 40 else max(width - value, 1)
    rest = width - label - value
    if rest < delta:
        return Columns(max(width - value, 1), value, 0, 0, 0, 0)
    rest -= delta
    word = max((cells(row.word) for row in known), default=0) + 1
    trend = SPARK_WEEKS + 2 if any(row.trend for row in rows) and rest >= SPARK_WEEKS + 2 else 0
    if trend and rest - trend < min(word, 11):
        trend = 0
    note = max((cells(row.note) for row in known), default=0) + 3
    note = note if note > 3 and rest - trend >= note + word else 0
    return Columns(label, value, delta, trend, note, max(rest - trend - note, 0))


def _room_for_labels(rows: Sequence[BoardRow], width: int) -> int:
    """What the other columns leave of a width; what figures stand on goes before labels are cut short."""
    known = [row for row in rows if row.value is not None]
    word = max((cells(row.word) for row in known), default=0) + 1
    note = max((cells(row.note) for row in known), default=0) + 3
    room = width - word - (SPARK_WEEKS + 2 if any(row.trend for row in rows) else 0)
    return room - note if room - note >= LEAST_LABEL else room


def board_lines(rows: Sequence[BoardRow], formats: Formats, width: int, margin: bool) -> list[Line]:
    """Figures of the board, one a line, their columns aligned.

    Args:
        rows: the figures.
        formats: how they are written.
        width: cells of each line.
        margin: whether there is a margin of two cells with a mark for what is off.
    """
    columns = columns_of(rows, formats, width - (2 if margin else 0))
    labels = labels_of(rows, columns.label - 1)
    return [
        _board_line(row, label, formats, columns, margin).fitted(width)
        for row, label in zip(rows, labels, strict=True)
    ]


def _companions_of(rows: Sequence[BoardRow]) -> dict[str, str]:
    """Figures that only add to the one above them, by name: what their label adds.

    "Coverage of the rest, weighted" under "Coverage of the rest" adds "weighted".
    """
    found: dict[str, str] = {}
    head = ""
    for row in rows:
        if head and row.label.startswith(f"{head}, "):
            found[row.name] = row.label.removeprefix(f"{head}, ")
        else:
            head = row.label
    return found


def foremost(rows: Sequence[BoardRow], count: int) -> list[BoardRow]:
    """So many figures in their order: what is off goes before the others.

    Where there is little room companions come last, so that figures stand for more than one subject.
    """
    companions = _companions_of(rows) if count < ROOMY else {}
    ranked = sorted(rows, key=lambda row: (row.value is None, row.name in companions, not row.off))
    chosen = {row.name for row in ranked[:count]}
    return [row for row in rows if row.name in chosen]


def labels_of(rows: Sequence[BoardRow], width: int = 200) -> list[str]:
    """The labels as they stand on the board; a companion's is indented under that of its figure."""
    companions = _companions_of(rows)
    return [
        short_label("  " + companions[row.name], width)
        if row.name in companions
        else short_label(row.label, width, row.short)
        for row in rows
    ]


def _board_line(row: BoardRow, label: str, formats: Formats, columns: Columns, margin: bool) -> Line:
    quiet: Role = "dim" if row.quiet else "text"
    said: Role = "bad" if row.off else "dim"
    spans = [
        Span(("! " if row.off else "  ") if margin else "", "bad"),
        Span(left(label, columns.label), quiet),
        Span(
            right(formats.value(row.value, row.unit), columns.value),
            "text" if row.value is not None else "dim",
        ),
    ]
    if row.value is None:
        rest = max(columns.delta + columns.trend + columns.note + columns.word - 2, 0)
        spans.append(Span("  " + right(reason_within(row.word, rest), rest), "dim"))
    else:
        spans.append(Span(right(formats.delta(row.delta, row.unit, row.value), columns.delta), quiet))
        spark = sparkline(list(row.trend), SPARK_WEEKS)
        spans.append(Span("  " + left(spark, columns.trend - 2) if columns.trend else "", "spark"))
        spans.append(Span("   " + left(row.note, columns.note - 3) if columns.note else "", "dim"))
        spans.append(Span(" " + right(row.word, columns.word - 1) if columns.word > 1 else "", said))
    copied = (row.label, formats.raw(row.value), formats.raw(row.delta))
    return Line(tuple(spans), row.place, f"kpi:{row.name}", copied)
