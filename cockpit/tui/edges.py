"""The lines around the page: breadcrumb, prompt, letters to choose from, keys, foot. Pure like the frame."""

from collections.abc import Mapping

from cockpit.panes.lines import Line, Span, cells, fit
from cockpit.tui.actions import ACTIONS, Action
from cockpit.tui.keymap import Keymap
from cockpit.tui.prompt import Prompt
from cockpit.tui.rows import Piece, Row, filled, merged, row_of, side_by_side, size_of
from cockpit.tui.state import Chooser, Level, ScreenState

CHOICES_APART = 2
"""Cells between two letters that can be picked."""
ROOM_TO_TYPE = 24
"""Cells that a long question leaves for its answer."""


def crumb_row(level: Level, width: int, names: Mapping[str, str] | None = None) -> Row:
    """The breadcrumb: where one is, and at the right end what the figures stand at.

    Args:
        level: where one is.
        width: cells.
        names: what the catalogue calls the figures, by what their names say.
    """
    crumbs = list(level.view.crumbs())
    crumbs[1:2] = [(names or {}).get(crumb, crumb) for crumb in crumbs[1:2]]
    narrowing = level.view.narrowing() or level.search
    if narrowing:
        crumbs.append(f"/ {narrowing}")
    margin = " " if width >= 100 else ""
    facts = level.view.facts(level.data) if level.shows else ""
    room = width - 2 * len(margin)
    while len(crumbs) > 2 and cells("  ›  ".join(crumbs)) > room:
        del crumbs[1]
    facts = facts if cells("  ›  ".join(crumbs)) + cells(facts) + 3 <= room else ""
    spans = [Span(margin)]
    for index, crumb in enumerate(crumbs):
        if index:
            spans.append(Span("  ›  ", "dim"))
        spans.append(Span(fit(crumb, room), "strong" if index == len(crumbs) - 1 else "accent"))
    used = sum(cells(span.text) for span in spans)
    spans.append(Span(" " * max(width - used - cells(facts) - len(margin), 0)))
    spans.append(Span(facts, "dim"))
    return merged(row_of(Line(tuple(spans)), width))


def prompt_row(state: ScreenState, width: int) -> Row:
    """The line that is being typed."""
    prompt = state.prompt
    assert prompt is not None
    label = f" {fit(prompt.label, max(width - ROOM_TO_TYPE, width // 2, 4))} "
    before, under, after = prompt.shown(max(width - cells(label) - 1, 1))
    return filled(
        (Piece(label, "key"), Piece(before, "prompt"), Piece(under, "prompt_cursor"), Piece(after, "prompt")),
        width,
    )


def aside_row(prompt: Prompt, width: int, waiting: str = "") -> Row:
    """Above the line that is typed: why it was refused, how it may go on, or what it waits for."""
    role = "problem" if prompt.refused else "dim"
    return filled((Piece(" "), Piece(fit(prompt.aside or waiting, width - 2), role)), width)


def chooser_rows(chooser: Chooser, width: int) -> list[Row]:
    """The letters that the next key picks from, in as many rows as they need."""
    named = [(choice.letter, choice.label) for choice in chooser.choices]
    title = f" {chooser.title}"
    room = max(width - cells(title) - 1, 1)
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0
    for key, label in named:
        size = cells(key) + cells(label) + 1 + CHOICES_APART
        if lines[-1] and used + size > room:
            lines.append([])
            used = 0
        lines[-1].append((key, label))
        used += size
    margins = [title, *(" " * cells(title) for _ in lines[1:])]
    return [
        filled((Piece(margin, "strong"), *keys_row(line, room, gap=CHOICES_APART)), width)
        for margin, line in zip(margins, lines, strict=True)
    ]


def keys_row(named: list[tuple[str, str]], width: int, gap: int = 3, between: int = 1) -> Row:
    """Keys with what they do, as many as fit."""
    row: list[Piece] = []
    used = 0
    for key, label in named:
        lead = " " if not row else " " * gap
        size = cells(lead) + cells(key) + between + cells(label)
        if used + size > width:
            if row and used + 3 <= width:
                row.append(Piece("  …", "dim"))
            break
        row += [Piece(lead), Piece(key, "key"), Piece(" " * between), Piece(label, "dim")]
        used += size
    return tuple(row)


def foot_row(keymap: Keymap, state: ScreenState, width: int) -> Row:
    """The foot line: the views, and at the right the keys that matter most; what does not fit is left out."""
    margin = 1 if width >= 100 else 0
    deep = state.trails.depth > 0
    keys = [action for action in ACTIONS if action.foot and not (action.name == "back" and not deep)]
    keys.sort(key=lambda action: action.foot)
    views = [action for action in ACTIONS if action.name.startswith("view_")]
    gap = "  "
    essential = keys[:2]
    while True:
        right = _foot_keys(keymap, sorted(keys, key=_foot_order), "   " if width >= 100 else "  ")
        left = _foot_views(keymap, views, state.trails.active, gap)
        used = size_of(left) + size_of(right) + 2 * margin + 2
        if used <= width:
            break
        if len(views) > 5:
            views.pop()
        elif len(keys) > len(essential) + 1:
            keys.pop()
        elif views:
            views.pop()
        elif len(keys) > 1:
            keys.pop()
        else:
            break
    row = side_by_side(
        [(margin, size_of(left), left), (max(width - margin - size_of(right), 0), size_of(right), right)],
        width,
    )
    return merged(row)


def _foot_order(action: Action) -> tuple[bool, int]:
    return action.foot == 1, action.foot


def _foot_views(keymap: Keymap, views: list[Action], active: str, gap: str) -> Row:
    row: list[Piece] = []
    for action in views:
        if row:
            row.append(Piece(gap))
        name = action.name.removeprefix("view_")
        words = keymap.words(action.name)
        row.append(Piece(f"{words} " if words else "", "key"))
        row.append(Piece(action.label, "strong" if name == active else "dim"))
    return merged(row)


def _foot_keys(keymap: Keymap, keys: list[Action], gap: str) -> Row:
    row: list[Piece] = []
    for action in keys:
        words = keymap.words(action.name)
        if not words:
            continue
        if row:
            row.append(Piece(gap))
        row += [Piece(words, "key"), Piece(f" {action.label}", "dim")]
    return merged(row)
