"""`cockpit` without a command: the screen, or its text twin where no screen can be drawn."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cockpit.base.problems import ExitCode
from cockpit.cli.options import Target
from cockpit.cli.output import say

if TYPE_CHECKING:
    from cockpit.core import Cockpit


def open_screen(
    folder: Path | None,
    *,
    read_only: bool = False,
    mouse: bool = True,
    slow: bool = False,
    ascii_only: bool = False,
    theme: str | None = None,
    keymap: str | None = None,
    known_at: str | None = None,
    record: Path | None = None,
    replay: Path | None = None,
) -> int:
    """Open the terminal cockpit and stay until it is left.

    Returns:
        The exit code.
    """
    in_browser = "TEXTUAL_DRIVER" in os.environ  # set by `cockpit serve` for the process behind a page
    if not in_browser and (os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()):
        from cockpit.cli.opening import opened
        from cockpit.text.brief import brief_text

        if sys.stdout.isatty():
            say("TERM=dumb cannot show the screen: this is the same in words (cockpit brief --format plain)")
        with opened(Target(folder), read_only=read_only, known_at=known_at) as cockpit:
            click.echo(brief_text(cockpit, form="plain" if sys.stdout.isatty() else "text"))
        return ExitCode.DONE
    from cockpit.tui import ScreenOptions, run

    options = ScreenOptions(
        folder=folder,
        theme=theme,
        keymap=keymap,
        mouse=mouse,
        slow=slow,
        ascii_only=ascii_only,
        read_only=read_only,
        record=record,
        replay=replay,
    )

    def open_workspace(folder: Path | None) -> "Cockpit":
        from cockpit.core import Cockpit  # inside, so that the first frame does not wait for it

        return Cockpit.open(folder, read_only=read_only, known_at=known_at)

    return run(open_workspace, options)
