"""From calendar files to a fiscal calendar: what must be there, what it may be, and all that is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar, cast
from zoneinfo import ZoneInfo, available_timezones

from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.fiscal.build import build_engine, build_naming
from cockpit.fiscal.business import ROLLS, Roll
from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.files import search_folders
from cockpit.fiscal.holidays import HolidayBook, HolidayList, ends_soon, make_business_days, parse_workweek
from cockpit.fiscal.layers import Layered, LayerError, Layers, Origin, read_layers
from cockpit.fiscal.spec import CalendarSpec, FiscalSpec, HolidaySetSpec

C = TypeVar("C", bound=FiscalCalendar)

DEFAULT_AT = time(17, 0)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A calendar file as it was read, for those who read more of it than the fiscal year.

    Attributes:
        layers: the file and those it extends.
        calendar: the `[calendar]` table.
        roll: the roll of rules that name none.
        workweek: the worked weekdays, Monday is 0.
        book: the holiday lists that scopes may name.
        fiscal: the fiscal calendar, or None when it is wrong.
    """

    layers: Layers
    calendar: Layered[CalendarSpec]
    roll: Roll
    workweek: frozenset[int]
    book: HolidayBook
    fiscal: FiscalCalendar | None


def load_fiscal(path: Path, folders: Sequence[Path], kind: type[C]) -> C:
    """A fiscal calendar from its file.

    Raises:
        ConfigError: with every problem found.
    """
    problems: list[Problem] = []
    loaded = load_calendar_file(path, folders, problems, kind)
    errors = [problem for problem in problems if problem.severity == "error"]
    if loaded.fiscal is None or errors:
        raise ConfigError(*problems)
    return cast(C, loaded.fiscal)


def load_calendar_file(
    path: Path,
    folders: Sequence[Path],
    problems: list[Problem],
    kind: type[FiscalCalendar] = FiscalCalendar,
) -> CalendarFile:
    """Read a calendar file with those it extends, and make its fiscal calendar.

    Args:
        path: the file.
        folders: where else calendars and holiday lists are looked for, before the bundled ones.
        problems: everything found wrong is added here, warnings too.
        kind: what to make.

    Raises:
        ConfigError: a file cannot be read at all.
    """
    try:
        layers = read_layers(path, folders)
    except LayerError as error:
        problems.extend(error.problems)
        layers = error.layers
    places = search_folders(path, folders)
    for file in layers.files:
        places = [*places, *search_folders(file.path, ())]
    calendar = layers.table("calendar", CalendarSpec, problems)
    fiscal = _fiscal_table(layers, problems)
    sets = layers.entries("holiday_set", HolidaySetSpec, problems, key="name")
    book = HolidayBook(sets, list(dict.fromkeys(places)), problems)
    book.check_all()

    spec = calendar.value
    identity = _identity(layers, calendar, problems)
    zone = parse_zone(spec.timezone, calendar.at("timezone"), problems)
    at = parse_time(spec.at, calendar.at("at"), problems) or DEFAULT_AT
    roll = parse_roll(spec.roll, calendar.at("roll"), problems) or "none"
    workweek = (
        parse_workweek(spec.workweek, calendar.at("workweek"), problems)
        if spec.workweek is not None
        else frozenset(range(5))
    )
    lists = [book.get(name, calendar.at("holidays")) for name in spec.holidays or ()]
    known = [holidays for holidays in lists if holidays is not None]
    engine = build_engine(fiscal, problems)
    naming = build_naming(fiscal, problems)
    made: FiscalCalendar | None = None
    if engine is not None and naming is not None and zone is not None and identity is not None:
        today = datetime.now(zone).date()
        problems += _endings(known, today, calendar.at("holidays"))
        made = kind(
            id=identity,
            title=spec.title or identity,
            zone=zone,
            at=at,
            business=make_business_days(workweek, known),
            engine=engine,
            naming=naming,
            file=path,
            warnings=[problem for problem in problems if problem.severity != "error"],
        )
    return CalendarFile(layers, calendar, roll, workweek, book, made)


def _endings(lists: Sequence[HolidayList], today: date, at: Origin) -> list[Problem]:
    found = [ends_soon(known, today, at) for known in lists]
    return [problem for problem in found if problem is not None]


def _fiscal_table(layers: Layers, problems: list[Problem]) -> Layered[FiscalSpec]:
    """The `[fiscal]` table; a file that names another system starts it afresh."""
    start = 0
    system = None
    for position, file in enumerate(layers.files):
        table = file.data.get("fiscal")
        named = table.get("system") if isinstance(table, dict) else None
        if named is not None and named != system:
            start, system = position, named
    return Layers(layers.files[start:]).table("fiscal", FiscalSpec, problems)


def _identity(layers: Layers, calendar: Layered[CalendarSpec], problems: list[Problem]) -> str | None:
    """The calendar's id, which each file must state for itself."""
    own = layers.top.data.get("calendar")
    if not isinstance(own, dict) or "id" not in own:
        extends = len(layers.files) > 1
        why = "a calendar that extends another needs an id of its own" if extends else "needs the key id"
        problems.append(layers.top.problem(("calendar",), why))
        return None
    identity = calendar.value.id
    if identity is None:
        return None
    if not identity or any(character in identity for character in "/@ \t"):
        problems.append(
            calendar.at("id").problem(f"{identity!r} cannot be an id", "letters, digits and - are good")
        )
        return None
    return identity


def parse_zone(name: str | None, at: Origin, problems: list[Problem]) -> ZoneInfo | None:
    """A time zone by its IANA name; None with a problem when there is none of that name."""
    if name is None:
        problems.append(at.problem("needs the key timezone", "an IANA name such as Europe/Berlin"))
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones())
        problems.append(at.problem(f"unknown time zone {name!r}", hint))
        return None


def parse_time(text: str | None, at: Origin, problems: list[Problem]) -> time | None:
    """A wall time such as 17:00; None with a problem when it is none, None when not given."""
    if text is None:
        return None
    hours, separator, minutes = text.partition(":")
    if separator and hours.isdecimal() and len(minutes) == 2 and minutes.isdecimal():
        try:
            return time(int(hours), int(minutes))
        except ValueError:
            pass
    problems.append(at.problem(f"{text!r} is no time of day", "write it as 17:00"))
    return None


def parse_roll(text: str | None, at: Origin, problems: list[Problem]) -> Roll | None:
    """A roll by its name; None with a problem when it is unknown, None when not given."""
    if text is None:
        return None
    for roll in ROLLS:
        if roll == text:
            return roll
    hint = did_you_mean(text, ROLLS) or f"known: {', '.join(ROLLS)}"
    problems.append(at.problem(f"unknown roll {text!r}", hint))
    return None
