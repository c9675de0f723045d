"""A matrix in cells: a pivot with its totals, or a heat map whose shade says what its number says."""

from dataclasses import dataclass

from cockpit.base.cells import cells, left, right
from cockpit.panes.charts.chart import Cell, Matrix
from cockpit.panes.lines import Line, Role, Span, line, rule

SHADES = " ░▒▓█"
LABEL_MOST = 24
LEAST, MOST_CELL = 5, 11


@dataclass(frozen=True, slots=True)
class Shown:
    """A matrix as lines: what stays at the top, the rows that scroll, the total that stays at the foot."""

    head: tuple[Line, ...]
    body: tuple[Line, ...]
    foot: tuple[Line, ...]


def matrix_lines(chart: Matrix, width: int, first: int = 0) -> Shown:
    """The matrix; columns that do not fit are left out from the right, the total column never.

    Args:
        chart: what is shown.
        width: cells.
        first: how many columns are passed over at the left.
    """
    label = min(max([cells(chart.corner), *(cells(row) for row in chart.rows)], default=8), LABEL_MOST)
    size = _cell_width(chart)
    room = width - label - 1
    count = len(chart.columns) - (1 if chart.totals else 0)
    first = max(min(first, count - 1), 0)
    fits = max(room // (size + 1) - (1 if chart.totals else 0), 1)
    picked = list(range(first, min(first + fits, count)))
    hidden = count - len(picked)
    if chart.totals:
        picked.append(count)
    fact = chart.fact
    if hidden > 0:
        fact = f"{len(picked) - bool(chart.totals)} of {count} columns; {fact}" if fact else ""
    heads = left(chart.corner, label) + "".join(" " + right(chart.columns[at], size) for at in picked)
    head = (rule(chart.title, fact, width), line(Span(heads, "dim")))
    highest = max((cell.value or 0.0 for row in chart.cells for cell in row), default=0.0)
    lines = [
        Line(
            (
                Span(left(name, label), _label_role(chart, number)),
                *(_cell(chart, cells_[at], size, highest, _is_total(chart, number, at)) for at in picked),
            ),
            chart.places[number] if number < len(chart.places) else None,
            f"row:{name}",
            (name, *("" if cells_[at].value is None else f"{cells_[at].value:g}" for at in picked)),
        )
        for number, (name, cells_) in enumerate(zip(chart.rows, chart.cells, strict=True))
    ]
    if chart.totals and lines:
        foot = (line(Span("─" * width, "rule")), lines.pop())
        return Shown(
            tuple(row.fitted(width) for row in head), tuple(row.fitted(width) for row in lines), foot
        )
    return Shown(tuple(row.fitted(width) for row in head), tuple(row.fitted(width) for row in lines), ())


def _cell_width(chart: Matrix) -> int:
    texts = [cells(cell.text) for row in chart.cells for cell in row] + [cells(one) for one in chart.columns]
    return min(max([LEAST, *texts]) + (2 if chart.heat else 0), MOST_CELL)


def _is_total(chart: Matrix, row: int, column: int) -> bool:
    return chart.totals and (row == len(chart.rows) - 1 or column == len(chart.columns) - 1)


def _label_role(chart: Matrix, row: int) -> Role:
    return "strong" if chart.totals and row == len(chart.rows) - 1 else "text"


def _cell(chart: Matrix, cell: Cell, size: int, highest: float, total: bool) -> Span:
    text = right(cell.text, size - (2 if chart.heat else 0))
    if not chart.heat or total:
        role: Role = "strong" if total else "dim" if cell.faint or not cell.value else "text"
        return Span(" " + right(text, size), role)
    shade = SHADES[shade_of(cell.value, highest)]
    return Span(" " + text + " " + shade, "dim" if cell.faint else _heat_role(cell.value, highest))


def shade_of(value: float | None, highest: float) -> int:
    """How dark a cell is, 0 to 4; what is not zero is never 0."""
    if not value or highest <= 0:
        return 0
    return min(max(round(value / highest * 4), 1), 4)


def _heat_role(value: float | None, highest: float) -> Role:
    return ("dim", "text", "text", "bar", "strong")[shade_of(value, highest)]
