"""How a level of the drill-down is laid out: the figure in words, its groups, what stands around them."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cockpit.panes.drill_data import DrillData, Group, Part
from cockpit.panes.drill_groups import groups_block
from cockpit.panes.drill_side import asked_otherwise, below_panels, right_panels
from cockpit.panes.drill_words import (
    change_words,
    effect_words,
    group_words,
    moment_words,
    own_words,
    target_words,
)
from cockpit.panes.figures import basis, sentence, short_label, word
from cockpit.panes.head import WIDE
from cockpit.panes.lines import (
    Block,
    Line,
    Page,
    Role,
    Span,
    cells,
    left,
    line,
    right,
    rule,
)
from cockpit.panes.notes import note_lines
from cockpit.panes.place import Place
from cockpit.panes.view import Size
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    pass

BESIDE = 110
"""From this width on the relatives of a figure stand beside its groups."""


def drill_page(data: DrillData, size: Size, focus: str | None) -> Page:
    """The level laid out for that size; the cursor starts on the group of the label `focus`."""
    block = partial(_undivided_block, data) if data.dimension is None else partial(groups_block, data, focus)
    margin = 1 if size.width >= WIDE else 0
    head = _headline(data, size.width - 2 * margin)
    head = [line(" " * margin, *row.spans).fitted(size.width) for row in head][: max(size.height - 4, 1)]
    blocks = [Block("figure", 0, 0, size.width, len(head), head, sticky=0)]
    top = len(head) + 1
    height = size.height - top
    if height < 2:
        return Page(size.width, size.height, tuple(blocks))
    if size.width < BESIDE:
        blocks.append(block(0, top, size.width, height, margin))
        under = top + blocks[-1].height + 1
        notes = note_lines(data.side.notes, data.side.subject, size.width - 2 * margin)
        if notes and under + len(notes) <= size.height:
            blocks.append(_panel("notes", notes, margin, under, size.width - margin))
        return Page(size.width, size.height, tuple(blocks))
    aside = min(46, size.width // 3)
    panels = _beside(data, aside)
    width = size.width - aside - 4 if panels else size.width
    below = _below(data, width - 2 * margin)
    room = sum(len(panel) + 1 for panel in below)
    wanted = min(len(data.groups), 12) + 4
    groups = block(0, top, width, max(height - room, min(wanted, height)), margin)
    blocks.append(groups)
    blocks += _stacked("below", below, margin, top + groups.height + 1, size.height, width - margin)
    blocks += _stacked("beside", panels, size.width - aside - 1, top, size.height, aside)
    return Page(size.width, size.height, tuple(blocks))


def _beside(data: DrillData, width: int) -> list[list[Line]]:
    """The panels at the right: the parts of a derived figure, then weeks, reasons, largest day, notes."""
    panels = []
    if data.parts and data.dimension is not None:
        parts = [_part_line(part, data, width) for part in data.parts]
        panels.append([rule("Made of", "", width), *parts])
    return panels + right_panels(data.side, data.total, data.formats, width)


def _below(data: DrillData, width: int) -> list[list[Line]]:
    """The panels under the groups: the same question asked another way, what counts and what not."""
    panels = [_related_lines(data, width)] if data.related else []
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


def _headline(data: DrillData, width: int) -> list[Line]:
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


def _undivided_block(data: DrillData, x: int, y: int, width: int, height: int, margin: int) -> Block:
    """Where nothing divides the figure: what it is made of, or the way to its rows."""
    inner = width - 2 * margin
    title = rule("Rows" if data.metric.kind != "derived" else "Made of", "", inner)
    lines = [line(" " * margin, *title.spans)]
    if data.metric.kind == "derived":
        part_heads = left("", max(min(36, inner - 22), 8)) + right("value", 10) + right("n", 9) + "   effect"
        lines.append(line(" " * margin, Span(part_heads, "dim")))
        parts = [_part_line(part, data, inner) for part in data.parts]
        parts += _parts_total(data, inner)
        lines += [replace(row, spans=(Span(" " * margin), *row.spans)) for row in parts]
    else:
        place = Place("rows", data.metric.name, where=data.condition)
        n = data.total.n
        words = "the row behind this figure" if n == 1 else f"the {n:,} rows behind this figure"
        lines.append(line(" " * margin, Span("Enter  ", "accent"), words, place=place, key="rows"))
    return Block("groups", x, y, width, height, [row.fitted(width) for row in lines])


def _part_line(part: Part, data: DrillData, width: int) -> Line:
    """A figure that a derived one is made of: value, n, its part in the change, the moment it is of."""
    figure = part.figure
    value = data.formats.value(figure.value, part.metric.unit)
    label_width = max(min(36, width - 22), 8)
    spans = [
        Span(left(short_label(part.metric.label, label_width - 1), label_width)),
        Span(right(value, 10), "text" if figure.value is not None else "dim"),
        Span(right(f"{figure.n:,}", 9), "dim"),
    ]
    if figure.value is None:
        spans = [spans[0], Span(right(figure.reason or value, max(width - label_width, 0)), "dim")]
    else:
        spans.append(Span("   " + left(effect_words(part.effect, data.total.unit, data), 9)))
        window = moment_words(figure.steps)
        if window and label_width + 33 + cells(window) <= width:
            spans.append(Span(f"  {window}", "dim"))
    place = None
    if figure.period is not None:  # the state of another day has no place of its own
        by = part.metric.drill[:1]
        place = Place("kpi", part.metric.name, by=by, where=data.condition, period=figure.period)
    return Line(tuple(spans), place, f"part:{figure.name}").fitted(width)


def _parts_total(data: DrillData, width: int) -> list[Line]:
    """What the effects of the parts add up to: the change of the whole; nothing without effects."""
    effects = [part.effect for part in data.parts if part.effect is not None]
    if not effects:
        return []
    label_width = max(min(36, width - 22), 8)
    spans = (
        Span(left(short_label(data.metric.label, label_width - 1), label_width)),
        Span(right(data.formats.value(data.total.value, data.total.unit), 10)),
        Span(right(f"{data.total.n:,}", 9), "dim"),
        Span("   " + effect_words(sum(effects), data.total.unit, data)),
    )
    return [line(Span("─" * width, "rule")), Line(spans).fitted(width)]


def _related_lines(data: DrillData, width: int) -> list[Line]:
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
        place = Place("kpi", metric.name, by=metric.drill[:1], where=data.condition)
        lines.append(Line(tuple(spans), place, f"related:{metric.name}"))
    for label, value, noted in asked_otherwise(data.side, data.total, data.formats):
        note_width = 22 if width >= 60 else 18 if width >= 48 else 0
        label_width = max(width - 9 - note_width, 8)
        spans = [Span(left(label, label_width)), Span(right(value, 9))]
        if note_width:
            spans.append(Span(" " + right(noted, note_width - 1), "dim"))
        lines.append(Line(tuple(spans)))
    return lines


def group_detail(data: DrillData, group: Group, width: int) -> list[Line]:
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
