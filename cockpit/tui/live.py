"""The session's side of live tables: when to look, what is said, what is marked, and the key that stops it.

Looking and reading run in the background; nothing here takes time, moves the cursor or takes a key.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cockpit.tui import marks
from cockpit.tui.background import Outcome
from cockpit.tui.prompt import Prompt

if TYPE_CHECKING:
    from cockpit.core.live_tables import LiveTables
    from cockpit.core.sync import SyncResult, TableSync
    from cockpit.sources.http.progress import Progress
    from cockpit.tui.session import Session

TOLD_FOR = 4.0
"""Seconds for which a line about a refresh comes back after a key has cleared it, and marks stay at least."""
LONG = 3.0
"""Seconds after which a refresh that nobody asked for says how far it is, where nothing else stands."""


class LiveSession:
    """Keeps what a session shows up to date.

    Args:
        session: whose levels are loaded again.
        tables: what reads the sources; made when first needed, since that imports polars.
        clock: a monotonic time in seconds.
    """

    def __init__(
        self,
        session: "Session",
        tables: "Callable[[], LiveTables]",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._make = tables
        self._tables: LiveTables | None = None
        self._clock = clock
        self._looking = False
        self._asked = False
        self._own = ""
        self._progress = ""
        self._began = 0.0
        self._told = ""
        self._told_until = 0.0
        self._standing = ("", 0.0)  # the message that stands, and since when it was seen to
        self._failed: frozenset[str] = frozenset()

    def tick(self, *, has_focus: bool) -> None:
        """Look after everything; called every second or so."""
        self._tell_again()
        self._forget_seen_marks()
        if self._session.cockpit.data.now_held is None:
            return
        if self._tables is None:
            self._tables = self._make()
        if self._tables.reading:
            self._say_progress()
        elif has_focus and not self._looking:
            self._looking = True
            self._session.shell.background("look", self._tables.look, self._looked)

    def read_now(self) -> None:
        """Pull every source now; while that is under way, stop it."""
        if self._tables is None:
            self._tables = self._make()
        if self._tables.reading:
            self._tables.stop()
            self._session.say("stopping; what has not arrived stays as it was")
            return
        self._asked = True
        self._session.say(f"reading the sources…   {self._stop_words()}")
        self._start(tuple(self._session.cockpit.workspace.config.sources))

    # --- inside -----------------------------------------------------------------------------------------

    def _stop_words(self) -> str:
        return f"{self._session.keymap.words('reload')} stops"

    def _looked(self, outcome: Outcome) -> None:
        self._looking = False
        assert self._tables is not None
        if outcome.error is None and outcome.value and not self._tables.reading:
            self._start(outcome.value)

    def _start(self, names: tuple[str, ...], may_be_empty: tuple[str, ...] = ()) -> None:
        tables, record = self._tables, self._asked
        assert tables is not None
        self._began = self._clock()
        self._session.cockpit.secrets.watched = record
        tables.begin(names)
        self._session.shell.background(
            "read", lambda: tables.read(names, record=record, may_be_empty=may_be_empty), self._ended
        )

    def _ended(self, outcome: Outcome) -> None:
        from cockpit.core.live_tables import Stopped

        assert self._tables is not None
        self._tables.end(outcome.value)
        asked, self._asked = self._asked, False
        if self._progress and self._session.state.message == self._progress:
            self._session.say("")
        self._progress = ""
        if isinstance(outcome.error, Stopped):
            self._tell("stopped; what had not arrived is as it was", at_once=True)
        elif outcome.error is not None:
            self._session.complain(outcome.error)
        else:
            self._show(outcome.value, asked=asked)

    def _show(self, result: "SyncResult", *, asked: bool) -> None:
        from cockpit.core.sync_words import told

        session = self._session
        failed = frozenset(one.status.name for one in result.tables if not one.arrived)
        fresh_failures = failed if asked else failed - self._failed
        read = {one.status.name for one in result.tables}
        different = bool(result.changes) or failed != self._failed & read
        self._failed = (self._failed - read) | failed
        words = told(result)
        session.refresh_head()
        if different or asked:
            for level in session.state.trails.every():
                marks.remember(level)
            session.mark_stale()
            session.reload()
        if asked and any(one.emptied for one in result.tables):
            self._ask_about_emptied(result)
            return
        if asked and result.questions:
            self._ask_to_sign_in(result)
            return
        for one in result.tables:
            if one.status.name in fresh_failures:
                self._told = ""
                session.say(self._failure_words(one, one.status.name in result.questions), problem=True)
                return
        if words or asked:
            self._tell(words or "sources read; nothing changed", at_once=asked)

    def _failure_words(self, table: "TableSync", may_be_asked: bool) -> str:
        """Why a table did not come, in a line that fits; the data view tells all of it."""
        name, reason = table.status.name, "it could not be read"
        if table.status.problems:
            problem = table.status.problems[0]
            of_files = self._session.cockpit.workspace.config.sources[name].type is None
            reason = f"{problem.file}: {problem.message}" if of_files and problem.file else problem.message
        parts = [f"{name} not refreshed: {reason}"]
        if table.kept is not None:
            parts.append("the last good figures are kept")
        if may_be_asked:
            parts.append(f"{self._session.keymap.words('reload')} asks for the secret")
        return "; ".join(parts)

    def _ask_to_sign_in(self, result: "SyncResult") -> None:
        """Ask for the secret of the first source that does not let us in; it is kept in memory only.

        Others that it lets in too come along; one that it does not is asked about next.
        """
        session = self._session
        name, question = next(iter(result.questions.items()))
        names = tuple(result.questions)

        def commit(secret: str) -> None:
            if secret and self._tables is not None and not self._tables.reading:
                session.cockpit.secrets.give(name, secret)
                self._asked = True
                self._start(names)

        aside = "It is kept in memory only, until you quit."
        session.state.prompt = Prompt(question, commit, hidden=True, aside=aside)
        session.shell.redraw()

    def _ask_about_emptied(self, result: "SyncResult") -> None:
        """No rows take the place of rows only when somebody says so."""
        names = tuple(one.status.name for one in result.tables if one.emptied)
        kept = sum(one.emptied for one in result.tables)

        def commit(answer: str) -> None:
            if answer.strip().casefold() not in ("y", "yes"):
                self._session.say(f"the {kept:,} rows are kept")
            elif self._tables is not None and not self._tables.reading:
                self._asked = True
                self._start(names, may_be_empty=names)

        words = f"{', '.join(names)} came without a row; take that for the {kept:,} rows? yes or no:"
        self._session.ask(words, commit)

    def _tell(self, words: str, *, at_once: bool) -> None:
        """Say a line, instead of another that stands there only where it answers a key."""
        if at_once or self._session.state.message == self._own:
            self._session.state.message = ""
        self._own, self._told, self._told_until = words, words, self._clock() + TOLD_FOR
        self._tell_again()

    def _tell_again(self) -> None:
        """Say the line where nothing fresh stands: a key must not wipe it away unseen."""
        state, now = self._session.state, self._clock()
        if state.message != self._standing[0]:
            self._standing = (state.message, now)
        stood = now - self._standing[1] >= TOLD_FOR
        if state.message == self._told:
            self._told = "" if stood else self._told
        if not self._told or state.message == self._told:
            return
        typing = state.prompt is not None or state.chooser is not None or bool(state.typed)
        if typing or (state.message and (state.message_is_problem or not stood)):
            self._told_until = now + TOLD_FOR
        elif now <= self._told_until:
            self._session.say(self._told, news=True)
        else:
            self._told = ""

    def _say_progress(self) -> None:
        from cockpit.core.sync_words import step_words

        assert self._tables is not None
        state, step = self._session.state, self._tables.step
        free = state.prompt is None and state.chooser is None and not state.typed
        if step is not None and free and (self._asked or self._may_say_unasked(step)):
            self._session.say(f"{step_words(step, datetime.now(UTC))}   {self._stop_words()}", news=True)
            self._progress = state.message

    def _may_say_unasked(self, step: "Progress") -> bool:
        """Whether a refresh that nobody asked for tells how far it is.

        It does where figures wait for it, where the server makes it wait, and where it takes long; never in
        the place of something else that has not stood for a while.
        """
        state = self._session.state
        held = self._session.cockpit.data.now_held
        is_first = held is None or step.table not in held.tables
        if not (is_first or step.waiting_until or self._clock() - self._began >= LONG):
            return False
        stood = self._clock() - self._standing[1] >= TOLD_FOR and not state.message_is_problem
        return state.message in ("", self._progress) or (is_first and stood)

    def _forget_seen_marks(self) -> None:
        """Marks go once they have been on the screen for a while and somebody has pressed a key there."""
        level = self._session.level
        if not level.marked:
            return
        now, keys = self._clock(), self._session.state.keys
        if level.marked_at is None:
            level.marked_at = (now, keys)
        elif now - level.marked_at[0] >= TOLD_FOR and keys != level.marked_at[1]:
            level.marked, level.marked_at = {}, None
            self._session.shell.redraw()
