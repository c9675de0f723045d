"""`cockpit brief`: the whole cockpit, or one view, as text."""

import click

from cockpit.cli.opening import opened
from cockpit.cli.options import Target, pass_target, workspace_option
from cockpit.cli.output import say
from cockpit.panes.place import VIEWS

STAYS_AT_TODAY = ("tasks", "rhythm")
"""Views of which an as-of date shows nothing else."""


@click.command()
@click.option("--view", metavar="NAME", type=click.Choice(VIEWS), help="The view; today by default.")
@click.option("--as-of", metavar="DATE", help="A date, today, last-bd or latest.")
@click.option("--known-at", metavar="DATE or LABEL", help="What was known then; needs stored history.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "plain", "markdown", "mail", "json"]),
    default="text",
    show_default=True,
    help="How to print it; plain is for the ear, mail has a subject line and fits 80 columns.",
)
@click.option("--only-if-changed", is_flag=True, help="Print nothing when it is the same as the last time.")
@workspace_option
@pass_target
def brief(
    target: Target,
    view: str | None,
    as_of: str | None,
    known_at: str | None,
    form: str,
    only_if_changed: bool,
) -> None:
    """The screen as text: where we are, what is due, what is off target.

    \b
    Example, for cron:
      0 7 * * 1-5  cockpit brief --format mail --only-if-changed | sendmail lead@example.com
    """
    from cockpit.text.brief import brief_text, changed_since_last

    with opened(target, as_of, known_at=known_at) as cockpit:
        if view in STAYS_AT_TODAY and cockpit.asked_day not in (None, cockpit.today):
            say(f"{view} stays at today; --as-of moves figures and FastStart")
        text = brief_text(cockpit, view or "today", form)
        if only_if_changed and not changed_since_last(cockpit, f"{view}-{form}", text):
            return
        click.echo(text)
