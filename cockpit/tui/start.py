"""Starting the screen: the last look first, then the workspace, opened in a thread."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.paths import config_folder
from cockpit.base.problems import CockpitError
from cockpit.tui.lastlook import look_path
from cockpit.tui.options import ScreenOptions
from cockpit.tui.own import own_choices, with_own_choices
from cockpit.tui.terminal import fitted, without_colours
from cockpit.tui.theme import Theme, load_theme, without_colour

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.core.live_tables import LiveTables
    from cockpit.panes.lines import Line
    from cockpit.panes.view import Context
    from cockpit.tui.keymap import Keymap
    from cockpit.tui.shell import Views

    OpenCockpit = Callable[[Path | None], Cockpit]


@dataclass(frozen=True, slots=True)
class Opened:
    """A workspace that is ready to be shown.

    Attributes:
        cockpit: the workspace.
        keymap: which keys do what.
        views: where its views are looked up.
        head_of: makes the head line of a context.
        head: the head line to begin with.
        first: the view to begin with.
        notices: quiet lines to begin with: a keymap that could not be used.
        folder: the workspace's folder, or None where nothing shall be remembered of it.
        tables: makes what keeps the tables fresh; None to leave them as they are.
    """

    cockpit: "Cockpit"
    keymap: "Keymap"
    views: "Views"
    head_of: "Callable[[Cockpit, Context], Callable[[int], Line]]"
    head: "Callable[[int], Line]"
    first: str = "today"
    notices: tuple[str, ...] = ()
    folder: Path | None = None
    tables: "Callable[[Cockpit, float], LiveTables] | None" = None


def live_tables(cockpit: "Cockpit", slower: float) -> "LiveTables":
    """What reads the sources again when they have changed."""
    from cockpit.core.live_tables import LiveTables

    return LiveTables(cockpit, slower)


def make_head(cockpit: "Cockpit", context: "Context") -> "Callable[[int], Line]":
    """The head line of a context, for any width."""
    from cockpit.panes.head import head_facts, head_line

    facts = head_facts(cockpit, context)
    return lambda width: head_line(facts, width)


def open_for_screen(open_cockpit: "OpenCockpit", options: ScreenOptions) -> Opened:
    """Open the workspace, and import in this thread what turns keys into views of it."""
    from cockpit.core.stand_in import open_or_stand_in
    from cockpit.panes import views
    from cockpit.panes.view import Context
    from cockpit.tui import dispatch  # noqa: F401
    from cockpit.tui.problem_words import told

    keymap, notices = keymap_of(options)
    cockpit = open_cockpit(options.folder)
    wrong = open_or_stand_in(cockpit)
    if wrong:
        notices = (*notices, f"{told(wrong[0])}; read-only without it")
    else:
        notices = (*notices, *(told(warning) for warning in cockpit.store.warnings))
    return Opened(
        cockpit,
        keymap,
        views,
        make_head,
        make_head(cockpit, Context()),
        notices=notices,
        folder=cockpit.workspace.folder,
        tables=live_tables,
    )


def run_screen(open_cockpit: "OpenCockpit", options: ScreenOptions) -> int:
    """Show the cockpit, and each workspace that is switched to, until it is left.

    Raises:
        CockpitError: a workspace could not be opened.
    """
    code, folder = _sit(open_cockpit, options)
    while folder is not None:
        options = replace(options, folder=folder, record=None, replay=None)
        code, folder = _sit(open_cockpit, options)
    return code


def _sit(open_cockpit: "OpenCockpit", options: ScreenOptions) -> tuple[int, Path | None]:
    """Show one workspace; the exit code, and the folder of the workspace that is switched to."""
    own = own_choices()
    options, lacking = fitted(with_own_choices(options, own), os.environ)
    theme, notices = theme_of(options)
    notices = (*((own.problem,) if own.problem else ()), *notices, *lacking)
    from cockpit.tui.app import CockpitApp

    app = CockpitApp(
        options, theme, lambda: open_for_screen(open_cockpit, options), notices, look_path(options.folder)
    )
    code = app.run(mouse=options.mouse)
    if isinstance(app.failure, CockpitError):
        raise app.failure
    if app.exit_text:
        sys.stderr.write(app.exit_text + "\n")
    code = app.return_code or code or 0
    if app.sitting is not None:
        app.sitting.end()
        if app.sitting.ended_by is not None:
            code = 128 + app.sitting.ended_by
    if app.jobs.busy > 0 and app.next_folder is None:
        _leave_at_once(code)
    elif app.session is not None and app.jobs.busy == 0:
        app.session.cockpit.close()
    return code, app.next_folder


def asked_theme(options: ScreenOptions) -> str | None:
    """The theme that is meant: the one asked for, else the terminal's own colours on slow links."""
    return options.theme or ("ansi" if options.slow or _is_colourless() else None)


def _is_colourless() -> bool:
    """Whether no colours are wanted, or the terminal has none."""
    return "NO_COLOR" in os.environ or without_colours(os.environ)


def theme_of(options: ScreenOptions) -> tuple[Theme, tuple[str, ...]]:
    """The theme, and a quiet line where the one that is asked for could not be used."""
    notices: tuple[str, ...] = ()
    asked = asked_theme(options)
    try:
        theme = load_theme(asked)
    except CockpitError as error:
        notices = (f"theme not used: {_first(error)}",)
        theme = load_theme("dark")
    return as_worn(theme), notices


def as_worn(theme: Theme) -> Theme:
    """The theme as it may be shown: without colour where NO_COLOR or the terminal says so."""
    return without_colour(theme) if _is_colourless() else theme


def keymap_of(options: ScreenOptions) -> "tuple[Keymap, tuple[str, ...]]":
    """The keymap, and a quiet line where the one that is asked for could not be used."""
    from cockpit.tui.keymap import load_keymap, registry_keymap

    try:
        return load_keymap(options.keymap), ()
    except CockpitError as error:
        return registry_keymap(), (f"keymap not used: {_first(error)}",)


def _first(error: CockpitError) -> str:
    """The first problem in one line; files of the user's own folder by their names in it."""
    more = len(error.problems) - 1
    words = str(error.problems[0]).replace(f"{config_folder()}{os.sep}", "", 1)
    return words + (f" (and {more} more, see cockpit check)" if more else "")


def _leave_at_once(code: int) -> None:
    """A thread that is still reading must not keep the program from leaving."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
