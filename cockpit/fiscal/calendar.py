"""The fiscal calendar: which fiscal year, quarter, period and week a day is in."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from cockpit.base.problems import Problem, UsageError
from cockpit.fiscal.business import BusinessDays
from cockpit.fiscal.by_label import unit_named
from cockpit.fiscal.daytable import day_columns, day_coordinates
from cockpit.fiscal.engines import Engine
from cockpit.fiscal.labels import canonical_label
from cockpit.fiscal.naming import Naming
from cockpit.fiscal.shape import Stretch, YearShape, holding
from cockpit.fiscal.unit import UNIT_KINDS, Coordinates, Unit, UnitKind


class FiscalCalendar:
    """A company's fiscal calendar: immutable, safe to use from any thread.

    Attributes:
        id: part of every key, never changes.
        title: what people call it.
        zone: where its days begin.
        at: wall time of what is due, unless a rule says otherwise.
        business: its business days.
        file: where it was read from.
        warnings: what is not wrong but should be known.
    """

    def __init__(
        self,
        *,
        id: str,
        title: str,
        zone: ZoneInfo,
        at: time,
        business: BusinessDays,
        engine: Engine,
        naming: Naming,
        file: Path,
        warnings: Sequence[Problem] = (),
    ) -> None:
        self.id = id
        self.title = title
        self.zone = zone
        self.at = at
        self.business = business
        self.engine = engine
        self.naming = naming
        self.file = file
        self.warnings = tuple(warnings)
        self._units_of = lru_cache(maxsize=4_000)(self._make_units)

    @classmethod
    def load(cls, path: Path, folders: Sequence[Path] = ()) -> Self:
        """Read a calendar file and those it extends.

        Args:
            path: the calendar file.
            folders: where else calendars and `holidays/` are looked for, before the bundled ones; what
                lies beside the file comes first.

        Raises:
            ConfigError: with every problem found.
        """
        from cockpit.fiscal.load import load_fiscal  # which builds calendars, so it imports this module

        return load_fiscal(path, folders, cls)

    @cached_property
    def kinds(self) -> tuple[UnitKind, ...]:
        """The kinds of units it has."""
        year = self.engine.some_year()
        return tuple(kind for kind in UNIT_KINDS if year.of_kind(kind))

    def year(self, day: date) -> YearShape:
        """The shape of the fiscal year that a day is in."""
        return self.engine.year_at(day)

    def coordinates(self, day: date) -> Coordinates:
        """Where the day is in its fiscal year.

        Raises:
            UsageError: the calendar does not reach that day.
        """
        return day_coordinates(self.year(day), self.naming, self.business, day)

    def day_columns(self, first: date, last: date) -> dict[str, list[Any]]:
        """The day table from `first` to `last`, both included, as columns for joining on `date`.

        Labels are canonical; what the calendar lacks is None, and days that it does not reach are left out.
        """
        return day_columns(self.engine, self.naming, self.business, *self._reached(first, last))

    def _reached(self, first: date, last: date) -> tuple[date, date]:
        """Of some days those that the calendar reaches; in reverse order where it reaches none."""
        earliest, latest = self.engine.reach
        return max(first, earliest), min(last, latest)

    def reaches(self, day: date) -> bool:
        """Whether the calendar knows the fiscal year of a day; a table has ends."""
        first, last = self.engine.reach
        return first <= day <= last

    def unit(self, kind: UnitKind, day: date) -> Unit | None:
        """The unit of that kind that the day is in; None where there is none or the calendar has ended."""
        if not self.reaches(day):
            return None
        year = self.engine.year_at(day)
        position = bisect_right(year.of_kind(kind), day, key=_start) - 1
        return self._units_of(kind, year.fy)[position] if position >= 0 else None

    def require_unit(self, kind: UnitKind, day: date) -> Unit:
        """Like `unit`, for a kind that must be there.

        Raises:
            UsageError: the calendar has no such unit, naming those it has, or does not reach the day.
        """
        self.engine.year_at(day)
        found = self.unit(kind, day)
        if found is None:
            raise self.lacks(kind)
        return found

    def lacks(self, kind: str) -> UsageError:
        """The error that the calendar has no unit of that kind, naming those it has."""
        return UsageError(
            Problem(f"the calendar {self.id} has no {kind}", hint=f"it has: {', '.join(self.kinds)}")
        )

    def units(self, kind: UnitKind, first: date, last: date) -> list[Unit]:
        """Every unit of that kind that overlaps the days, in order; those that the calendar reaches."""
        found: list[Unit] = []
        first, last = self._reached(first, last)
        if first > last:
            return found
        year = self.engine.year_at(first)
        while year.start <= last:
            units = self._units_of(kind, year.fy)
            if year.start < first or year.end > last:
                units = tuple(unit for unit in units if unit.end >= first and unit.start <= last)
            found += units
            try:
                year = self.engine.year(year.fy + 1)
            except UsageError:  # the end of a table
                break
        return found

    def unit_of(self, kind: UnitKind, fy: int, number: int = 1) -> Unit:
        """The unit of that kind and number in a fiscal year; for a year the number does not matter.

        Raises:
            UsageError: the calendar has no such unit, or that year has fewer of them.
        """
        known = self._units_of(kind, fy)
        if not known:
            raise self.lacks(kind)
        for unit in known:
            if kind == "year" or unit.number == number:
                return unit
        raise UsageError(
            Problem(
                f"FY{fy % 100:02} has no {kind} {number}",
                hint=f"it has {kind} {known[0].number} to {known[-1].number}",
            )
        )

    def unit_named(self, text: str) -> Unit:
        """The unit of a label: `FY27`, `FY2027`, `FY27-Q2`, `FY27-Q2-W09`, or one of the calendar's own.

        Raises:
            UsageError: it is no label, or the calendar has no such unit.
        """
        return unit_named(self, text)

    def quarter_week(self, fy: int, quarter: int, number: int) -> Unit:
        """A week counted inside a quarter and cut at its ends, `FY27-Q2-W09`."""
        whole = self.unit_of("quarter", fy, quarter)
        first_number, starts = self.naming.week_rule(self.engine.year(fy)).starts(whole.start, whole.end)
        position = number - first_number
        if not 0 <= position < len(starts):
            raise UsageError(
                Problem(
                    f"{whole.label} has no week {number}",
                    hint=f"it has week {first_number} to {first_number + len(starts) - 1}",
                )
            )
        start = starts[position]
        end = starts[position + 1] - date.resolution if position + 1 < len(starts) else whole.end
        label = f"{whole.label}-W{number:02}"
        inside = self.require_unit("week", start)
        return Unit("week", fy, inside.number, start, end, label, inside.own_label, quarter, number)

    def shift(self, unit: Unit, count: int) -> Unit:
        """The unit of the same kind, `count` units later (earlier when negative).

        A week past the last one of its year goes on in the next year, and so do the others.
        """
        if unit.kind == "year":
            return self.unit_of("year", unit.fy + count)
        fy, known = unit.fy, self._units_of(unit.kind, unit.fy)
        position = next(place for place, one in enumerate(known) if one.number == unit.number) + count
        while position < 0:
            fy -= 1
            known = self._units_of(unit.kind, fy)
            position += len(known)
        while position >= len(known):
            position -= len(known)
            fy += 1
            known = self._units_of(unit.kind, fy)
        return known[position]

    def today(self, now: datetime | None = None) -> date:
        """The calendar's day: the date in its own zone, not the machine's.

        Args:
            now: an instant with a zone; the clock when left out.
        """
        moment = datetime.now(self.zone) if now is None else now.astimezone(self.zone)
        return moment.date()

    def _make_units(self, kind: UnitKind, fy: int) -> tuple[Unit, ...]:
        """The units of a kind in a fiscal year; remembered, since every rule asks for them."""
        year = self.engine.year(fy)
        return tuple(self._make_unit(kind, year, stretch) for stretch in year.of_kind(kind))

    def _make_unit(self, kind: UnitKind, year: YearShape, stretch: Stretch) -> Unit:
        canonical = canonical_label(kind, year.fy, stretch.number)
        quarter = holding(year.quarters, stretch.start) if kind in ("quarter", "period", "week") else None
        inside: int | None = None
        if quarter is not None and kind == "period":
            first = holding(year.periods, quarter.start)
            inside = stretch.number - (first.number if first else 1) + 1
        elif quarter is not None and kind == "week":
            inside = self.naming.week_of_quarter(year, quarter, stretch.start)
        return Unit(
            kind,
            year.fy,
            stretch.number,
            stretch.start,
            stretch.end,
            canonical,
            self.naming.own_label(kind, year, stretch.start) or canonical,
            quarter.number if quarter else None,
            inside,
        )


def _start(stretch: Stretch) -> date:
    return stretch.start
