"""The whole screen as rows, from the state alone. Pure: the same state gives the same rows."""

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.panes.lines import Block, Line, Span, cells, fit, rule
from cockpit.panes.view import Size
from cockpit.tui.actions import ACTIONS, Action
from cockpit.tui.blocks import body_height, overflows, scroll_length, seen
from cockpit.tui.keymap import Keymap
from cockpit.tui.layout import LEAST, TALL, Places, focused_block, line_under_cursor, page_of, places, spot_of
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.rows import Piece, Row, cut, in_ascii, merged, row_of, side_by_side, with_cursor
from cockpit.tui.state import Chooser, Level, ScreenState

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
            self._set(result, where.crumbs, crumb_row(level, width))
            if height >= TALL:
                self._set(result, where.crumbs + 1, (Piece("─" * width, "rule"),))
        self._set(result, 0, row_of(head(width), width))
        if height >= TALL:
            self._set(result, where.foot - 1, (Piece("─" * width, "rule"),))
        if height > 2:
            self._set(result, where.foot, foot_row(self.keymap, state, width))
        if height > 1:
            self._set(result, max(where.message, 1), self._message(state, where, width))
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
            if state.waiting_shown or level.problem:
                text = level.problem or "loading…"
                role = "problem" if level.problem else "dim"
                self._set(result, where.body + 1, _filled((Piece(f" {fit(text, width - 1)}", role),), width))
            return
        parts: list[list[tuple[int, int, Row]]] = [[] for _ in result]
        last_row = min(where.message, len(result))
        for block in page.blocks:
            for offset, row in enumerate(block_rows(level, block)):
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
            return chooser_row(state.chooser, width)
        if where.too_small:
            size = state.size
            text = f"needs {LEAST.width}x{LEAST.height}, has {size.width}x{size.height}"
            return _filled((Piece(fit(text, width), "problem"),), width)
        level = state.trails.level
        right = position_words(level) if state.picker is None else ""
        left: Row
        if state.typed:
            left = (Piece(" "), Piece(state.typed, "key"))
        elif state.message:
            left = (Piece(" "), Piece(state.message, "problem" if state.message_is_problem else "message"))
        elif level.problem and level.shows:
            left = (Piece(" "), Piece(level.problem, "problem"))
        elif state.waiting_shown and level.asked_at is not None and level.shows:
            left = (Piece(" "), Piece("loading…", "dim"))
        elif level.selected:
            left = (Piece(" "), Piece(f"{len(level.selected)} selected", "message"))
        elif state.trails.depth > 0 and state.picker is None:
            left = self._hints(state, width - cells(right) - 2)
        else:
            left = ()
        room = width - (cells(right) + 2 if right else 0)
        placed = [(0, room, _filled(left, room))]
        if right:
            placed.append((width - cells(right) - 1, cells(right), (Piece(right, "dim"),)))
        return side_by_side(placed, width)

    def _hints(self, state: ScreenState, width: int) -> Row:
        level = state.trails.level
        line = line_under_cursor(level)
        named: list[tuple[str, str]] = []
        for action in sorted((action for action in ACTIONS if action.hint), key=lambda found: found.hint):
            if action.name == "divide" and not (level.shows and level.view.dimensions(level.data)):
                continue
            if action.where != "anywhere" and (line is None or line.place is None):
                continue
            if action.where == "task" and (line is None or line.place is None or line.place.kind != "task"):
                continue
            words = self.keymap.words(action.name)
            if action.name == "next_sibling":
                words = f"{self.keymap.words('previous_sibling')} {words}".strip()
            if words:
                named.append((words, action.label))
        return keys_row(named, width, gap=5, between=2)


def block_rows(level: Level, block: Block) -> list[Row]:
    """The rows of one pane with its cursor and selection."""
    spot = spot_of(level, block)
    focused = block.name == level.focus
    rows = []
    for index, line in seen(block, spot):
        row = row_of(line, block.width)
        if line.place is not None and index is not None:
            selected = line.key is not None and line.key in level.selected
            row = with_cursor(row, marked=focused and index == spot.index, selected=selected)
        rows.append(row)
    return rows


def position_words(level: Level) -> str:
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


# --- the lines around the page --------------------------------------------------------------------------


def crumb_row(level: Level, width: int) -> Row:
    """The breadcrumb: where one is, and at the right end what the figures stand at."""
    crumbs = list(level.view.crumbs())
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
    label = f" {fit(prompt.label, max(width // 2, 4))} "
    before, under, after = prompt.shown(max(width - cells(label) - 1, 1))
    return _filled(
        (Piece(label, "key"), Piece(before, "prompt"), Piece(under, "prompt_cursor"), Piece(after, "prompt")),
        width,
    )


def chooser_row(chooser: Chooser, width: int) -> Row:
    """The letters that the next key picks from."""
    named = [(choice.letter, choice.label) for choice in chooser.choices]
    title = f" {chooser.title}"
    return _filled((Piece(title, "strong"), *keys_row(named, width - cells(title) - 1, gap=3)), width)


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
        used = _size(left) + _size(right) + 2 * margin + 2
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
        [(margin, _size(left), left), (max(width - margin - _size(right), 0), _size(right), right)], width
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


def picker_rows(picker: Picker, size: Size) -> list[Row]:
    """The list that covers the page, with its own line for typing."""
    width = size.width
    rows: list[Row] = [row_of(rule(f" {picker.title}", f"{len(picker.found):,} ", width), width)]
    if picker.typed is not None:
        before, under, after = picker.typed.shown(max(width - 4, 1))
        rows.append(
            _filled(
                (Piece(" : ", "key"), Piece(before, "prompt"), Piece(under, "prompt_cursor"),
                 Piece(after, "prompt")),
                width,
            )
        )  # fmt: skip
    body = max(size.height - len(rows), 1)
    listed = _with_headings(picker)
    position = next((at for at, (index, _) in enumerate(listed) if index == picker.index), 0)
    picker.top = min(max(picker.top, position - body + 1), position)
    if position <= 1:
        picker.top = 0
    mark_width = max((cells(entry.mark) for entry in picker.found[:200]), default=0)
    label_width = min(max((cells(entry.label) for entry in picker.found[:200]), default=0), width // 2)
    for index, shown in listed[picker.top : picker.top + body]:
        if isinstance(shown, str):
            rows.append(_filled((Piece(f" {shown}", "title"),), width))
            continue
        row = row_of(_entry_line(shown, mark_width, label_width), width)
        rows.append(with_cursor(row, marked=index == picker.index, selected=False))
    if not picker.found:
        rows.append(_filled((Piece("   nothing matches", "dim"),), width))
    rows += [_filled((), width)] * (size.height - len(rows))
    return [merged(row) for row in rows[: size.height]]


def _with_headings(picker: Picker) -> list[tuple[int | None, Entry | str]]:
    listed: list[tuple[int | None, Entry | str]] = []
    heading = ""
    for index, entry in enumerate(picker.found):
        if not picker.query and entry.heading != heading:
            heading = entry.heading
            listed.append((None, heading))
        listed.append((index, entry))
    return listed


def _entry_line(entry: Entry, mark_width: int, label_width: int) -> Line:
    mark = entry.mark + " " * (mark_width - cells(entry.mark))
    label = fit(entry.label, label_width)
    label += " " * (label_width - cells(label))
    lead = Span(f"  {mark}  " if mark_width else "  ", "accent")
    return Line((lead, Span(label), Span(f"  {entry.detail}", "dim")))


def _filled(row: Row, width: int) -> Row:
    row = cut(row, width)
    used = _size(row)
    return merged((*row, Piece(" " * (width - used)))) if used < width else row


def _size(row: Row) -> int:
    return sum(cells(piece.text) for piece in row)
