"""How a level of the drill-down is drawn: the figure in words, the table of its groups, its relatives."""

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.panes.dimensions import label_of
from cockpit.panes.drill_side import asked_otherwise, below_panels, right_panels
from cockpit.panes.figures import ENOUGH, THUMB, basis, sentence, short_label, word
from cockpit.panes.formats import Formats, is_money
from cockpit.panes.head import WIDE
from cockpit.panes.lines import (
    Block,
    Line,
    Page,
    Role,
    Span,
    cells,
    fit,
    left,
    line,
    right,
    rule,
)
from cockpit.panes.notes import note_lines
from cockpit.panes.place import Place
from cockpit.panes.view import Size
from cockpit.panes.wrapping import after, wrapped

if TYPE_CHECKING:
    from cockpit.metrics.results import KpiRow
    from cockpit.panes.drill import KpiView
    from cockpit.panes.drill_data import DrillData, Group, Part

_UNIT_HEADS = {
    "percent": "rate",
    "money": "amount",
    "money_per_day": "a day",
    "count": "count",
    "days": "days",
}
WHY_NONE = {"reconstructed": "the state of then is rebuilt from the records' own dates"}
"""Reasons that a change is not shown, in more words than in a table."""
BESIDE = 110
"""From this width on the relatives of a figure stand beside its groups."""


def drill_page(view: "KpiView", data: "DrillData", size: Size) -> Page:
    """The level laid out for that size."""
    margin = 1 if size.width >= WIDE else 0
    head = headline(data, size.width - 2 * margin)
    head = [line(" " * margin, *row.spans).fitted(size.width) for row in head][: max(size.height - 4, 1)]
    blocks = [Block("figure", 0, 0, size.width, len(head), head, sticky=0)]
    top = len(head) + 1
    height = size.height - top
    if height < 2:
        return Page(size.width, size.height, tuple(blocks))
    if size.width < BESIDE:
        blocks.append(groups_block(view, data, 0, top, size.width, height, margin))
        under = top + blocks[-1].height + 1
        notes = note_lines(data.side.notes, data.side.subject, size.width - 2 * margin)
        if notes and under + len(notes) <= size.height:
            blocks.append(_panel("notes", notes, margin, under, size.width - margin))
        return Page(size.width, size.height, tuple(blocks))
    aside = min(46, size.width // 3)
    panels = _beside(data, view.condition, aside)
    width = size.width - aside - 4 if panels else size.width
    below = _below(data, view.condition, width - 2 * margin)
    room = sum(len(panel) + 1 for panel in below)
    wanted = min(len(data.groups), 12) + 4
    groups = groups_block(view, data, 0, top, width, max(height - room, min(wanted, height)), margin)
    blocks.append(groups)
    blocks += _stacked("below", below, margin, top + groups.height + 1, size.height, width - margin)
    blocks += _stacked("beside", panels, size.width - aside - 1, top, size.height, aside)
    return Page(size.width, size.height, tuple(blocks))


def _beside(data: "DrillData", condition: str | None, width: int) -> list[list[Line]]:
    """The panels at the right: the parts of a derived figure, then weeks, reasons, largest day, notes."""
    panels = []
    if data.parts and data.dimension is not None:
        parts = [_part_line(part, data, condition, width) for part in data.parts]
        panels.append([rule("Made of", "", width), *parts])
    return panels + right_panels(data.side, data.total, data.formats, width)


def _below(data: "DrillData", condition: str | None, width: int) -> list[list[Line]]:
    """The panels under the groups: the same question asked another way, what counts and what not."""
    panels = [_related_lines(data, condition, width)] if data.related else []
    return panels + below_panels(data.side, data.total, data.formats, width)


def _stacked(name: str, panels: list[list[Line]], x: int, y: int, bottom: int, width: int) -> list[Block]:
    """The panels under each other, as many as there is room for; each is shown whole or not at all."""
    blocks = []
    for number, panel in enumerate(panels):
        if y + len(panel) > bottom:
            continue
        blocks.append(_panel(f"{name}{number}", panel, x, y, width))
        y += len(panel) + 1
    return blocks


def _panel(name: str, panel: list[Line], x: int, y: int, width: int) -> Block:
    return Block(name, x, y, width, len(panel), [row.fitted(width) for row in panel])


def headline(data: "DrillData", width: int) -> list[Line]:
    """The figure and what it stands on; how it changed; what of it is unusual."""
    row, formats = data.total, data.formats
    value = formats.value(row.value, row.unit)
    indent = max(cells(value) + 3, 12)
    said = sentence(row, data.metric, formats)
    texts = [*wrapped(said, width - indent)]
    texts += wrapped(change_words(row, formats), width - indent)
    texts += wrapped(data.substituted, width - indent)
    texts += wrapped(target_words(row, data.metric.good, formats, data.running), width - indent)
    texts += wrapped(own_words(data), width - indent)
    texts += wrapped(group_words(data), width - indent)
    lines = [line(Span(left(value, indent), "strong"), texts[0] if texts else "")]
    lines += [line(" " * indent, text) for text in texts[1:]]
    return lines


def change_words(row: "KpiRow", formats: Formats) -> str:
    """How a figure changed, and whether that says anything."""
    compare = row.compare
    if compare is None:
        return ""
    if compare.delta is None:
        return (
            f"No change is shown: {WHY_NONE.get(compare.reason, compare.reason)}." if compare.reason else ""
        )
    before = formats.value(compare.value, row.unit)
    scale = formats.scale(row.value, compare.value) if is_money(row.unit) else None
    if scale is not None:
        before = formats.value(compare.value, row.unit, scale)
    words = (
        f"{formats.delta(compare.delta, row.unit, row.value) or '0'} from {before} ({compare.period.label})."
    )
    if compare.swing is None:
        return words
    swing = formats.delta(compare.swing, row.unit).lstrip("+")
    if min(row.n, compare.n or row.n) < ENOUGH:
        return f"{words} The n is too small to say anything."
    origin = "for this n" if row.denominator == row.n else "in its own past"
    if compare.unusual:
        return f"{words} That is outside the usual swing of {swing} {origin}."
    return f"{words} Usual swing {origin} is {swing}, so the total alone says nothing."


def target_words(row: "KpiRow", good: str | None, formats: Formats, running: bool) -> str:
    """How a figure stands against its target; what still adds up cannot have missed it."""
    if row.target is None:
        return ""
    if running and row.status != "good" and row.value is not None and row.target:
        return f"Target {formats.value(row.target, row.unit)}: {word(row, good, formats, running)}."
    name = "Limit" if good == "down" else "Target"
    if row.target_origin == THUMB:
        name += " by rule of thumb"
    status = {"good": "met", "warn": "nearly met", "bad": "missed"}.get(row.status or "", "")
    return f"{name} {formats.value(row.target, row.unit)}" + (f": {status}." if status else ".")


def own_words(data: "DrillData") -> str:
    """What our own past says: what our rates need and how far that is, or how a sum keeps to its curve."""
    row, own, formats = data.total, data.own, data.formats
    if row.value is None:
        return ""
    if data.running and own.ahead is not None:
        points = formats.delta(abs(own.ahead), "percent").lstrip("+") or "0.0 pp"
        side = "ahead of" if own.ahead > 0 else "behind"
        return f"{own.curve.capitalize()}: {points} {side} the share of the four periods before by this day."
    if row.target is not None or own.needed is None:
        return ""
    gap = float(row.value) - float(own.needed)
    amount = ""
    if row.unit == "multiple" and row.denominator is not None and row.denominator > 1:
        beyond = "more than that" if gap >= 0 else "short"
        amount = f": {formats.money(abs(gap) * float(row.denominator))} {beyond}"
    return f"Our own rates need {formats.value(own.needed, row.unit)}{amount}."


def group_words(data: "DrillData") -> str:
    """Which groups lie outside their own usual swing."""
    unusual = [group for group in data.groups if group.row.compare is not None and group.row.compare.unusual]
    if not unusual or data.dimension is None:
        return ""
    first = unusual[0]
    change = first.row.compare.delta if first.row.compare is not None else None
    words = f"{first.label}, {data.formats.delta(change, first.row.unit, first.row.value)}"
    unit = " pp" if first.row.unit == "percent" else ""
    effect, whole = _effect(first.effect, first.row.unit, data), _summed(data)
    of = ""
    if whole is not None and first.effect is not None:
        rest = _effect(whole - first.effect, first.row.unit, data)
        of = f" of {_effect(whole, first.row.unit, data)}{unit}; the others make {rest or '0'}{unit}"
    caused = f" Its effect on the total is {effect}{unit}{of}." if effect else ""
    if len(unusual) == 1:
        return f"One {label_of(data.dimension)} is outside the usual swing: {words}.{caused}"
    return f"{len(unusual)} of {data.matching[1]} are outside their usual swing, first {words}.{caused}"


def groups_block(
    view: "KpiView", data: "DrillData", x: int, y: int, width: int, height: int, margin: int
) -> Block:
    """The table of groups, its total as foot; where nothing divides the figure, the way to its rows."""
    inner = width - 2 * margin
    if data.dimension is None:
        title = rule("Rows" if data.metric.kind != "derived" else "Made of", "", inner)
        lines = [line(" " * margin, *title.spans)]
        if data.metric.kind == "derived":
            part_heads = (
                left("", max(min(36, inner - 22), 8)) + right("value", 10) + right("n", 9) + "   effect"
            )
            lines.append(line(" " * margin, Span(part_heads, "dim")))
            parts = [_part_line(part, data, view.condition, inner) for part in data.parts]
            parts += _parts_total(data, inner)
            lines += [replace(row, spans=(Span(" " * margin), *row.spans)) for row in parts]
        else:
            place = Place("rows", data.metric.name, where=view.condition)
            words = f"the {data.total.n:,} rows behind this figure"
            lines.append(line(" " * margin, Span("Enter  ", "accent"), words, place=place, key="rows"))
        return Block("groups", x, y, width, height, [row.fitted(width) for row in lines])
    matching, total = data.matching
    count = f"{total:,}" if matching == total else f"{matching:,} of {total:,} with “{view.needle}”"
    title = rule(label_of(data.dimension).capitalize(), f"{count}, {data.ordered}", inner)
    columns = _columns(data, inner)
    heads = Span(_cells(columns, _heads(data) | {"bar": _scale_words(data, columns.get("bar", 0))}), "dim")
    lines = [line(" " * margin, *title.spans), line(" " * margin, heads)]
    if not data.groups:
        words = (
            "Nothing matches; Esc shows all again."
            if view.needle
            else f"There are no rows in {data.period}; p asks for another period."
        )
        lines.append(line(" " * margin, Span(words, "dim")))

    def make(start: int, stop: int) -> list[Line]:
        return [
            _group_line(view, data, group, columns, margin).fitted(width) for group in data.groups[start:stop]
        ]

    fixed = [row.fitted(width) for row in lines]
    body = after(fixed, len(data.groups), make)
    foot = [
        line(" " * margin, Span("─" * inner, "rule")).fitted(width),
        _row_line("All", data.total, _summed(data), data, columns, margin).fitted(width),
    ]
    marks = _legend(data, columns)
    if marks and height >= len(fixed) + len(data.groups) + 3:
        foot.append(line(" " * margin, Span(marks, "dim")).fitted(width))
    keys = [f"group:{group.label}" for group in data.groups]
    wanted = f"group:{view.focus}"
    cursor = len(fixed) + keys.index(wanted) if wanted in keys else None
    shown = tuple(foot) if height >= 6 else ()
    height = min(height, len(body) + len(shown))
    return Block("groups", x, y, width, height, body, sticky=2, foot=shown, cursor=cursor)


def _columns(data: "DrillData", inner: int) -> dict[str, int]:
    """The width of each column; what is least needed goes first where it is narrow."""
    longest = max((cells(group.label) for group in data.groups[:200]), default=5)
    widths = {"group": min(max(longest, 8), 30, max(inner // 3, 8)), "value": 9}
    wanted = [("change", 11), ("n", 12), ("effect", 9), ("bar", 12)]
    if all(group.effect is None for group in data.groups):
        wanted.remove(("effect", 9))
    if data.total.compare is None:
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


def _heads(data: "DrillData") -> dict[str, str]:
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


def _group_line(
    view: "KpiView", data: "DrillData", group: "Group", columns: dict[str, int], margin: int
) -> Line:
    row = _row_line(group.label, group.row, group.effect, data, columns, margin)
    by = (data.following,) if data.following else ()
    place = Place("kpi", data.metric.name, by=by, where=view.condition, focus=group.label)
    copied = (group.label, data.formats.raw(group.row.value), str(group.row.n))
    return Line(row.spans, place, f"group:{group.label}", copied)


def _row_line(
    label: str,
    row: "KpiRow",
    effect: float | None,
    data: "DrillData",
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
        "effect": (_effect(effect, row.unit, data), "text"),
    }
    spans: list[Span] = [Span(" " * margin)]
    for index, (name, width) in enumerate(columns.items()):
        text, role = texts[name]
        aligned = left(text, width) if name in ("group", "bar") else right(text, width)
        spans.append(Span((" " if index else "") + aligned, role))
    return Line(tuple(spans))


def _count(row: "KpiRow", formats: Formats) -> str:
    if row.value is None:
        return fit(row.reason or "", 12)
    if row.unit == "percent" and row.numerator is not None and row.denominator == row.n:
        return f"{formats.number(row.numerator)}/{formats.number(row.n)}"
    return formats.number(row.n)


def _effect(effect: float | None, unit: str, data: "DrillData") -> str:
    if effect is None:
        return ""
    if unit == "percent":
        return data.formats.number(effect * 100, 1, sign=True)
    return data.formats.delta(effect, unit if unit != "money_per_day" else "money", data.total.value)


def _summed(data: "DrillData") -> float | None:
    effects = [group.effect for group in data.groups if group.effect is not None]
    whole = data.matching[0] == data.matching[1]
    return sum(effects) if effects and whole else None


def _bar(row: "KpiRow", data: "DrillData", width: int) -> str:
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


def _legend(data: "DrillData", columns: dict[str, int]) -> str:
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


def _scale_words(data: "DrillData", width: int) -> str:
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


def _part_line(part: "Part", data: "DrillData", condition: str | None, width: int) -> Line:
    """A figure that a derived one is made of: value, n, its part in the change."""
    value = data.formats.value(part.value, part.metric.unit)
    label_width = max(min(36, width - 22), 8)
    spans = [
        Span(left(short_label(part.metric.label, label_width - 1), label_width)),
        Span(right(value, 10), "text" if part.value is not None else "dim"),
        Span(right(f"{part.n:,}", 9), "dim"),
    ]
    if part.value is None:
        spans = [spans[0], Span(right(part.reason or value, max(width - label_width, 0)), "dim")]
    else:
        spans.append(Span("   " + left(_effect(part.effect, data.total.unit, data), 9)))
        window = data.metric.spec.windows.get(part.metric.name, "").replace("-", " ")
        if window and label_width + 33 + cells(window) <= width:
            spans.append(Span(f"  {window}", "dim"))
    place = Place("kpi", part.metric.name, by=part.metric.drill[:1], where=condition)
    return Line(tuple(spans), place, f"part:{part.metric.name}").fitted(width)


def _parts_total(data: "DrillData", width: int) -> list[Line]:
    """What the effects of the parts add up to: the change of the whole; nothing without effects."""
    effects = [part.effect for part in data.parts if part.effect is not None]
    if not effects:
        return []
    label_width = max(min(36, width - 22), 8)
    spans = (
        Span(left(short_label(data.metric.label, label_width - 1), label_width)),
        Span(right(data.formats.value(data.total.value, data.total.unit), 10)),
        Span(right(f"{data.total.n:,}", 9), "dim"),
        Span("   " + _effect(sum(effects), data.total.unit, data)),
    )
    return [line(Span("─" * width, "rule")), Line(spans).fitted(width)]


def _related_lines(data: "DrillData", condition: str | None, width: int) -> list[Line]:
    lines = [rule("The same period, asked another way", "each is right" if width >= 50 else "", width)]
    for metric, row in data.related:
        value = data.formats.value(row.value, row.unit)
        noted = basis(row, data.formats) if row.value is not None else row.reason or ""
        noted = ", ".join([noted, *row.marks]) if row.marks else noted
        quiet: Role = "dim" if row.marks else "text"
        note_width = 22 if width >= 60 else 18 if width >= 48 else 0
        label_width = max(width - 9 - note_width, 8)
        named = left(short_label(metric.label, label_width - 1), label_width)
        spans = [Span(named, quiet), Span(right(value, 9), quiet)]
        if note_width and row.value is None:  # a reason needs more room than a dash
            spans[1:] = [Span(right(f"{value} {noted}", 9 + note_width), "dim")]
        elif note_width:
            spans.append(Span(" " + right(noted, note_width - 1), "dim"))
        place = Place("kpi", metric.name, by=metric.drill[:1], where=condition)
        lines.append(Line(tuple(spans), place, f"related:{metric.name}"))
    for label, value, noted in asked_otherwise(data.side, data.total, data.formats):
        note_width = 22 if width >= 60 else 18 if width >= 48 else 0
        label_width = max(width - 9 - note_width, 8)
        spans = [Span(left(label, label_width)), Span(right(value, 9))]
        if note_width:
            spans.append(Span(" " + right(noted, note_width - 1), "dim"))
        lines.append(Line(tuple(spans)))
    return lines


def group_detail(data: "DrillData", group: "Group", width: int) -> list[Line]:
    """A group in words, for the panel beside."""
    formats = data.formats
    value = formats.value(group.row.value, group.row.unit)
    lines = [rule(group.label, value, width)]
    facts = [
        basis(group.row, formats) or group.row.reason or "",
        change_words(group.row, formats),
        target_words(group.row, data.metric.good, formats, data.running),
        word(group.row, data.metric.good, formats),
    ]
    for text in facts:
        lines += [line(part) for part in wrapped(text, width)]
    return [row.fitted(width) for row in lines]
