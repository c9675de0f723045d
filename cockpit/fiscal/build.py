"""`[fiscal]` of a calendar file as an engine and its naming, with everything checked that can be wrong."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, TypeVar, get_args

from cockpit.base.problems import Problem, did_you_mean
from cockpit.base.tomlfile import KeyPath
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
from cockpit.fiscal.labels import CANONICAL, century, template_fault
from cockpit.fiscal.layers import Layered
from cockpit.fiscal.naming import LeapRule, Naming
from cockpit.fiscal.shape import FirstWeek, WeekRule
from cockpit.fiscal.spec import FiscalSpec, TableYearSpec
from cockpit.fiscal.unit import UNIT_KINDS, UnitKind
from cockpit.fiscal.weekdays import WEEKDAYS, weekday_number

SYSTEMS = ("months", "weeks", "iso", "broadcast", "table")
_ALLOWED = {
    "months": {"start_month", "start_day", "quarters"},
    "weeks": {"year_end", "periods", "quarters", "leap_week"},
    "iso": {"periods", "quarters", "leap_week"},
    "broadcast": {"start_month", "quarters"},
    "table": {"year", "quarters", "periods", "leap_week"},
}
"""The keys that belong to each system, besides those of all."""

W = TypeVar("W", bound=str)


class _Checked:
    """Reads values of `[fiscal]` and notes what is wrong with them."""

    def __init__(self, layered: Layered, spec: FiscalSpec, problems: list[Problem]) -> None:
        self.layered = layered
        self.spec = spec
        self.problems = problems

    def wrong(self, path: KeyPath, message: str, hint: str | None = None) -> None:
        self.problems.append(self.layered.problem(("fiscal", *path), message, hint))

    def word(self, path: KeyPath, text: str | None, known: Sequence[W], default: W | None = None) -> W:
        """One of some words; the first of them stands in for a wrong one, which is noted."""
        for word in known:
            if text == word:
                return word
        if text is None:
            if default is not None:
                return default
            self.wrong(path, f"needs {path[-1]}", f"one of {', '.join(known)}")
        else:
            self.wrong(
                path,
                f"unknown {path[-1]} {text!r}",
                did_you_mean(text, known) or f"one of {', '.join(known)}",
            )
        return known[0]

    def weekday(self, path: KeyPath, text: str) -> int:
        """The number of a weekday, Monday is 0."""
        day = weekday_number(text)
        if day is None:
            self.wrong(path, f"unknown weekday {text!r}", did_you_mean(text, WEEKDAYS))
            return 0
        return day

    def month(self, path: KeyPath, number: int | None) -> int:
        """A month from 1 to 12."""
        if number is None:
            self.wrong(path, f"needs {path[-1]}", "1 is January")
            return 1
        if not 1 <= number <= 12:
            self.wrong(path, f"{number} is no month", "1 to 12")
            return 1
        return number


def build_engine(layered: Layered, spec: FiscalSpec, problems: list[Problem]) -> Engine | None:
    """The engine that `[fiscal]` describes; None where it is wrong, with every problem noted."""
    checked = _Checked(layered, spec, problems)
    before = len(problems)
    system = checked.word(("system",), spec.system, SYSTEMS)
    for key in set().union(*_ALLOWED.values()) - _ALLOWED[system]:
        if getattr(spec, key) is not None:
            checked.wrong((key,), f"does not belong to a system of {system}", "leave it out")
    names: tuple[YearName, ...] = get_args(YearName)
    year_name = names[1]
    if system in ("months", "weeks", "broadcast"):
        if spec.year_name is None:
            checked.wrong(("year_name",), "needs year_name", "start or end: which of its two years names it")
        else:
            year_name = checked.word(("year_name",), spec.year_name, names)
    overrides = _overrides(checked, system)
    makers = {
        "months": _months,
        "weeks": _weeks,
        "iso": _iso,
        "broadcast": _broadcast,
    }
    if system == "table":
        engine: Engine | None = _table(checked)
    else:
        engine = makers[system](checked, year_name, overrides)
    return engine if len(problems) == before else None


def build_naming(layered: Layered, spec: FiscalSpec, problems: list[Problem]) -> Naming | None:
    """How units are named and weeks counted; None where it is wrong."""
    checked = _Checked(layered, spec, problems)
    before = len(problems)
    templates: dict[UnitKind, str] = dict(CANONICAL)
    for kind in UNIT_KINDS:
        template = getattr(spec.label, kind) if spec.label is not None else None
        if template is None:
            continue
        fault = template_fault(template, kind)
        if fault is not None:
            checked.wrong(("label", kind), *fault)
        templates[kind] = template
    leaps: tuple[LeapRule, ...] = get_args(LeapRule)
    given = spec.compare.leap if spec.compare is not None else None
    leap = checked.word(("compare", "leap"), given, leaps, leaps[0])
    number_in: Literal["year", "quarter"] = "year"
    if spec.weeks is not None:
        number_in = checked.word(("weeks", "number_in"), spec.weeks.number_in, ("year", "quarter"))
    naming = Naming(templates, _week_rule(checked), number_in, leap)
    return naming if len(problems) == before else None


def _week_rule(checked: _Checked) -> WeekRule:
    weeks = checked.spec.weeks
    if weeks is None:
        return WeekRule()
    firsts: tuple[FirstWeek, ...] = get_args(FirstWeek)
    start = checked.weekday(("weeks", "start"), weeks.start)
    return WeekRule(start, checked.word(("weeks", "first"), weeks.first, firsts))


def _overrides(checked: _Checked, system: str) -> dict[int, date]:
    found: dict[int, date] = {}
    for index, one in enumerate(checked.spec.override or ()):
        if system == "table":
            checked.wrong(("override",), "does not belong to a table", "write the year's end into the table")
            break
        if one.year in found:
            checked.wrong(("override", index, "year"), f"{one.year} is given twice")
        found[one.year] = one.end
    return found


def _quarters(checked: _Checked, periods: int, default: tuple[int, ...]) -> tuple[int, ...]:
    quarters = tuple(checked.spec.quarters or default)
    if checked.spec.quarters is not None and (sum(quarters) != periods or min(quarters, default=0) < 1):
        checked.wrong(
            ("quarters",),
            f"add up to {sum(quarters)} periods, the year has {periods}",
            "such as [3, 3, 3, 3]",
        )
    return quarters


def _months(checked: _Checked, year_name: YearName, overrides: dict[int, date]) -> Engine:
    spec = checked.spec
    month = checked.month(("start_month",), spec.start_month)
    day = 1 if spec.start_day is None else spec.start_day
    if not 1 <= day <= 28:
        checked.wrong(("start_day",), f"{day} is not a day that every month has", "1 to 28")
        day = 1
    quarters = _quarters(checked, 12, (3, 3, 3, 3))
    engine = MonthsEngine(month, day, year_name, _week_rule(checked), quarters, overrides)
    _check_overrides(checked, engine, overrides, 40)
    return engine


def _cut(checked: _Checked, required: bool) -> WeekCut:
    spec = checked.spec
    periods = tuple(spec.periods or ())
    if not periods:
        if required:
            checked.wrong(
                ("periods",), "needs periods", "weeks of each, such as [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5]"
            )
        return WeekCut()
    if sum(periods) != 52 or min(periods) < 1:
        checked.wrong(("periods",), f"add up to {sum(periods)} weeks, must be 52")
    default = (3, 3, 3, 3) if len(periods) == 12 else ()
    if spec.quarters is None and not default:
        checked.wrong(("quarters",), "needs quarters", f"periods of each, {len(periods)} together")
    quarters = _quarters(checked, len(periods), default)
    leap_week = spec.leap_week
    if leap_week is None:
        if required:
            checked.wrong(
                ("leap_week",),
                "needs leap_week",
                f"the period that the 53rd week goes to, 1 to {len(periods)}",
            )
        leap_week = len(periods)
    elif not 1 <= leap_week <= len(periods):
        checked.wrong(("leap_week",), f"there is no period {leap_week}", f"1 to {len(periods)}")
        leap_week = 1
    return WeekCut(periods, quarters, leap_week)


def _weeks(checked: _Checked, year_name: YearName, overrides: dict[int, date]) -> Engine | None:
    spec = checked.spec
    cut = _cut(checked, required=True)
    if spec.year_end is None:
        checked.wrong(("year_end",), "needs year_end", '{ weekday = "sat", month = 1, pick = "nearest" }')
        return None
    weekday = checked.weekday(("year_end", "weekday"), spec.year_end.weekday)
    month = checked.month(("year_end", "month"), spec.year_end.month)
    picks: tuple[Pick, ...] = get_args(Pick)
    pick = checked.word(("year_end", "pick"), spec.year_end.pick, picks)
    engine = WeeksEngine(weekday, month, pick, cut, year_name, overrides)
    _check_overrides(checked, engine, overrides, 14)
    for index, one in enumerate(spec.override or ()):
        if (one.end - engine.start(one.year)).days % 7 != 6:
            checked.wrong(("override", index, "end"), f"{one.end} does not end a week of the year {one.year}")
    return engine


def _iso(checked: _Checked, year_name: YearName, overrides: dict[int, date]) -> Engine:
    engine = IsoEngine(_cut(checked, required=False), overrides)
    _check_overrides(checked, engine, overrides, 14)
    return engine


def _broadcast(checked: _Checked, year_name: YearName, overrides: dict[int, date]) -> Engine:
    spec = checked.spec
    month = 1 if spec.start_month is None else checked.month(("start_month",), spec.start_month)
    engine = BroadcastEngine(month, year_name, _quarters(checked, 12, (3, 3, 3, 3)), overrides)
    _check_overrides(checked, engine, overrides, 14)
    return engine


def _check_overrides(checked: _Checked, engine: Engine, overrides: dict[int, date], most: int) -> None:
    """An end that is far from the rule's is a typing mistake; one before its start leaves no year."""
    for index, one in enumerate(checked.spec.override or ()):
        if one.year not in overrides:
            continue
        usual = engine.rule_start(one.year + 1) - timedelta(days=1)
        if abs((one.end - usual).days) > most * 7:
            checked.wrong(
                ("override", index, "end"), f"{one.end} is far from {usual}, where the rule ends {one.year}"
            )


def _table(checked: _Checked) -> Engine | None:
    rows = checked.spec.year or []
    if not rows:
        checked.wrong(
            ("year",), "needs [[fiscal.year]] tables", 'label = "FY27", start = 2026-07-01, weeks = 52'
        )
        return None
    years = [year for index, row in enumerate(rows) if (year := _table_year(checked, index, row)) is not None]
    for index in range(1, len(years)):
        before, after = years[index - 1], years[index]
        if after.start != before.end + timedelta(days=1):
            how = "overlaps" if after.start <= before.end else "leaves a gap after"
            checked.wrong(
                ("year", index, "start"), f"{after.name} {how} {before.name}, which ends {before.end}"
            )
        if after.fy <= before.fy:
            checked.wrong(("year", index, "label"), f"{after.name} does not follow {before.name}")
    if len(years) < len(rows):
        return None
    return TableEngine(years, _table_cut(checked), _week_rule(checked))


def _table_cut(checked: _Checked) -> WeekCut:
    if checked.spec.periods is not None:
        return _cut(checked, required=False)
    return WeekCut((), tuple(checked.spec.quarters or (3, 3, 3, 3)))


def _table_year(checked: _Checked, index: int, row: TableYearSpec) -> TableYear | None:
    digits = "".join(character for character in row.label if character.isdigit())
    if len(digits) not in (2, 4):
        checked.wrong(("year", index, "label"), f"{row.label!r} names no year", "such as FY27 or FY2027")
        return None
    if (row.weeks is None) == (row.end is None):
        checked.wrong(("year", index), f"{row.label} needs either weeks or end")
        return None
    end = row.end if row.end is not None else row.start + timedelta(weeks=row.weeks or 0) - timedelta(days=1)
    if end <= row.start:
        checked.wrong(("year", index, "end"), f"{row.label} ends before it starts")
        return None
    periods = row.periods or []
    weeks = tuple(one for one in periods if isinstance(one, int))
    starts = tuple(one for one in periods if isinstance(one, date))
    if weeks and starts:
        checked.wrong(("year", index, "periods"), "mixes weeks and first days")
    if weeks and sum(weeks) != (row.weeks or 0):
        checked.wrong(("year", index, "periods"), f"add up to {sum(weeks)} weeks, the year has {row.weeks}")
    if starts and (starts[0] != row.start or list(starts) != sorted(set(starts)) or starts[-1] > end):
        checked.wrong(("year", index, "periods"), "must rise from the first day of the year")
    fy = int(digits) if len(digits) == 4 else century(int(digits))
    return TableYear(fy, row.label, row.start, end, row.weeks is not None, starts or weeks)
