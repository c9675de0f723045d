"""Levels are given their data in the background; while that takes long, the screen says what it waits for.

An answer to a question that is no longer asked is dropped, and the last good data stays where a load fails.
"""

import itertools
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.base.unwanted import Unwanted, while_wanted
from cockpit.panes.figures import crumb_names, metrics_of
from cockpit.panes.view import Context
from cockpit.tui import marks
from cockpit.tui.background import Outcome
from cockpit.tui.problem_words import in_a_line
from cockpit.tui.shell import Shell
from cockpit.tui.state import Level, ScreenState

if TYPE_CHECKING:
    from cockpit.core import Cockpit

WAIT_BEFORE_SAYING = 0.3
"""Seconds that a load may take before the screen says so, and between two looks at how far it is."""
SECONDS_SAID_FROM = 2.0
"""Seconds after which the screen says for how long it has been loading."""
WITH_FIGURES = ("pipeline", "annuity")
"""Views whose breadcrumbs name figures."""


class Loader:
    """Asks views for what they show.

    Args:
        cockpit: the opened workspace.
        shell: the program around it.
        state: what the screen remembers; its shown level is the one that is waited for.
        first_complete: called when a level has got all of its data for the first time.
    """

    def __init__(
        self, cockpit: "Cockpit", shell: Shell, state: ScreenState, first_complete: Callable[[], None]
    ) -> None:
        self._cockpit = cockpit
        self._shell = shell
        self._state = state
        self._first_complete = first_complete
        self._requests = itertools.count(1)
        self.when_shown: Callable[[], None] = lambda: None  # called whenever a level has got its lines
        self.own_as_of: date | None = None  # the workspace's own day, known once something was loaded

    def load(self, level: Level) -> None:
        """Load a level in the background. The last good data stays if that fails."""
        number = next(self._requests)
        context = self._state.context
        level.request, level.asked_at, level.progress = number, time.monotonic(), None
        self._state.waiting = ""
        follows = level.source is not None and level.view.narrows_at_once  # `load` is as quick
        if not level.shows and not follows:
            self._shell.background(
                f"quick {level.view.name}",
                lambda: level.view.quick(self._cockpit, context),
                lambda outcome: self._quick_arrived(level, number, outcome),
            )
        self._shell.background(
            f"load {level.view.name}",
            lambda: self._loaded(level, number, context),
            lambda outcome: self._arrived(level, number, context, outcome),
        )
        self._shell.later("waiting", WAIT_BEFORE_SAYING, self._say_waiting)
        self._shell.redraw()

    def _loaded(self, level: Level, number: int, context: Context) -> Any:
        """The data of a level, unless another question has taken the place of this one meanwhile."""

        def wanted() -> bool:
            return level.request == number and not level.unwanted

        def told(share: float) -> None:
            level.progress = share

        source, data = level.source, None
        with while_wanted(wanted, told):
            if source is not None and source.context == context and source.data is not None:
                data = level.view.remade(source.view, source.data)
            if data is None:
                data = level.view.load(self._cockpit, context)
        if self.own_as_of is None:
            self.own_as_of = self._cockpit.as_of
        if level.view.name in WITH_FIGURES:
            self._state.figure_names = crumb_names(metrics_of(self._cockpit))
        return data

    def _quick_arrived(self, level: Level, number: int, outcome: Outcome) -> None:
        if level.request == number and not level.shows and outcome.error is None:
            self.show_quick(level, outcome.value)

    def show_quick(self, level: Level, data: Any) -> None:
        """Show what could be had without reading any data, until all of it is there."""
        if data is not None and not level.complete:
            level.data = data
            level.forget_page()
            self.when_shown()
            self._shell.redraw()

    def _arrived(self, level: Level, number: int, context: Context, outcome: Outcome) -> None:
        if level.request != number or isinstance(outcome.error, Unwanted):
            return
        level.asked_at = level.progress = level.source = None
        if outcome.error is not None:
            level.problem = in_a_line(outcome.error)
        else:
            first = not level.complete
            level.data, level.context, level.complete, level.problem = outcome.value, context, True, ""
            level.forget_page()
            marks.compare(self._state, level)
            if first and not level.touched:
                level.focus = ""
                level.spots.clear()
            if first:
                self._first_complete()
                self._shell.background("ready", lambda: level.view.make_ready(self._cockpit), lambda _: None)
        self.when_shown()
        self._shell.redraw()

    def _say_waiting(self) -> None:
        asked_at = self._state.trails.level.asked_at
        if asked_at is None:
            return
        self._shell.later("waiting", WAIT_BEFORE_SAYING, self._say_waiting)
        words = self._waiting_words(time.monotonic() - asked_at)
        if words != self._state.waiting:
            self._state.waiting = words
            self._shell.redraw()

    def _waiting_words(self, seconds: float) -> str:
        """What a load is about at this moment, and after a while for how long already."""
        reading = self._cockpit.data.reading
        if self._state.trails.level.progress is not None:
            return f"looking through the rows, {self._state.trails.level.progress:.0%}"
        words = "loading…"
        if reading is not None:
            name, number, count = reading
            words = f"reading {name}, table {number} of {count}"
        return words + (f", {seconds:.0f} s" if seconds >= SECONDS_SAID_FROM else "")
