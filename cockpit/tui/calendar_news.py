"""The session's side of calendar files that change: the screen follows them, or says why it does not."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.tui.background import Outcome
from cockpit.tui.editing import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.base.problems import Problem
    from cockpit.core.calendar_watch import CalendarWatch
    from cockpit.tui.session import Session


class CalendarFollower:
    """Keeps what a session shows in line with the calendar files.

    Args:
        session: whose levels are loaded again.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._watch: CalendarWatch | None = None
        self._looking = False

    def tick(self) -> None:
        """Look after the files in the background; called every second or so."""
        if not self._looking:
            self._looking = True
            self._session.shell.background("calendars", self._look, self._looked)

    def _look(self) -> object:
        from cockpit.core.calendar_watch import CalendarWatch

        if self._watch is None:
            self._watch = CalendarWatch(self._session.cockpit)
        return self._watch.look()

    def _looked(self, outcome: Outcome) -> None:
        self._looking = False
        session, news = self._session, outcome.value
        if outcome.error is not None:
            session.complain(outcome.error)
        elif news is not None and news.problems:
            session.say(f"the calendar as it was still holds: {_first_of(news.problems)}", problem=True)
        elif news is not None:
            session.mark_stale()
            session.refresh_head()
            session.reload()
            if news.changes:
                session.say(f"the calendar was changed: {counted(list(news.changes))}")


def _first_of(problems: "Sequence[Problem]") -> str:
    """The first problem, its file without folders, and how many more there are; `!` lists them all."""
    first, more = problems[0], len(problems) - 1
    named = replace(first, file=Path(first.file).name) if first.file is not None else first
    return f"{named}" + (f", and {more} more" if more else "")
