"""The commands: thin, imported late, each a text twin of a pane."""

from cockpit.cli.entry import main

__all__ = ["main"]
