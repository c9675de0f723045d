"""Keys that move: the cursor in a pane, from pane to pane, from level to level."""

from msgspec.structs import replace

from cockpit.panes.lines import Block
from cockpit.panes.view import Choice, View
from cockpit.tui import blocks
from cockpit.tui.arrangement import moved_on
from cockpit.tui.layout import DETAIL_LEAST, focused_block, page_of, places, spot_of, wants_detail
from cockpit.tui.session import Session
from cockpit.tui.state import Level
from cockpit.tui.visits import visit_of


def _focused(session: Session) -> Block | None:
    page_of(session.state, session.level)
    return focused_block(session.level)


def step(session: Session, steps: int) -> None:
    """Up or down; past the end of a pane, to the one above or below."""
    block = _focused(session)
    if block is None:
        return
    if blocks.move(block, spot_of(session.level, block), steps):
        session.shell.redraw()
    elif abs(steps) == 1:
        _to_side(session, "down" if steps > 0 else "up")


def page(session: Session, direction: int) -> None:
    """One page up or down."""
    block = _focused(session)
    if block is not None:
        blocks.move(block, spot_of(session.level, block), direction * max(blocks.body_height(block) - 1, 1))
        session.shell.redraw()


def to_end(session: Session, last: bool) -> None:
    """To the first or the last line."""
    block = _focused(session)
    if block is not None:
        blocks.to_end(block, spot_of(session.level, block), last)
        session.shell.redraw()


def to_line(session: Session, number: int) -> None:
    """To the line of that number, counted from 1."""
    block = _focused(session)
    if block is not None:
        index = min(block.sticky + number - 1, len(block.lines) - 1)
        found = blocks.next_line(block.lines, index, 1, block.sticky)
        blocks.put(block, spot_of(session.level, block), found)
        session.shell.redraw()


def sideways(session: Session, step_by: int) -> None:
    """To the column at the right or left where the view has columns to go to, else to the pane there."""
    level = session.level
    view = level.view.column_stepped(level.data, step_by) if level.shows else None
    if view is not None:
        session.replace(view)
    else:
        _to_side(session, "right" if step_by > 0 else "left")


def columns(session: Session) -> None:
    """Do something with the column under the cursor."""
    level = session.level
    ways = level.view.column_ways(level.data) if level.shows else ()
    if not ways:
        session.say("there are no columns here")
        return

    def chosen(choice: Choice) -> None:
        view = level.view.with_column(level.data, choice.name)
        if view is not None:
            session.replace(view)

    session.choose(f"column {level.view.column()}".rstrip(), ways, chosen)


def _to_side(session: Session, direction: str) -> None:
    """To the pane in that direction."""
    block, laid_out = _focused(session), session.level.page
    if block is None or laid_out is None:
        return
    other = blocks.neighbour(laid_out.blocks, block, direction)
    if other is not None:
        if direction in ("up", "down"):
            blocks.to_end(other, spot_of(session.level, other), last=direction == "up")
        _focus(session, other)


def to_next_pane(session: Session, step_by: int) -> None:
    """Round through the panes in their order."""
    block, laid_out = _focused(session), session.level.page
    if block is None or laid_out is None:
        return
    others = [found for found in laid_out.blocks if found is block or blocks.focusable(found)]
    if len(others) == 1:
        session.say("there is no other pane here")
        return
    _focus(session, others[(others.index(block) + step_by) % len(others)])


def _focus(session: Session, block: Block) -> None:
    session.level.focus = block.name
    session.shell.redraw()


def open_line(session: Session) -> None:
    """One level down into what is under the cursor."""
    line = session.line()
    if line is None or line.place is None:
        session.say("there is nothing to open here")
    elif line.place.kind == "url":
        session.say(f"the address is {line.place.name}; y l copies it")
    else:
        session.go(line.place)


def back(session: Session) -> None:
    """One level back: first out of what lies over the view, then out of the level."""
    level = session.level
    if level.selected:
        level.selected.clear()
    elif level.zoom is not None or level.twin:
        level.zoom, level.twin = None, False
        level.forget_page()
    elif level.search or _narrowed_here(level):
        clear_narrowing(session)
    elif session.state.trails.depth > 0:
        session.visits.leave(visit_of(session.state.trails))
        session.pop()
    else:
        leaving = session.keymap.words("quit")
        session.say("there is no level above this" + (f"; {leaving} leaves the cockpit" if leaving else ""))
    session.shell.redraw()


def _narrowed_here(level: Level) -> bool:
    """Whether the view is narrowed, and by another text than the one it was opened with."""
    return level.view.narrowing() not in ("", level.opened_with)


def clear_narrowing(session: Session) -> None:
    """Show all again."""
    level = session.level
    level.search = ""
    wide = level.view.narrowed("") if level.view.narrowing() else None
    if wide is not None:
        session.replace(wide)


def sibling(session: Session, step_by: int) -> None:
    """The next or previous one at the same level."""
    level = session.level
    view: View | None = level.view.sibling(level.data, step_by) if level.shows else None
    if view is None:
        session.say("there is no next one here" if step_by > 0 else "there is none before it here")
    else:
        session.replace(view)


def zoom(session: Session) -> None:
    """This pane alone, and back."""
    level = session.level
    laid_out = page_of(session.state, level)
    if level.zoom is None and laid_out is not None and len(laid_out.blocks) < 2:
        session.say("this pane is alone already")
        return
    level.zoom = None if level.zoom is not None else level.focus
    level.forget_page()
    if session.arrangements is not None and session.state.trails.depth == 0:
        kept = session.arrangements.of(level.view.name)
        wrong = session.arrangements.keep(level.view.name, replace(kept, alone=level.zoom or ""))
        if wrong:
            session.say(wrong, problem=True)
    session.shell.redraw()


def move_pane(session: Session) -> None:
    """The pane that has the cursor changes places with the next one, from now on."""
    level = session.level
    panes = level.view.movable_panes()
    if level.focus not in panes:
        session.say(
            f"what can be moved here: {', '.join(panes)}" if panes else "no pane of this can be moved"
        )
        return
    order = moved_on(panes, level.focus)
    view = level.view.arranged(order)
    if view is None:
        return
    session.replace(view)
    wrong = ""
    if session.arrangements is not None:
        kept = session.arrangements.of(view.name)
        wrong = session.arrangements.keep(view.name, replace(kept, panes=order))
    session.say(wrong or f"panes: {', '.join(order)}", problem=bool(wrong))


def density(session: Session) -> None:
    """Without blank lines and rules, or with them again."""
    state = session.state
    state.compact = not state.compact
    for levels in state.trails.levels.values():
        for level in levels:
            level.forget_page()
    kept = '; density = "compact" in config.toml keeps it so' if state.compact else ""
    session.say(("compact" if state.compact else "comfortable") + kept)


def twin(session: Session) -> None:
    """The page as plain lines, and back."""
    level = session.level
    level.twin = not level.twin
    level.forget_page()
    session.shell.redraw()


def detail(session: Session) -> None:
    """The detail beside the view on or off."""
    level = session.level
    nothing = type(level.view).detail is View.detail
    if not nothing and level.shows and not wants_detail(session.state):
        nothing = not level.view.detail(level.data, session.line(), DETAIL_LEAST)
    if nothing:
        session.say("there is no detail here")
        return
    session.state.detail = not wants_detail(session.state)
    level.forget_page()
    session.shell.redraw()


def click(session: Session, x: int, y: int) -> None:
    """A click on a line puts the cursor there; on the line under the cursor, opens it."""
    state = session.state
    laid_out = page_of(state, session.level)
    if laid_out is None or state.picker is not None or state.prompt is not None:
        return
    y -= places(state).body
    for block in laid_out.blocks:
        if block.x <= x < block.x + block.width and block.y <= y < block.y + block.height:
            spot = spot_of(session.level, block)
            index = blocks.line_at(block, spot, y - block.y)
            if index is None or not blocks.selectable(block.lines[index]):
                if blocks.focusable(block):
                    _focus(session, block)
            elif block.name == session.level.focus and spot.index == index:
                open_line(session)
            else:
                blocks.put(block, spot, index)
                _focus(session, block)
            return


def wheel(session: Session, x: int, y: int, steps: int) -> None:
    """Scroll the pane under the mouse."""
    state = session.state
    if state.picker is not None:
        state.picker.move(steps)
        session.shell.redraw()
        return
    laid_out = page_of(state, session.level)
    y -= places(state).body
    for block in laid_out.blocks if laid_out is not None else ():
        if block.x <= x < block.x + block.width and block.y <= y < block.y + block.height:
            blocks.scroll(block, spot_of(session.level, block), steps)
            session.shell.redraw()
