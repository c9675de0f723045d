"""The Textual program around a session: it reads keys, runs jobs, and shows the rows.

It decides nothing. A key goes to the dispatcher, the dispatcher changes the session's state, and the rows
of the new state are shown; all of one turn of the event loop are drawn at once.
"""

import asyncio
import webbrowser
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App, ComposeResult

from cockpit.tui import crash, moving
from cockpit.tui.background import Background
from cockpit.tui.canvas import Canvas, Palette
from cockpit.tui.clipboard import copy_text
from cockpit.tui.dispatch import Dispatcher
from cockpit.tui.keymap import Keymap
from cockpit.tui.options import ScreenOptions
from cockpit.tui.session import Outcome, Session
from cockpit.tui.theme import Theme

if TYPE_CHECKING:
    from cockpit.tui.start import Opened

LOOK_AROUND = 1.0
"""Seconds between two looks at what others changed; ten times that on a slow link."""
MINUTE = 60.0


class CockpitApp(App[int], inherit_bindings=False):
    """The cockpit in a terminal.

    Args:
        options: what was chosen on the command line.
        theme: how it looks.
        keymap: which keys do what.
        opening: waits for the opened workspace; called in a thread.
        notices: quiet lines to begin with: a theme or keymap that could not be used.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { layout: vertical; overflow: hidden; padding: 0; }"

    def __init__(
        self,
        options: ScreenOptions,
        theme: Theme,
        keymap: Keymap,
        opening: "Callable[[], Opened]",
        notices: tuple[str, ...] = (),
    ) -> None:
        super().__init__(ansi_color=True)
        self._options = options
        self.own_keymap = keymap
        self._opening = opening
        self._notices = notices
        self.canvas = Canvas(Palette(theme, colourless=self.no_color))
        self.session: Session | None = None
        self.dispatcher: Dispatcher | None = None
        self.failure: Exception | None = None
        self.exit_text = ""
        self.jobs = Background(self._deliver)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_context: Context | None = None
        self._drawing = False
        self._calls: dict[str, asyncio.TimerHandle] = {}
        self._has_focus = True

    def compose(self) -> ComposeResult:
        """The one widget."""
        yield self.canvas

    def on_mount(self) -> None:
        """Begin: the workspace was being opened all the while."""
        self._loop = asyncio.get_running_loop()
        self._loop_context = copy_context()
        self.animation_level = "none"
        self.canvas.focus()
        self.app_resume_signal.subscribe(self.canvas, self._resumed)
        self.jobs.run("open", self._opening, self._opened)

    def _opened(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.failure = outcome.error
            self.exit(1)
            return
        opened: Opened = outcome.value
        session = Session(
            opened.cockpit,
            self,
            opened.views,
            self.own_keymap,
            ascii_only=self._options.ascii_only,
            read_only=self._options.read_only or opened.cockpit.read_only,
            head=opened.head_of,
        )
        session.take_head(opened.head)
        self.session, self.dispatcher = session, Dispatcher(session, self.own_keymap)
        session.resize(self.size.width, self.size.height)
        session.show(opened.first)
        if self._notices:
            session.say("; ".join(self._notices), problem=True)
        self._draw()
        slower = 10 if self._options.slow else 1
        self.set_interval(LOOK_AROUND * slower, self._look_around)
        self.set_interval(MINUTE * slower, session.refresh_head)

    # --- what the terminal says -----------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Take keys and pasted text before Textual's own bindings see them."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            event.stop()
            self._key(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            event.stop()
            if self.dispatcher is not None:
                self.dispatcher.paste(event.text)
        else:
            await super().on_event(event)

    def _key(self, event: events.Key) -> None:
        character = event.character if event.is_printable else None
        if self.dispatcher is None:
            if event.key in ("q", "ctrl+c", "ctrl+q"):
                self.exit(0)
            return
        key = character if character is not None and character != " " else event.key
        self.dispatcher.press(key, character)

    def on_resize(self, event: events.Resize) -> None:
        """The terminal has another size."""
        if self.session is not None:
            self.session.resize(event.size.width, event.size.height)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor somewhere."""
        self._mouse(lambda session: moving.click(session, event.screen_x, event.screen_y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls the pane under the mouse."""
        self._mouse(lambda session: moving.wheel(session, event.screen_x, event.screen_y, 3))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls the pane under the mouse."""
        self._mouse(lambda session: moving.wheel(session, event.screen_x, event.screen_y, -3))

    def _mouse(self, act: Callable[[Session], None]) -> None:
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
        if self._has_focus and self.session is not None:
            self.session.look_around()

    def _resumed(self, _: Any) -> None:
        """Back from Ctrl-Z the terminal is blank until everything is drawn again."""
        self.screen.refresh(layout=True)

    # --- what a session needs (`Shell`) -----------------------------------------------------------------

    def background(self, group: str, job: Callable[[], Any], then: Callable[[Outcome], None]) -> None:
        """Run a job in a thread."""
        self.jobs.run(group, job, then)

    def later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Call after that time, instead of an earlier call of the same name."""
        earlier = self._calls.pop(name, None)
        if earlier is not None:
            earlier.cancel()
        assert self._loop is not None

        def due() -> None:
            self._calls.pop(name, None)
            call()

        self._calls[name] = self._loop.call_later(seconds, due)

    def redraw(self) -> None:
        """Draw the screen anew at the end of this turn of the event loop."""
        if not self._drawing and self._loop is not None:
            self._drawing = True
            self._loop.call_soon(self._draw)

    def leave(self) -> None:
        """End the program."""
        self.exit(0)

    def copy(self, text: str) -> str:
        """Copy a text; returns where it went."""
        return copy_text(text, self._write_out)

    def open_address(self, address: str) -> bool:
        """Open a web address in a browser on this machine."""
        try:
            return webbrowser.open(address)
        except webbrowser.Error:
            return False

    # --- inside -------------------------------------------------------------------------------------------

    @property
    def idle(self) -> bool:
        """Whether nothing is under way: no job, nothing to draw, nothing waiting for its time."""
        return self.jobs.busy == 0 and not self._drawing and set(self._calls) <= {"waiting"}

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
        if self.session is not None and self.is_running:
            self.canvas.show(self.session.rows())

    def _fatal_error(self) -> None:
        """End with one line and a short file instead of a trace that holds the values of variables."""
        error = self._exception
        words = crash.keep(error) if error is not None else "unknown"
        self.failure = error
        self.exit_text = f"cockpit ended: {words}"
        self._close_messages_no_wait()
