"""How the screen is asked for on the command line."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """What the person who starts the cockpit can choose.

    Attributes:
        folder: the workspace's folder, or None where the start looks for one.
        theme: name of a theme or path of a theme file; None for the one of the terminal.
        keymap: name of a keymap or path of a keymap file; None for the user's own, else the default.
        mouse: whether clicks and the wheel are taken; without, the terminal selects text itself.
        slow: for slow links: the terminal's own colours, and a longer time between looks at other
            people's changes.
        ascii_only: draw with ASCII characters instead of lines and blocks.
        compact: leave out blank lines and rules, so that more fits.
        read_only: nothing can be changed.
        record: a file in which the keys are kept, or None.
        replay: a file whose keys are pressed first, or None.
    """

    folder: Path | None = None
    theme: str | None = None
    keymap: str | None = None
    mouse: bool = True
    slow: bool = False
    ascii_only: bool = False
    compact: bool = False
    read_only: bool = False
    record: Path | None = None
    replay: Path | None = None
