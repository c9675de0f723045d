"""`cockpit check`, `sync`, `rejects`: is everything in order, and what was not taken."""

import click

from cockpit.base.problems import ExitCode
from cockpit.cli.opening import DEMO_WORDS, opened
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say


@click.command()
@workspace_option
@json_option
@pass_target
@click.pass_context
def check(context: click.Context, target: Target) -> None:
    """Read everything and print every problem at once.

    Configuration, calendars, themes, keymaps, metrics, sources, control totals and the store. Exits with 1
    when there is an error of any kind.
    """
    from cockpit.core.check import check_all
    from cockpit.tui.looks import check_looks
    from cockpit.workspace.discover import discover

    if discover(target.folder) is None:
        say(DEMO_WORDS)
    found = [*check_all(target.folder), *check_looks()]
    in_order = not any(problem.severity == "error" for problem in found)
    if wants("json"):
        print_json({"problems": [problem.as_json() for problem in found], "ok": in_order})
    else:
        for problem in found:
            click.echo(f"{problem.severity:<8}{problem}")
        errors = sum(problem.severity == "error" for problem in found)
        others = len(found) - errors
        counted = f"{errors:,} error{'' if errors == 1 else 's'}, {others:,} to know"
        click.echo(counted if found else "all in order")
    context.exit(ExitCode.DONE if in_order else ExitCode.NOT_IN_ORDER)


@click.command()
@click.option("--source", metavar="NAME", help="Only say how that source went.")
@workspace_option
@json_option
@pass_target
@click.pass_context
def sync(context: click.Context, target: Target, source: str | None) -> None:
    """Read every source anew and keep the dates that tasks hang from."""
    with opened(target) as cockpit:
        statuses = [one for one in cockpit.sync() if source is None or one.name == source]
        if source is not None and not statuses:
            raise click.UsageError(f"the workspace has no source {source}")
        columns = ("source", "rows", "rejected", "unmatched", "corrected", "repeated", "path")
        lines = [
            (one.name, one.rows, one.rejected, one.unmatched, one.corrected, one.repeated, one.path)
            for one in statuses
        ]
        print_rows([one.as_json() for one in statuses], columns, lines, "the workspace has no sources")
        if any(one.report is None for one in statuses):
            context.exit(ExitCode.IO)


@click.command()
@click.option("--table", metavar="T", help="Only that table.")
@workspace_option
@json_option
@pass_target
def rejects(target: Target, table: str | None) -> None:
    """Rows rejected, values corrected, look-ups unmatched, ids repeated.

    Each with its row number; what could be read is kept and counted.
    """
    with opened(target) as cockpit:
        statuses = [one for one in cockpit.sources() if table is None or one.name == table]
        if table is not None and not statuses:
            raise click.UsageError(f"the workspace has no source {table}")
        if wants("json"):
            print_json([one.as_json() for one in statuses])
            return
        lines: list[tuple[str, str, str, object]] = []
        for one in statuses:
            report = one.report
            if report is None:
                lines += [(one.name, "not read", str(problem), None) for problem in one.problems]
                continue
            for what, frame in (("rejected", report.rejects), ("blanked", report.blanked)):
                lines += [
                    (
                        one.name,
                        what,
                        f"{row['file']}:{row['row']}: {row['column']}: {row['reason']}",
                        row["value"],
                    )
                    for row in frame.iter_rows(named=True)
                ]
            lines += [
                (one.name, "unmatched", f"{item.lookup}: {item.column}, {item.count} rows", item.value)
                for item in report.unmatched
            ]
            lines += [
                (
                    one.name,
                    "corrected",
                    f"{item.column} to {item.replaced_by!r}, {item.count} rows",
                    item.value,
                )
                for item in report.corrected
            ]
            lines += [
                (one.name, "repeated id", f"{item.count} rows: {', '.join(map(str, item.rows))}", item.value)
                for item in report.repeated_ids
            ]
            hidden = report.repeated_count - len(report.repeated_ids)
            if hidden > 0:
                lines.append((one.name, "repeated id", f"{hidden} more ids", None))
        print_rows(None, ("source", "what", "where and why", "value"), lines, "nothing was rejected")
        if lines:
            say(f"{len(lines):,} lines")
