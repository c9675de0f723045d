"""Numbers that follow from the question alone and may stand in formulas: days of the period, days left."""

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from cockpit.metrics.moment import Moment, Unreachable

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

DAYS_LEFT: Final = "days_left"
QUESTION_NUMBERS: Final = {
    "days_in_period": "days of the period",
    DAYS_LEFT: "days of the period after the as-of date",
    "business_days_in_period": "business days of the period",
    "business_days_elapsed": "business days of the period through the as-of date",
}
"""Each name with what it is."""


def question_number(name: str, moment: Moment, calendar: "FiscalCalendar") -> Fraction:
    """The value of one of `QUESTION_NUMBERS`.

    Raises:
        Unreachable: the period has no bounds, or the holiday lists do not reach that far.
    """
    start, end = moment.span.start, moment.span.end
    if moment.span.unit is not None:
        start, end = moment.span.unit.start, moment.span.unit.end
    if start is None or end is None:
        raise Unreachable("needs a period with a first and a last day")
    last = min(end, moment.day)
    if name == "days_in_period":
        return Fraction((end - start).days + 1)
    if name == DAYS_LEFT:
        return Fraction(max((end - moment.day).days, 0))
    business = calendar.business
    if not (business.covers(start) and business.covers(end)):
        raise Unreachable("needs holiday lists of these years")
    return Fraction(business.count(start, end if name == "business_days_in_period" else last))
