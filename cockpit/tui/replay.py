"""Plays a key log on the screen: the next key when the screen is at rest, `see` when a text is shown."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from cockpit.tui.keylog import KeyLog as KeyLog
from cockpit.tui.keylog import Step

PATIENCE = 30.0
"""Seconds that a replay waits for a text, or for the screen to come to rest."""
LOOK = 0.01
"""Seconds between two looks."""
LINES = 500
"""How many lines down a replay looks for one that holds a text."""


class Stage(Protocol):
    """What a replay needs of the program."""

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""

    def take_key(self, key: str, character: str | None) -> None:
        """Take a key as if the terminal had sent it."""

    def take_paste(self, text: str) -> None:
        """Take a pasted text."""

    def shows(self, text: str) -> bool:
        """Whether the screen shows a text in one row."""

    def is_on(self, text: str) -> bool:
        """Whether the line under the cursor holds a text."""


async def play(log: KeyLog, stage: Stage) -> str:
    """Play a log to its end.

    Returns:
        What stopped it: "" at its end, else the file and line with the text that was never seen.
    """
    for step in log.steps:
        if step.kind == "see":
            if not await _until(partial(stage.shows, step.text)):
                return f"{log.path.name}:{step.line}: {step.text!r} was never seen, so the replay stopped"
        elif not await _until(lambda: stage.idle):
            return f"{log.path.name}:{step.line}: the screen never came to rest, so the replay stopped"
        elif step.kind == "to":
            if not await _move_to(step.text, stage):
                return f"{log.path.name}:{step.line}: no line with {step.text!r}, so the replay stopped"
        else:
            _do(step, stage)
    return ""


def _do(step: Step, stage: Stage) -> None:
    if step.kind == "key":
        character = " " if step.text == "space" else step.text if len(step.text) == 1 else None
        stage.take_key(step.text, character)
    elif step.kind == "type":
        for character in step.text:
            stage.take_key("space" if character == " " else character, character)
    else:
        stage.take_paste(step.text)


async def _move_to(text: str, stage: Stage) -> bool:
    """Press the down key until the line under the cursor holds a text; whether there is one."""
    for _ in range(LINES):
        if stage.is_on(text):
            return True
        stage.take_key("down", None)
        if not await _until(lambda: stage.idle):
            return False
    return False


async def _until(test: Callable[[], bool]) -> bool:
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while not test():
        if loop.time() > until:
            return False
        await asyncio.sleep(LOOK)
    return True
