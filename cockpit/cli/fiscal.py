"""`cockpit fiscal`: where dates are in the fiscal year."""

import sys
from collections.abc import Iterable
from datetime import date

import click

from cockpit.base.problems import Problem, UsageError
from cockpit.cli.options import Target, format_options, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say, say_problems
from cockpit.core.calendars import choose_calendar
from cockpit.fiscal import Coordinates, FiscalCalendar
from cockpit.workspace.names import DEFAULT_CALENDAR


@click.command()
@click.argument("dates", metavar="[DATE ...]", nargs=-1)
@click.option(
    "--calendar", metavar="NAME or FILE", help="A calendar of the workspace or a bundled one, or a file."
)
@workspace_option
@format_options
@pass_target
def fiscal(target: Target, dates: tuple[str, ...], calendar: str | None) -> None:
    """Where dates are in the fiscal year: quarter, week, business day.

    Without a date, today in the calendar's zone. With `-`, dates from standard input, one a line.

    \b
    Examples:
      cockpit fiscal
      cockpit fiscal 2026-12-31 --json
      cut -d, -f3 deals.csv | cockpit fiscal - --csv --calendar nrf-4-5-4
    """
    choice = choose_calendar(target.folder, calendar)
    if not choice.chosen:
        say(f"calendar {DEFAULT_CALENDAR}, since there is no workspace")
    governing = choice.fiscal()
    say_problems(governing.warnings)
    found = [governing.coordinates(day) for day in _days(dates, governing)]
    if any(one.is_business_day is None for one in found):
        say("business days are blank in years that the holiday lists do not cover")
    if wants("json"):
        print_json([one.as_json() for one in found])
    elif wants("csv") or len(found) > 1:
        columns = [name for name in Coordinates.__struct_fields__ if name != "labels"]
        rows = [[getattr(one, name) for name in columns] for one in found]
        if wants("csv"):
            print_rows(None, columns, rows, "no dates")
        else:
            short = (
                "date",
                "fy",
                "half",
                "quarter",
                "period",
                "week",
                "business_day_of_quarter",
                "is_business_day",
            )
            print_rows(
                None, short, [[_plain(getattr(one, name)) for name in short] for one in found], "no dates"
            )
    else:
        for one in found:
            _print_one(one, governing)


def _plain(value: object) -> object:
    """Numbers that are names (a year, a week) are not grouped by thousands."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _days(words: Iterable[str], calendar: FiscalCalendar) -> list[date]:
    texts: list[tuple[str, str | None, int | None]] = []
    for word in words:
        if word == "-":
            texts += [
                (line.strip(), "<stdin>", number) for number, line in enumerate(sys.stdin, 1) if line.strip()
            ]
        else:
            texts.append((word, None, None))
    if not texts:
        return [] if "-" in words else [calendar.today()]
    days: list[date] = []
    problems: list[Problem] = []
    for text, file, line in texts:
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            from cockpit.base.clean import clean

            problems.append(Problem(f"{clean(text)!r} is not a date", file, line, hint="YYYY-MM-DD"))
    if problems:
        raise UsageError(*problems)
    return days


def _print_one(one: Coordinates, calendar: FiscalCalendar) -> None:
    labels = [label for label in one.labels.values() if label]
    click.echo(f"{one.date:%a} {one.date.day} {one.date:%b %Y}   {'   '.join(labels)}   ({calendar.title})")
    lines = [("year", f"{one.year_start} to {one.year_end}, day {one.day_of_year}")]
    if one.quarter is not None:
        left = f", {one.days_left_in_quarter} days left" if one.days_left_in_quarter is not None else ""
        lines.append(("quarter", f"{one.quarter_start} to {one.quarter_end}, day {one.day_of_quarter}{left}"))
    if one.period is not None:
        lines.append(("period", f"{one.period_start} to {one.period_end}"))
    if one.is_business_day is not None:
        what = "a business day" if one.is_business_day else _day_off(one.date, calendar)
        if one.business_day_of_quarter is not None:
            what += f", BD {one.business_day_of_quarter} of the quarter"
            what += f", {one.business_days_left_in_quarter} left after it"
        lines.append(("business", what))
    for name, text in lines:
        click.echo(f"  {name:<9} {text}")


def _day_off(day: date, calendar: FiscalCalendar) -> str:
    name = calendar.business.holiday_name(day)
    return f"a day off ({name})" if name else "a day off"
