"""The burn-up: planned against done by business day, drawn in cells, its ends in numbers."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cockpit.panes.days import day_and_month, month_day
from cockpit.panes.lines import Line, Role, Span, cells, fit, line, rule

if TYPE_CHECKING:
    from cockpit.work.readiness import Point

DONE, PLANNED, PLANNED_INSIDE = "█", "·", "░"
LEVELS = "▁▂▃▄▅▆▇█"
"""How full the topmost cell of a column of what is done is."""
LEGEND = f"{DONE} done  {PLANNED} planned  {PLANNED_INSIDE} done ahead of plan"


def chart_lines(points: "Sequence[Point]", total: int, width: int, height: int) -> list[Line]:
    """The chart with its title, axis and legend.

    Args:
        points: a point for each business day, the season's first to its last.
        total: what there is to do in all; the top of the chart.
        width: cells.
        height: rows of the chart itself, without title, axis and legend.
    """
    if not points or total <= 0 or width < 30 or height < 2:
        return []
    known = [point for point in points if point.done is not None]
    current = known[-1] if known else points[0]
    done = current.done or 0
    fact = f"done {done:,}, planned {current.planned:,} of {total:,}"
    label_width = len(f"{total:,}")
    columns = buckets(points, width - label_width - 1)
    lines = [rule("Burn-up", fact, width)]
    for level in range(height, 0, -1):
        number = f"{total:,}" if level == height else "0" if level == 1 else ""
        spans = [Span(number.rjust(label_width) + " ", "dim")]
        spans += _joined(_cell(point, level, total, height) for point in columns)
        lines.append(line(*spans))
    lines.append(_axis(columns, points, label_width + 1, len(known)))
    lines.append(line(Span(fit(" " * (label_width + 1) + LEGEND, width), "dim")))
    return lines


def buckets(points: "Sequence[Point]", width: int) -> "list[Point]":
    """At most `width` points: where there are more days, the last of every few; the last day always."""
    if len(points) <= width:
        repeat = max(width // len(points), 1)
        return [point for point in points for _ in range(repeat)]
    return [points[(index + 1) * len(points) // width - 1] for index in range(width)]


def _cell(point: "Point", level: int, total: int, height: int) -> tuple[str, Role]:
    """What stands in a column at a level, counted from 1 at the bottom."""
    planned_level = -(-point.planned * height // total)
    done = (point.done or 0) * height / total
    full = done >= level
    if level == planned_level and point.planned:
        ahead = full or (point.done or 0) > point.planned
        return (PLANNED_INSIDE, "bar") if ahead else (PLANNED, "text")
    if full:
        return DONE, "bar"
    part = done - (level - 1)
    if part > 0:
        return LEVELS[min(int(part * len(LEVELS)), len(LEVELS) - 1)], "bar"
    return " ", "text"


def _joined(parts: Iterable[tuple[str, Role]]) -> list[Span]:
    spans: list[Span] = []
    for text, role in parts:
        if spans and spans[-1].role == role:
            spans[-1] = Span(spans[-1].text + text, role)
        else:
            spans.append(Span(text, role))
    return spans


def _axis(columns: "Sequence[Point]", points: "Sequence[Point]", indent: int, known: int) -> Line:
    """The first day, today under its column, and the last day; today gives way to none of them."""
    room = len(columns)
    first, last = month_day(points[0].day), month_day(points[-1].day)
    cells_row = [" "] * room
    if room >= len(first) + len(last) + 2:
        cells_row[: len(first)] = first
        cells_row[room - len(last) :] = last
    today = next((index for index, point in enumerate(columns) if point.done is None), room) - 1
    spans: list[Span] = [Span(" " * indent)]
    if not 0 < known < len(points):
        return line(*spans, Span("".join(cells_row), "dim"))
    words = f"today {day_and_month(points[known - 1].day)}"
    start = max(min(today - len(words) + 1, room - len(words)), 0)
    if today < len(words):
        start = min(max(today, 0), max(room - len(words), 0))
    end = start + cells(words)
    before, after = "".join(cells_row[:start]), "".join(cells_row[end:])
    if start < len(first) + 1:
        before = " " * start
    if end > room - len(last) - 1:
        after = " " * (room - end)
    return line(*spans, Span(before, "dim"), Span(words, "today"), Span(after, "dim"))
