"""One sitting at the screen: the keys that are kept or replayed, where one was, and how it ends.

A sitting can end by a key, by another workspace, by a signal, or because the line dropped. However it ends,
nothing hangs; and where it did not end by a key, the next start takes up where this one was.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cockpit.base.problems import CockpitError
from cockpit.panes.view import Context
from cockpit.tui import position, recents, replay
from cockpit.tui.keylog import KeyRecorder, read_key_log
from cockpit.tui.options import ScreenOptions
from cockpit.tui.problem_words import in_a_line
from cockpit.tui.visits import visit_of

if TYPE_CHECKING:
    from cockpit.tui.session import Session

KEPT_AFTER = 2.0
"""Seconds of quiet after which it is written down where one is."""
PATIENCE = 2.0
"""Seconds that leaving after a signal may take, before the process ends without any more ado."""
SIGNALS = tuple(getattr(signal, name) for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name))


class House(replay.Stage, Protocol):
    """What a sitting needs of the program around it."""

    def leave(self) -> None:
        """End the program."""

    def later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Call after that time, instead of an earlier call of the same name."""


class Sitting:
    """One sitting at the screen.

    Args:
        house: the program.
        session: what is going on.
        options: what was chosen on the command line.
        workspace: the folder that is open, or None where nothing shall be remembered of it.
    """

    def __init__(
        self, house: House, session: "Session", options: ScreenOptions, workspace: Path | None
    ) -> None:
        self._house = house
        self._session = session
        self._options = options
        self._workspace = workspace
        self._recorder: KeyRecorder | None = None
        self._replay: asyncio.Task[None] | None = None
        self.ended_by: int | None = None

    def begin(self) -> None:
        """Take up where the line dropped, and begin to record or replay."""
        self._watch_signals()
        if self._workspace is not None:
            recents.remember_workspace(self._session.cockpit.workspace.name, self._workspace)
            if self._options.replay is None:
                self._take_up(self._workspace)
        try:
            if self._options.record is not None:
                self._recorder = KeyRecorder(self._options.record)
        except CockpitError as error:
            self._session.say(f"not recording: {in_a_line(error)}", problem=True)
        try:
            if self._options.replay is not None:
                log = read_key_log(self._options.replay)
                self._replay = asyncio.get_running_loop().create_task(self._play(log))
        except CockpitError as error:
            self._session.say(f"not replayed: {in_a_line(error)}", problem=True)

    def pressed(self, key: str, text: str | None = None) -> None:
        """A key was pressed, or a text pasted."""
        prompt = self._session.state.prompt
        if self._recorder is not None and not (prompt is not None and prompt.hidden):
            self._recorder.note("key" if text is None else "paste", key if text is None else text)
        if self._workspace is not None:
            self._house.later("position", KEPT_AFTER, self.keep)

    def keep(self) -> None:
        """Write down where one is."""
        trails = self._session.state.trails
        if self._workspace is not None and trails.levels.get(trails.active):
            here = position.Position(visit_of(trails), self._session.state.context)
            position.keep_position(position.position_path(self._workspace), here)

    def end(self) -> None:
        """The program ends. Left by a key, the next start begins at the beginning."""
        if self._replay is not None:
            self._replay.cancel()
        if self._recorder is not None:
            self._recorder.close()
        if self._workspace is not None and self.ended_by is None:
            position.forget_position(position.position_path(self._workspace))

    def _take_up(self, workspace: Path) -> None:
        left = position.left_behind(workspace)
        if left is None:
            return
        session = self._session
        session.state.context = left.context
        session.turn_to(left.visit)
        session.refresh_head()
        is_beginning = left.visit.name == "today" and len(left.visit.stops) == 1 and left.context == Context()
        if not (is_beginning or session.state.message_is_problem):
            session.say(f"back where the line dropped; {session.keymap.words('view_today')} is Today")

    async def _play(self, log: replay.KeyLog) -> None:
        stopped = await replay.play(log, self._house)
        if stopped:
            self._session.say(stopped, problem=True)

    # --- signals ----------------------------------------------------------------------------------------

    def _watch_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread() or os.name == "nt":
            return
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self._signalled, number)

    def _signalled(self, number: int) -> None:
        self.ended_by = number
        self.keep()
        if number == getattr(signal, "SIGHUP", None):  # nobody is there to see the screen put away
            os._exit(128 + number)
        timer = threading.Timer(PATIENCE, os._exit, (128 + number,))
        timer.daemon = True
        timer.start()
        self._house.leave()
