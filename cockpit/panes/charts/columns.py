"""Columns in cells: eighths of a cell high, the compared value as a mark, an axis of round numbers."""

from cockpit.base.cells import cells, right
from cockpit.panes.charts.chart import Bar, Columns
from cockpit.panes.charts.scale import ticks
from cockpit.panes.formats import Formats
from cockpit.panes.lines import Line, Role, Span, line, rule

EIGHTHS = " ▁▂▃▄▅▆▇█"
UPPER_HALF = "▀"
"""The end of a column that hangs down from zero."""
MARK = "●"
"""Where the compared value lies."""
WIDEST = 8
"""Cells of a column at most."""


def column_lines(chart: Columns, formats: Formats, width: int, height: int) -> list[Line]:
    """The chart with title, axis and legend, in exactly `height` lines where that is at least five.

    Where there are more columns than fit, the newest are shown, and the title says how many.
    """
    known = [bar.value for bar in chart.bars if bar.value is not None]
    known += [bar.beside for bar in chart.bars if bar.beside is not None]
    if not known or width < 24 or height < 5:
        words = "There is nothing to draw yet." if not known else "There is no room for the chart here."
        return [rule(chart.title, chart.fact, width), line(Span(words, "dim"))]
    plot = height - (4 if chart.beside else 3)
    marks = ticks(min(0.0, *known), max(0.0, *known), max(min(plot // 2 + 1, 6), 2))
    texts = [axis_text(mark, chart.unit, formats, marks[-1]) for mark in marks]
    indent = max(cells(text) for text in texts) + 1
    bars, size, gap = _shown(chart.bars, width - indent - 1)
    fact = chart.fact
    if len(bars) < len(chart.bars):
        fact = f"the last {len(bars)}; {fact}" if fact else f"the last {len(bars)}"
    low, high = marks[0], marks[-1]
    at = {_level(mark, low, high, plot): text for mark, text in zip(marks, texts, strict=True)}
    lines = [rule(chart.title, fact, width)]
    for level in range(plot, 0, -1):
        spans = [Span(right(at.get(level, ""), indent - 1), "dim"), Span("┤" if level in at else "│", "rule")]
        for bar in bars:
            spans += _cell(bar, level, low, high, plot, size)
            spans.append(Span(" " * gap))
        lines.append(_joined(spans))
    lines.append(line(" " * (indent - 1), Span("└" + "─" * (width - indent), "rule")))
    lines.append(line(" " * indent, Span(_labels(bars, size, gap, width - indent), "dim")))
    if chart.beside:
        lines.append(
            line(" " * indent, Span("█ ", "bar"), "value", Span(f"   {MARK} ", "warn"), chart.beside)
        )
    return [row.fitted(width) for row in lines]


def axis_text(value: float, unit: str, formats: Formats, largest: float) -> str:
    """A round number of an axis as short as it can be: 40M, 60 %, 1.5x."""
    if not value:
        return "0"
    if unit.startswith("money"):
        scale = formats.scale(largest)
        text = formats.money(value, scale)
        return text.replace(f"{formats.decimal}0{scale}", scale) if scale else text
    if unit == "percent":
        return f"{formats.number(value * 100, 0 if largest >= 0.05 else 1)} %"
    places = 0 if largest >= 5 else 1
    return formats.number(value, places) + {"days": " d", "multiple": "x"}.get(unit, "")


def _shown(bars: tuple[Bar, ...], room: int) -> tuple[tuple[Bar, ...], int, int]:
    """The columns that fit, how many cells each takes, and the gap behind each."""
    gap = 1 if room >= 2 * len(bars) else 0
    size = min(max(room // len(bars) - gap, 1), WIDEST)
    if size >= 5:
        gap = 2
        size = min(max(room // len(bars) - gap, 1), WIDEST)
    most = max(room // (size + gap), 1)
    return bars[-most:], size, gap


def _level(value: float, low: float, high: float, plot: int) -> int:
    """The row, counted from 1 at the bottom, in which a value lies."""
    return min(max(round((value - low) / (high - low) * plot + 0.5), 1), plot)


def _cell(bar: Bar, level: int, low: float, high: float, plot: int, size: int) -> list[Span]:
    """What stands in a column at a level; the compared value lies over it as a mark."""
    glyph, role = " ", bar.role
    if bar.value is not None:
        glyph = _filled(bar.value, level, low, high, plot)
    elif level == 1:
        glyph, role = "·", "dim"
    if bar.beside is None or _level(bar.beside, low, high, plot) != level:
        return [Span(glyph * size, role)]
    left = (size - 1) // 2
    return [
        Span(glyph * left, role),
        Span(MARK, "warn"),
        Span(glyph * (size - 1 - left), role),
    ]


def _filled(value: float, level: int, low: float, high: float, plot: int) -> str:
    """How much of a cell a column fills: from the row of zero upwards, or down to a value below zero."""
    eighths = (high - low) / (plot * 8)
    zero = round(-low / eighths / 8) * 8
    end = round((value - low) / eighths)
    if value < 0:
        covered = min(zero, level * 8) - max(min(end, zero - 1), (level - 1) * 8)
        return "█" if covered > 6 else UPPER_HALF if covered > 0 else " "
    if level * 8 <= zero:
        return " "
    above = end - (level - 1) * 8
    if level * 8 == zero + 8 and value > 0:
        above = max(above, 1)
    return EIGHTHS[min(max(above, 0), 8)]


def _labels(bars: tuple[Bar, ...], size: int, gap: int, width: int) -> str:
    """As many labels as fit without touching, the newest always among them."""
    longest = max(cells(bar.label) for bar in bars) + 1
    every = -(-longest // (size + gap))
    row = [" "] * width
    for index in range(len(bars) - 1, -1, -every):
        start = index * (size + gap) + max((size - longest + 1) // 2, 0)
        start = min(start, width - cells(bars[index].label))
        if start < 0 or cells(bars[index].label) != len(bars[index].label):
            continue
        row[start : start + len(bars[index].label)] = bars[index].label
    return "".join(row)


def _joined(spans: list[Span]) -> Line:
    """The spans with neighbours of one role put together."""
    found: list[Span] = []
    for span in spans:
        role: Role = span.role
        if found and (found[-1].role == role or not span.text.strip()):
            found[-1] = Span(found[-1].text + span.text, found[-1].role)
        else:
            found.append(span)
    return Line(tuple(found))
