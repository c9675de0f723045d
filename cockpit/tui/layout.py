"""Where things stand on the screen, and the page of a level laid out for it.

From the top: the head line; below a view's root a breadcrumb and a rule; the page, with the detail
beside or below it; the message line; on tall screens a rule; the foot line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cockpit.panes.lines import Block, Line, Page, Span, rule
from cockpit.panes.spoken import ROOM, spoken_lines
from cockpit.panes.view import Size, View
from cockpit.panes.wrapping import wrapped
from cockpit.tui.blocks import FAR, can_hold_cursor, focusable, put, selectable, settle
from cockpit.tui.state import Level, ScreenState, Spot

LEAST = Size(60, 15)
"""Smaller screens are told what is needed; the page is laid out for this size and cut."""
TALL = 30
"""From this height on there are rules below the breadcrumb and above the foot."""
DETAIL_FROM = 160
"""From this width on the detail stands beside the view unless it was switched off."""
DETAIL_LEAST, DETAIL_MOST = 40, 76
"""Cells of the detail beside the view: a quarter of the screen, between these two."""
BESIDE_LEAST = 80
"""Cells of the view beside the detail at least; on narrower screens the detail stands below."""
COMPACTED = 1_000
"""Panes with more lines are lists, which have no blank lines worth looking for."""


@dataclass(frozen=True, slots=True)
class Places:
    """The rows and columns of the parts of the screen.

    Attributes:
        crumbs: row of the breadcrumb, or None.
        body: first row of the page.
        page: cells of the page.
        detail: (column, row, width, height) of the detail, or None.
        message: row of the message line.
        foot: row of the foot line.
        too_small: whether the screen is smaller than what the page needs.
    """

    crumbs: int | None
    body: int
    page: Size
    detail: tuple[int, int, int, int] | None
    message: int
    foot: int
    too_small: bool


def places(state: ScreenState) -> Places:
    """Where the parts stand on a screen of the state's size."""
    width, height = state.size.width, state.size.height
    tall = is_tall(state)
    crumbs = 1 if _has_crumbs(state.trails.level) else None
    body = 1 if crumbs is None else (3 if tall else 2)
    below = 3 if tall else 2
    too_small = width < LEAST.width or height < LEAST.height
    room = Size(max(width, LEAST.width), max(height - body - below, LEAST.height - 4))
    detail = None
    if not too_small and wants_detail(state):
        beside = min(max(width // 4, DETAIL_LEAST), DETAIL_MOST)
        if width - beside - 3 >= BESIDE_LEAST:
            room = Size(width - beside - 3, room.height)
            detail = (room.width + 2, body, beside, room.height)
        elif room.height >= 14:
            size = room.height // 3
            room = Size(room.width, room.height - size - 1)
            detail = (0, body + room.height + 1, width, size)
    return Places(crumbs, body, room, detail, height - below, height - 1, too_small)


def is_tall(state: ScreenState) -> bool:
    """Whether there is room for rules below the breadcrumb and above the foot."""
    return state.size.height >= TALL and not state.compact


def _has_crumbs(level: Level) -> bool:
    """Whether the level has a breadcrumb line: below a view's root, and where the view is narrowed.

    At the root the panes say what they are, and the foot line says which view it is.
    """
    return len(level.view.crumbs()) > 1 or bool(level.view.narrowing() or level.search)


def wants_detail(state: ScreenState) -> bool:
    """Whether the detail is shown: as chosen, else on wide screens, and only where the view has one."""
    level = state.trails.level
    if type(level.view).detail is View.detail or level.twin:
        return False
    return state.detail if state.detail is not None else state.size.width >= DETAIL_FROM


def page_of(state: ScreenState, level: Level) -> Page | None:
    """The level's page for the screen, laid out when it has to be; the cursor is put on a line."""
    if not level.shows:
        return None
    size = places(state).page
    if level.page is None or level.page_size != size:
        page = level.view.page(level.data, ROOM if level.twin else size)
        if level.twin:
            page = twin(page, size)
        elif level.zoom is not None:
            page = alone(page, level.zoom, size)
        if state.compact:
            page = _compacted(page)
        level.page, level.page_size = page, size
        for block in page.blocks:
            settle(block, spot_of(level, block))
        if level.wanted is not None and level.complete:
            _go_to_wanted(level, page)
        if level.focus not in {block.name for block in page.blocks}:
            level.focus = _first_focus(page.blocks)
    return level.page


def _go_to_wanted(level: Level, page: Page) -> None:
    """Put the cursor on the line that the way here asked for."""
    wanted, level.wanted = level.wanted, None
    assert wanted is not None
    for block in page.blocks:
        for index in range(block.sticky, min(len(block.lines), block.sticky + FAR)):
            line = block.lines[index]
            if selectable(line) and (line.key == wanted or wanted in line.text):
                put(block, spot_of(level, block), index)
                level.focus = block.name
                return


def _first_focus(blocks: Sequence[Block]) -> str:
    """The pane that has the cursor at first: the first with a line to stand on."""
    for test in (can_hold_cursor, focusable):
        for block in blocks:
            if test(block):
                return block.name
    return blocks[0].name if blocks else ""


def spot_of(level: Level, block: Block) -> Spot:
    """Where the cursor is in a pane."""
    return level.spots.setdefault(block.name, Spot())


def focused_block(level: Level) -> Block | None:
    """The pane that has the cursor."""
    if level.page is None:
        return None
    for block in level.page.blocks:
        if block.name == level.focus:
            return block
    return None


def line_under_cursor(level: Level) -> Line | None:
    """The line under the cursor."""
    block = focused_block(level)
    if block is None:
        return None
    index = spot_of(level, block).index
    return block.lines[index] if index is not None and index < len(block.lines) else None


def alone(page: Page, name: str, size: Size) -> Page:
    """The page with one pane only, as large as the page."""
    for block in page.blocks:
        if block.name == name:
            whole = replace(block, x=0, y=0, width=size.width, height=size.height)
            return Page(size.width, size.height, (whole,))
    return page


def _compacted(page: Page) -> Page:
    """A page of one pane without the blank lines in it.

    Panes beside each other share the height as it is; long tables have no blank lines.
    """
    if len(page.blocks) != 1 or len(page.blocks[0].lines) > COMPACTED:
        return page
    block = page.blocks[0]
    lines = [row for at, row in enumerate(block.lines) if at < block.sticky or row.text.strip()]
    return replace(page, blocks=(replace(block, lines=lines),))


def folded(line: Line, width: int) -> list[Line]:
    """A line of words over as many rows as it needs; the first opens what it opens, the others follow it."""
    role = line.spans[0].role if line.spans else "text"
    parts = wrapped(line.text, width - 3)
    if len(parts) < 2:
        return [line]
    others = [Line((Span(f"  {part}", role),)) for part in parts[1:]]
    return [replace(line, spans=(Span(parts[0], role),)), *others]


def twin(page: Page, size: Size) -> Page:
    """The page in words, pane after pane, in one column: for a screen reader, or for the eye."""
    told = spoken_lines(page)
    lines = [part for line in told for part in folded(line, size.width)]
    title = rule("As text", f"{len(told)} lines", size.width)
    return Page(
        size.width, size.height, (Block("text", 0, 0, size.width, size.height, (title, *lines), sticky=1),)
    )
