"""`cockpit check`: is everything in order, and could every source be pulled now?"""

import click

from cockpit.base.problems import ExitCode
from cockpit.cli.opening import DEMO_WORDS
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, say


@click.command()
@workspace_option
@json_option
@pass_target
@click.pass_context
def check(context: click.Context, target: Target) -> None:
    """Read everything and print every problem at once.

    Configuration, calendars, themes, keymaps, metrics, sources, control totals and the store. Servers are
    asked whether they let us in, have the columns, and how many rows they hold. Exits with 1 when there is an
    error of any kind.

    \b
    Examples:
      cockpit check
      cockpit -w work check --json
    """
    from cockpit.core.check import check_all
    from cockpit.tui.looks import check_looks
    from cockpit.workspace.discover import discover

    if discover(target.folder) is None:
        say(DEMO_WORDS)
    checked = check_all(target.folder, lambda table: say(f"asking the server of {table}"))
    found = [*checked.problems, *check_looks()]
    in_order = not any(problem.severity == "error" for problem in found)
    if wants("json"):
        document = {
            "problems": [problem.as_json() for problem in found],
            "ok": in_order,
            "sources": [source.as_json() for source in checked.sources],
            "controls": [control.as_json() for control in checked.controls],
        }
        print_json(document)
    else:
        for source in checked.sources:
            click.echo(f"source  {source}")
        if checked.controls:
            ties = sum(control.ties for control in checked.controls)
            click.echo(f"control totals: ties {ties} of {len(checked.controls)}")
        for problem in found:
            click.echo(f"{problem.severity:<8}{problem}")
        errors = sum(problem.severity == "error" for problem in found)
        others = len(found) - errors
        counted = f"{errors:,} error{'' if errors == 1 else 's'}, {others:,} to know"
        click.echo(counted if found else "all in order")
    context.exit(ExitCode.DONE if in_order else ExitCode.NOT_IN_ORDER)
