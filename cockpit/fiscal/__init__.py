"""Fiscal calendars: years, halves, quarters, periods, weeks and business days of any company."""

from cockpit.fiscal.business import BusinessDays
from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.compare import Comparison, partner, resolve_as_of
from cockpit.fiscal.files import find_calendar
from cockpit.fiscal.periods import Span, resolve_period
from cockpit.fiscal.unit import Coordinates, Unit, UnitKind

__all__ = [
    "BusinessDays",
    "Comparison",
    "Coordinates",
    "FiscalCalendar",
    "Span",
    "Unit",
    "UnitKind",
    "find_calendar",
    "partner",
    "resolve_as_of",
    "resolve_period",
]
