"""A figure of the board in words, with its last weeks drawn: what stands beside it on wide screens."""

from typing import TYPE_CHECKING

from cockpit.panes.board import BoardRow
from cockpit.panes.figures import short_label
from cockpit.panes.formats import Formats, bar
from cockpit.panes.lines import BLANK, Line, Role, Span, cells, left, line, right, rule
from cockpit.panes.wrapping import labelled, wrapped

if TYPE_CHECKING:
    from cockpit.metrics.definition import Metric

LABELS = 12
"""Cells for the words that name a fact."""
MOST_BAR = 40
"""Cells that the longest bar takes at most."""


def figure_detail(
    row: BoardRow,
    formats: Formats,
    width: int,
    compared: str = "",
    weeks: tuple[str, ...] = (),
    metric: "Metric | None" = None,
    past: str = "The last whole weeks",
) -> list[Line]:
    """The figure with its change and target, its last weeks, and what it means.

    Args:
        row: the figure.
        formats: how figures are written.
        width: cells of each line.
        compared: what it is compared with, as the title of its pane says it.
        weeks: the names of the weeks, or other periods, that its trend is of.
        metric: its definition, where that is at hand.
        past: what the periods of the trend are called together.
    """
    lines = [
        rule(short_label(row.label, max(width - 16, 8), row.short), formats.value(row.value, row.unit), width)
    ]
    said: Role = "bad" if row.off else "text"
    lines += labelled("change", _change(row, formats, compared), width, LABELS)
    lines += labelled("stands on", row.note, width, LABELS)
    lines += labelled("says", row.word, width, LABELS, said)
    lines += _weeks(row, formats, width, weeks, past)
    if metric is not None:
        lines += [BLANK, *definition_lines(metric, width)]
    return [shown.fitted(width) for shown in lines]


def definition_lines(metric: "Metric", width: int) -> list[Line]:
    """What a figure is: its unit, its basis and meaning, its formula, what opens it, its source."""
    from cockpit.metrics.explain import formula_of

    lines = [rule("What it is", metric.unit, width)]
    for text in (metric.spec.basis, metric.spec.description):
        lines += [line(part) for part in wrapped(text or "", width)]
    lines.append(BLANK)
    lines += labelled("formula", formula_of(metric), width, LABELS)
    lines += labelled("opens by", ", ".join(name.replace("_", " ") for name in metric.drill), width, LABELS)
    lines += labelled("name", metric.name, width, LABELS)
    lines += labelled("after", metric.spec.source or "", width, LABELS)
    return [shown.fitted(width) for shown in lines]


def _change(row: BoardRow, formats: Formats, compared: str) -> str:
    """Such as "-3.0M against FY27-Q1 at BD 38"; the change alone where the partner is not told."""
    if row.delta is None:
        return ""
    partner = compared.partition("against ")[2]
    change = formats.delta(row.delta, row.unit, row.value)
    return f"{change} against {partner}" if partner else change


def _weeks(row: BoardRow, formats: Formats, width: int, weeks: tuple[str, ...], title: str) -> list[Line]:
    """A bar a week; each says its value. Bars start at zero, unlike the sparkline, which shows the shape."""
    if not any(value is not None for value in row.trend):
        return []
    names = weeks if len(weeks) == len(row.trend) else ("",) * len(row.trend)
    texts = ["–" if value is None else formats.value(value, row.unit) for value in row.trend]
    name_width = max(cells(name) for name in names) + 2 if any(names) else 0
    text_width = max(cells(text) for text in texts)
    largest = max((abs(float(value)) for value in row.trend if value is not None), default=0.0)
    room = min(max(width - name_width - text_width - 2, 0), MOST_BAR)
    lines = [BLANK, rule(title, "oldest first", width)]
    for name, value, text in zip(names, row.trend, texts, strict=True):
        drawn = "" if formats.blank and row.unit.startswith("money") else bar(value, largest, room)
        lines.append(
            line(Span(left(name, name_width), "dim"), right(text, text_width), "  ", Span(drawn, "bar"))
        )
    return lines
