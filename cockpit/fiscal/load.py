"""From calendar files to a fiscal calendar: laid over each other, checked whole, built once."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import KeyPath, convert
from cockpit.fiscal.build import build_engine, build_naming
from cockpit.fiscal.business import BusinessDays
from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.engines import TableEngine
from cockpit.fiscal.holidays import WARN_DAYS, HolidayLists
from cockpit.fiscal.layers import Layered, read_layers
from cockpit.fiscal.spec import CalendarSpec, FiscalSpec
from cockpit.fiscal.weekdays import WEEKDAYS, weekday_number

DEFAULT_AT = time(17, 0)
SYSTEM_KEYS = (
    "start_month",
    "start_day",
    "year_end",
    "periods",
    "quarters",
    "leap_week",
    "year_name",
    "year",
    "override",
)
"""Keys of `[fiscal]` that belong to a system: a file that states another system does not inherit them."""

C = TypeVar("C", bound=FiscalCalendar)


def load_fiscal(path: Path, folders: Sequence[Path], kind: type[C]) -> C:
    """Read a calendar file and those it extends.

    Args:
        path: the calendar's own file.
        folders: folders with holiday lists, after what lies beside the file.
        kind: the class to make.

    Raises:
        ConfigError: with every problem found.
    """
    problems: list[Problem] = []
    layered = read_layers(path, problems)
    made = build_fiscal(layered, folders, problems, kind)
    errors = [problem for problem in problems if problem.severity == "error"]
    if made is None or errors:
        raise ConfigError(*errors)
    return made


def build_fiscal(
    layered: Layered, folders: Sequence[Path], problems: list[Problem], kind: type[C]
) -> C | None:
    """The fiscal calendar of files that are read already; None where problems stand in its way."""
    head = merged_calendar(layered, problems)
    fiscal = _merged_fiscal(layered, problems)
    if head is None or fiscal is None:
        return None
    before = len(_errors(problems))
    identity = _text(layered, head.id, "id", problems)
    zone = parse_zone(head.timezone, ("calendar", "timezone"), layered, problems)
    at = _parse_time(head.at, ("calendar", "at"), layered, problems) or DEFAULT_AT
    workweek = _workweek(layered, head.workweek, problems)
    engine = build_engine(layered, fiscal, problems)
    naming = build_naming(layered, fiscal, problems)
    if isinstance(engine, TableEngine):
        _warn_of_end(engine, layered, problems)
    today = datetime.now(zone).date() if zone is not None else date.min
    lists = HolidayLists(layered, folders, today, problems)
    path = ("calendar", "holidays")
    off = lists.days_off(head.holidays or (), layered.origin(path), path)
    if len(_errors(problems)) > before or engine is None or naming is None or zone is None:
        return None
    assert identity is not None
    return kind(
        id=identity,
        title=head.title or identity,
        zone=zone,
        at=at,
        business=BusinessDays(workweek, off.names, off.years),
        engine=engine,
        naming=naming,
        file=layered.own.path,
        warnings=[problem for problem in problems if problem.severity == "warning"],
    )


def _warn_of_end(engine: TableEngine, layered: Layered, problems: list[Problem]) -> None:
    """Before people stand in a year that nobody has written down."""
    end = engine.reach[1]
    if (end - datetime.now().astimezone().date()).days >= WARN_DAYS:
        return
    path: KeyPath = ("fiscal", "year", len(engine.table) - 1)
    message = f"the table of fiscal years ends on {end}"
    problems.append(layered.problem(path, message, "add the next year", severity="warning"))


def merged_calendar(layered: Layered, problems: list[Problem]) -> CalendarSpec | None:
    """`[calendar]` of all files, the own one first; the id is never inherited."""
    return _merged(layered, "calendar", CalendarSpec, problems, _without_id)


def _merged_fiscal(layered: Layered, problems: list[Problem]) -> FiscalSpec | None:
    """`[fiscal]` of all files, the own one first."""
    return _merged(layered, "fiscal", FiscalSpec, problems, _without_system)


def _without_id(inherited: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inherited.items() if key not in ("id", "extends")}


def _without_system(inherited: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    if "system" not in own:
        return inherited
    return {key: value for key, value in inherited.items() if key not in SYSTEM_KEYS}


T = TypeVar("T")


def _merged(
    layered: Layered,
    name: str,
    kind: type[T],
    problems: list[Problem],
    inherited: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]],
) -> T | None:
    """One table of all files; each file is checked by itself, so that problems have their lines."""
    before = len(problems)
    together: dict[str, Any] = {}
    for file in reversed(layered.files):
        table = file.data.get(name, {})
        if not isinstance(table, dict):
            problems.append(file.problem((name,), "must be a table", f"write [{name}]"))
            continue
        if convert(file, kind, problems, (name,), table) is not None:
            together = {**inherited(together, table), **table}
    if len(problems) > before:
        return None
    return convert(layered.own, kind, problems, (name,), together)


def parse_zone(name: str | None, path: KeyPath, layered: Layered, problems: list[Problem]) -> ZoneInfo | None:
    """The time zone of that IANA name."""
    if name is None:
        problems.append(layered.problem(path, "needs an IANA time zone", 'timezone = "Europe/Berlin"'))
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        problems.append(layered.problem(path, f"no time zone {name!r}", _zone_hint(name)))
        return None


def _zone_hint(name: str) -> str:
    from zoneinfo import available_timezones

    return did_you_mean(name, available_timezones()) or 'IANA names, such as "America/Chicago"'


def _parse_time(text: str | None, path: KeyPath, layered: Layered, problems: list[Problem]) -> time | None:
    """A time of day, `17:00`; None for nothing or what is none."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,2}):(\d\d)", text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        problems.append(layered.problem(path, f"{text!r} is no time of day", 'such as "17:00"'))
        return None
    return time(int(found[1]), int(found[2]))


def _workweek(layered: Layered, names: list[str] | None, problems: list[Problem]) -> frozenset[int]:
    if names is None:
        return frozenset(range(5))
    found = set()
    for name in names:
        day = weekday_number(name)
        if day is not None:
            found.add(day)
        else:
            hint = did_you_mean(name, WEEKDAYS)
            problems.append(layered.problem(("calendar", "workweek"), f"unknown weekday {name!r}", hint))
    if not found:
        problems.append(layered.problem(("calendar", "workweek"), "no day is worked"))
        return frozenset(range(5))
    return frozenset(found)


def _text(layered: Layered, text: str | None, key: str, problems: list[Problem]) -> str | None:
    path: KeyPath = ("calendar", key)
    if not text or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text) is None:
        said = f"{text!r} cannot stand in keys" if text else f"needs the key {key}"
        hint = "letters, digits, point, hyphen"
        problems.append(layered.own.problem(path, said, hint))
    return text


def _errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]
