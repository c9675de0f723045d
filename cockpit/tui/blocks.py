"""Moving about in one pane: which lines are seen, which line is under the cursor. Plain functions.

A pane may hold a million lines that are made when they are looked at, so nothing here looks at more of
them than a key could need.
"""

from collections.abc import Sequence

from cockpit.panes.lines import Block, Line
from cockpit.tui.state import Spot

FAR = 512
"""How many lines are looked at, at most, to find the next one that can be under the cursor."""


def body_height(block: Block) -> int:
    """Rows between the sticky head and the foot."""
    return max(block.height - block.sticky - len(block.foot), 0)


def scroll_length(block: Block) -> int:
    """Lines that scroll."""
    return max(len(block.lines) - block.sticky, 0)


def overflows(block: Block) -> bool:
    """Whether not all lines fit."""
    return scroll_length(block) > body_height(block)


def selectable(line: Line) -> bool:
    """Whether the cursor can stand on a line."""
    return line.place is not None


def next_line(lines: Sequence[Line], start: int, step: int, first: int) -> int | None:
    """The nearest line from `start` on, in steps of 1 or -1, that the cursor can stand on."""
    index = start
    for _ in range(FAR):
        if not first <= index < len(lines):
            return None
        if selectable(lines[index]):
            return index
        index += step
    return None


def can_hold_cursor(block: Block) -> bool:
    """Whether any line near the top can be under the cursor."""
    return next_line(block.lines, block.sticky, 1, block.sticky) is not None


def focusable(block: Block) -> bool:
    """Whether there is anything to do in the pane: a line to stand on, or lines to scroll."""
    return can_hold_cursor(block) or overflows(block)


def settle(block: Block, spot: Spot) -> None:
    """Put the cursor of a pane on a line that there is, after its lines have changed."""
    lines = block.lines
    index = spot.index
    if spot.key is not None and block.find is not None:
        index = block.find(spot.key)
        if index is not None and spot.index is not None:  # the line stays where it is on the screen
            spot.top += index - spot.index
    elif spot.key is not None:
        index = _by_key(lines, spot.key, index if index is not None else block.sticky, block.sticky)
    if index is None:
        index = spot.index if spot.index is not None else block.cursor
    if index is None:
        index = block.sticky
    index = min(max(index, block.sticky), len(lines) - 1)
    found = next_line(lines, index, 1, block.sticky)
    if found is None:
        found = next_line(lines, index, -1, block.sticky)
    put(block, spot, found)


def put(block: Block, spot: Spot, index: int | None) -> None:
    """Put the cursor on a line, scrolling as little as it takes to see it."""
    spot.index = index
    spot.key = block.lines[index].key if index is not None else None
    height, sticky = body_height(block), block.sticky
    most = max(scroll_length(block) - height, 0)
    if index is not None and height > 0:
        position = index - sticky
        if position < spot.top:
            spot.top = 0 if next_line(block.lines, index - 1, -1, sticky) is None else position
        elif position >= spot.top + height:
            spot.top = position - height + 1
    spot.top = min(max(spot.top, 0), most)


def _by_key(lines: Sequence[Line], key: str, near: int, first: int) -> int | None:
    """The line of that key, looked for around where it was; FAR lines at most in each direction."""
    for distance in range(FAR):
        inside = False
        for index in {near - distance, near + distance}:
            if first <= index < len(lines):
                inside = True
                if lines[index].key == key:
                    return index
        if not inside and distance > 0:
            return None
    return None


def move(block: Block, spot: Spot, steps: int) -> bool:
    """The cursor `steps` lines down (or up, when negative); False when it is at the end already.

    Where no line can be under the cursor, the lines scroll instead.
    """
    if spot.index is None:
        before = spot.top
        spot.top += steps
        put(block, spot, None)
        return spot.top != before
    direction = 1 if steps > 0 else -1
    index = spot.index
    if abs(steps) > 1:
        target = min(max(index + steps, block.sticky), len(block.lines) - 1)
        found = next_line(block.lines, target, direction, block.sticky)
        if found is None:
            found = next_line(block.lines, target, -direction, block.sticky)
    else:
        found = next_line(block.lines, index + direction, direction, block.sticky)
    if found is None or found == index:
        if found is None and abs(steps) == 1 and overflows(block):
            before = spot.top
            height = body_height(block)
            spot.top = min(max(spot.top + direction, 0), max(scroll_length(block) - height, 0))
            return spot.top != before
        return False
    put(block, spot, found)
    return True


def scroll(block: Block, spot: Spot, steps: int) -> None:
    """Scroll the lines under the cursor away; the cursor stays on a line that is seen."""
    most = max(scroll_length(block) - body_height(block), 0)
    spot.top = min(max(spot.top + steps, 0), most)
    if spot.index is None:
        return
    first, last = block.sticky + spot.top, block.sticky + spot.top + body_height(block) - 1
    if spot.index < first:
        found = next_line(block.lines, first, 1, block.sticky)
    elif spot.index > last:
        found = next_line(block.lines, last, -1, block.sticky)
    else:
        return
    if found is not None and first <= found <= last:
        spot.index, spot.key = found, block.lines[found].key


def to_end(block: Block, spot: Spot, last: bool) -> None:
    """The cursor to the last or the first line."""
    if last:
        found = next_line(block.lines, len(block.lines) - 1, -1, block.sticky)
        spot.top = scroll_length(block)
    else:
        found = next_line(block.lines, block.sticky, 1, block.sticky)
        spot.top = 0
    put(block, spot, found if spot.index is not None else None)


def seen(block: Block, spot: Spot) -> list[tuple[int | None, Line]]:
    """The rows of the pane from top to bottom, each with its line's index; blank below a short list."""
    head = min(block.sticky, len(block.lines), block.height)
    rows: list[tuple[int | None, Line]] = [(index, block.lines[index]) for index in range(head)]
    start = block.sticky + spot.top
    stop = min(start + body_height(block), len(block.lines))
    rows += [(index, block.lines[index]) for index in range(start, stop)]
    if block.foot:
        rows += [(None, Line())] * max(block.height - len(rows) - len(block.foot), 0)
        rows += [(None, line) for line in block.foot]
    return rows[: block.height]


def line_at(block: Block, spot: Spot, row: int) -> int | None:
    """The index of the line that a row of the pane shows, or None."""
    rows = seen(block, spot)
    return rows[row][0] if 0 <= row < len(rows) else None


def neighbour(blocks: Sequence[Block], block: Block, direction: str) -> Block | None:
    """The nearest pane in a direction ("up", "down", "left", "right") that lies over against this one."""
    best: tuple[int, int, Block] | None = None
    for other in blocks:
        if other is block or not focusable(other):
            continue
        across, gap = _aside(block, other, direction)
        if gap < 0 or across <= 0:
            continue
        if best is None or (gap, -across) < best[:2]:
            best = (gap, -across, other)
    return best[2] if best is not None else None


def _aside(block: Block, other: Block, direction: str) -> tuple[int, int]:
    """How far two panes lie over against each other, and the cells between them in that direction."""
    if direction in ("left", "right"):
        across = min(block.y + block.height, other.y + other.height) - max(block.y, other.y)
        gap = other.x - block.x - block.width if direction == "right" else block.x - other.x - other.width
    else:
        across = min(block.x + block.width, other.x + other.width) - max(block.x, other.x)
        gap = other.y - block.y - block.height if direction == "down" else block.y - other.y - other.height
    return across, gap
