"""Days as people type them for tasks, and counting them in business days."""

import re
from datetime import date, timedelta
from functools import cache
from typing import Protocol

from cockpit.base.problems import Problem, UsageError

_STEP = re.compile(r"\+(\d{1,4})(bd|d|w)$")


class Business(Protocol):
    """What is needed of a calendar's business days."""

    def add(self, day: date, count: int) -> date:
        """The business day `count` business days after a day."""

    def count(self, first: date, last: date) -> int:
        """Business days between two days, both included."""

    def covers(self, day: date) -> bool:
        """Whether the holidays of that day's year are known."""


def step(business: Business, start: date, count: int, unit: str) -> date:
    """The day that lies `count` of bd, d or w after another."""
    if unit == "bd":
        return business.add(start, count)
    return start + timedelta(days=count * (7 if unit == "w" else 1))


def parse_day(text: str, business: Business, today: date, option: str = "--due") -> date:
    """A day from `2026-12-04`, `today`, `tomorrow`, `+3bd`, `+5d` or `+2w`.

    Raises:
        UsageError: it is no day.
    """
    word = text.strip().casefold()
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    try:
        if match := _STEP.match(word):
            return step(business, today, int(match.group(1)), match.group(2))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
            return date.fromisoformat(word)
    except (ValueError, OverflowError):
        pass
    raise UsageError(
        Problem(f"{text!r} is no day", key=option, hint="write 2026-12-04, today, tomorrow, +3bd, +5d or +2w")
    )


class DaysLeft:
    """Business days from one day to others, remembered, since many tasks share a due day."""

    def __init__(self, business: Business, today: date) -> None:
        self._business = business
        self._today = today
        self.to = cache(self._to)

    def _to(self, due: date) -> int | None:
        """Business days after today up to the due day; negative when late, then at least one.

        None when the holidays of those years are not known.
        """
        if not (self._business.covers(due) and self._business.covers(self._today)):
            return None
        one = timedelta(days=1)
        if due >= self._today:
            return self._business.count(self._today + one, due) if due > self._today else 0
        return -max(self._business.count(due + one, self._today), 1)
