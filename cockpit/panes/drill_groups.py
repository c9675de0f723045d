"""The table of the groups that a figure is divided into: value, n, bar, change and effect of each."""

from typing import TYPE_CHECKING

from cockpit.panes.dimensions import label_of
from cockpit.panes.drill_data import DrillData, Group
from cockpit.panes.drill_words import effect_words
from cockpit.panes.formats import Formats, is_money
from cockpit.panes.lines import (
    Block,
    Line,
    Role,
    Span,
    cells,
    left,
    line,
    right,
    rule,
)
from cockpit.panes.place import Place
from cockpit.panes.wrapping import after

if TYPE_CHECKING:
    from cockpit.metrics.results import KpiRow

_UNIT_HEADS = {
    "percent": "rate",
    "money": "amount",
    "money_per_day": "a day",
    "count": "count",
    "days": "days",
}


def groups_block(
    data: DrillData, focus: str | None, x: int, y: int, width: int, height: int, margin: int
) -> Block:
    """The table of groups, its total as foot.

    Args:
        data: a figure that a dimension divides.
        focus: the group that the cursor starts on, or None.
        x, y, width, height: of the block at the most, in cells of the page.
        margin: cells that stay free on both sides.
    """
    assert data.dimension is not None
    inner = width - 2 * margin
    matching, total = data.matching
    count = f"{total:,}" if matching == total else f"{matching:,} of {total:,} with “{data.needle}”"
    title = rule(label_of(data.dimension).capitalize(), f"{count}, {data.ordered}", inner)
    columns = _columns(data, inner)
    heads = Span(_cells(columns, _heads(data) | {"bar": _scale_words(data, columns.get("bar", 0))}), "dim")
    lines = [line(" " * margin, *title.spans), line(" " * margin, heads)]
    if not data.groups:
        words = (
            "Nothing matches; Esc shows all again."
            if data.needle
            else f"It cannot be divided: {data.lacking}."
            if data.lacking
            else f"There are no rows in {data.period}; p asks for another period."
        )
        lines.append(line(" " * margin, Span(words, "dim")))

    def make(start: int, stop: int) -> list[Line]:
        return [_group_line(data, group, columns, margin).fitted(width) for group in data.groups[start:stop]]

    fixed = [row.fitted(width) for row in lines]
    body = after(fixed, len(data.groups), make)
    foot = [
        line(" " * margin, Span("─" * inner, "rule")).fitted(width),
        _row_line("All", data.total, data.effects_total, data, columns, margin).fitted(width),
    ]
    marks = _legend(data, columns)
    if marks and height >= len(fixed) + len(data.groups) + 3:
        foot.append(line(" " * margin, Span(marks, "dim")).fitted(width))
    keys = [f"group:{group.label}" for group in data.groups]
    wanted = f"group:{focus}"
    cursor = len(fixed) + keys.index(wanted) if wanted in keys else None
    shown = tuple(foot) if height >= 6 else ()
    height = min(height, len(body) + len(shown))
    return Block("groups", x, y, width, height, body, sticky=2, foot=shown, cursor=cursor)


def _columns(data: DrillData, inner: int) -> dict[str, int]:
    """The width of each column; what is least needed goes first where it is narrow."""
    longest = max((cells(group.label) for group in data.groups[:200]), default=5)
    widths = {"group": min(max(longest, 8), 30, max(inner // 3, 8)), "value": 9}
    wanted = [("change", 11), ("n", 12), ("effect", 9), ("bar", 12)]
    if all(group.effect is None for group in data.groups):
        wanted.remove(("effect", 9))
    rows = (data.total, *(group.row for group in data.groups))
    if all(row.compare is None or row.compare.delta is None for row in rows):
        wanted.remove(("change", 11))
    used = sum(widths.values()) + 1
    for name, width in wanted:
        if used + width + 1 <= inner:
            widths[name] = width
            used += width + 1
    if "bar" in widths:
        widths["bar"] += min(inner - used, 24)
    order = ("group", "value", "n", "bar", "change", "effect")
    return {name: widths[name] for name in order if name in widths}


def _heads(data: DrillData) -> dict[str, str]:
    counts = data.total.numerator is not None and data.total.unit == "percent"
    return {
        "group": "",
        "value": _UNIT_HEADS.get(data.total.unit, "value"),
        "n": "of" if counts else "n",
        "change": "change",
        "effect": "effect",
    }


def _cells(columns: dict[str, int], texts: dict[str, str]) -> str:
    return " ".join(
        left(texts[name], width) if name in ("group", "bar") else right(texts[name], width)
        for name, width in columns.items()
    )


def _group_line(data: DrillData, group: Group, columns: dict[str, int], margin: int) -> Line:
    row = _row_line(group.label, group.row, group.effect, data, columns, margin)
    by = (data.following,) if data.following else ()
    place = Place("kpi", data.metric.name, by=by, where=data.condition, focus=group.label)
    copied = (group.label, data.formats.raw(group.row.value), str(group.row.n))
    return Line(row.spans, place, f"group:{group.label}", copied)


def _row_line(
    label: str,
    row: "KpiRow",
    effect: float | None,
    data: DrillData,
    columns: dict[str, int],
    margin: int,
) -> Line:
    formats = data.formats
    scale = formats.scale(data.total.value) if is_money(row.unit) else None
    unusual = row.compare is not None and bool(row.compare.unusual)
    change = row.compare.delta if row.compare is not None else None
    texts: dict[str, tuple[str, Role]] = {
        "group": (label, "strong" if unusual else "text"),
        "value": (formats.value(row.value, row.unit, scale), "text" if row.value is not None else "dim"),
        "n": (_count(row, formats), "dim"),
        "bar": (_bar(row, data, columns.get("bar", 0)), "bar"),
        "change": (formats.delta(change, row.unit, data.total.value), "bad" if unusual else "text"),
        "effect": (effect_words(effect, row.unit, data), "text"),
    }
    if row.value is None and row.reason:  # a reason takes the room of the columns that have nothing to say
        value = right(texts["value"][0], columns["value"])
        named = Span(f"{' ' * margin}{left(label, columns['group'])} ", texts["group"][1])
        return Line((named, Span(f"{value}  {row.reason}", "dim")))
    spans: list[Span] = [Span(" " * margin)]
    for index, (name, width) in enumerate(columns.items()):
        text, role = texts[name]
        aligned = left(text, width) if name in ("group", "bar") else right(text, width)
        spans.append(Span((" " if index else "") + aligned, role))
    return Line(tuple(spans))


def _count(row: "KpiRow", formats: Formats) -> str:
    if row.unit == "percent" and row.numerator is not None and row.denominator == row.n:
        return f"{formats.number(row.numerator)}/{formats.number(row.n)}"
    return formats.number(row.n)


def _bar(row: "KpiRow", data: DrillData, width: int) -> str:
    """A bar with the compared value marked: rates on a scale to 100 %, others to the largest value."""
    if row.value is None or width < 4:
        return ""
    largest = data.scale_end
    if largest <= 0:
        return "·" * width
    filled = round(min(max(float(row.value) / largest, 0.0), 1.0) * width)
    mark = None
    if data.metric.additive and row is data.total:
        filled = width  # it is the whole of the others, on no scale of theirs
    elif row.compare is not None and row.compare.value is not None and row.compare.delta is not None:
        mark = min(max(round(float(row.compare.value) / largest * width), 0), width - 1)
    return "".join("│" if index == mark else "█" if index < filled else "·" for index in range(width))


def _legend(data: DrillData, columns: dict[str, int]) -> str:
    """What the marks in the bars are, under them; nothing where there are none."""
    compare = data.total.compare
    if columns.get("bar", 0) < 4 or compare is None or compare.delta is None:
        return ""
    words = data.compared.partition(", against ")[2] or compare.period.label
    before = 0
    for name, width in columns.items():
        if name == "bar":
            break
        before += width + 1
    return " " * before + f"│ {words.split(', ')[0]}"


def _scale_words(data: DrillData, width: int) -> str:
    """The scale over the bars of a rate: 0, 50, 100 %, where there is room in quarters."""
    if data.metric.unit != "percent" or width < 12 or data.scale_end > 1.0:
        return ""
    steps = 4 if width >= 22 else 2
    text = ""
    for step in range(steps + 1):
        label = str(step * 100 // steps)
        at = round(width * step / steps) if step < steps else width - len(label)
        text = text.ljust(at) + label
    return text
