"""A scatter in cells: eight dots a cell, the denser the brighter, both axes in round numbers."""

from math import log10

from cockpit.base.cells import cells, right
from cockpit.panes.charts.chart import Points
from cockpit.panes.charts.columns import axis_text
from cockpit.panes.charts.scale import decades, ticks
from cockpit.panes.formats import Formats
from cockpit.panes.lines import Line, Role, Span, line, rule

BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each of the dots of a braille character, from the top row, left and right."""


def point_lines(chart: Points, formats: Formats, width: int, height: int) -> list[Line]:
    """The chart with title and axes, in exactly `height` lines where that is at least seven."""
    lines = [rule(chart.title, chart.fact, width)]
    if not chart.dots or width < 30 or height < 7:
        words = "There are no points to draw." if not chart.dots else "There is no room for the chart here."
        return [*lines, line(Span(words, "dim"))]
    plot = height - 4
    y_marks = _y_marks(chart, plot)
    texts = [axis_text(mark, chart.y_unit, formats, mark or 1) for mark in y_marks]
    indent = max(cells(text) for text in texts) + 1
    room = width - indent - 1
    x_marks = ticks(min(0.0, *(dot.x for dot in chart.dots)), max(dot.x for dot in chart.dots), room // 12)
    bits, counts, loud = _grid(chart, x_marks, y_marks, room, plot)
    crowd = max(counts.values())
    at = {_row(mark, chart, y_marks, plot): text for mark, text in zip(y_marks, texts, strict=True)}
    mark = None if chart.x_mark is None else _column(chart.x_mark, x_marks, room)
    y_label = right(chart.y_label, max(indent, cells(chart.y_label)))
    lines.append(line(Span(y_label, "dim")).fitted(width))
    for row in range(plot):
        spans = [Span(right(at.get(row, ""), indent - 1), "dim"), Span("┤" if row in at else "│", "rule")]
        for column in range(room):
            place = (row, column)
            if place in bits:
                role: Role = "bad" if place in loud else _role(counts[place], crowd)
                spans.append(Span(chr(BRAILLE + bits[place]), role))
            elif column == mark:
                spans.append(Span("┊", "warn"))
            else:
                spans.append(Span(" "))
        lines.append(_joined(spans))
    lines.append(line(" " * (indent - 1), Span("└" + "─" * (width - indent), "rule")))
    lines.append(line(Span(_axis(chart, x_marks, formats, indent, room), "dim")))
    return [row.fitted(width) for row in lines]


def _y_marks(chart: Points, plot: int) -> list[float]:
    values = [dot.y for dot in chart.dots]
    if chart.y_logarithmic:
        above = [value for value in values if value > 0]
        return decades(min(above), max(above)) if above else [1.0, 10.0]
    return ticks(min(0.0, *values), max(values), max(plot // 3, 2))


def _share(value: float, chart: Points, marks: list[float]) -> float:
    """Where a value lies on the y axis, 0 at the bottom to 1; what is not above zero lies at the bottom."""
    if not chart.y_logarithmic:
        return (value - marks[0]) / (marks[-1] - marks[0])
    if value <= marks[0]:
        return 0.0
    return (log10(value) - log10(marks[0])) / (log10(marks[-1]) - log10(marks[0]))


def _row(value: float, chart: Points, marks: list[float], plot: int) -> int:
    return min(int((1 - _share(value, chart, marks)) * plot), plot - 1)


def _column(value: float, marks: list[float], room: int) -> int:
    return min(int((value - marks[0]) / (marks[-1] - marks[0]) * room), room - 1)


def _grid(
    chart: Points, x_marks: list[float], y_marks: list[float], room: int, plot: int
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int], set[tuple[int, int]]]:
    """Of each cell that holds points: its dots as bits, how many points, and whether one stands out."""
    bits: dict[tuple[int, int], int] = {}
    counts: dict[tuple[int, int], int] = {}
    loud: set[tuple[int, int]] = set()
    span = x_marks[-1] - x_marks[0]
    for dot in chart.dots:
        across = min(int((dot.x - x_marks[0]) / span * room * 2), room * 2 - 1)
        down = min(int((1 - _share(dot.y, chart, y_marks)) * plot * 4), plot * 4 - 1)
        place = (down // 4, across // 2)
        bits[place] = bits.get(place, 0) | _DOTS[down % 4][across % 2]
        counts[place] = counts.get(place, 0) + 1
        if dot.stands_out:
            loud.add(place)
    return bits, counts, loud


def _role(count: int, crowd: int) -> Role:
    if count == 1:
        return "dim"
    return "bar" if count * 4 < crowd else "strong"


def _axis(chart: Points, marks: list[float], formats: Formats, indent: int, room: int) -> str:
    """The numbers under the x axis, its name behind the last one."""
    row = [" "] * (indent + room + 1)
    end = 0
    for mark in marks:
        text = axis_text(mark, chart.x_unit, formats, marks[-1])
        start = min(max(indent + _column(mark, marks, room) - len(text) // 2, 0), len(row) - len(text))
        if start > end or end == 0:
            row[start : start + len(text)] = text
            end = start + len(text)
    words = f" {chart.x_label} "
    blank = "".join(row)
    gap = blank.find(" " * (len(words) + 2), indent + 3)
    if gap >= 0:
        row[gap + 1 : gap + 1 + len(words)] = words
    return "".join(row)


def _joined(spans: list[Span]) -> Line:
    found: list[Span] = []
    for span in spans:
        if found and (found[-1].role == span.role or not span.text.strip()):
            found[-1] = Span(found[-1].text + span.text, found[-1].role)
        else:
            found.append(span)
    return Line(tuple(found))
