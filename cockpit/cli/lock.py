"""`cockpit lock`: keep the state of now under a name."""

import click

from cockpit.cli.opening import opened
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json


@click.command()
@click.argument("label")
@click.option(
    "--at",
    "known_at",
    metavar="DATE or ID",
    help="Lock a snapshot that is held already, not the state of now.",
)
@workspace_option
@json_option
@pass_target
def lock(target: Target, label: str, known_at: str | None) -> None:
    """Keep the state of now under a name, for good.

    A locked state is never pruned and never changed. Ask it with --known-at LABEL, compare with it with
    --vs LABEL or --vs lock, and see what was corrected since with cockpit history --restated LABEL.

    \b
    Examples:
      cockpit lock fy27-q1-close
      cockpit kpi won_amount --known-at fy27-q1-close
    """
    from cockpit.core.history import lock_held, record_now

    with opened(target) as cockpit:
        if known_at is not None:
            snapshot = lock_held(cockpit, label, known_at)
        else:
            snapshot = record_now(cockpit, label).snapshot
        if wants("json"):
            print_json(snapshot.as_json())
            return
        taken = snapshot.taken_at.astimezone(cockpit.fiscal.zone)
        rows = ", ".join(f"{version.rows:,} {name}" for name, version in snapshot.tables.items())
        click.echo(f"locked {label}: the state of {taken:%a %d %b %Y %H:%M} ({rows})")
