"""Labels to jump by: letters on every line that the cursor can stand on, in whatever pane it is."""

from cockpit.tui import blocks
from cockpit.tui.layout import page_of, spot_of
from cockpit.tui.session import Session
from cockpit.tui.state import Labels

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""The letters under the fingers first."""


def show_labels(session: Session) -> None:
    """Label every line on the screen that the cursor can stand on."""
    page = page_of(session.state, session.level)
    targets = [
        (block.name, index)
        for block in (page.blocks if page is not None else ())
        for index, line in blocks.seen(block, spot_of(session.level, block))
        if index is not None and index >= block.sticky and blocks.selectable(line)
    ]
    if not targets:
        session.say("there is nothing to jump to here")
        return
    session.state.labels = Labels(dict(zip(label_names(len(targets)), targets, strict=False)))
    session.shell.redraw()


def label_names(count: int) -> list[str]:
    """So many labels, none the beginning of another: single letters first, as far as that goes."""
    singles = len(LETTERS)
    while singles > 0 and singles + (len(LETTERS) - singles) * len(LETTERS) < count:
        singles -= 1
    names = [*LETTERS[:singles]]
    names += [first + second for first in LETTERS[singles:] for second in LETTERS]
    return names[:count]


def label_key(session: Session, labels: Labels, key: str) -> None:
    """One more letter of a label; any other key gives up."""
    typed = labels.typed + key
    session.state.labels = None
    if typed in labels.targets:
        _jump(session, *labels.targets[typed])
    elif any(name.startswith(typed) for name in labels.targets):
        session.state.labels = Labels(labels.targets, typed)
    elif key != "escape":
        session.say(f"no line has the label {typed}")


def _jump(session: Session, name: str, index: int) -> None:
    level = session.level
    page = page_of(session.state, level)
    for block in page.blocks if page is not None else ():
        if block.name == name and index < len(block.lines):
            level.focus = name
            blocks.put(block, spot_of(level, block), index)
