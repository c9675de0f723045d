"""`cockpit note` and `cockpit notes`: what people wrote about tasks, deals, agreements and figures."""

import click

from cockpit.cli.opening import opened
from cockpit.cli.options import Target, format_options, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows

COLUMNS = ("key", "at", "author", "text")


@click.command()
@click.argument("key")
@click.argument("text")
@workspace_option
@json_option
@pass_target
def note(target: Target, key: str, text: str) -> None:
    """Write a note on a task, a deal, an agreement, a date or a figure.

    \b
    Examples:
      cockpit note close_rate@FY27-Q2/manager=Brooks "asked Brooks, answer by Tue 12:00"
      cockpit note AG-1042 "purchase order promised for Friday"
    """
    from cockpit.core.notes import write_note

    with opened(target) as cockpit:
        written = write_note(cockpit, key, text)
        if wants("json"):
            print_json(written.as_json())
        else:
            click.echo(written.subject)


@click.command()
@click.argument("key", required=False)
@workspace_option
@format_options
@pass_target
def notes(target: Target, key: str | None) -> None:
    """Notes on something and on everything inside it; without a key all of them, oldest first.

    \b
    Examples:
      cockpit notes
      cockpit notes close_rate@FY27-Q2
      cockpit notes AG-1042 --csv
    """
    from cockpit.core.notes import notes as written
    from cockpit.panes.days import moment

    with opened(target, read_only=True) as cockpit:
        found = written(cockpit, key)
        zone = cockpit.fiscal.zone
        when = (lambda at: moment(at, zone)) if not wants("csv") else (lambda at: at)
        rows = [(one.subject, when(one.at), one.author, one.text) for one in found]
        print_rows([one.as_json() for one in found], COLUMNS, rows, "no notes")
