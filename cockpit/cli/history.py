"""`cockpit history`: the snapshots held, thinning, earlier days from exports, and restatements."""

import glob
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cockpit.base.problems import ExitCode
from cockpit.cli.opening import opened
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say, say_problems

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.core.history import DayFrom, Export


@click.command()
@click.option(
    "--prune", "rule", metavar="RULE", help="Thin it: usual, or parts like day:90d,week:1y,month:all."
)
@click.option("--import", "pattern", metavar="FOLDER or PATTERN", help="Load exports of earlier days.")
@click.option("--table", default="opportunities", show_default=True, help="Which table --import loads.")
@click.option("--dates", type=click.Choice(["name", "mtime"]), default="name", show_default=True,
              help="Where the day of an export comes from: its name, or when it was written.")  # fmt: skip
@click.option("--restated", metavar="LABEL", help="What was reported then, beside what is known by now.")
@click.option("--metric", "metrics", metavar="NAME", multiple=True, help="Figures of --restated; the board.")
@click.option(
    "--period", metavar="P", default="this-quarter", show_default=True, help="Period of --restated."
)
@click.option("--where", metavar="SQL", help="A boolean expression over columns, for --restated.")
@click.option("--check", "verify", is_flag=True, help="Read every file, and name those that are damaged.")
@workspace_option
@json_option
@pass_target
@click.pass_context
def history(
    context: click.Context,
    target: Target,
    rule: str | None,
    pattern: str | None,
    table: str,
    dates: "DayFrom",
    restated: str | None,
    metrics: tuple[str, ...],
    period: str,
    where: str | None,
    verify: bool,
) -> None:
    """The snapshots held: when they were taken, what they changed, and how large they are.

    Locked snapshots and the newest are never pruned. A rule keeps one snapshot of each unit up to an age:
    all:14d keeps every one for two weeks, week:1y one a week for a year, month:all one a month for good.

    \b
    Examples:
      cockpit history
      cockpit history --prune usual
      cockpit history --import 'exports/deals_*.csv'
      cockpit history --restated fy27-q1-close --metric won_amount
    """
    asked = [name for name, one in (("--prune", rule), ("--import", pattern), ("--restated", restated),
                                    ("--check", verify)) if one]  # fmt: skip
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} exclude each other")
    with opened(target) as cockpit:
        if rule is not None:
            _prune(cockpit, rule)
        elif pattern is not None:
            if not _import(cockpit, pattern, table, dates):
                context.exit(ExitCode.IO)
        elif restated is not None:
            _restate(cockpit, restated, metrics, period, where)
        elif verify:
            damage = cockpit.history.check()
            say_problems(damage)
            if damage:
                context.exit(ExitCode.IO)
            say(f"all {len(cockpit.history.snapshots()):,} snapshots are as they were written")
        else:
            _list(cockpit)


def _list(cockpit: "Cockpit") -> None:
    from cockpit.core.sync_words import size_words

    held, zone = cockpit.history.snapshots(), cockpit.fiscal.zone
    size = cockpit.history.index.size
    lines = []
    for one in held:
        new, changed, removed = one.changes.get("opportunities", (0, 0, 0))
        others = sum(sum(counts) for name, counts in one.changes.items() if name != "opportunities")
        deals = one.tables.get("opportunities")
        seen = one.seen_at.astimezone(zone).strftime("%Y-%m-%d") if one.seen_at > one.taken_at else ""
        lines.append(
            (one.taken_at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M"), one.origin,
             deals.rows if deals is not None else None, new, changed, removed, others, seen,
             ", ".join(one.labels), one.id)
        )  # fmt: skip
    document = {
        "snapshots": [one.as_json() for one in held],
        "bytes": size,
        "locked": sum(bool(one.labels) for one in held),
    }
    columns = (
        "taken",
        "by",
        "deals",
        "new",
        "changed",
        "removed",
        "other rows",
        "same until",
        "locked as",
        "id",
    )
    print_rows(document, columns, lines, "nothing is stored so far; cockpit sync and cockpit lock store it")
    if held:
        count = f"{len(held):,} snapshot{'' if len(held) == 1 else 's'}"
        say(f"{count}, {size_words(size)}, {document['locked']} locked")


def _prune(cockpit: "Cockpit", text: str) -> None:
    from cockpit.core.history import prune
    from cockpit.core.sync_words import size_words
    from cockpit.sources.history.thinning import Rule

    rule = Rule.parse(text)
    before = cockpit.history.index.size
    gone = prune(cockpit, rule)
    freed = before - cockpit.history.index.size
    document = {"pruned": [one.as_json() for one in gone], "bytes_freed": freed}
    lines = [(one.id, one.origin) for one in gone]
    print_rows(document, ("pruned", "by"), lines, "nothing to prune")
    if gone:
        kept = len(cockpit.history.snapshots())
        say(f"{len(gone):,} pruned, {kept:,} kept, {size_words(max(freed, 0))} less")


def _import(cockpit: "Cockpit", pattern: str, table: str, dates: "DayFrom") -> bool:
    """Load exports; whether all of them arrived."""
    from cockpit.core.history import import_exports

    def told(one: "Export") -> None:
        where = "its name" if one.day_from == "name" else "its file date"
        if one.problems:
            say_problems(one.problems)
        elif one.held:
            say(f"{one.path.name}: held already")
        elif one.taken_at is not None:
            say(f"{one.path.name}: {one.taken_at:%a %Y-%m-%d %H:%M}, from {where}")

    done = import_exports(cockpit, _from_here(pattern), table, dates, told)
    columns = ("file", "day", "rows", "new", "changed", "removed")
    lines = [
        (one.path.name, one.taken_at.strftime("%Y-%m-%d") if one.taken_at else None,
         one.change.rows, one.change.new, one.change.changed, one.change.removed)
        for one in done if one.change is not None
    ]  # fmt: skip
    print_rows([one.as_json() for one in done], columns, lines, "nothing was loaded")
    return not any(one.problems for one in done)


def _from_here(pattern: str) -> str:
    """The pattern as the shell means it, from the folder it is typed in; else as the workspace has it."""
    here = Path.cwd() / pattern
    matches = here.is_dir() or any(glob.iglob(str(here), recursive=True))  # noqa: PTH207 (may be absolute)
    return str(here) if matches else pattern


def _restate(
    cockpit: "Cockpit", label: str, metrics: tuple[str, ...], period: str, where: str | None
) -> None:
    from cockpit.core.restated import restate
    from cockpit.text.restated import restated_text

    found = restate(cockpit, label, metrics, period, where)
    if wants("json"):
        print_json(found.as_json())
    else:
        click.echo(restated_text(cockpit, found))
