"""Days off: frozen lists, with what a calendar drops from and adds to them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from cockpit.base.paths import bundled
from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import KeyPath, TomlFile, convert, read_toml
from cockpit.fiscal.files import find_in
from cockpit.fiscal.layers import Layered
from cockpit.fiscal.spec import FrozenListSpec, HolidaySetSpec

WARN_DAYS = 365
"""A list that ends sooner than this is warned about."""


class DaysOff(msgspec.Struct, frozen=True):
    """The holidays of some lists together.

    Attributes:
        names: the name of each day off.
        years: first and last calendar year that all lists cover; None where none has an end.
    """

    names: dict[date, str]
    years: tuple[int, int] | None


class _Place(msgspec.Struct, frozen=True):
    """Where a calendar names its lists."""

    file: TomlFile
    path: KeyPath


class HolidayLists:
    """Finds the lists that a calendar names, with its own changes to them.

    Args:
        layered: the calendar's files; their `[[holiday_set]]` tables change lists of the same name.
        folders: folders with holiday lists, searched after what lies beside the files.
        today: the day against which the end of a list is judged.
        problems: what is wrong is appended here.
    """

    def __init__(
        self, layered: Layered, folders: Sequence[Path], today: date, problems: list[Problem]
    ) -> None:
        self._today = today
        self._problems = problems
        beside = [file.path.parent / "holidays" for file in layered.files]
        self._folders = [*beside, *folders, bundled("calendars") / "holidays"]
        self._sets: dict[str, tuple[TomlFile, int, HolidaySetSpec]] = {}
        for file, index, spec in layered.tables("holiday_set", HolidaySetSpec, problems):
            self._sets.setdefault(spec.name, (file, index, spec))

    def days_off(self, names: Sequence[str], file: TomlFile, path: KeyPath) -> DaysOff:
        """The holidays of the lists of those names.

        Args:
            names: the lists.
            file: the file that names them.
            path: where in it they are named.
        """
        place = _Place(file, path)
        days: dict[date, str] = {}
        years: tuple[int, int] | None = None
        for name in names:
            own, covered = self._one(name, place)
            days |= own
            if covered is not None:
                years = covered if years is None else (max(years[0], covered[0]), min(years[1], covered[1]))
        return DaysOff(days, years)

    def _one(self, name: str, place: _Place) -> tuple[dict[date, str], tuple[int, int] | None]:
        file, index, spec = self._sets.get(name, (None, 0, None))
        days: dict[date, str] = {}
        years: tuple[int, int] | None = None
        whole = spec is not None and bool(spec.add) and spec.from_ is None and spec.file is None
        frozen = self._frozen(spec.file if spec is not None and spec.file else name, place, not whole)
        if frozen is None and not whole:
            return {}, None
        if frozen is not None:
            days = {one.date: one.name for one in frozen.holiday}
            years = (frozen.years[0], frozen.years[-1])
            self._warn_of_end(name, years, place)
        if spec is not None and file is not None:
            for position, dropped in enumerate(spec.drop or ()):
                gone = [day for day, called in days.items() if _is_it(day, called, dropped)]
                for day in gone:
                    del days[day]
                if not gone:
                    hint = did_you_mean(str(dropped), set(days.values()))
                    self._problems.append(
                        file.problem(
                            ("holiday_set", index, "drop", position),
                            f"the list {name} has no {dropped}",
                            hint,
                            severity="warning",
                        )
                    )
            days |= {one.date: one.name for one in spec.add or ()}
        return days, years

    def _frozen(self, name: str, place: _Place, required: bool) -> FrozenListSpec | None:
        """The list of that name; what the calendar itself adds may be the whole of a list without a file."""
        try:
            path = find_in(self._folders, name.removesuffix(".toml"), "holiday list")
        except ConfigError as error:
            if not required:
                return None
            problem = error.problems[0]
            hint = problem.hint or "cockpit calendar holidays writes one"
            self._problems.append(place.file.problem(place.path, problem.message, hint))
            return None
        try:
            file = read_toml(path)
        except ConfigError as error:
            self._problems += error.problems
            return None
        found = convert(file, FrozenListSpec, self._problems)
        if found is not None and len(found.years) != 2:
            self._problems.append(
                file.problem(("years",), "needs the first and the last year", "[2010, 2032]")
            )
            return None
        return found

    def _warn_of_end(self, name: str, years: tuple[int, int], place: _Place) -> None:
        end = date(years[1], 12, 31)
        if (end - self._today).days < WARN_DAYS:
            self._problems.append(
                place.file.problem(
                    place.path,
                    f"the holiday list {name} ends on {end}",
                    "freeze more years with cockpit calendar holidays",
                    severity="warning",
                )
            )


def _is_it(day: date, called: str, dropped: object) -> bool:
    """Whether a holiday is the one dropped: by date, or by name with or without "(observed)"."""
    if isinstance(dropped, date):
        return day == dropped
    name, wanted = called.casefold(), str(dropped).casefold()
    return name == wanted or name.startswith(f"{wanted} (")
