"""`cockpit sync`: pull the sources, record a snapshot, and say what changed."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cockpit.base.problems import ExitCode
from cockpit.cli.opening import opened
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, say, say_problems

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.core.sync import SyncResult
    from cockpit.sources.http.progress import Progress

_TICK = 0.5
"""Seconds between two looks at how far it is; a countdown runs on while no news come."""


@click.command()
@click.option("--source", metavar="NAME", help="Only that source.")
@click.option("--full", is_flag=True, help="Fetch everything anew, not only what has changed.")
@click.option("--allow-empty", is_flag=True, help="No rows may take the place of the rows that were there.")
@workspace_option
@json_option
@pass_target
@click.pass_context
def sync(context: click.Context, target: Target, source: str | None, full: bool, allow_empty: bool) -> None:
    """Pull the sources, record a dated snapshot, and print what changed.

    New, changed, removed and rejected rows by table, with reasons. A table arrives whole or not at all:
    one that cannot be pulled keeps its last good rows, and the exit code is 3. Ctrl-C leaves what has not
    arrived as it was.

    \b
    Examples:
      cockpit sync
      cockpit sync --source opportunities --full
    """
    with opened(target) as cockpit:
        cockpit.secrets.watched = sys.stderr.isatty()
        result = _pulled(cockpit, source, full, _all_of(cockpit) if allow_empty else ())
        for table in result.tables:
            if table.emptied and _agreed(table.status.name, table.emptied):
                again = _pulled(cockpit, table.status.name, full, (table.status.name,))
                result = result.with_later(again)
        if wants("json"):
            print_json(result.as_json())
        else:
            from cockpit.core.sync_words import summary_lines

            for line in summary_lines(result):
                click.echo(line)
            if not result.tables:
                say("the workspace has no sources")
        say_problems(result.problems)
        if not result.all_arrived or result.problems:
            context.exit(ExitCode.IO)


def _all_of(cockpit: "Cockpit") -> tuple[str, ...]:
    return tuple(cockpit.workspace.config.sources)


def _pulled(
    cockpit: "Cockpit", source: str | None, full: bool, may_be_empty: tuple[str, ...]
) -> "SyncResult":
    try:
        with _progress_line() as line:
            return cockpit.sync(source, full, line.take, may_be_empty)
    except KeyboardInterrupt:
        say("stopped; what had not arrived is as it was")
        raise


def _agreed(name: str, rows: int) -> bool:
    """Whether somebody who can be asked says that no rows are right."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(f"{name} came without a row; take that for the {rows:,} rows?", err=True)


class _ProgressLine:
    """How far it is, on stderr: one line that is written over in a terminal, else a line a step."""

    def __init__(self, *, over: bool) -> None:
        self._over = over
        self._step: Progress | None = None
        self._shown = ""
        self._lock = threading.Lock()

    def take(self, step: "Progress") -> None:
        """Keep the newest step; told in any thread."""
        with self._lock:
            before, self._step = self._step, step
        if not self._over and (before is None or (before.table, before.phase) != (step.table, step.phase)):
            self.show()

    def show(self) -> None:
        """Write how far it is by now."""
        from cockpit.core.sync_words import step_words

        with self._lock:
            step = self._step
            if step is None:
                return
            words = step_words(step, datetime.now(UTC))
            if self._over:
                words = words[: _width() - 1]
                click.echo(f"\r{words:<{len(self._shown)}}", err=True, nl=False)
                self._shown = words
            else:
                click.echo(words, err=True)

    def wipe(self) -> None:
        """Leave no trace of the line."""
        if self._shown:
            click.echo(f"\r{'':<{len(self._shown)}}\r", err=True, nl=False)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


@contextmanager
def _progress_line() -> Iterator[_ProgressLine]:
    line = _ProgressLine(over=sys.stderr.isatty())
    if not sys.stderr.isatty():
        yield line
        return
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(_TICK):
            line.show()

    ticking = threading.Thread(target=tick, daemon=True)
    ticking.start()
    try:
        yield line
    finally:
        ended.set()
        ticking.join()
        line.wipe()
