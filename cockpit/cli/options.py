"""Options that several commands share, and the folder that a command works on."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> date:
        """The date of the text."""
        from cockpit.fiscal.engines import FIRST_YEAR, LAST_YEAR

        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date (YYYY-MM-DD)", parameter, context)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            reach = f"calendars run from {FIRST_YEAR} to {LAST_YEAR}"
            self.fail(f"{day} is out of reach: {reach}", parameter, context)
        return day


def day_option(*names: str, help: str) -> Callable[[F], F]:
    """Add an option that takes a date."""
    return click.option(*names, type=Day(), metavar="DATE", help=help)


class Target(msgspec.Struct):
    """What the command works on, as said before or after the sub-command.

    Attributes:
        folder: the workspace that was named, or None.
        read_only: whether changes are refused.
    """

    folder: Path | None = None
    read_only: bool = False


pass_target = click.make_pass_decorator(Target, ensure=True)


def _remember(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Target).folder = Path(value)


def workspace_option(command: F) -> F:
    """Add `-w/--workspace DIR`, which may stand before and after the sub-command."""
    option = click.option(
        "-w",
        "--workspace",
        metavar="DIR",
        expose_value=False,
        callback=_remember,
        help="Folder with a cockpit.toml; else $COCKPIT_WORKSPACE, the nearest, your own, the demo.",
    )
    return option(command)


def format_options(command: F) -> F:
    """Add `--json` and `--csv`, of which one may be given, as `output`."""

    def choose(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
        if value:
            other = context.meta.get("cockpit.output")
            if other is not None and other != parameter.name:
                raise click.UsageError("--json and --csv exclude each other", context)
            context.meta["cockpit.output"] = parameter.name
        return value

    command = click.option(
        "--csv", is_flag=True, expose_value=False, callback=choose, help="Print CSV (RFC 4180)."
    )(command)
    return click.option(
        "--json", is_flag=True, expose_value=False, callback=choose, help="Print one JSON document."
    )(command)


def json_option(command: F) -> F:
    """Add `--json` alone."""

    def choose(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
        if value:
            context.meta["cockpit.output"] = "json"
        return value

    return click.option(
        "--json", is_flag=True, expose_value=False, callback=choose, help="Print one JSON document."
    )(command)


def wants(kind: str) -> bool:
    """Whether the running command was asked for that output ("json" or "csv")."""
    return click.get_current_context().meta.get("cockpit.output") == kind
