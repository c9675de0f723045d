"""What the tasks are made from, as a short text: while it is the same, nothing need be made or moved."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

import msgspec

from cockpit.fiscal import BusinessDays
from cockpit.store import Store

if TYPE_CHECKING:
    from cockpit.fiscal.unit import UnitKind
    from cockpit.rhythm import RhythmCalendar

VERSION = 2
"""Raised when tasks are made from their occurrences in another way."""

MARK = "tasks made from"
"""Under this name the store remembers the basis of the last time."""

DAYS_BACK = 400
DAYS_AHEAD = 120
"""How far around today tasks are made; further ones come when their time does."""

_KINDS: tuple["UnitKind", ...] = ("year", "quarter", "period", "week")
_AROUND = timedelta(days=400)
"""Rules may count from units that lie outside of the days for which tasks are made."""


def window(today: date) -> tuple[date, date]:
    """First and last day for which tasks are made."""
    return today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)


def basis(store: Store, calendar: "RhythmCalendar", first: date, last: date) -> str:
    """The days, what the calendar says about them, and the state of the anchors.

    Args:
        store: where the anchors are.
        calendar: the calendar that asks for tasks.
        first: first day for which tasks are made.
        last: last day, included.
    """
    fiscal = calendar.fiscal
    units = [
        (unit.label, unit.start, unit.end)
        for kind in _KINDS
        for unit in fiscal.units(kind, first - _AROUND, last + _AROUND)
    ]
    definitions = list(calendar.definitions.values())
    said = _Encoder().encode([fiscal.id, fiscal.zone, fiscal.at, fiscal.business, units, definitions])
    parts = (VERSION, first, last, f"{crc32(said):08x}", len(said), store.mark("anchors") or "none")
    return " ".join(map(str, parts))


class _Encoder:
    """JSON of what a calendar says; its business days are written out once, then only named."""

    def __init__(self) -> None:
        self._business: dict[int, int] = {}
        self.encode = msgspec.json.Encoder(enc_hook=self._plain).encode

    def _plain(self, value: Any) -> Any:
        if not isinstance(value, BusinessDays):
            return str(value)
        number = self._business.get(id(value))
        if number is not None:
            return number
        self._business[id(value)] = len(self._business)
        return [sorted(value.workweek), value.holidays, value.years]
