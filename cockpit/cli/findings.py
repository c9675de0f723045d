"""`cockpit findings`: what needs a person today, all of it; snoozing with a reason."""

import click

from cockpit.cli.opening import opened
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say


@click.group(invoke_without_command=True)
@click.option("--as-of", metavar="DATE", help="A date, today, last-bd or latest.")
@click.option("--all", "everything", is_flag=True, help="Snoozed findings too.")
@workspace_option
@json_option
@pass_target
@click.pass_context
def findings(context: click.Context, target: Target, as_of: str | None, everything: bool) -> None:
    """What needs a person today, the weightiest first.

    Rules find it: built in, and the workspace's own `findings/*.toml`.

    \b
    Examples:
      cockpit findings
      cockpit findings snooze past_due --until 2026-12-01 --reason "clean-up runs this week"
      cockpit findings wake past_due
    """
    if context.invoked_subcommand is not None:
        return
    from cockpit.core.findings.find import rules_of
    from cockpit.panes.figures import formats_of
    from cockpit.panes.found import look, sentence
    from cockpit.panes.view import Context

    with opened(target, as_of) as cockpit:
        rules_of(cockpit)  # what is wrong with them is told with file and line, instead of half of the list
        formats = formats_of(cockpit, Context())
        found = look(cockpit, Context())
        shown = [*found.findings, *(found.snoozed if everything else ())]
        for name, why in found.blind:
            say(f"{name} could not look: {why}")
        if wants("json"):
            print_json(
                {
                    "as_of": cockpit.as_of,
                    "checks": found.checks,
                    "findings": [one.as_json(sentence(one, formats)) for one in shown],
                    "blind": [{"rule": name, "reason": why} for name, why in found.blind],
                }
            )
            return
        rows = [
            (
                sentence(one, formats),
                round(one.money) or None,
                one.days or None,
                one.key,
                "" if one.snooze is None else f"until {one.snooze.until}: {one.snooze.reason}",
            )
            for one in shown
        ]
        quiet = any(row[-1] for row in rows)
        columns = ["finding", "money", "days", "key", *(["snoozed"] if quiet else [])]
        print_rows(None, columns, [row[: len(columns)] for row in rows], "Nothing needs a person today.")


@findings.command()
@click.argument("key")
@click.option("--until", metavar="DATE", default="", help="2026-12-01 or +5bd; a week when left out.")
@click.option("--reason", metavar="TEXT", required=True, help="Why; it is journalled.")
@workspace_option
@pass_target
def snooze(target: Target, key: str, until: str, reason: str) -> None:
    """Keep a finding quiet until a day, that day included.

    KEY is what `cockpit findings` prints at the end of each.

    \b
    Example:
      cockpit findings snooze past_due --until +5bd --reason "clean-up runs this week"
    """
    from cockpit.core.findings.snooze import day_of
    from cockpit.core.findings.snooze import snooze as keep_quiet

    with opened(target) as cockpit:
        _ = cockpit.work
        held = keep_quiet(cockpit, key, reason, day_of(cockpit, until))
        click.echo(f"{key} is quiet until {held.until}")


@findings.command()
@click.argument("key")
@workspace_option
@pass_target
def wake(target: Target, key: str) -> None:
    """Let a snoozed finding be heard again.

    \b
    Example:
      cockpit findings wake past_due
    """
    from cockpit.core.findings.snooze import wake as wake_up

    with opened(target) as cockpit:
        _ = cockpit.work
        wake_up(cockpit, key)
        click.echo(f"{key} is heard again")
