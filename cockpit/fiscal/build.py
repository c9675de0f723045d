"""The engine and the naming that a `[fiscal]` table describes, with all that is wrong in it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, cast

from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal.engines import (
    BroadcastEngine,
    Engine,
    IsoEngine,
    MonthsEngine,
    Pick,
    TableEngine,
    TableYear,
    WeekCut,
    WeeksEngine,
    YearName,
)
from cockpit.fiscal.holidays import WEEKDAYS
from cockpit.fiscal.labels import CANONICAL, century, template_fault
from cockpit.fiscal.layers import Layered, Origin
from cockpit.fiscal.shape import ONE_DAY, FirstWeek, WeekRule
from cockpit.fiscal.spec import FiscalSpec, LabelSpec, TableYearSpec, WeeksSpec
from cockpit.fiscal.unit import UnitKind

if TYPE_CHECKING:
    from cockpit.fiscal.calendar import Naming

SYSTEMS = ("months", "weeks", "iso", "table", "broadcast")
ONLY_OF: dict[str, tuple[str, ...]] = {
    "start_month": ("months", "broadcast"),
    "start_day": ("months",),
    "year_end": ("weeks",),
    "periods": ("weeks", "iso", "table"),
    "leap_week": ("weeks", "iso", "table"),
    "year": ("table",),
}
"""Keys that only some systems have."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """A `[fiscal]` table with where its keys stand and what is wrong with them."""

    table: Layered[FiscalSpec]
    problems: list[Problem]

    @property
    def spec(self) -> FiscalSpec:
        return self.table.value

    def wrong(self, key: str, message: str, hint: str | None = None, *inner: str | int) -> None:
        origin = self.table.at(key)
        place = Origin(origin.file, (*origin.path, *inner)) if origin.path[-1] == key else origin
        self.problems.append(place.problem(message, hint))

    def one_of(self, key: str, value: str, known: Sequence[str], *inner: str) -> bool:
        if value in known:
            return True
        hint = did_you_mean(value, known) or f"known: {', '.join(known)}"
        self.wrong(key, f"{value!r} is unknown", hint, *inner)
        return False

    def in_range(self, key: str, value: int, first: int, last: int, *inner: str) -> bool:
        if first <= value <= last:
            return True
        self.wrong(key, f"{value} is not between {first} and {last}", None, *inner)
        return False


def build_engine(table: Layered[FiscalSpec], problems: list[Problem]) -> Engine | None:
    """The engine of a `[fiscal]` table; None when something in it is wrong."""
    read = _Reader(table, problems)
    before = len(problems)
    system = table.value.system
    if system is None:
        read.wrong("system", "needs the key system", f"one of {', '.join(SYSTEMS)}")
        return None
    if not read.one_of("system", system, SYSTEMS):
        return None
    for key, systems in ONLY_OF.items():
        if key in table.keys and system not in systems:
            read.wrong(key, f"has no meaning in a system of {system}", f"only in {', '.join(systems)}")
    builders: dict[str, Callable[[_Reader], Engine | None]] = {
        "months": _months,
        "weeks": _weeks,
        "iso": _iso,
        "broadcast": _broadcast,
        "table": _table,
    }
    engine = builders[system](read)
    if engine is None or len(problems) > before:
        return None
    _add_overrides(read, engine)
    return engine if len(problems) == before else None


def _year_name(read: _Reader) -> YearName | None:
    name = read.spec.year_name
    if name is None:
        read.wrong(
            "year_name",
            "needs the key year_name",
            '"end" where FY27 ends in 2027, "start" where it begins in 2027',
        )
        return None
    return cast(YearName, name) if read.one_of("year_name", name, ("start", "end")) else None


def _week_rule(read: _Reader) -> WeekRule:
    weeks = read.spec.weeks or WeeksSpec()
    weekday = _weekday(read, "weeks", weeks.start, "start")
    known = read.one_of("weeks", weeks.first, ("partial", "full", "blocks"), "first")
    return WeekRule(weekday or 0, cast(FirstWeek, weeks.first) if known else "partial")


def _weekday(read: _Reader, key: str, name: str, *inner: str) -> int | None:
    short = name.casefold()[:3]
    if short in WEEKDAYS and len(name) >= 3:
        return WEEKDAYS.index(short)
    read.wrong(key, f"unknown weekday {name!r}", did_you_mean(name, WEEKDAYS), *inner)
    return None


def _quarters_of_months(read: _Reader) -> tuple[int, ...]:
    quarters = tuple(read.spec.quarters or (3, 3, 3, 3))
    if sum(quarters) != 12 or min(quarters, default=0) < 1:
        read.wrong("quarters", f"must add up to 12 periods, add up to {sum(quarters)}")
    return quarters


def _months(read: _Reader) -> Engine | None:
    name = _year_name(read)
    month = read.spec.start_month
    day = 1 if read.spec.start_day is None else read.spec.start_day
    if month is None:
        read.wrong("start_month", "needs the key start_month", "1 to 12")
        return None
    right = read.in_range("start_month", month, 1, 12)
    right = read.in_range("start_day", day, 1, 31) and right
    quarters, weeks = _quarters_of_months(read), _week_rule(read)
    return MonthsEngine(month, day, name, weeks, quarters) if name is not None and right else None


def _cut(read: _Reader, *, required: bool) -> WeekCut | None:
    periods, quarters, leap = read.spec.periods, read.spec.quarters, read.spec.leap_week
    if not periods:
        if required:
            read.wrong("periods", "needs the key periods", "the weeks of each period, 52 together")
            return None
        if quarters and read.spec.system != "table":
            read.wrong("quarters", "needs periods to be made of")
        return WeekCut((), tuple(quarters or ()))
    if sum(periods) != 52:
        read.wrong("periods", f"must add up to 52 weeks, add up to {sum(periods)}")
    if min(periods) < 1:
        read.wrong("periods", "a period has at least one week")
    if quarters is None and len(periods) % 4 == 0:
        quarters = [len(periods) // 4] * 4
    if quarters is None:
        read.wrong("quarters", "needs the key quarters", "the periods of each quarter")
        return None
    if quarters and (sum(quarters) != len(periods) or min(quarters) < 1):
        read.wrong("quarters", f"must add up to the {len(periods)} periods, add up to {sum(quarters)}")
    if leap is None:
        leap = len(periods)
    if not read.in_range("leap_week", leap, 1, len(periods)):
        return None
    return WeekCut(tuple(periods), tuple(quarters), leap)


def _weeks(read: _Reader) -> Engine | None:
    name, cut, end = _year_name(read), _cut(read, required=True), read.spec.year_end
    if end is None:
        read.wrong("year_end", "needs the key year_end", '{ weekday = "sat", month = 1, pick = "nearest" }')
        return None
    weekday = _weekday(read, "year_end", end.weekday, "weekday")
    right = read.in_range("year_end", end.month, 1, 12, "month")
    right = read.one_of("year_end", end.pick, ("last", "nearest"), "pick") and right
    if name is None or cut is None or weekday is None or not right:
        return None
    return WeeksEngine(weekday, end.month, cast(Pick, end.pick), cut, name)


def _iso(read: _Reader) -> Engine | None:
    cut = _cut(read, required=False)
    return IsoEngine(cut) if cut is not None else None


def _broadcast(read: _Reader) -> Engine | None:
    month = 1 if read.spec.start_month is None else read.spec.start_month
    name, quarters = _year_name(read), _quarters_of_months(read)
    if name is None or not read.in_range("start_month", month, 1, 12):
        return None
    return BroadcastEngine(month, name, quarters)


# --- tables and exceptions ------------------------------------------------------------------------------


def _table(read: _Reader) -> Engine | None:
    years = read.spec.year
    if not years:
        read.wrong("year", "a table needs [[fiscal.year]] entries with label, start and weeks or end")
        return None
    cut, weeks = _cut(read, required=False), _week_rule(read)
    found = [_table_year(read, position, year) for position, year in enumerate(years)]
    listed = [year for year in found if year is not None]
    if len(listed) < len(years) or cut is None:
        return None
    for position, (before, after) in enumerate(zip(listed, listed[1:], strict=False), 1):
        if after.start <= before.end:
            read.wrong(
                "year",
                f"{after.name} starts on {after.start}, but {before.name} runs to {before.end}: they overlap",
                f"start it on {before.end + ONE_DAY}",
                position,
                "start",
            )
        elif after.start != before.end + ONE_DAY:
            read.wrong(
                "year",
                f"nothing holds the days from {before.end + ONE_DAY} to {after.start - ONE_DAY}",
                None,
                position,
                "start",
            )
        if after.fy != before.fy + 1:
            read.wrong("year", f"{after.name} follows {before.name}", None, position, "label")
    return TableEngine(listed, cut, weeks)


def _table_year(read: _Reader, position: int, year: TableYearSpec) -> TableYear | None:
    if (year.weeks is None) == (year.end is None):
        read.wrong("year", f"{year.label} needs either weeks or end", None, position)
        return None
    by_weeks = year.weeks is not None
    if year.weeks is not None:
        if not read.in_range("year", year.weeks, 1, 60):
            return None
        end = year.start + timedelta(weeks=year.weeks, days=-1)
    else:
        end = cast(date, year.end)
        days = (end - year.start).days + 1
        by_weeks = bool(read.spec.periods) and days % 7 == 0
    if end < year.start:
        read.wrong("year", f"{year.label} ends before it starts", None, position, "end")
        return None
    periods = year.periods or []
    starts = [item for item in periods if isinstance(item, date)]
    lengths = [item for item in periods if not isinstance(item, date)]
    if starts and lengths:
        read.wrong("year", "periods are either weeks or first days", None, position, "periods")
        return None
    if starts and (starts[0] != year.start or starts != sorted(set(starts)) or starts[-1] > end):
        read.wrong("year", "periods must begin with the year and rise inside it", None, position, "periods")
        return None
    whole_weeks = ((end - year.start).days + 1) // 7
    if lengths and (sum(lengths) != whole_weeks or min(lengths) < 1):
        message = f"periods must add up to its {whole_weeks} weeks, add up to {sum(lengths)}"
        read.wrong("year", message, None, position, "periods")
        return None
    if by_weeks and not periods and read.spec.periods and whole_weeks not in (52, 53):
        message = f"{year.label} has {whole_weeks} weeks, so it needs periods of its own"
        read.wrong("year", message, None, position)
        return None
    fy = _year_of(read, year, end, position)
    if fy is None:
        return None
    own = tuple(starts) if starts else tuple(lengths)
    return TableYear(fy, year.label, year.start, end, by_weeks or bool(lengths), own)


def _year_of(read: _Reader, year: TableYearSpec, end: date, position: int) -> int | None:
    """The year that names a listed year: that of its label, else as `year_name` says."""
    found = re.search(r"(?<!\d)(\d{4}|\d\d)(?!\d)", year.label)
    if found is not None:
        digits = found.group()
        return int(digits) if len(digits) == 4 else century(int(digits))
    if read.spec.year_name is None:
        message = f"{year.label!r} holds no year, so the calendar needs year_name"
        read.wrong("year", message, None, position, "label")
        return None
    return year.start.year if read.spec.year_name == "start" else end.year


def _add_overrides(read: _Reader, engine: Engine) -> None:
    """Put published exceptions into the engine, one by one, each checked against the rule."""
    seen: set[int] = set()
    for position, override in enumerate(read.spec.override or ()):
        place = ("override", position)
        if isinstance(engine, TableEngine):
            read.wrong("override", "a table states its years itself", None, position)
            return
        if override.year in seen:
            read.wrong("override", f"FY{override.year} is overridden twice", None, position, "year")
            continue
        seen.add(override.year)
        try:
            start, ruled = engine.start(override.year), engine.rule_start(override.year + 1) - ONE_DAY
            following = engine.rule_start(override.year + 2) - ONE_DAY
        except (UsageError, ValueError):
            read.wrong("override", f"{override.year} is out of reach", None, position, "year")
            continue
        if not start < override.end < following or abs((override.end - ruled).days) > 190:
            read.wrong(
                "override",
                f"{override.year} cannot end on {override.end}: it starts on {start}, by the rule it ends {ruled}",
                None,
                position,
                "end",
            )
        elif not isinstance(engine, MonthsEngine) and (override.end - start).days + 1 not in (364, 371):
            weeks = (override.end - start).days + 1
            message = f"{override.year} would have {weeks} days, which are not 52 or 53 weeks"
            read.wrong(place[0], message, f"by the rule it ends {ruled}", position, "end")
        else:
            engine.overrides[override.year] = override.end


def build_naming(table: Layered[FiscalSpec], problems: list[Problem]) -> "Naming | None":
    """How the calendar names and counts; None when something about it is wrong."""
    from cockpit.fiscal.calendar import LeapRule, Naming  # the calendar imports what it is made of

    read = _Reader(table, problems)
    before = len(problems)
    templates: dict[UnitKind, str] = dict(CANONICAL)
    labels = read.spec.label or LabelSpec()
    for kind in templates:
        template = cast(str | None, getattr(labels, kind))
        if template is None:
            continue
        fault = template_fault(template, kind)
        if fault is not None and read.spec.system != "table":
            read.wrong("label", fault[0], fault[1], kind)
        templates[kind] = template
    weeks = read.spec.weeks or WeeksSpec()
    read.one_of("weeks", weeks.number_in, ("year", "quarter"), "number_in")
    leap = read.spec.compare.leap if read.spec.compare else "drop-last"
    read.one_of("compare", leap, ("drop-last", "shift"), "leap")
    rule = _week_rule(_Reader(table, []))
    if len(problems) > before:
        return None
    return Naming(templates, rule, cast(Literal["year", "quarter"], weeks.number_in), cast(LeapRule, leap))
