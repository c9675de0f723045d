"""`cockpit moves`: what moved in the open pipeline, the waterfall and its deals."""

import click

from cockpit.cli.opening import opened
from cockpit.cli.options import Target, format_options, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows


@click.command()
@click.option("--since", metavar="lock, visit, LABEL or DATE", default="",
              help="The last lock when left out.")  # fmt: skip
@click.option(
    "--period", metavar="P", default="this-quarter", show_default=True, help="Deals due in it; or all."
)
@click.option("--where", metavar="SQL", help="A boolean expression over columns.")
@click.option("--slice", "slice_name", metavar="NAME", help="A standing filter of [slices].")
@click.option("--as-of", metavar="DATE", help="A date, today, last-bd or latest.")
@click.option("--known-at", metavar="DATE or LABEL", help="What was known then; needs stored history.")
@workspace_option
@format_options
@pass_target
def moves(
    target: Target,
    since: str,
    period: str,
    where: str | None,
    slice_name: str | None,
    as_of: str | None,
    known_at: str | None,
) -> None:
    """What moved in the open pipeline since the last lock, the last look or a day.

    Each change stands in one bucket: new, won, lost, pushed out, pulled in, increased, decreased and so on.
    The waterfall balances to the cent, or says that it does not.

    \b
    Examples:
      cockpit moves
      cockpit moves --since 2026-11-17 --period all
      cockpit moves --since lock --csv > moved.csv
    """
    from cockpit.core.moves import moves as moved

    with opened(target, as_of, known_at=known_at) as cockpit:
        found = moved(cockpit, since, period, where, slice=slice_name)
        if wants("json"):
            print_json(found.as_json())
        elif wants("csv"):
            print_rows(None, found.columns, found.deals, "")
        else:
            from cockpit.panes.charts.bars import waterfall_lines
            from cockpit.panes.figures import formats_of
            from cockpit.panes.lines import plain
            from cockpit.panes.moves import MovesData, MovesView
            from cockpit.panes.view import Context

            view = MovesView(since=since, where=where, everything=period == "all")
            data = MovesData(found, formats_of(cockpit, Context()))
            click.echo("\n".join(plain(waterfall_lines(view.chart(data), 100))))
