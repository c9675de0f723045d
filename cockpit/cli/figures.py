"""`cockpit kpi`, `rows`, `explain`, `kpis`: figures, what they are made of, and why."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cockpit.cli.completing import metric_names, periods, slice_names
from cockpit.cli.opening import opened
from cockpit.cli.options import Target, format_options, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.results import Explanation, Fate, KpiRow

F = TypeVar("F", bound=Callable[..., Any])


def question_options(command: F) -> F:
    """Add what every question about figures takes: `--where`, `--period`, `--as-of`, `--slice` and so on."""
    for option in (
        click.option(
            "--known-at", metavar="DATE or LABEL", help="What was known then, or now of an earlier --as-of."
        ),
        click.option(
            "--slice",
            "slice_name",
            metavar="NAME",
            shell_complete=slice_names,
            help="A standing filter of [slices].",
        ),
        click.option("--as-of", metavar="DATE", help="A date, today, last-bd or latest."),
        click.option(
            "--period",
            metavar="P",
            default="this-quarter",
            shell_complete=periods,
            show_default=True,
            help="FY27-Q2, this-quarter, last-year, qtd, ytd, all, DATE..DATE ...",
        ),
        click.option(
            "--where", metavar="SQL", help="A boolean expression over columns: \"territory = 'East'\"."
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("names", metavar="[NAME ...]", nargs=-1, shell_complete=metric_names)
@click.option(
    "--by", metavar="DIM[,DIM]", help="Columns to divide by, and one of week, month, quarter, half, year."
)
@click.option(
    "--vs", metavar="P", help="A period, full:P without cutting it, lock, visit, a label, a date, or target."
)
@question_options
@workspace_option
@format_options
@pass_target
def kpi(
    target: Target,
    names: tuple[str, ...],
    by: str | None,
    vs: str | None,
    where: str | None,
    period: str,
    as_of: str | None,
    slice_name: str | None,
    known_at: str | None,
) -> None:
    """Values of metrics; without names, the board.

    \b
    Examples:
      cockpit kpi
      cockpit kpi close_rate velocity --by manager --vs last-quarter
      cockpit kpi won_amount --by month --period this-year --vs last-year
      cockpit kpi won_amount --period FY27-Q1 --where "product = 'Platform'" --json
    """
    dimensions = [part.strip() for part in (by or "").split(",") if part.strip()]
    with opened(target, as_of, known_at=known_at) as cockpit:
        result = cockpit.kpi(names or None, dimensions, where, period, vs, slice=slice_name)
        if wants("json"):
            print_json(result.as_json())
            return
        compared = next((row.compare.period for row in result.rows if row.compare is not None), None)
        if not wants("csv"):
            from cockpit.text.figures import figures_text

            click.echo(figures_text(cockpit, result, dimensions, compared, slice_name))
            return
        columns = [
            "kpi", *dimensions, "value", "unit", "n", "reason", "numerator", "denominator",
            "target", "status", "compare_period", "compare_value", "compare_delta",
        ]  # fmt: skip
        rows = [
            [
                row.kpi, *(row.by.get(name) for name in dimensions), row.value, row.unit, row.n, row.reason,
                row.numerator, row.denominator, row.target, row.status,
                *_compared(row),
            ]
            for row in result.rows
        ]  # fmt: skip
        print_rows(None, columns, rows, "")


def _compared(row: "KpiRow") -> tuple[Any, Any, Any]:
    """The comparison's cells; three empty ones without a comparison."""
    if row.compare is None:
        return (None, None, None)
    return (row.compare.period.label, row.compare.value, row.compare.delta)


@click.command()
@click.argument("name", shell_complete=metric_names)
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="N", help="At most so many rows; the count stays whole."
)
@question_options
@workspace_option
@format_options
@pass_target
def rows(
    target: Target,
    name: str,
    limit: int | None,
    where: str | None,
    period: str,
    as_of: str | None,
    slice_name: str | None,
    known_at: str | None,
) -> None:
    """The very rows behind a figure, with what each contributes.

    \b
    Example:
      cockpit rows past_due_amount --where "manager = 'Brooks'" --csv > chase.csv
    """
    with opened(target, as_of, known_at=known_at) as cockpit:
        result = cockpit.rows(name, where, period, limit=limit, slice=slice_name)
        if wants("json"):
            print_json(result.as_json())
        else:
            empty = f"no rows behind {name} in {result.period.label}"
            print_rows(None, result.columns, result.rows, "" if result.truncated else empty)
        if result.truncated:
            say(f"{len(result.rows):,} of {result.count:,} rows")


@click.command()
@click.argument("name", shell_complete=metric_names)
@click.option("--row", metavar="ID", help="A deal (agreement, task): whether it counts, and why not.")
@question_options
@workspace_option
@json_option
@pass_target
def explain(
    target: Target,
    name: str,
    row: str | None,
    where: str | None,
    period: str,
    as_of: str | None,
    slice_name: str | None,
    known_at: str | None,
) -> None:
    """How a figure comes about, and what was left out of it.

    Definition, formula with the numbers put in, rows left out and why, sources.

    \b
    Example:
      cockpit explain velocity --as-of 2026-11-20
      cockpit explain close_rate --row 102345
    """
    with opened(target, as_of, known_at=known_at) as cockpit:
        result = cockpit.explain(name, where, period, slice=slice_name, row=row)
        if wants("json"):
            print_json(result.as_json())
        else:
            _print_explanation(cockpit, result, row)


def _print_explanation(cockpit: "Cockpit", one: "Explanation", row: str | None) -> None:
    from cockpit.metrics.explain import shown
    from cockpit.panes.explain import AS_READ
    from cockpit.text.figures import read_words, state_words
    from cockpit.text.table import cell_text

    zone = cockpit.fiscal.zone
    said = [
        ("", f"{one.label} ({one.kpi})"),
        ("formula", one.formula),
        ("numbers", one.substituted),
        ("value", shown(one.value, one.unit) if one.value is not None else f"none: {one.reason}"),
        ("n", cell_text(one.n)),
        *(("filter", text) for text in one.filters),
        *(("left out", f"{cell_text(item.count)}  {item.reason}") for item in one.left_out),
        *(("note", f"{cell_text(item.count)}  {item.reason}") for item in one.notes),
        *(("made of", name) for name in one.parts),
        *(
            (
                "source",
                f"{source.table}: {source.path_or_host}, {read_words(source.loaded_at, zone)}, "
                f"{source.rows:,} rows, {source.rejected:,} rejected",
            )
            for source in one.sources
        ),
        *([("money", f"at the {one.rate} rate")] if one.rate else []),
        ("state", AS_READ if one.snapshot.basis is None else state_words(one.snapshot)),
        ("defined in", f"{one.definition_file}:{one.definition_line}"),
        *_replaced(one),
        *(("row", f"{fate.metric}, row {fate.row}: {_fate(fate)}") for fate in one.fates),
        *([("row", f"{row} has no row here")] if row is not None and not one.fates else []),
    ]
    before = None
    for name, text in said:
        click.echo(f"{'' if name == before else name:<11}{text}" if name else text)
        before = name


def _replaced(one: "Explanation") -> list[tuple[str, str]]:
    """The built-in definition that the workspace's own one replaces, with its figure."""
    from cockpit.metrics.explain import shown

    before = one.replaced
    if before is None:
        return []
    value = shown(before.value, one.unit) if before.value is not None else f"none: {before.reason}"
    return [("before", f"{value} by {before.formula}"), ("before", f"{before.definition_file}")]


def _fate(fate: "Fate") -> str:
    from cockpit.metrics.explain import shown

    if not fate.counts:
        return f"left out: {fate.reason}"
    if fate.contribution is None:
        return f"counts, adding nothing: {fate.reason}" if fate.reason else "counts"
    return f"counts, adding {shown(fate.contribution)}"


@click.command()
@click.option("--functions", is_flag=True, help="List what SQL in --where and metrics may use.")
@workspace_option
@json_option
@pass_target
def kpis(target: Target, functions: bool) -> None:
    """The catalogue of metrics, and the functions that SQL may use.

    With --json also drill path, description and source of each metric.

    \b
    Examples:
      cockpit kpis
      cockpit kpis --functions
    """
    if functions:
        from cockpit.metrics.catalogue import functions as listed

        found = listed()
        print_rows(found, ("name", "signature", "help"),
                   [(one["name"], one["signature"], one["help"]) for one in found], "")  # fmt: skip
        return
    with opened(target) as cockpit:
        document = [metric.as_json() for metric in cockpit.catalogue]
        print_rows(
            document,
            ("name", "label", "unit", "kind", "basis"),
            [(one["name"], one["label"], one["unit"], one["kind"], one["basis"]) for one in document],
            "no metrics",
        )
