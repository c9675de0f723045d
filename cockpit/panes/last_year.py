"""The same occurrence a year before: same event, same fiscal unit, how many days earlier or later."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.panes.days import day_and_month, month_day

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar, Unit
    from cockpit.rhythm import Occurrence

_LABEL = re.compile(r"FY(\d+)(.*)")
Identity = tuple[str, str, str | None, str, int]


@dataclass(frozen=True, slots=True)
class YearBefore:
    """The partner of an occurrence.

    Attributes:
        date: its day.
        later: days that this year's lies later in its fiscal unit; negative for earlier.
    """

    date: date
    later: int

    @property
    def words(self) -> str:
        """Written "was Tue 25 Nov, 2 d later", "was Wed 25 Nov, same day"."""
        if not self.later:
            return f"was {day_and_month(self.date)}, same day"
        return (
            f"was {day_and_month(self.date)}, {abs(self.later)} d {'later' if self.later > 0 else 'earlier'}"
        )

    @property
    def short(self) -> str:
        """Written "25 Nov +2 d"."""
        return f"{month_day(self.date)} {self.later:+} d"


def years_before(
    fiscal: "FiscalCalendar", now: "Iterable[Occurrence]", then: "Iterable[Occurrence]"
) -> dict[str, YearBefore]:
    """For each occurrence that has one, its partner a year before, by key.

    Args:
        fiscal: names the units.
        now: this year's, in time order.
        then: last year's, in time order. Several of one event in a unit are partners by their order.
    """
    partners = dict(_identified(then, 0))
    starts: dict[str, date | None] = {}

    def start(label: str) -> date | None:
        if label not in starts:
            try:
                unit: Unit | None = fiscal.unit_named(label)
            except CockpitError:
                unit = None
            starts[label] = None if unit is None else unit.start
        return starts[label]

    found: dict[str, YearBefore] = {}
    for identity, one in _identified(now, -1):
        partner = partners.get(identity)
        if partner is None or one.period is None or partner.period is None:
            continue
        begin, begin_then = start(one.period), start(partner.period)
        if begin is not None and begin_then is not None:
            later = (one.date - begin).days - (partner.date - begin_then).days
            found[one.key] = YearBefore(partner.date, later)
    return found


def _identified(found: "Iterable[Occurrence]", years: int) -> "Iterable[tuple[Identity, Occurrence]]":
    """Occurrences with what they have in common with those of another year; rows of tables have nothing."""
    counts: dict[tuple[str, str, str | None, str], int] = {}
    for one in found:
        match = _LABEL.fullmatch(one.period or "")
        if match is None or one.anchor is not None:
            continue
        label = f"{(int(match[1]) + years) % 100:02}{match[2]}"
        base = (one.calendar, one.event, one.scope, label)
        counts[base] = counts.get(base, 0) + 1
        yield (*base, counts[base]), one
