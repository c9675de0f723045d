"""The Textual program around a session: it reads keys, runs jobs, and shows the rows.

It decides nothing. A key goes to the dispatcher, the dispatcher changes the session's state, and the rows
of the new state are shown; all of one turn of the event loop are drawn at once.

The first frame is the last look, before anything of the workspace is opened or even imported; what it takes
to open it would only keep the terminal waiting.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App, ComposeResult

from cockpit.base.clean import clean
from cockpit.panes.view import Size
from cockpit.tui.background import Background, Outcome
from cockpit.tui.canvas import Canvas, Palette
from cockpit.tui.cells import CellScreen
from cockpit.tui.options import ScreenOptions
from cockpit.tui.standing_in import StandIn
from cockpit.tui.theme import Theme

if TYPE_CHECKING:
    from cockpit.tui.calendar_news import CalendarFollower
    from cockpit.tui.dispatch import Dispatcher
    from cockpit.tui.live import LiveSession
    from cockpit.tui.session import Session
    from cockpit.tui.sitting import Sitting
    from cockpit.tui.start import Opened
    from cockpit.tui.theme_follower import ThemeFollower

LOOK_AROUND = 1.0
"""Seconds between two looks at what others changed, in the store and in the sources."""
SLOWER = 10
"""How many times rarer looks and refreshes are on a slow link."""
STILL_OPENING = 1.0
"""Seconds after which the screen says for how long the workspace has been opening, and says it again."""
MINUTE = 60.0
LAST_LOOK_HOLDS = 1.5
"""Seconds for which the last look may stand in for figures that are being read."""


class CockpitApp(App[int], inherit_bindings=False):
    """The cockpit in a terminal.

    Args:
        options: what was chosen on the command line.
        theme: how it looks.
        opening: opens the workspace; called in a thread.
        notices: quiet lines to begin with: a theme that could not be used.
        look: the file of the last look, or None to keep none.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { layout: vertical; overflow: hidden; padding: 0; }"

    def __init__(
        self,
        options: ScreenOptions,
        theme: Theme,
        opening: "Callable[[], Opened]",
        notices: tuple[str, ...] = (),
        look: Path | None = None,
    ) -> None:
        super().__init__(ansi_color=True)
        self._options = options
        self._opening = opening
        self._notices = notices
        self._stand_in = StandIn(look, options.folder, options.ascii_only)
        self._early_keys: list[tuple[str, str | None]] = []
        self.canvas = Canvas(Palette(theme, colourless=self.no_color))
        self.session: Session | None = None
        self.dispatcher: Dispatcher | None = None
        self.failure: Exception | None = None
        self.exit_text = ""
        self.next_folder: Path | None = None
        self.sitting: Sitting | None = None
        self.jobs = Background(self._deliver)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_context: Context | None = None
        self._drawing = False
        self._live: LiveSession | None = None
        self._calendars: CalendarFollower | None = None
        self._theme_follower: ThemeFollower | None = None
        self._calls: dict[str, asyncio.TimerHandle] = {}
        self._has_focus = True

    def get_default_screen(self) -> CellScreen:
        """The screen, which writes changed cells only."""
        return CellScreen()

    def compose(self) -> ComposeResult:
        """The one widget."""
        yield self.canvas

    def on_mount(self) -> None:
        """Show the last look; as soon as that is on the screen, open the workspace."""
        self._loop = asyncio.get_running_loop()
        self._loop_context = copy_context()
        self.animation_level = "none"
        self.canvas.focus()
        self.app_resume_signal.subscribe(self.canvas, self._resumed)
        self._show_first_frame(self.size.width, self.size.height)
        self.call_after_refresh(self.jobs.run, "open", self._opening, self._opened)
        self.later("opening", STILL_OPENING, partial(self._say_opening, self._loop.time()))

    def _say_opening(self, since: float) -> None:
        """Say for how long the workspace has been opening; the last look, where there is one, stands."""
        assert self._loop is not None
        if self.session is None:
            if not self._stand_in.stands:
                words = f"opening, {self._loop.time() - since:.0f} s"
                self._show_first_frame(self.size.width, self.size.height, words)
            self.later("opening", STILL_OPENING, partial(self._say_opening, since))

    def _show_first_frame(self, width: int, height: int, words: str = "opening") -> None:
        self.canvas.show(self._stand_in.first_frame(Size(width, height), words), width, height)

    def _opened(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.failure = outcome.error
            self.exit(1)
            return
        from cockpit.tui.arrangement import Arrangements
        from cockpit.tui.dispatch import Dispatcher
        from cockpit.tui.session import Session
        from cockpit.tui.sitting import Sitting
        from cockpit.tui.start import asked_theme

        self._cancel("opening")
        opened: Opened = outcome.value
        session = Session(
            opened.cockpit,
            self,
            opened.views,
            opened.keymap,
            ascii_only=self._options.ascii_only,
            read_only=self._options.read_only or opened.cockpit.read_only,
            head=opened.head_of,
        )
        session.take_head(opened.head)
        session.state.compact = self._options.compact
        session.arrangements = Arrangements()
        self.session, self.dispatcher = session, Dispatcher(session, opened.keymap)
        session.resize(self.size.width, self.size.height)
        session.show(opened.first)
        notices = tuple(filter(None, (*self._notices, *opened.notices, session.arrangements.problem)))
        if notices:
            session.say("\n".join(notices), problem=True)
        self.sitting = Sitting(self, session, self._options, opened.folder)
        self.sitting.begin()
        if self._stand_in.stands:
            self.later("last look", LAST_LOOK_HOLDS, self._let_go_of_last_look)
        for key, character in self._early_keys:
            self._press(key, character)
        self._draw()
        slower = SLOWER if self._options.slow else 1
        if opened.tables is not None:
            from cockpit.tui.calendar_news import CalendarFollower
            from cockpit.tui.live import LiveSession

            self._calendars = CalendarFollower(session)
            self._live = LiveSession(session, partial(opened.tables, opened.cockpit, slower))
            session.read_sources = self._live.read_now
        self._follow_theme(session, asked_theme(self._options))
        self.set_interval(LOOK_AROUND * slower, self._look_around)
        session.minute_passed()
        self.set_interval(MINUTE * slower, session.minute_passed)

    def _follow_theme(self, session: "Session", asked: str | None) -> None:
        from cockpit.tui.theme_follower import ThemeFollower

        def wear(theme: Theme) -> None:
            self._put_on(theme)
            session.say(f"theme {theme.name} was read again")

        def wrong(words: str) -> None:
            session.say(words, problem=True)

        self._theme_follower = ThemeFollower(asked, wear, wrong)

    def _put_on(self, theme: Theme) -> None:
        from cockpit.tui.start import as_worn

        self.canvas.wear(Palette(as_worn(theme), colourless=self.no_color))

    def wear(self, theme: str) -> None:
        """Change the looks for this sitting; the file of the theme is followed from now on."""
        from cockpit.tui.theme import load_theme

        self._put_on(load_theme(theme))
        if self.session is not None:
            self._follow_theme(self.session, theme)
            self.session.say(f'theme {theme}; theme = "{theme}" in config.toml keeps it')

    # --- what the terminal says -----------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Take keys and pasted text before Textual's own bindings see them."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            event.stop()
            self._key(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            event.stop()
            self.take_paste(event.text)
        else:
            await super().on_event(event)

    def _key(self, event: events.Key) -> None:
        if event.key == "ctrl+z":
            if not self.is_web:
                self.action_suspend_process()
            return
        character = event.character if event.is_printable else None
        key = character if character is not None and character != " " else event.key
        if self.dispatcher is not None:
            self._press(key, character)
        elif key in ("q", "ctrl+c", "ctrl+q"):
            self.exit(0)
        else:
            self._early_keys.append((key, character))

    def _press(self, key: str, character: str | None) -> None:
        assert self.dispatcher is not None
        self._stand_in.let_go()
        if self.sitting is not None:
            self.sitting.pressed(key)
        self.dispatcher.press(key, character)

    def on_resize(self, event: events.Resize) -> None:
        """The terminal has another size."""
        if self.session is None:
            self._show_first_frame(event.size.width, event.size.height)
        else:
            self.session.resize(event.size.width, event.size.height)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor somewhere."""
        from cockpit.tui import moving

        self._mouse(lambda session: moving.click(session, event.screen_x, event.screen_y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls the pane under the mouse."""
        self._wheel(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls the pane under the mouse."""
        self._wheel(event, -3)

    def _wheel(self, event: events.MouseEvent, steps: int) -> None:
        from cockpit.tui import moving

        self._mouse(lambda session: moving.wheel(session, event.screen_x, event.screen_y, steps))

    def _mouse(self, act: "Callable[[Session], None]") -> None:
        if self.session is not None:
            try:
                act(self.session)
            except Exception as error:
                self.session.complain(error)

    def on_app_focus(self) -> None:
        """The terminal has the focus again."""
        self._has_focus = True

    def on_app_blur(self) -> None:
        """The terminal has lost the focus: nobody is looking."""
        self._has_focus = False

    def _look_around(self) -> None:
        if self.session is None:
            return
        if self._has_focus:
            self.session.look_around()
        if self._live is not None:
            self._live.tick(has_focus=self._has_focus)
        if self._calendars is not None:
            self._calendars.tick()
        if self._theme_follower is not None:
            self._theme_follower.tick()

    def _resumed(self, _: Any) -> None:
        """Back from Ctrl-Z the terminal is blank until everything is drawn again."""
        self.screen.refresh(layout=True)

    # --- what a session needs (`Shell`) -----------------------------------------------------------------

    def background(self, group: str, job: Callable[[], Any], then: Callable[[Outcome], None]) -> None:
        """Run a job in a thread."""
        self.jobs.run(group, job, then)

    def later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Call after that time, instead of an earlier call of the same name."""
        self._cancel(name)
        assert self._loop is not None

        def due() -> None:
            self._calls.pop(name, None)
            call()

        self._calls[name] = self._loop.call_later(seconds, due)

    def _cancel(self, name: str) -> None:
        call = self._calls.pop(name, None)
        if call is not None:
            call.cancel()

    def redraw(self) -> None:
        """Draw the screen anew at the end of this turn of the event loop."""
        if not self._drawing and self._loop is not None:
            self._drawing = True
            self._loop.call_soon(self._draw)

    def leave(self) -> None:
        """End the program."""
        self.exit(0)

    def switch(self, folder: Path) -> None:
        """Open another workspace instead of this one."""
        self.next_folder = folder
        self.exit(0)

    def take_key(self, key: str, character: str | None) -> None:
        """Take a key as if the terminal had sent it."""
        self._press(key, character)

    def take_paste(self, text: str) -> None:
        """Take a pasted text."""
        if self.dispatcher is not None:
            if self.sitting is not None:
                self.sitting.pressed("", text)
            self.dispatcher.paste(text)

    def shows(self, text: str) -> bool:
        """Whether the screen shows a text in one row, as fresh as it is known."""
        return not self._stand_in.stands and self.canvas.shows(text)

    def is_on(self, text: str) -> bool:
        """Whether the line under the cursor holds a text."""
        line = None if self.session is None else self.session.line()
        return line is not None and text in line.text

    def copy(self, text: str) -> str:
        """Copy a text; returns where it went."""
        from cockpit.tui.clipboard import copy_text

        return copy_text(text, self._write_out)

    def edit_file(self, path: Path, line: int | None) -> int:
        """Let the user edit a file; the terminal is the editor's until it ends."""
        import subprocess

        from cockpit.base.problems import Problem, UsageError
        from cockpit.tui.editor import editor_command

        if self.is_web:
            raise UsageError(
                Problem("a browser has no editor", str(path), line, hint="edit it in a terminal")
            )
        command = editor_command(path, line)
        failed: OSError | None = None
        with self.suspend():
            try:  # inside, since Textual takes the terminal back only where nothing is raised
                return subprocess.run(command, check=False).returncode  # noqa: S603
            except OSError as error:
                failed = error
        raise UsageError(Problem(f"{clean(command[0])} does not start", hint="EDITOR=nano")) from failed

    def open_address(self, address: str) -> bool:
        """Open a web address in a browser on this machine, or in the one that shows the cockpit."""
        import webbrowser

        if self.is_web:
            self.open_url(address)
            return True
        try:
            return webbrowser.open(address)
        except webbrowser.Error:
            return False

    # --- inside -------------------------------------------------------------------------------------------

    @property
    def idle(self) -> bool:
        """Whether nothing is under way: no job, nothing to draw, nothing waiting for its time."""
        waiting = set(self._calls) - {"waiting", "store", "last look", "position"}
        return self.jobs.busy == 0 and not self._drawing and not waiting

    def _write_out(self, text: str) -> None:
        if self._driver is not None:
            self._driver.write(text)

    def _deliver(self, call: Callable[[], None]) -> None:
        """Call in the event loop, from any thread; nobody listens any more once it has ended."""
        assert self._loop is not None

        def guarded() -> None:
            try:
                call()
            except Exception as error:
                if self.session is None:
                    self._handle_exception(error)
                else:
                    self.session.complain(error)

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(guarded, context=self._loop_context)

    def _draw(self) -> None:
        self._drawing = False
        if self.session is None or not self.is_running:
            return
        rows, size = self.session.rows(), self.session.state.size
        if self.session.level.complete or self.session.level.problem:
            self._stand_in.let_go()
        self.canvas.show(self._stand_in.cover(rows, size), size.width, size.height)
        keep = self._stand_in.keeping(self.session, rows)
        if keep is not None:
            self.jobs.run("look", keep, lambda _: None)

    def _let_go_of_last_look(self) -> None:
        self._stand_in.let_go()
        self.redraw()

    def _fatal_error(self) -> None:
        """End with one line and a short file instead of a trace that holds the values of variables."""
        from cockpit.base import crash

        error = self._exception
        words = crash.keep(error) if error is not None else "unknown"
        self.failure = error
        self.exit_text = f"cockpit ended: {words}"
        self._close_messages_no_wait()
