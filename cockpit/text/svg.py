"""Charts as SVG: for slides and mails. The same chart gives the same bytes; all text is escaped."""

from collections.abc import Sequence
from html import escape
from math import log10

from cockpit.panes.charts.chart import Bars, Chart, Columns, Matrix, Points, Waterfall
from cockpit.panes.charts.columns import axis_text
from cockpit.panes.charts.scale import decades, ticks
from cockpit.panes.formats import Formats
from cockpit.panes.lines import cells, fit

WIDTH, HEIGHT = 960, 540
TOP, BOTTOM, LEFT, RIGHT = 84, 60, 90, 30
INK, QUIET, GRID = "#1f2933", "#61707f", "#e3e8ee"
BAR, GOOD, BAD, MARK = "#2f6fb3", "#2e8540", "#c0392b", "#d98200"
FONT = "Segoe UI, Helvetica, Arial, sans-serif"
LETTER = 0.55
"""How wide a usual letter is, as a share of its size."""
ROW_MOST = 26.0
"""Height of a lying bar at most."""


def svg(chart: Chart, formats: Formats, under: str = "") -> str:
    """The chart as an SVG document.

    Args:
        chart: what is shown.
        formats: how axes are written.
        under: a line at the foot: whose figures these are, and of which day.
    """
    body: list[str]
    height = float(HEIGHT)
    match chart:
        case Columns():
            body = _columns(chart, formats)
        case Bars():
            height = max(height, TOP + BOTTOM + 20.0 * len(chart.bars))
            body = _bars(chart, height)
        case Waterfall():
            height = max(height, TOP + BOTTOM + 20.0 * len(chart.steps))
            body = _waterfall(chart, height)
        case Points():
            body = _points(chart, formats)
        case Matrix():
            height = max(height, TOP + BOTTOM + 22.0 * (len(chart.rows) + 1))
            body = _matrix(chart, height)
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{_n(height)}" '
        f'viewBox="0 0 {WIDTH} {_n(height)}" font-family="{FONT}" font-size="13">',
        f"<title>{_text(chart.title)}</title>",
        f'<rect width="{WIDTH}" height="{_n(height)}" fill="#ffffff"/>',
        _words(LEFT - 60, 34, chart.title, size=20, weight="600", room=WIDTH - LEFT),
        _words(LEFT - 60, 56, chart.fact, colour=QUIET, room=WIDTH - LEFT),
    ]
    foot = [_words(LEFT - 60, height - 12, under, colour=QUIET, size=11), "</svg>"]
    return "\n".join([*head, *body, *foot]) + "\n"


def _columns(chart: Columns, formats: Formats) -> list[str]:
    known = [one for bar in chart.bars for one in (bar.value, bar.beside) if one is not None]
    if not known:
        return [_words(LEFT, HEIGHT / 2, "There is nothing to draw yet.", colour=QUIET)]
    marks = ticks(min(0.0, *known), max(0.0, *known), 7)
    room, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def y(value: float) -> float:
        return TOP + tall - (value - marks[0]) / (marks[-1] - marks[0]) * tall

    found = _grid(marks, [axis_text(mark, chart.unit, formats, marks[-1]) for mark in marks], y)
    step = room / len(chart.bars)
    every = -(-len(chart.bars) // max(int(room / 64), 1))
    for number, bar in enumerate(chart.bars):
        x = LEFT + number * step
        if bar.value is not None:
            top, base = min(y(bar.value), y(0.0)), max(y(bar.value), y(0.0))
            words = f"{bar.label}: {bar.text}" + (f", {bar.note}" if bar.note else "")
            found.append(_rect(x + step * 0.14, top, step * 0.72, base - top, BAR, words))
        if bar.beside is not None:
            found.append(
                f'<line x1="{_n(x + step * 0.06)}" x2="{_n(x + step * 0.94)}" y1="{_n(y(bar.beside))}" '
                f'y2="{_n(y(bar.beside))}" stroke="{MARK}" stroke-width="3"/>'
            )
        if (len(chart.bars) - 1 - number) % every == 0:
            found.append(_words(x + step / 2, HEIGHT - BOTTOM + 18, bar.label, anchor="middle", colour=QUIET))
    if chart.beside:
        found.append(_words(WIDTH - RIGHT, 56, f"orange line: {chart.beside}", anchor="end", colour=MARK))
    return found


def _bars(chart: Bars, height: float) -> list[str]:
    largest = max((bar.value or 0.0 for bar in chart.bars), default=0.0)
    left, room = 230.0, WIDTH - 230.0 - 220.0
    step = min((height - TOP - BOTTOM) / max(len(chart.bars), 1), ROW_MOST * 1.5)
    found = []
    for number, bar in enumerate(chart.bars):
        y = TOP + number * step
        long = (bar.value or 0.0) / largest * room if largest else 0.0
        found.append(_words(left - 10, y + step * 0.62, bar.label, anchor="end", room=left - 20))
        found.append(_rect(left, y + step * 0.15, long, step * 0.7, BAR, f"{bar.label}: {bar.text}"))
        said = ", ".join([bar.text, *(part.strip() for part in bar.note.split("  ") if part.strip())])
        x = left + long + 8
        found.append(_words(x, y + step * 0.62, said, colour=QUIET, room=WIDTH - x - 8))
    return found + _notes(chart.notes, height)


def _waterfall(chart: Waterfall, height: float) -> list[str]:
    spans = chart.spans()
    high = max((end for _, end in spans), default=0.0)
    low = min((0.0, *(start for start, _ in spans)))
    changes = [ends for step, ends in zip(chart.steps, spans, strict=True) if not step.level]
    cut = False
    if changes and min(start for start, _ in changes) > 0:
        lowest = min(start for start, _ in changes)
        low, cut = max(low, lowest - (high - lowest) * 0.6), True
    left, room = 230.0, WIDTH - 230.0 - 220.0
    step_height = min((height - TOP - BOTTOM) / max(len(chart.steps), 1), ROW_MOST * 1.5)
    found = []

    def x(value: float) -> float:
        return left + (max(value, low) - low) / ((high - low) or 1.0) * room

    for number, (step, (start, end)) in enumerate(zip(chart.steps, spans, strict=True)):
        y = TOP + number * step_height
        colour = BAR if step.level or step.good is None else GOOD if step.good else BAD
        weight = "600" if step.level else "400"
        at = y + step_height * 0.62
        found.append(_words(left - 10, at, step.label, anchor="end", weight=weight, room=left - 20))
        long = max(x(end) - x(start), 1.0)
        found.append(
            _rect(
                x(start),
                y + step_height * 0.15,
                long,
                step_height * 0.7,
                colour,
                f"{step.label}: {step.text}",
            )
        )
        said = f"{step.text}: {step.note}" if step.note else step.text
        found.append(_words(x(end) + 8, at, said, colour=QUIET, room=WIDTH - x(end) - 16))
    notes = (*chart.notes, "The bars do not start at zero.") if cut and low > 0 else chart.notes
    return found + _notes(notes, height)


def _points(chart: Points, formats: Formats) -> list[str]:
    if not chart.dots:
        return [_words(LEFT, HEIGHT / 2, "There are no points to draw.", colour=QUIET)]
    room, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    x_marks = ticks(min(0.0, *(dot.x for dot in chart.dots)), max(dot.x for dot in chart.dots), 9)
    values = [dot.y for dot in chart.dots]
    above = [value for value in values if value > 0]
    y_marks = (
        decades(min(above), max(above))
        if chart.y_logarithmic and above
        else ticks(min(0.0, *values), max(values), 7)
    )

    def x(value: float) -> float:
        return LEFT + (value - x_marks[0]) / (x_marks[-1] - x_marks[0]) * room

    def y(value: float) -> float:
        if chart.y_logarithmic and above:
            share = log10(max(value, y_marks[0]) / y_marks[0]) / log10(y_marks[-1] / y_marks[0])
        else:
            share = (value - y_marks[0]) / (y_marks[-1] - y_marks[0])
        return TOP + tall - share * tall

    found = _grid(y_marks, [axis_text(mark, chart.y_unit, formats, mark or 1) for mark in y_marks], y)
    for mark in x_marks:
        said = axis_text(mark, chart.x_unit, formats, x_marks[-1])
        found.append(_words(x(mark), HEIGHT - BOTTOM + 18, said, anchor="middle", colour=QUIET))
    if chart.x_mark is not None:
        found.append(
            f'<line x1="{_n(x(chart.x_mark))}" x2="{_n(x(chart.x_mark))}" y1="{TOP}" '
            f'y2="{HEIGHT - BOTTOM}" stroke="{MARK}" stroke-dasharray="4 4"/>'
        )
        found.append(_words(x(chart.x_mark) + 6, TOP + 12, chart.mark_words, colour=MARK))
    for dot in chart.dots:
        colour = BAD if dot.stands_out else BAR
        found.append(
            f'<circle cx="{_n(x(dot.x))}" cy="{_n(y(dot.y))}" r="3" fill="{colour}" fill-opacity="0.55"/>'
        )
    found.append(_words(WIDTH - RIGHT, HEIGHT - BOTTOM + 36, chart.x_label, anchor="end", colour=QUIET))
    found.append(_words(LEFT - 60, TOP - 10, chart.y_label, colour=QUIET))
    return found


def _matrix(chart: Matrix, height: float) -> list[str]:
    left, room = 200.0, WIDTH - 200.0 - RIGHT
    size = room / max(len(chart.columns), 1)
    tall = min((height - TOP - BOTTOM) / (len(chart.rows) + 1), 40.0)
    highest = max((cell.value or 0.0 for row in chart.cells for cell in row), default=0.0)
    found = [_words(left - 10, TOP + tall * 0.6, chart.corner, anchor="end", colour=QUIET)]
    for number, name in enumerate(chart.columns):
        parts = _two_lines(name, size - 8)
        for row, part in enumerate(parts):
            y = TOP + tall * 0.6 - 14 * (len(parts) - 1 - row)
            x = left + (number + 0.5) * size
            found.append(_words(x, y, part, anchor="middle", colour=QUIET, size=12, room=size - 8))
    for number, (name, figures) in enumerate(zip(chart.rows, chart.cells, strict=True), 1):
        y = TOP + number * tall
        found.append(_words(left - 10, y + tall * 0.65, name, anchor="end", room=left - 20))
        for place, cell in enumerate(figures):
            share = (cell.value or 0.0) / highest if chart.heat and highest > 0 else 0.0
            ink = "#ffffff" if share > 0.55 else INK
            if chart.heat and cell.value is not None:
                found.append(
                    f'<rect x="{_n(left + place * size)}" y="{_n(y)}" width="{_n(size - 1)}" '
                    f'height="{_n(tall - 1)}" fill="{BAR}" fill-opacity="{_n(max(share, 0.0))}"/>'
                )
            found.append(
                _words(left + (place + 0.5) * size, y + tall * 0.65, cell.text, anchor="middle", colour=ink)
            )
    return found


def _grid(marks: Sequence[float], texts: Sequence[str], y: object) -> list[str]:
    assert callable(y)
    found = []
    for mark, text in zip(marks, texts, strict=True):
        at = y(mark)
        found.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_n(at)}" y2="{_n(at)}" stroke="{GRID}"/>')
        found.append(_words(LEFT - 10, at + 4, text, anchor="end", colour=QUIET))
    return found


def _notes(notes: Sequence[str], height: float) -> list[str]:
    return [_words(LEFT - 60, height - 32, "  ".join(notes), colour=QUIET, size=12)] if notes else []


def _rect(x: float, y: float, width: float, height: float, colour: str, words: str) -> str:
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0.0))}" height="{_n(max(height, 0.0))}" '
        f'fill="{colour}"><title>{_text(words)}</title></rect>'
    )


def _words(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    colour: str = INK,
    size: int = 13,
    weight: str = "400",
    room: float | None = None,
) -> str:
    """A text; where it is wider than the room, its beginning, and the whole when it is pointed at."""
    shown = words if room is None else _fitted(words, room, size)
    whole = f"<title>{_text(words)}</title>" if shown != words else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="{colour}" font-size="{size}" '
        f'font-weight="{weight}">{_text(shown)}{whole}</text>'
    )


def _wide(words: str, size: int) -> float:
    """About how wide a text is drawn: no font is at hand, so a cell counts as a usual letter."""
    return cells(words) * size * LETTER


def _fitted(words: str, room: float, size: int) -> str:
    return words if _wide(words, size) <= room else fit(words, max(int(room / (size * LETTER)), 1))


def _two_lines(words: str, room: float, size: int = 12) -> list[str]:
    """A heading on one line, or broken between words into two where it is too wide for one."""
    if _wide(words, size) <= room or " " not in words:
        return [words]
    parts = words.split(" ")
    halves = [[" ".join(parts[:at]), " ".join(parts[at:])] for at in range(1, len(parts))]
    return min(halves, key=lambda both: max(map(cells, both)))


def _text(words: str) -> str:
    return escape(words, quote=True)


def _n(value: float) -> str:
    """A coordinate, to the hundredth, the same text for the same number."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
