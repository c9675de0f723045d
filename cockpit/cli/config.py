"""`cockpit config`: where things are, what is set and by whom, and whether it is in order."""

import click

from cockpit.base.paths import bundled, cache_folder, config_folder, state_folder
from cockpit.base.problems import CockpitError, ExitCode, Problem
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say_problems


@click.group()
def config() -> None:
    """Where things are, what is set and by whom.

    \b
    Examples:
      cockpit config show                       each value with its origin
      cockpit config validate                   every mistake with its line
      cockpit config schema > schema.json       for the editor
    """


@config.command()
@workspace_option
@json_option
@pass_target
def path(target: Target) -> None:
    """Where the workspace, the user's configuration, cache and state are.

    \b
    Examples:
      cockpit config path
      cockpit config path --json
    """
    from cockpit.workspace.discover import discover

    found = discover(target.folder)
    places = {
        "workspace": str(found.folder.absolute()) if found else None,
        "named by": found.origin if found else "nothing: the demo is opened",
        "user config": str(config_folder() / "config.toml"),
        "user themes": str(config_folder() / "themes"),
        "cache": str(cache_folder()),
        "state": str(state_folder()),
        "bundled calendars": str(bundled("calendars")),
        "bundled themes": str(bundled("themes")),
    }
    if wants("json"):
        print_json({name.replace(" ", "_"): value for name, value in places.items()})
        return
    for name, value in places.items():
        click.echo(f"{name:<18} {value or '-'}")


@config.command()
@workspace_option
@json_option
@pass_target
def show(target: Target) -> None:
    """Each value of cockpit.toml with where it comes from.

    The file and line, your own config.toml, or the default.

    \b
    Examples:
      cockpit config show
      cockpit -w work config show --json
    """
    from cockpit.workspace import ensure_demo, find_workspace, load_workspace, workspace_settings

    values = workspace_settings(load_workspace(find_workspace(target.folder) or ensure_demo()))
    print_rows(
        [one.as_json() for one in values],
        ("key", "value", "from"),
        [(one.key, one.value, one.origin) for one in values],
        "nothing is set",
    )


@config.command()
@workspace_option
@pass_target
@click.pass_context
def validate(context: click.Context, target: Target) -> None:
    """Check cockpit.toml and the user's configuration, without reading any data.

    Every problem at once, each with its line; exits with 2 when there is one.

    \b
    Example:
      cockpit config validate
    """
    from cockpit.workspace import ensure_demo, find_workspace, load_user_settings, load_workspace

    problems: list[Problem] = []
    try:
        load_user_settings()
        load_workspace(find_workspace(target.folder) or ensure_demo())
    except CockpitError as error:
        problems += error.problems
    say_problems(problems)
    if not problems:
        click.echo("in order")
    context.exit(ExitCode.USAGE if problems else ExitCode.DONE)


@config.command()
def schema() -> None:
    """The JSON Schema of cockpit.toml, so that editors complete it.

    \b
    Example:
      cockpit config schema > cockpit.schema.json
    """
    from cockpit.workspace import config_schema

    print_json(config_schema())
