"""The whole screen as rows, from the state alone. Pure: the same state gives the same rows."""

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.panes.lines import Block, Line, cells, fit
from cockpit.panes.view import Size
from cockpit.panes.wrapping import wrapped
from cockpit.tui.actions import ACTIONS
from cockpit.tui.blocks import body_height, overflows, scroll_length, seen
from cockpit.tui.edges import aside_row, chooser_rows, crumb_row, foot_row, keys_row, prompt_row
from cockpit.tui.keymap import Keymap
from cockpit.tui.layout import (
    LEAST,
    Places,
    focused_block,
    is_tall,
    line_under_cursor,
    page_of,
    places,
    spot_of,
)
from cockpit.tui.listing import picker_rows
from cockpit.tui.marks import with_marks
from cockpit.tui.rows import Piece, Row, filled, in_ascii, row_of, side_by_side, with_cursor, with_letters
from cockpit.tui.state import Labels, Level, ScreenState

OWN_HINT = 5
"""Where keys stand in the line of keys that only one kind of view has there."""

HeadLine = Callable[[int], Line]
"""Makes the head line for a width in cells."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Draws the screen.

    Attributes:
        keymap: whose keys the foot line names.
        ascii_only: draw with ASCII characters.
        read_only: leave out what changes anything.
    """

    keymap: Keymap
    ascii_only: bool = False
    read_only: bool = False

    def rows(self, state: ScreenState, head: HeadLine) -> list[Row]:
        """One row for every row of the terminal, each exactly as wide as it."""
        width, height = state.size.width, state.size.height
        where = places(state)
        result: list[Row] = [()] * height
        level = state.trails.level
        self._body(state, where, result)
        if where.crumbs is not None:
            self._set(result, where.crumbs, crumb_row(level, width, state.figure_names))
            if is_tall(state):
                self._set(result, where.crumbs + 1, (Piece("─" * width, "rule"),))
        self._set(result, 0, row_of(head(width), width))
        if is_tall(state):
            self._set(result, where.foot - 1, (Piece("─" * width, "rule"),))
        if height > 2:
            self._set(result, where.foot, foot_row(self.keymap, state, width))
        if height > 1:
            self._set(result, max(where.message, 1), self._message(state, where, width))
            for offset, row in enumerate(reversed(self._lines_of_message(state, where, width)[:-1]), 1):
                self._set(result, where.message - offset, filled(row, width))
        if state.prompt is not None and where.message > 2:
            waiting = state.waiting if level.asked_at is not None else ""
            if state.prompt.aside or waiting:
                self._set(result, where.message - 1, aside_row(state.prompt, width, waiting))
        if state.chooser is not None:
            above = chooser_rows(state.chooser, width)[:-1]
            for offset, row in enumerate(reversed(above[-max(where.message - 1, 0) :] if above else []), 1):
                self._set(result, where.message - offset, row)
        blank = (Piece(" " * width),)
        finished = [row or blank for row in result]
        return [in_ascii(row) for row in finished] if self.ascii_only else finished

    @staticmethod
    def _set(result: list[Row], index: int, row: Row) -> None:
        if 0 <= index < len(result):
            result[index] = row

    # --- the page ---------------------------------------------------------------------------------------

    def _body(self, state: ScreenState, where: Places, result: list[Row]) -> None:
        width = state.size.width
        if state.picker is not None:
            area = Size(width, max(where.message - where.body, 1))
            for offset, row in enumerate(picker_rows(state.picker, area)):
                self._set(result, where.body + offset, row)
            return
        level = state.trails.level
        page = page_of(state, level)
        if page is None:
            if state.waiting or level.problem:
                text = level.problem or state.waiting
                role = "problem" if level.problem else "dim"
                self._set(result, where.body + 1, filled((Piece(f" {fit(text, width - 1)}", role),), width))
            return
        parts: list[list[tuple[int, int, Row]]] = [[] for _ in result]
        last_row = min(where.message, len(result))
        for block in page.blocks:
            for offset, row in enumerate(_block_rows(level, block, state.labels)):
                y = where.body + block.y + offset
                if 0 <= y < last_row:
                    parts[y].append((block.x, block.width, row))
        if where.detail is not None:
            x, y, detail_width, detail_height = where.detail
            detail = level.view.detail(level.data, line_under_cursor(level), detail_width)
            for offset, line in enumerate(detail[:detail_height]):
                if y + offset < last_row:
                    parts[y + offset].append((x, detail_width, row_of(line, detail_width)))
        for y, placed in enumerate(parts):
            if placed:
                result[y] = side_by_side(placed, width)

    # --- the message line ---------------------------------------------------------------------------------

    def _message(self, state: ScreenState, where: Places, width: int) -> Row:
        if state.prompt is not None:
            return prompt_row(state, width)
        if state.chooser is not None:
            return chooser_rows(state.chooser, width)[-1]
        if where.too_small:
            size = state.size
            text = f"needs {LEAST.width}x{LEAST.height}, has {size.width}x{size.height}"
            return filled((Piece(fit(text, width), "problem"),), width)
        level = state.trails.level
        right = _position_words(level) if state.picker is None else ""
        left: Row
        if state.typed:
            left = (Piece(" "), Piece(state.typed, "key"))
        elif state.message:
            left = self._lines_of_message(state, where, width)[-1]
            if state.waiting and level.asked_at is not None:
                left = (*left, Piece(f"   {state.waiting}", "dim"))
        elif level.problem and level.shows:
            left = (Piece(" "), Piece(level.problem, "problem"))
        elif state.waiting and level.asked_at is not None and level.shows:
            left = (Piece(" "), Piece(state.waiting, "dim"))
        elif level.selected:
            left = (Piece(" "), Piece(f"{len(level.selected)} selected", "message"))
        elif state.trails.depth > 0 and state.picker is None:
            left = self._hints(state, width - cells(right) - 2)
        else:
            left = ()
        room = width - (cells(right) + 2 if right else 0)
        placed = [(0, room, filled(left, room))]
        if right:
            placed.append((width - cells(right) - 1, cells(right), (Piece(right, "dim"),)))
        return side_by_side(placed, width)

    @staticmethod
    def _lines_of_message(state: ScreenState, where: Places, width: int) -> list[Row]:
        """What is said, whole, over the end of the page where one line is too short for it."""
        covered = state.prompt is not None or state.chooser is not None or state.typed or where.too_small
        if covered or not state.message:
            return []
        role = "problem" if state.message_is_problem else "message"
        if state.message_is_news:
            return [(Piece(" "), Piece(state.message, role))]
        room = width - (cells(_position_words(state.trails.level)) + 3 if state.picker is None else 1)
        lines = [part for text in state.message.split("\n") for part in wrapped(text, max(room - 1, 1))]
        most = max(where.message - where.body, 1)
        return [(Piece(" "), Piece(part, role)) for part in lines[:most]]

    def _hints(self, state: ScreenState, width: int) -> Row:
        level = state.trails.level
        line = line_under_cursor(level)
        named: list[tuple[str, str]] = []
        told = level.view.hints(level.data, line) if level.shows else {}
        wanted = (action for action in ACTIONS if action.hint or told.get(action.name))
        for action in sorted(wanted, key=lambda found: found.hint or OWN_HINT):
            if action.writes and self.read_only:
                continue
            if action.name == "divide" and not (level.shows and level.view.dimensions(level.data)):
                continue
            if action.where != "anywhere" and (line is None or line.place is None):
                continue
            if action.where == "task" and (line is None or line.place is None or line.place.kind != "task"):
                continue
            if action.name == "message" and not _somebody_behind(level):
                continue
            words = self.keymap.words(action.name)
            if action.name == "next_sibling":
                words = f"{self.keymap.words('previous_sibling')} {words}".strip()
            label = told.get(action.name, action.label)
            if words and label:
                named.append((words, label))
        return keys_row(named, width, gap=5, between=2)


def _block_rows(level: Level, block: Block, labels: Labels | None = None) -> list[Row]:
    """The rows of one pane with its cursor and selection, and the letters to jump by."""
    letters = {} if labels is None else {target: name for name, target in labels.targets.items()}
    spot = spot_of(level, block)
    focused = block.name == level.focus
    rows = []
    for index, line in seen(block, spot):
        row = with_marks(row_of(line, block.width), line, block.name, level)
        if line.place is not None and index is not None:
            selected = line.key is not None and line.key in level.selected
            row = with_cursor(row, marked=focused and index == spot.index, selected=selected)
        if index is not None and (block.name, index) in letters:
            row = with_letters(row, letters[block.name, index])
        rows.append(row)
    return rows


def _somebody_behind(level: Level) -> bool:
    """Whether there is anybody to ask about the line under the cursor."""
    line = line_under_cursor(level)
    if line is None or line.key is None or not level.shows:
        return False
    on_task = line.place is not None and line.place.kind == "task"
    return on_task or bool(level.view.questions(level.data, [line.key]))


def _position_words(level: Level) -> str:
    """Where in a long list one is: "17 of 1,000,000"; "" where the whole list is seen."""
    block = focused_block(level)
    if block is None or not overflows(block):
        return ""
    spot = spot_of(level, block)
    if spot.index is not None:
        line = spot.index - block.sticky + 1
    else:
        line = min(spot.top + body_height(block), scroll_length(block))
    return f"{line:,} of {scroll_length(block):,}"
