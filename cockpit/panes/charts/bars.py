"""Lying bars in cells, one a line that can be opened: distributions, funnels, waterfalls."""

from cockpit.base.cells import cells, left, right
from cockpit.panes.charts.chart import Bars, Step, Waterfall
from cockpit.panes.lines import BLANK, Line, Role, Span, line, rule
from cockpit.panes.wrapping import wrapped

LABEL_MOST = 28
FULL, LEFT_HALF, RIGHT_HALF = "█", "▌", "▐"


def bar_lines(chart: Bars, width: int) -> list[Line]:
    """The chart with its title and notes; labels and texts keep their room, the bars take the rest."""
    lines = [rule(chart.title, chart.fact, width)]
    if not chart.bars:
        return [*lines, line(Span("There is nothing to draw.", "dim"))]
    label = min(max(cells(bar.label) for bar in chart.bars), LABEL_MOST, width // 3)
    text = max(cells(bar.text) for bar in chart.bars)
    note = max(cells(bar.note) for bar in chart.bars)
    note = note + 2 if note and width >= label + text + note + 18 else 0
    room = max(width - label - text - note - 4, 4)
    largest = max((bar.value or 0.0 for bar in chart.bars), default=0.0)
    for bar in chart.bars:
        filled = floating(0.0, bar.value or 0.0, 0.0, largest, room)
        spans = [
            Span(left(bar.label, label)),
            Span(" " + right(bar.text, text) + "  ", "text" if bar.value else "dim"),
            Span(left(filled, room), bar.role),
        ]
        if note:
            spans.append(Span(right(bar.note, note), "dim"))
        copied = (bar.label, "" if bar.value is None else f"{bar.value:g}")
        lines.append(Line(tuple(spans), bar.place, bar.key, copied))
    return lines + _notes(chart.notes, width)


def waterfall_lines(chart: Waterfall, width: int) -> list[Line]:
    """The waterfall from top to bottom; each step hangs where the one before it ended."""
    lines = [rule(chart.title, chart.fact, width)]
    if not chart.steps:
        return [*lines, line(Span("There is nothing to draw.", "dim"))]
    spans = chart.spans()
    low = min(0.0, *(start for start, _ in spans))
    high = max(end for _, end in spans)
    changes = [ends for step, ends in zip(chart.steps, spans, strict=True) if not step.level]
    if changes and high > 0:
        # steps are small beside the levels: the axis starts close below the lowest of them
        lowest = min(start for start, _ in changes)
        low = max(low, lowest - (high - lowest) * 0.6) if lowest > 0 else low
    label = min(max(cells(step.label) for step in chart.steps), LABEL_MOST, width // 3)
    text = max(cells(step.text) for step in chart.steps)
    note = max(cells(step.note) for step in chart.steps)
    note = note + 2 if note and width >= label + text + note + 22 else 0
    room = max(width - label - text - note - 4, 4)
    for step, (start, end) in zip(chart.steps, spans, strict=True):
        filled = floating(max(start, low), max(end, low), low, high, room)
        row = [
            Span(left(step.label, label), "strong" if step.level else "text"),
            Span(" " + right(step.text, text) + "  "),
            Span(left(filled, room), _role(step)),
        ]
        if note:
            row.append(Span(right(step.note, note), "dim"))
        lines.append(Line(tuple(row), step.place, step.key, (step.label, f"{step.amount:g}")))
    cut = ("The bars do not start at zero; the numbers are whole.",) if low > 0 else ()
    return lines + _notes((*chart.notes, *cut), width)


def floating(start: float, end: float, low: float, high: float, room: int) -> str:
    """A bar from one value to another on an axis of `room` cells, drawn in half cells.

    What is not zero takes at least half a cell.
    """
    if high <= low:
        return ""
    first = round((start - low) / (high - low) * room * 2)
    last = round((end - low) / (high - low) * room * 2)
    if end > start:
        last = max(last, first + 1)
        if last > room * 2:
            first, last = room * 2 - 1, room * 2
    text = " " * (first // 2)
    if first % 2 and last > first:
        text += RIGHT_HALF
        first += 1
    text += FULL * max((last - first) // 2, 0)
    return text + (LEFT_HALF if last > first and (last - first) % 2 else "")


def _role(step: Step) -> Role:
    if step.level or step.good is None:
        return "bar"
    return "good" if step.good else "bad"


def _notes(notes: tuple[str, ...], width: int) -> list[Line]:
    if not notes:
        return []
    return [BLANK, *(line(Span(part, "dim")) for note in notes for part in wrapped(note, width))]
