"""`cockpit doctor`: the health of the store."""

import click

from cockpit.base.problems import ExitCode
from cockpit.cli.opening import opened
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, say


@click.command()
@workspace_option
@json_option
@pass_target
@click.pass_context
def doctor(context: click.Context, target: Target) -> None:
    """The health of the store: integrity, journal, file modes, versions.

    Exits with 1 when something is wrong with it; the remedy stands beside it.

    \b
    Examples:
      cockpit doctor
      cockpit doctor --json
    """
    from cockpit.store.health import examine

    with opened(target, read_only=True) as cockpit:
        health = examine(cockpit.store)
        if wants("json"):
            print_json(health.as_json())
        else:
            for name, value in health.facts.items():
                click.echo(f"{name.replace('_', ' '):<18} {_fact(value)}")
            for problem in health.problems:
                click.echo(f"{problem.severity:<8}{problem}")
            say("in order" if health.ok else "not in order")
        context.exit(ExitCode.DONE if health.ok else ExitCode.NOT_IN_ORDER)


def _fact(value: object) -> str:
    """A fact about the store as people read it."""
    from cockpit.text.table import cell_text

    if isinstance(value, dict):
        return ", ".join(f"{count:,} {name}" for name, count in value.items()) or "none"
    return cell_text(value)
