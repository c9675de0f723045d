"""Where the panes of Today stand: one column as a digest, two from 110 cells on, three from 160."""

from collections.abc import Callable, Sequence

from cockpit.panes.annuity_facts import HOW_TO_FILL
from cockpit.panes.annuity_pane import annuity_lines
from cockpit.panes.board import BoardFacts
from cockpit.panes.board_lines import board_lines, foremost
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, cells, line, rule
from cockpit.panes.moves import moved_lines
from cockpit.panes.needs_you import needs_lines
from cockpit.panes.place import Place
from cockpit.panes.rhythm_lines import next_line, rhythm_pane
from cockpit.panes.ruler import ruler_lines
from cockpit.panes.task_lines import tasks_pane
from cockpit.panes.today_data import TodayData
from cockpit.panes.view import Size
from cockpit.panes.wrapping import wrapped

TWO_COLUMNS = 110
THREE_COLUMNS = 160
ROOMY = 30
"""From this height on there are blank lines and a line for what others did."""
GAP = 3
LEAST_FIGURES = 7
"""Figures that stand above what moved; where there is no room for both, figures stand alone."""
"""Blank cells between columns."""

Pane = Callable[[int, int], list[Line]]
"""Makes the lines of a pane for a width and a height."""


def today_page(data: TodayData, size: Size, order: Sequence[str]) -> Page:
    """The panes for that size; what does not fit is left to the views that the panes open.

    Args:
        data: what they show.
        size: cells of the page.
        order: the names of the movable panes; above at the left, above at the right, then below.
    """
    margin = size.width >= WIDE
    blocks: list[Block] = []
    ruler = ruler_lines(data.ruler, size.width)
    needs = needs_lines(data.findings, size.width, margin)
    y = 0
    if size.height >= 18:
        blocks.append(Block("ruler", 0, 0, size.width, len(ruler), ruler, sticky=len(ruler)))
        y = len(ruler) + (1 if size.height >= ROOMY else 0)
    blocks.append(_block("needs", 0, y, size.width, needs, min(len(needs), size.height - y)))
    y += len(needs) + 1
    foot = _message(data, size.width) if size.height >= ROOMY else None
    bottom = size.height - (2 if foot is not None else 0)
    if size.width >= TWO_COLUMNS and bottom - y >= 12:
        blocks += _columns(data, order, size.width, y, bottom)
    else:
        blocks += _digest(data, order, size.width, y, bottom, margin)
    if foot is not None:
        blocks.append(Block("message", 0, size.height - 1, size.width, 1, [foot], sticky=0))
    return Page(size.width, size.height, tuple(block for block in blocks if block.height > 0))


def _columns(data: TodayData, order: Sequence[str], width: int, top: int, bottom: int) -> list[Block]:
    """The first over the third beside the second over the fourth; of three columns the third has the last."""

    def tasks(width: int, height: int) -> list[Line]:
        return tasks_pane(data.tasks, width, height, True)

    def rhythm(width: int, height: int) -> list[Line]:
        return rhythm_pane(data.rhythm, width, height, True)

    def pipeline(width: int, height: int) -> list[Line]:
        return _pipeline_pane(data, width, height, True)

    def annuity(width: int, height: int) -> list[Line]:
        return _annuity(data, width, height, True)

    makers = {"tasks": tasks, "pipeline": pipeline, "rhythm": rhythm, "annuity": annuity}
    a, b, c, d = ((name, makers[name]) for name in order)
    usable = width - 1
    if width >= THREE_COLUMNS:
        first = usable * 34 // 100
        second = usable * 36 // 100
        third = usable - first - second - 2 * GAP
        height = bottom - top
        return [
            *_stack([a], 0, top, first, height),
            *_stack([b, d], first + GAP, top, second, height),
            *_stack([c], first + second + 2 * GAP, top, third, height),
        ]
    first = (width - 4) * 457 // 1000
    second = usable - first - GAP
    height = bottom - top
    upper = _upper_height([(a[1], first), (b[1], second)], [(c[1], first), (d[1], second)], height)
    lower_top = top + upper + 1
    lower = bottom - lower_top
    return [
        _pane(*a, 0, top, first, upper),
        _pane(*c, 0, lower_top, first, lower),
        _pane(*b, first + GAP, top, second, upper),
        _pane(*d, first + GAP, lower_top, second, lower),
    ]


def _upper_height(upper: Sequence[tuple[Pane, int]], lower: Sequence[tuple[Pane, int]], height: int) -> int:
    """How the height is shared, so that panes side by side begin on the same row."""
    plenty = 200
    want_upper = max(len(pane(width, plenty)) for pane, width in upper)
    want_lower = max(len(pane(width, height // 2)) for pane, width in lower)
    room = height - 1
    if want_upper + want_lower <= room:
        return want_upper
    return max(min(want_upper, room - min(want_lower, room * 45 // 100)), 3)


def _stack(panes: Sequence[tuple[str, Pane]], x: int, top: int, width: int, height: int) -> list[Block]:
    """Panes under each other, each as high as it needs, the last one with what is left."""
    blocks: list[Block] = []
    y = top
    for index, (name, pane) in enumerate(panes):
        room = top + height - y
        if room < 2:
            break
        others = len(panes) - index - 1
        lines = pane(width, room - others * 4)
        blocks.append(_block(name, x, y, width, lines, min(len(lines), room)))
        y += len(lines) + 1
    return blocks


def _digest(
    data: TodayData, order: Sequence[str], width: int, top: int, bottom: int, margin: bool
) -> list[Block]:
    """All panes in one column, in their order; on a low screen what comes next is a line."""
    height = bottom - top
    blocks: list[Block] = []
    if height < 4:
        return blocks
    next_height = 1 if height >= 9 else 0
    room = height - (next_height + 1 if next_height else 0)
    figures = len(data.board.rows) if data.board is not None else 1
    want_tasks = len(tasks_pane(data.tasks, width, 200, margin))
    full_rhythm = height >= 32
    board_height = min(figures + 1, max(5, room * 2 // 5), room - 4) if room >= 8 else 0
    tasks_height = min(want_tasks, room - board_height - 1) if board_height else room
    if full_rhythm:
        board_height = min(figures + 1, 10)
        tasks_height = min(want_tasks, (height - board_height) // 2)
    else:
        board_height = min(figures + 1, room - tasks_height - 1) if board_height else 0
    annuity_height = min(len(_annuity(data, width, 9, margin)), 6) if full_rhythm else 0
    taken = tasks_height + board_height + annuity_height + 3
    rhythm_height = bottom - top - taken if full_rhythm else next_height
    makers: dict[str, tuple[Pane, int]] = {
        "tasks": (lambda w, h: tasks_pane(data.tasks, w, h, margin), tasks_height),
        "pipeline": (lambda w, h: _pipeline_pane(data, w, h, margin), board_height),
        "rhythm": (lambda w, h: rhythm_pane(data.rhythm, w, h, margin), rhythm_height),
        "annuity": (lambda w, h: _annuity(data, w, h, margin), annuity_height),
    }
    y = top
    for name in order:
        pane, wanted = makers[name]
        if name == "rhythm" and not full_rhythm:
            lines = [_next_row(data, width, margin)] if next_height else []
            blocks.append(Block(name, 0, y, width, len(lines), lines, sticky=0))
        else:
            lines = pane(width, wanted) if wanted >= (3 if name == "rhythm" else 2) else []
            blocks.append(_block(name, 0, y, width, lines, min(len(lines), wanted)))
        y += blocks[-1].height + 1 if lines else 0
    return blocks


def _next_row(data: TodayData, width: int, margin: bool) -> Line:
    """What comes next in the calendar, in one line."""
    pad = " " if margin else ""
    shown = next_line(data.rhythm, width - 2 * len(pad))
    return line(pad, *shown.spans, place=shown.place, key=shown.key).fitted(width)


def _pipeline_pane(data: TodayData, width: int, height: int, margin: bool) -> list[Line]:
    """The figures of the board, those that are known first."""
    pad = "  " if margin else ""
    board = data.board
    fact = board.fact if board is not None else ""
    if cells(fact) > width - len(pad) - cells("Pipeline") - 4:
        fact = fact.replace(", against ", ", vs ")
    title = rule("Pipeline", fact, width - len(pad))
    lines = [line(pad, *title.spans, place=Place("view", "pipeline")).fitted(width)]
    if data.problem:
        lines.append(
            line(pad, Span(f"Not fresh: {data.problem}", "stale"), place=Place("view", "data")).fitted(width)
        )
    if board is None:
        words = "No figures are known." if data.problem else "The figures are being read."
        lines.append(line(pad, Span(words, "dim")).fitted(width))
    elif not board.rows:
        lines.append(
            line(pad, Span("No figures chosen: name them in [kpi] board of cockpit.toml.", "dim")).fitted(
                width
            )
        )
    else:
        moved = _moved(data, width, len(pad))
        room = max(height - len(lines), 0)
        figures = room - len(moved) if room - len(moved) >= LEAST_FIGURES else room
        lines += _board_lines(board, data, width, figures, margin)
        lines += moved if figures < room else []
    return lines[: max(height, 1)]


def _board_lines(board: BoardFacts, data: TodayData, width: int, room: int, margin: bool) -> list[Line]:
    known = sorted(foremost(board.rows, room), key=lambda row: row.value is None)
    return board_lines(known, data.formats, width, margin)


def _moved(data: TodayData, width: int, pad: int) -> list[Line]:
    """What moved since the lock, under a blank line; nothing without a stored state to follow it from."""
    if data.moved is None or data.moved.moves.rebuilt:
        return []
    shown = moved_lines(data.moved, width - pad)
    return [BLANK.fitted(width), *(row.indented(pad, width) for row in shown)]


def _annuity(data: TodayData, width: int, height: int, margin: bool) -> list[Line]:
    if data.annuity is not None:
        return annuity_lines(data.annuity, data.formats, width, height, margin)
    pad = "  " if margin else ""
    title = rule("Annuity", "", width - len(pad))
    words = HOW_TO_FILL if data.problem else "The figures are being read."
    said = [line(pad, Span(part, "dim")).fitted(width) for part in wrapped(words, width - len(pad))]
    return [line(pad, *title.spans, place=Place("view", "annuity")).fitted(width), *said][:height]


def _message(data: TodayData, width: int) -> Line | None:
    """What others did, in a line at the bottom; None where there is nothing to tell."""
    if not data.message:
        return None
    pad = " " if width >= WIDE else ""
    return line(pad, Span(data.message, "dim")).fitted(width)


def _pane(name: str, pane: Pane, x: int, y: int, width: int, height: int) -> Block:
    return Block(name, x, y, width, max(height, 0), pane(width, height) if height > 0 else [])


def _block(name: str, x: int, y: int, width: int, lines: Sequence[Line], height: int) -> Block:
    return Block(name, x, y, width, height, lines)
