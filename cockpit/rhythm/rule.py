"""Due rules as values: what a rule says, printed the way people write it.

The grammar is in `cockpit.rhythm.parse`, what a rule means on a calendar in `cockpit.rhythm.dates`.
"""

from datetime import date
from typing import Literal

import msgspec

from cockpit.fiscal.weekdays import WEEKDAYS

RuleUnitKind = Literal["week", "month", "period", "quarter", "half", "year"]
OffsetUnit = Literal["d", "bd", "w", "mo"]

UNITS: tuple[RuleUnitKind, ...] = ("week", "month", "period", "quarter", "half", "year")
NUMBERED: tuple[RuleUnitKind, ...] = ("month", "period", "quarter")
"""Units that may be numbered inside a longer one: `month 1 of year`."""
ORDINALS = ("1st", "2nd", "3rd", "4th", "5th")


class UnitRef(msgspec.Struct, frozen=True):
    """A unit that a rule counts in: `quarter`, or `month 1 of year`.

    Attributes:
        kind: what sort of unit.
        number: which one inside `inside`, from 1, or None for each.
        inside: the longer unit it is numbered in, or None.
    """

    kind: RuleUnitKind
    number: int | None = None
    inside: "UnitRef | None" = None

    def __str__(self) -> str:
        return self.kind if self.inside is None else f"{self.kind} {self.number} of {self.inside}"

    @property
    def outermost(self) -> RuleUnitKind:
        """The longest unit that it is numbered in, or its own kind."""
        return self.kind if self.inside is None else self.inside.outermost


class Offset(msgspec.Struct, frozen=True):
    """How far a date is moved: `- 5bd`."""

    count: int
    unit: OffsetUnit

    def __str__(self) -> str:
        return f"{'+' if self.count >= 0 else '-'} {abs(self.count)}{self.unit}"


class BusinessDayOf(msgspec.Struct, frozen=True):
    """The nth business day of a unit, counted from its end when negative, or of what follows it (`after`)."""

    number: int
    unit: UnitRef
    after: bool = False

    def __str__(self) -> str:
        if self.after:
            return f"BD{self.number} after {self.unit}"
        named = {1: "first BD", -1: "last BD"}.get(self.number, f"BD{self.number}")
        return f"{named} of {self.unit}"


class NthWeekday(msgspec.Struct, frozen=True):
    """The nth weekday of a unit; -1 is the last one."""

    ordinal: int
    weekday: int
    unit: UnitRef

    def __str__(self) -> str:
        ordinal = "last" if self.ordinal == -1 else ORDINALS[self.ordinal - 1]
        return f"{ordinal} {WEEKDAYS[self.weekday]} of {self.unit}"


class Every(msgspec.Struct, frozen=True):
    """Each of some weekdays, or each business day when there are none."""

    weekdays: tuple[int, ...] = ()

    def __str__(self) -> str:
        return "every " + (", ".join(WEEKDAYS[day] for day in self.weekdays) or "BD")


class DayOf(msgspec.Struct, frozen=True):
    """The nth calendar day of a unit, counted from its end when negative."""

    number: int
    unit: UnitRef

    def __str__(self) -> str:
        return f"day {self.number} of {self.unit}"


class WeekdayOfWeek(msgspec.Struct, frozen=True):
    """A weekday of the nth fiscal week of a unit."""

    weekday: int
    week: int
    unit: UnitRef

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} of week {self.week} of {self.unit}"


class EventBase(msgspec.Struct, frozen=True):
    """The day of the event that an action belongs to."""

    def __str__(self) -> str:
        return "event"


class AnchorBase(msgspec.Struct, frozen=True):
    """The date of the row that an action is for."""

    def __str__(self) -> str:
        return "T"


class FixedDate(msgspec.Struct, frozen=True):
    """One date."""

    day: date

    def __str__(self) -> str:
        return self.day.isoformat()


Base = BusinessDayOf | NthWeekday | Every | DayOf | WeekdayOfWeek | EventBase | AnchorBase | FixedDate


class Rule(msgspec.Struct, frozen=True):
    """A base and how far it is moved."""

    base: Base
    offset: Offset | None = None

    def __str__(self) -> str:
        return f"{self.base} {self.offset}" if self.offset is not None else str(self.base)

    @property
    def unit(self) -> UnitRef | None:
        """The unit that the rule counts in, or None for `every`, `event`, `T` and a date."""
        if isinstance(self.base, (BusinessDayOf, NthWeekday, DayOf, WeekdayOfWeek)):
            return self.base.unit
        return None
