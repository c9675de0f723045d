"""`cockpit rhythm`: what happens when, and why on that day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import click

from cockpit.base.paths import bundled
from cockpit.base.problems import Problem, SourceError, UsageError
from cockpit.cli.options import Target, day_option, format_options, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say, say_problems
from cockpit.core.calendars import ChosenCalendar, choose_calendar
from cockpit.rhythm import Anchor, Occurrence, RhythmCalendar
from cockpit.workspace.names import DEFAULT_CALENDAR


@click.group(invoke_without_command=True)
@day_option("--from", "first", help="First day; today when left out.")
@day_option("--to", "last", help="Last day, included; the end of the quarter when left out.")
@click.option(
    "--calendar", metavar="NAME or FILE", help="A calendar of the workspace or a bundled one, or a file."
)
@click.option("--scope", metavar="S", help="Only the occurrences of that region.")
@click.option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write events to FILE and actions, as to-dos, to FILE with -tasks before its suffix.",
)
@click.option("--redact", is_flag=True, help="Hide account names.")
@workspace_option
@format_options
@pass_target
@click.pass_context
def rhythm(
    context: click.Context,
    target: Target,
    first: date | None,
    last: date | None,
    calendar: str | None,
    scope: str | None,
    ics: Path | None,
    redact: bool,
) -> None:
    """Events and required actions of the calendar, in time order.

    \b
    Examples:
      cockpit rhythm                             the rest of this quarter
      cockpit rhythm --to 2027-06-30 --csv
      cockpit rhythm --ics field.ics --redact    for Outlook, without account names
      cockpit rhythm explain forecast-lock       why the next ones fall on their days
    """
    if context.invoked_subcommand is not None:
        context.meta["cockpit.rhythm.calendar"] = calendar
        return
    choice, governing = _open(target, calendar)
    fiscal = governing.fiscal
    start = first or fiscal.today()
    quarter = fiscal.unit("quarter", start) or fiscal.unit("year", start)
    end = last or (quarter.end if quarter is not None else start + timedelta(days=90))
    if end < start:
        raise UsageError(Problem(f"{end} lies before {start}", key="--to"))
    found = governing.occurrences(start, end, scope=scope, anchors=_anchors(choice, governing))
    if ics is not None:
        _write_ics(governing, found, ics, (start, end), redact)
        return
    if redact:
        from cockpit.rhythm.redaction import redacted

        found = [redacted(one) for one in found]
    document = [one.as_json() for one in found]
    if wants("csv"):
        keys = list(dict.fromkeys(name for one in document for name in one))
        print_rows(document, keys, [[one.get(name) for name in keys] for one in document], "")
    else:
        # where files lie over each other, each line tells whose it is
        layered = any(Path(one.file) != fiscal.file for one in found)
        rows = [
            (f"{one.date:%a} {one.date}", f"{one.at:%H:%M}", one.title, one.kind, one.period or "",
             one.owner_role or ", ".join(one.roles), *((_origin(one),) if layered else ()),
             one.reason if one.rolled_from else "")
            for one in found
        ]  # fmt: skip
        columns = ("date", "at", "title", "kind", "period", "who", *(("from",) if layered else ()), "why")
        print_rows(document, columns, rows, f"nothing from {start} to {end}")


def _origin(occurrence: Occurrence) -> str:
    """The file that says so, without its folder, and the line; `--json` has the whole path."""
    path = Path(occurrence.file)
    whose = "bundled " if path.parent == bundled("calendars") else ""
    return f"{whose}{path.name}:{occurrence.line}"


@rhythm.command()
@click.argument("event")
@click.option("--count", default=8, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@click.option(
    "--calendar", metavar="NAME or FILE", help="A calendar of the workspace or a bundled one, or a file."
)
@workspace_option
@format_options
@pass_target
@click.pass_context
def explain(context: click.Context, target: Target, event: str, count: int, calendar: str | None) -> None:
    """The next occurrences of an event or action, each with the reason for its date.

    \b
    Examples:
      cockpit rhythm explain forecast-lock --count 4
      cockpit rhythm explain week-close --calendar us-field --json
    """
    choice, governing = _open(target, calendar or context.meta.get("cockpit.rhythm.calendar"))
    start = governing.fiscal.today()
    found = governing.explain(event, count, start, _anchors(choice, governing))
    document = [{**one.occurrence.as_json(), "reason": one.reason} for one in found]
    if wants("json"):
        print_json(document)
        return
    rows = [
        (f"{one.occurrence.date:%a} {one.occurrence.date}", f"{one.occurrence.at:%H:%M}",
         one.occurrence.period or "", one.reason)
        for one in found
    ]  # fmt: skip
    if found and not wants("csv"):
        first = found[0].occurrence
        say(f"{first.title}: {first.rule}   ({first.file}:{first.line})")
    print_rows(document, ("date", "at", "period", "why"), rows, f"{event} does not occur again")


def _open(target: Target, calendar: str | None) -> tuple[ChosenCalendar, RhythmCalendar]:
    choice = choose_calendar(target.folder, calendar)
    if not choice.chosen:
        say(f"calendar {DEFAULT_CALENDAR}, since there is no workspace")
    governing = choice.rhythm()
    say_problems(governing.warnings)
    return choice, governing


def _anchors(choice: ChosenCalendar, governing: RhythmCalendar) -> Mapping[str, Sequence[Anchor]]:
    """The dates that the last load of the data left in the store; none without a store.

    Says on stderr where the data has changed since.
    """
    workspace = choice.workspace
    if workspace is None or not workspace.store_path.exists():
        return {}
    from cockpit.cli.opening import say_waiting
    from cockpit.core.anchors import stored_anchors
    from cockpit.core.task_sources import told_of_sources
    from cockpit.store import open_store

    try:
        store = open_store(workspace.store_path, read_only=True, waits=say_waiting)
    except SourceError as error:
        say_problems(error.problems)
        return {}
    try:
        say_problems(told_of_sources(store, (governing,), workspace.config.sources, workspace.folder))
        return stored_anchors(store)
    finally:
        store.close()


def _write_ics(
    calendar: RhythmCalendar, found: Sequence[Occurrence], path: Path, window: tuple[date, date], redact: bool
) -> None:
    from datetime import UTC, datetime

    from cockpit.rhythm.ical import DEFAULT_DOMAIN, ExportOptions, export

    options = ExportOptions(calendar.fiscal.title, calendar.domain or DEFAULT_DOMAIN, redact)
    events, tasks = export(path, found, window, options, datetime.now(UTC))
    count = sum(one.type == "event" for one in found)
    say(f"{count} events in {events}, {len(found) - count} actions in {tasks}")
