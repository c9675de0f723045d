"""`cockpit rejects`: everything of the sources that was not taken as it stood, with row numbers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from cockpit.base.problems import did_you_mean
from cockpit.cli.opening import opened
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say

if TYPE_CHECKING:
    from cockpit.core import SourceStatus

_MOST_ROWS = 10
"""Row numbers named of one finding in the table for people; `--json` has more."""


@click.command()
@click.option("--table", metavar="T", help="Only that table.")
@workspace_option
@json_option
@pass_target
def rejects(target: Target, table: str | None) -> None:
    """Rows rejected, values corrected, look-ups unmatched, ids repeated.

    Each with its file and row number; what could be read is kept and counted.

    \b
    Examples:
      cockpit rejects
      cockpit rejects --table opportunities --json
    """
    with opened(target) as cockpit:
        every = cockpit.sources()
        statuses = [one for one in every if table in (None, one.name)]
        if table is not None and not statuses:
            hint = did_you_mean(table, [one.name for one in every])
            raise click.UsageError(f"the workspace has no source {table}" + (f" ({hint})" if hint else ""))
        if wants("json"):
            print_json([one.as_json() for one in statuses])
            return
        lines = [line for one in statuses for line in _lines(one)]
        print_rows(None, ("source", "what", "where and why", "value"), lines, "nothing was rejected")
        if lines:
            say(f"{len(lines):,} lines")


def _lines(status: "SourceStatus") -> Iterator[tuple[str, str, str, str | None]]:
    name, report = status.name, status.report
    if report is None or status.kept:
        for problem in status.problems:
            yield name, "not read", str(problem), None
    if report is None:
        return
    for what, frame in (("rejected", report.rejects), ("blanked", report.blanked)):
        for row in frame.iter_rows(named=True):
            column = f"{row['column']}: " if row["column"] else ""
            yield name, what, f"{row['file']}:{row['row']}: {column}{row['reason']}", row["value"]
    for missing in report.unmatched:
        where = f"{missing.lookup} does not have it: {missing.column}"
        yield name, "unmatched", f"{where}, {_rows(missing.count, missing.rows)}", missing.value
    for one in report.corrected:
        where = f"{one.column} to {one.replaced_by!r}"
        yield name, "corrected", f"{where}, {_rows(one.count, one.rows)}", one.value
    for repeated in report.repeated_ids:
        yield name, "repeated id", _rows(repeated.count, repeated.rows), repeated.value
    hidden = report.repeated_count - len(report.repeated_ids)
    if hidden > 0:
        yield name, "repeated id", f"{hidden:,} more ids", None


def _rows(count: int, rows: tuple[int, ...]) -> str:
    """Such as "3 rows: 2, 7, 19"."""
    named = ", ".join(map(str, rows[:_MOST_ROWS])) + (", ..." if count > len(rows[:_MOST_ROWS]) else "")
    return f"{count:,} {'row' if count == 1 else 'rows'}: {named}"
