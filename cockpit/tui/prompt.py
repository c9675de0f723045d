"""The one-line prompt: a text, a cursor in it, and what happens to it. A value without any screen."""

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.base.clean import clean
from cockpit.panes.lines import cells


@dataclass(slots=True)
class Prompt:
    """A line that is being typed.

    Attributes:
        label: what is asked for.
        commit: called with the text at Enter.
        change: called with the text after each change, or None.
        leave: called at Esc, or None.
        text: what is typed so far.
        position: the cursor, in characters.
    """

    label: str
    commit: Callable[[str], None]
    change: Callable[[str], None] | None = None
    leave: Callable[[], None] | None = None
    text: str = ""
    position: int = 0

    MAX_LENGTH = 2_000

    def __post_init__(self) -> None:
        self.position = len(self.text)

    def insert(self, text: str) -> None:
        """Type or paste a text at the cursor; it is cleaned, and several lines become one."""
        text = clean(" ".join(text.split("\n")) if "\n" in text else text)
        text = text[: self.MAX_LENGTH - len(self.text)]
        self._become(
            self.text[: self.position] + text + self.text[self.position :], self.position + len(text)
        )

    def key(self, key: str, character: str | None) -> bool:
        """Take a key that edits; False when it is not one."""
        start, end = self.text[: self.position], self.text[self.position :]
        if key == "backspace":
            self._become(start[:-1] + end, max(self.position - 1, 0))
        elif key == "delete":
            self._become(start + end[1:], self.position)
        elif key == "ctrl+u":
            self._become(end, 0)
        elif key == "ctrl+w":
            kept = start.rstrip().rpartition(" ")
            word = kept[0] + kept[1]
            self._become(word + end, len(word))
        elif key == "left":
            self.position = max(self.position - 1, 0)
        elif key == "right":
            self.position = min(self.position + 1, len(self.text))
        elif key in ("home", "ctrl+a"):
            self.position = 0
        elif key in ("end", "ctrl+e"):
            self.position = len(self.text)
        elif character is not None and character.isprintable():
            self.insert(character)
        else:
            return False
        return True

    def shown(self, width: int) -> tuple[str, str, str]:
        """The text before, under and after the cursor, cut to `width` cells so that the cursor is seen."""
        before, under, after = (
            self.text[: self.position],
            self.text[self.position : self.position + 1] or " ",
            self.text[self.position + 1 :],
        )
        while before and cells(before) + cells(under) > width:
            before = before[1:]
        while after and cells(before) + cells(under) + cells(after) > width:
            after = after[:-1]
        return before, under, after

    def _become(self, text: str, position: int) -> None:
        changed = text != self.text
        self.text, self.position = text, position
        if changed and self.change is not None:
            self.change(text)
