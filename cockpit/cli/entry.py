"""Where the command line starts and ends: the group of commands, and what becomes of errors.

Commands live one file a group and are imported only when they run, so that `cockpit fiscal` never pays
for polars or the screen.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from cockpit.base.problems import CockpitError, ExitCode
from cockpit.base.version import cockpit_version
from cockpit.cli.completing import themes
from cockpit.cli.options import Target, pass_target, workspace_option

COMMANDS = {
    "brief": "brief",
    "calendar": "calendar",
    "check": "check",
    "completion": "completion",
    "config": "config",
    "demo": "setup",
    "doctor": "doctor",
    "explain": "figures",
    "findings": "findings",
    "fiscal": "fiscal",
    "history": "history",
    "init": "setup",
    "kpi": "figures",
    "kpis": "figures",
    "lock": "lock",
    "moves": "moves",
    "note": "notes",
    "notes": "notes",
    "rejects": "rejects",
    "rhythm": "rhythm",
    "rows": "figures",
    "serve": "serve",
    "sync": "sync",
    "tasks": "tasks",
}
"""Each command and the module of this package that holds it."""

_LOG = click.Path(dir_okay=False, path_type=Path)


class LateGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name, imported now."""
        module = COMMANDS.get(name)
        if module is None:
            return None
        command = getattr(import_module(f"cockpit.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from cockpit.base.problems import did_you_mean

            hint = did_you_mean(args[0], COMMANDS)
            context.fail(f"no command {args[0]!r}" + (f" ({hint})" if hint else "; see cockpit --help"))
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their first sentence, without importing what they need."""
        rows = []
        for name in self.list_commands(context):
            command = self.get_command(context, name)
            if command is not None:
                rows.append((name, command.get_short_help_str(formatter.width - 12)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


_EPILOG = """
\b
Exit codes:
  0  done
  1  done, and what was asked about is not in order
  2  the command line or a configuration file is wrong
  3  a source, a file or the store could not be read or written
  4  a conflict: somebody else changed it first
  130  interrupted

\b
Environment:
  COCKPIT_WORKSPACE  the workspace when none is named
  NO_COLOR           no colours at all
  TERM=dumb          the screen is printed as text, once

\b
Files:
  cockpit.toml                         a workspace; what the cockpit writes lies in .cockpit beside it
  $XDG_CONFIG_HOME/cockpit/config.toml your own workspace, theme and keymap
  $XDG_STATE_HOME/cockpit              where you were, the last copy, reports of crashes

COMMAND --help has examples of each. `cockpit config path` prints where all of this is here.
"""


def _print_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import version

    parts = [f"cockpit {cockpit_version()}", f"Python {sys.version.split()[0]}"]
    parts += [f"{name} {version(name)}" for name in ("textual", "polars", "httpx")]
    import platform
    import sqlite3

    parts += [f"SQLite {sqlite3.sqlite_version}", f"{platform.system()} {platform.machine()}"]
    click.echo(", ".join(parts))
    context.exit()


@click.group(
    cls=LateGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@workspace_option
@click.option("--read-only", is_flag=True, help="Change nothing: for leads who only look.")
@click.option(
    "--no-mouse", is_flag=True, help="Leave the mouse to the terminal, so that text can be selected."
)
@click.option("--slow", is_flag=True, help="For slow links: sixteen colours, no animation, rare refreshes.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@click.option("--theme", metavar="NAME", shell_complete=themes,
              help="dark, light, high-contrast, colour-blind, ansi, or one of your own.")  # fmt: skip
@click.option("--keymap", metavar="NAME", help="default, vim, plain, or a TOML file of your own.")
@click.option("--known-at", metavar="DATE or LABEL", help="Show what was known then; needs stored history.")
@click.option("--record", type=_LOG, metavar="FILE", help="Keep the keys that are pressed in a file.")
@click.option("--replay", type=_LOG, metavar="FILE", help="Press the keys of such a file first.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
              help="Print the versions that matter for a report, and stop.")  # fmt: skip
@pass_target
@click.pass_context
def cockpit_command(
    context: click.Context,
    target: Target,
    read_only: bool,
    no_mouse: bool,
    slow: bool,
    ascii_only: bool,
    theme: str | None,
    keymap: str | None,
    known_at: str | None,
    record: Path | None,
    replay: Path | None,
) -> None:
    """The cockpit of a field sales organisation: fiscal rhythm, tasks and pipeline KPIs in one screen.

    Without a command it opens the screen on the workspace, or on a demo when there is none. Every pane has
    a command that prints the same numbers.

    \b
    Examples:
      cockpit                                    open the screen
      cockpit init ws --opportunities deals.csv  make a workspace from a CRM export
      cockpit tasks overdue --by owner           who is late, for cron or a lead
      cockpit kpi close_rate --by manager        a figure, divided
      cockpit brief --format mail                the morning mail
    """
    target.read_only = read_only
    if context.invoked_subcommand is not None:
        return
    from cockpit.cli.screen import open_screen

    context.exit(
        open_screen(
            target.folder,
            read_only=read_only,
            mouse=not no_mouse,
            slow=slow,
            ascii_only=ascii_only,
            theme=theme,
            keymap=keymap,
            known_at=known_at,
            record=record,
            replay=replay,
        )
    )


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; errors become one line each on stderr.

    Returns:
        The exit code: 0 done, 1 not in order, 2 usage or configuration, 3 input or output, 4 conflict,
        130 interrupted.
    """
    try:
        result = cockpit_command.main(args=arguments, prog_name="cockpit", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.DONE
    except click.exceptions.Abort:
        return ExitCode.INTERRUPTED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        from cockpit.base.clean import clean

        where = f"{error.ctx.command_path}: " if isinstance(error, click.UsageError) and error.ctx else ""
        click.echo(f"{where}{clean(error.format_message())}", err=True)
        return ExitCode.USAGE
    except CockpitError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return error.exit_code
    except BrokenPipeError:
        return _reader_gone()
    except OSError as error:
        from cockpit.base.clean import clean

        name = f"{clean(os.fsdecode(error.filename))}: " if isinstance(error.filename, str | bytes) else ""
        click.echo(f"{name}{clean(error.strerror or str(error))}", err=True)
        return ExitCode.IO
    except Exception as error:
        click.echo(_fault(error), err=True)
        return ExitCode.IO


def _reader_gone() -> int:
    """The reader of our output has gone (`| head`), as it may. Python would complain again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.DONE


def _fault(error: Exception) -> str:
    """One line about a mistake of the program itself; where it happened is kept in a file for a report.

    Neither holds a value: an error's own words may be a customer's name or a secret.
    """
    from cockpit.base.crash import keep

    return f"the cockpit itself failed: {keep(error)}; please report it"
