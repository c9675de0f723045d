"""The partner of a period, for comparison with the same point of an earlier one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.periods import Span

Align = Literal["bd", "day", "bd-left"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a period is compared with.

    Attributes:
        span: the whole compared period.
        through: the day in it that the as-of date corresponds to, or None without a bound.
    """

    span: Span
    through: date | None


def partner(
    calendar: FiscalCalendar, span: Span, as_of: date, against: Span | str, align: Align = "bd"
) -> Comparison:
    """The part of another period that corresponds to a period as far as the as-of date."""
    raise NotImplementedError


def resolve_as_of(
    calendar: FiscalCalendar, text: str, latest: Callable[[], date | None], today: date
) -> date:
    """The day that an as-of word stands for: a date, `today`, `last-bd` or `latest`."""
    raise NotImplementedError
