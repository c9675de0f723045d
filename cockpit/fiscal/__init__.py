"""Fiscal calendars: years, halves, quarters, periods, weeks and business days of any company."""

from cockpit.fiscal.business import BusinessDays
from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.compare import Comparison, partner, resolve_as_of
from cockpit.fiscal.files import find_calendar
from cockpit.fiscal.load import CalendarFile, load_calendar_file
from cockpit.fiscal.periods import Span, resolve_period
from cockpit.fiscal.unit import Coordinates, Unit, UnitKind

__all__ = [
    "BusinessDays",
    "CalendarFile",
    "Comparison",
    "Coordinates",
    "FiscalCalendar",
    "Span",
    "Unit",
    "UnitKind",
    "find_calendar",
    "load_calendar_file",
    "partner",
    "resolve_as_of",
    "resolve_period",
]
