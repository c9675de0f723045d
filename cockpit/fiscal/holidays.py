"""Frozen holiday lists, and the sets that a calendar or a scope makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import convert, read_toml
from cockpit.fiscal.business import BusinessDays
from cockpit.fiscal.files import holiday_list_in, holiday_lists
from cockpit.fiscal.layers import Layered, Origin
from cockpit.fiscal.spec import FrozenListSpec, HolidaySetSpec

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WARN_BEFORE_END = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class HolidayList:
    """Days off by date.

    Attributes:
        name: what calendars call it.
        days: the name of each day off.
        years: first and last year that it covers, or None when it is no frozen list.
        file: where it was read from, or None.
    """

    name: str
    days: dict[date, str]
    years: tuple[int, int] | None
    file: Path | None = None


def read_holiday_list(path: Path) -> HolidayList:
    """Read one frozen holiday file.

    Raises:
        ConfigError: with every problem found.
    """
    file = read_toml(path)
    problems: list[Problem] = []
    spec = convert(file, FrozenListSpec, problems)
    if spec is None:
        raise ConfigError(*problems)
    if spec.schema != 1:
        problems.append(file.problem(("schema",), f"schema {spec.schema} is unknown"))
    if len(spec.years) != 2 or spec.years[0] > spec.years[1]:
        problems.append(file.problem(("years",), "must be the first and the last year"))
    days: dict[date, str] = {}
    for holiday in spec.holiday:
        names = days.get(holiday.date)
        days[holiday.date] = holiday.name if names in (None, holiday.name) else f"{names}, {holiday.name}"
    if problems:
        raise ConfigError(*problems)
    return HolidayList(spec.name, days, (spec.years[0], spec.years[1]), path)


class HolidayBook:
    """All holiday lists that a calendar can name.

    Args:
        sets: the calendar's own `[[holiday_set]]` tables by name.
        folders: where `holidays/` is looked for.
        problems: what is found wrong is added here.
    """

    def __init__(
        self, sets: dict[str, Layered[HolidaySetSpec]], folders: Sequence[Path], problems: list[Problem]
    ) -> None:
        self._sets = sets
        self._folders = folders
        self._problems = problems
        self._known: dict[str, HolidayList | None] = {}

    def get(self, name: str, asked_at: Origin) -> HolidayList | None:
        """A list by name, with what the calendar drops and adds; None when there is a problem with it."""
        if name not in self._known:
            self._known[name] = self._load(name, asked_at)
        return self._known[name]

    def check_all(self) -> None:
        """Look at the sets that nothing names, too."""
        for name, spec in self._sets.items():
            self.get(name, spec.origin)

    def _load(self, name: str, asked_at: Origin) -> HolidayList | None:
        own = self._sets.get(name)
        frozen: HolidayList | None = None
        if own is not None and own.value.file is not None:
            path = own.at("file").file.path.parent / own.value.file
        else:
            found = holiday_list_in(self._folders, name)
            if found is None and own is not None and own.value.from_ is None:
                return self._changed(HolidayList(name, {}, None), own)
            if found is None:
                known = [*self._sets, *holiday_lists(self._folders)]
                hint = did_you_mean(name, known) or "cockpit calendar holidays writes one"
                self._problems.append(asked_at.problem(f"there is no holiday list {name!r}", hint))
                return None
            path = found
        try:
            frozen = read_holiday_list(path)
        except ConfigError as error:
            self._problems.extend(error.problems)
            return None
        return self._changed(frozen, own) if own is not None else frozen

    def _changed(self, base: HolidayList, own: Layered[HolidaySetSpec]) -> HolidayList:
        """A list less what is dropped from it, by date or by name, plus what is added."""
        days = dict(base.days)
        for drop in own.value.drop or ():
            day = drop if isinstance(drop, date) else _as_date(drop)
            if day is not None:
                gone = [day] if day in days else []
            else:
                gone = [known for known, name in days.items() if _is_called(name, str(drop))]
            if not gone:
                names = {name.removesuffix(" (observed)") for name in days.values()}
                self._problems.append(
                    own.at("drop").problem(
                        f"{str(drop)!r} is no day of {base.name}",
                        did_you_mean(str(drop), names),
                        severity="warning",
                    )
                )
            for known in gone:
                del days[known]
        days |= {holiday.date: holiday.name for holiday in own.value.add or ()}
        return HolidayList(base.name, days, base.years, base.file)


def _is_called(name: str, dropped: str) -> bool:
    """Whether a day off has that name, as such or as the day on which it is observed."""
    parts = [part.removesuffix("(observed)").strip().casefold() for part in name.replace(";", ",").split(",")]
    return dropped.casefold() in (*parts, name.casefold())


def _as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def make_business_days(workweek: frozenset[int], lists: Sequence[HolidayList]) -> BusinessDays:
    """Business days of a working week less all days of those lists."""
    days: dict[date, str] = {}
    for holidays in lists:
        days |= {day: name for day, name in holidays.days.items() if day not in days}
    covered = [holidays.years for holidays in lists if holidays.years is not None]
    years = (max(first for first, _ in covered), min(last for _, last in covered)) if covered else None
    return BusinessDays(workweek, days, years)


def ends_soon(holidays: HolidayList, today: date, asked_at: Origin) -> Problem | None:
    """A warning when a list ends within twelve months."""
    if holidays.years is None:
        return None
    last = date(holidays.years[1], 12, 31)
    if last - today >= WARN_BEFORE_END:
        return None
    when = "ended" if last < today else "ends"
    return asked_at.problem(
        f"the holiday list {holidays.name} {when} on {last}",
        "cockpit calendar holidays writes further years",
        severity="warning",
    )


def parse_workweek(names: list[str], at: Origin, problems: list[Problem]) -> frozenset[int]:
    """The worked weekdays, Monday is 0; Monday to Friday where there is a problem."""
    days: set[int] = set()
    for name in names:
        if name.casefold()[:3] in WEEKDAYS:
            days.add(WEEKDAYS.index(name.casefold()[:3]))
        else:
            problems.append(at.problem(f"unknown weekday {name!r}", did_you_mean(name, WEEKDAYS)))
    if not names:
        problems.append(at.problem("a working week has at least one day"))
    return frozenset(days) or frozenset(range(5))
