"""Starting the screen: the workspace opens in a thread while Textual is imported and reads the terminal."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.panes.head import head_facts, head_line
from cockpit.panes.lines import Line
from cockpit.panes.view import Context
from cockpit.tui.keymap import Keymap, load_keymap, registry_keymap
from cockpit.tui.options import ScreenOptions
from cockpit.tui.theme import Theme, load_theme, without_colour

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.tui.session import Views


@dataclass(frozen=True, slots=True)
class Opened:
    """A workspace that is ready to be shown.

    Attributes:
        cockpit: the workspace.
        views: where its views are looked up.
        head_of: makes the head line of a context.
        head: the head line to begin with.
        first: the view to begin with.
    """

    cockpit: "Cockpit"
    views: "Views"
    head_of: "Callable[[Cockpit, Context], Callable[[int], Line]]"
    head: Callable[[int], Line]
    first: str = "today"


def make_head(cockpit: "Cockpit", context: Context) -> Callable[[int], Line]:
    """The head line of a context, for any width."""
    facts = head_facts(cockpit, context)
    return lambda width: head_line(facts, width)


def open_for_screen(open_cockpit: "Callable[[], Cockpit]") -> Opened:
    """Open the workspace and make the head line, which is the first that is drawn."""
    from cockpit.panes import views

    cockpit = open_cockpit()
    context = Context()
    return Opened(cockpit, views, make_head, make_head(cockpit, context))


def run_screen(open_cockpit: "Callable[[], Cockpit]", options: ScreenOptions) -> int:
    """Show the cockpit until it is left.

    Raises:
        CockpitError: the workspace could not be opened.
    """
    opened: Future[Opened] = Future()
    threading.Thread(
        target=_fulfil, args=(opened, lambda: open_for_screen(open_cockpit)), name="cockpit open", daemon=True
    ).start()
    theme, keymap, notices = settings(options)
    from cockpit.tui.app import CockpitApp

    app = CockpitApp(options, theme, keymap, opened.result, notices)
    code = app.run(mouse=options.mouse)
    if isinstance(app.failure, CockpitError):
        raise app.failure
    if app.exit_text:
        sys.stderr.write(app.exit_text + "\n")
    _end(app.return_code or code or 0, app.jobs.busy > 0, opened)
    return app.return_code or code or 0


def settings(options: ScreenOptions) -> tuple[Theme, Keymap, tuple[str, ...]]:
    """Theme and keymap, and a quiet line for each that could not be used."""
    notices = []
    asked = options.theme or ("ansi" if options.slow or "NO_COLOR" in os.environ else None)
    try:
        theme = load_theme(asked)
    except CockpitError as error:
        notices.append(f"theme not used: {_first(error)}")
        theme = load_theme("dark")
    if "NO_COLOR" in os.environ:
        theme = without_colour(theme)
    try:
        keymap = load_keymap(options.keymap)
    except CockpitError as error:
        notices.append(f"keymap not used: {_first(error)}")
        keymap = registry_keymap()
    return theme, keymap, tuple(notices)


def _first(error: CockpitError) -> str:
    more = len(error.problems) - 1
    return str(error.problems[0]) + (f" (and {more} more)" if more else "")


def _fulfil(future: "Future[Opened]", job: Callable[[], Opened]) -> None:
    try:
        future.set_result(job())
    except BaseException as error:
        future.set_exception(error)


def _end(code: int, busy: bool, opened: "Future[Opened]") -> None:
    """Let go of the workspace. A thread that is still reading must not keep the program from leaving."""
    if opened.done() and opened.exception() is None and not busy:
        opened.result().cockpit.close()
    if busy or not opened.done():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
