"""Where the panes of Today stand: one column as a digest, two from 110 cells on, three from 160."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cockpit.panes.annuity_facts import HOW_TO_FILL, annuity_pane
from cockpit.panes.board import BoardFacts, board_lines
from cockpit.panes.head import WIDE
from cockpit.panes.lines import Block, Line, Page, Span, line, rule
from cockpit.panes.needs_you import needs_lines
from cockpit.panes.place import Place
from cockpit.panes.rhythm_lines import next_line, rhythm_pane
from cockpit.panes.ruler import ruler_lines
from cockpit.panes.task_lines import tasks_pane
from cockpit.panes.view import Size

if TYPE_CHECKING:
    from cockpit.panes.today import TodayData

TWO_COLUMNS = 110
THREE_COLUMNS = 160
ROOMY = 30
"""From this height on there are blank lines and a line for what others did."""
GAP = 3
"""Blank cells between columns."""

Pane = Callable[[int, int], list[Line]]
"""Makes the lines of a pane for a width and a height."""


def today_page(data: "TodayData", size: Size) -> Page:
    """The panes for that size; what does not fit is left to the views that the panes open."""
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
        blocks += _columns(data, size.width, y, bottom)
    else:
        blocks += _digest(data, size.width, y, bottom, margin)
    if foot is not None:
        blocks.append(Block("message", 0, size.height - 1, size.width, 1, [foot], sticky=0))
    return Page(size.width, size.height, tuple(block for block in blocks if block.height > 0))


def _columns(data: "TodayData", width: int, top: int, bottom: int) -> list[Block]:
    """Tasks over Rhythm beside Pipeline over Annuity; with three columns Rhythm stands in the middle."""

    def tasks(width: int, height: int) -> list[Line]:
        return tasks_pane(data.tasks, width, height, True)

    def rhythm(width: int, height: int) -> list[Line]:
        return rhythm_pane(data.rhythm, width, height, True)

    def pipeline(width: int, height: int) -> list[Line]:
        return pipeline_pane(data, width, height, True)

    def annuity(width: int, height: int) -> list[Line]:
        return _annuity(data, width, height, True)

    usable = width - 1
    if width >= THREE_COLUMNS:
        first = usable * 34 // 100
        second = usable * 36 // 100
        third = usable - first - second - 2 * GAP
        height = bottom - top
        return [
            *_stack([("tasks", tasks)], 0, top, first, height),
            *_stack([("pipeline", pipeline), ("annuity", annuity)], first + GAP, top, second, height),
            *_stack([("rhythm", rhythm)], first + second + 2 * GAP, top, third, height),
        ]
    first = (width - 4) * 457 // 1000
    second = usable - first - GAP
    height = bottom - top
    upper = _upper_height([(tasks, first), (pipeline, second)], [(rhythm, first), (annuity, second)], height)
    lower_top = top + upper + 1
    lower = bottom - lower_top
    return [
        _pane("tasks", tasks, 0, top, first, upper),
        _pane("rhythm", rhythm, 0, lower_top, first, lower),
        _pane("pipeline", pipeline, first + GAP, top, second, upper),
        _pane("annuity", annuity, first + GAP, lower_top, second, lower),
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


def _digest(data: "TodayData", width: int, top: int, bottom: int, margin: bool) -> list[Block]:
    """All panes in one column: tasks, the figures, and what comes next in a line."""
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
    y = top
    blocks.append(
        _pane("tasks", lambda w, h: tasks_pane(data.tasks, w, h, margin), 0, y, width, tasks_height)
    )
    y += tasks_height + 1
    if board_height >= 2:
        blocks.append(
            _pane("pipeline", lambda w, h: pipeline_pane(data, w, h, margin), 0, y, width, board_height)
        )
        y += board_height + 1
    if full_rhythm:
        annuity_height = min(len(_annuity(data, width, 9, margin)), 6)
        rhythm_height = bottom - y - annuity_height - 1
        if rhythm_height >= 3:
            rhythm = rhythm_pane(data.rhythm, width, rhythm_height, margin)
            blocks.append(_block("rhythm", 0, y, width, rhythm, len(rhythm)))
            y += len(rhythm) + 1
        if bottom - y >= 2:
            annuity = _annuity(data, width, bottom - y, margin)
            blocks.append(_block("annuity", 0, y, width, annuity, len(annuity)))
    elif next_height and y < bottom:
        pad = " " if margin else ""
        shown = next_line(data.rhythm, width - 2 * len(pad))
        row = line(pad, *shown.spans, place=shown.place, key=shown.key).fitted(width)
        blocks.append(Block("rhythm", 0, y, width, 1, [row], sticky=0))
    return blocks


def pipeline_pane(data: "TodayData", width: int, height: int, margin: bool) -> list[Line]:
    """The figures of the board, those that are known first."""
    pad = "  " if margin else ""
    board = data.board
    fact = board.fact if board is not None else ""
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
        lines += _board_lines(board, data, width, max(height - len(lines), 0), margin)
    return lines[: max(height, 1)]


def _board_lines(board: BoardFacts, data: "TodayData", width: int, room: int, margin: bool) -> list[Line]:
    known = sorted(board.rows, key=lambda row: row.value is None)
    return board_lines(known[:room], data.formats, width, margin)


def _annuity(data: "TodayData", width: int, height: int, margin: bool) -> list[Line]:
    if data.annuity is not None:
        return annuity_pane(data.annuity, data.formats, width, height, margin)
    pad = "  " if margin else ""
    title = rule("Annuity", "", width - len(pad))
    words = HOW_TO_FILL if data.problem else "The figures are being read."
    return [
        line(pad, *title.spans, place=Place("view", "annuity")).fitted(width),
        line(pad, Span(words, "dim")).fitted(width),
    ][:height]


def _message(data: "TodayData", width: int) -> Line | None:
    """What others did, in a line at the bottom; None where there is nothing to tell."""
    if not data.message:
        return None
    pad = " " if width >= WIDE else ""
    return line(pad, Span(data.message, "dim")).fitted(width)


def _pane(name: str, pane: Pane, x: int, y: int, width: int, height: int) -> Block:
    return Block(name, x, y, width, max(height, 0), pane(width, height) if height > 0 else [])


def _block(name: str, x: int, y: int, width: int, lines: Sequence[Line], height: int) -> Block:
    return Block(name, x, y, width, height, lines)
