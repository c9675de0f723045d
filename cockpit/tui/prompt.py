"""The one-line prompt: a text, a cursor in it, and what happens to it. A value without any screen."""

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.base.clean import clean
from cockpit.panes.lines import cells
from cockpit.panes.view import Completer


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
        earlier: what was typed at the same question before, the newest last; Up and Down go through it.
        complete: what the word before the cursor may become, and where it starts; or None.
        switch: called at Tab; gives what is asked then. None: Tab completes.
        aside: what stands above the line: why the text was refused, or how it may go on.
        refused: whether `aside` tells why it was refused.
        hidden: whether it is a secret, of which only the length is shown and nothing is kept.
    """

    label: str
    commit: Callable[[str], None]
    change: Callable[[str], None] | None = None
    leave: Callable[[], None] | None = None
    text: str = ""
    position: int = 0
    earlier: tuple[str, ...] = ()
    complete: Completer | None = None
    switch: Callable[[], str] | None = None
    aside: str = ""
    refused: bool = False
    hidden: bool = False
    _offered: tuple[int, tuple[str, ...], int] | None = None

    MAX_LENGTH = 2_000
    LONGEST_SECRET = 16_000

    def __post_init__(self) -> None:
        self.position = len(self.text)

    def insert(self, text: str) -> None:
        """Type or paste a text at the cursor; it is cleaned, and several lines become one.

        A secret is taken letter by letter, since a long one that is cut or put in order would be a wrong one.
        """
        if self.hidden:
            text = "".join(one for one in text if one.isprintable())[: self.LONGEST_SECRET - len(self.text)]
        else:
            text = clean(" ".join(text.split("\n")) if "\n" in text else text)
            text = text[: self.MAX_LENGTH - len(self.text)]
        self._become(
            self.text[: self.position] + text + self.text[self.position :], self.position + len(text)
        )

    def key(self, key: str, character: str | None) -> bool:
        """Take a key that edits; False when it is not one."""
        start, end = self.text[: self.position], self.text[self.position :]
        if key in ("tab", "shift+tab"):
            self._take_next(-1 if key == "shift+tab" else 1)
        elif key == "backspace":
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
        elif key in ("up", "down"):
            self._recall(-1 if key == "up" else 1)
        elif key in ("home", "ctrl+a"):
            self.position = 0
        elif key in ("end", "ctrl+e"):
            self.position = len(self.text)
        elif character is not None and character.isprintable():
            self.insert(character)
        else:
            return False
        return True

    def refuse(self, why: str, position: int | None = None) -> None:
        """Say why the text was not taken; the cursor goes where it is wrong."""
        self.aside, self.refused = why, True
        if position is not None:
            self.position = min(position, len(self.text))

    def offer(self) -> None:
        """Show how the word before the cursor may go on."""
        if self.complete is not None:
            _, found = self.complete(self.text, self.position)
            self.aside, self.refused = "   ".join(found), False

    def _take_next(self, step: int) -> None:
        """Put the next of the words that may stand here in the place of the one that is typed."""
        if self.switch is not None:
            self.label = self.switch()
        if self.complete is None:
            return
        if self._offered is None:
            start, found = self.complete(self.text, self.position)
            offered = (start, tuple(found), -1 if step > 0 else 0)
        else:
            offered = self._offered
        start, words, index = offered
        if not words:
            return
        index = (index + step) % len(words)
        end = self.text[self.position :]
        self._become(self.text[:start] + words[index] + end, start + len(words[index]))
        self._offered = (start, words, index)
        self.aside, self.refused = "   ".join((*words[index:], *words[:index])), False

    def _recall(self, step: int) -> None:
        """The text before or after this one among the earlier ones; below the newest nothing is typed."""
        texts = [*self.earlier, ""]
        here = texts.index(self.text) if self.text in texts else len(texts) - 1
        text = texts[min(max(here + step, 0), len(texts) - 1)]
        self._become(text, len(text))

    def shown(self, width: int) -> tuple[str, str, str]:
        """The text before, under and after the cursor, cut to `width` cells so that the cursor is seen."""
        text = "•" * len(self.text) if self.hidden else self.text
        before, under, after = (
            text[: self.position],
            text[self.position : self.position + 1] or " ",
            text[self.position + 1 :],
        )
        while before and cells(before) + cells(under) > width:
            before = before[1:]
        while after and cells(before) + cells(under) + cells(after) > width:
            after = after[:-1]
        return before, under, after

    def _become(self, text: str, position: int) -> None:
        changed = text != self.text
        self.text, self.position = text, position
        self._offered = None
        if changed:
            self.aside, self.refused = "", False
            self.offer()
        if changed and self.change is not None:
            self.change(text)
