"""`cockpit serve`: the same cockpit in a browser, on loopback."""

import os
import socket
import sys

import click

from cockpit.base.problems import CockpitError, Problem, UsageError
from cockpit.cli.completing import themes
from cockpit.cli.options import Target, pass_target, workspace_option
from cockpit.cli.output import say

FIRST_PORT = 8_317
"""The port that is tried first, and a hundred after it, when none is named."""
_OF_THE_TERMINAL = ("TMUX", "STY", "NO_COLOR", "SSH_TTY", "SSH_CONNECTION")
"""What the terminal that starts the server says of itself, which is not so for a browser."""


@click.command
@click.option(
    "--port", type=click.IntRange(1, 65_535), metavar="N", help="The port; else the first free one."
)
@click.option("--read-only", is_flag=True, help="Change nothing: to show it to others.")
@click.option("--theme", metavar="NAME", shell_complete=themes, help="dark, light, or another.")
@workspace_option
@pass_target
def serve(target: Target, port: int | None, read_only: bool, theme: str | None) -> None:
    """Show the cockpit in a browser on this machine, with the same keys.

    It listens on loopback only, and only the printed address opens it. Each page is a cockpit of its own;
    closing the page ends it. From another machine, forward the port: ssh -L 8317:127.0.0.1:8317 HOST.
    Needs the extra "web".

    \b
    Examples:
      cockpit serve
      cockpit -w work serve --port 8400 --read-only
    """
    try:
        from cockpit.cli.web_server import WebServer
    except ModuleNotFoundError as error:
        hint = "pip install 'sales-cockpit[web]'"
        raise CockpitError(
            Problem(f"serving needs the extra web ({error.name} is missing)", hint=hint)
        ) from error
    chosen = _free_port(port)
    command = [sys.executable, "-m", "cockpit"]
    if target.folder is not None:
        command += ["--workspace", str(target.folder.absolute())]
    if read_only or target.read_only:
        command.append("--read-only")
    if theme is not None:
        command += ["--theme", theme]
    for name in _OF_THE_TERMINAL:
        os.environ.pop(name, None)
    os.environ["TERM"] = "xterm-256color"
    WebServer(command, chosen, say).serve()


def _free_port(asked: int | None) -> int:
    """The port to listen on; one that is taken is said here, not by the server."""
    for port in (asked,) if asked is not None else range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    what = f"port {asked}" if asked is not None else f"every port from {FIRST_PORT} to {FIRST_PORT + 99}"
    raise UsageError(Problem(f"{what} is taken or not allowed", hint="--port N"))
