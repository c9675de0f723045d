"""Conditions and words that checks share."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cockpit.core.findings.asked import Asked
from cockpit.core.findings.finding import Amount, Lead, Said

NONE = "(none)"


def equals(name: str, value: Any) -> str:
    """The condition that a column has a value, quoted so that no value can break out of it."""
    if value is None:
        return f"{name} IS NULL"
    if isinstance(value, bool):
        return f"{name} = {'TRUE' if value else 'FALSE'}"
    if isinstance(value, (int, float, Decimal)):
        return f"{name} = {value}"
    text = value.isoformat()[:10] if isinstance(value, (date, datetime)) else str(value)
    return f"{name} = '" + text.replace("'", "''") + "'"


def both(*conditions: str | None) -> str | None:
    """All the conditions together."""
    given = [one for one in conditions if one]
    return " AND ".join(f"({one})" for one in given) if len(given) > 1 else given[0] if given else None


def text(value: Any) -> str:
    """A dimension's value as people read it."""
    return NONE if value is None or value == "" else str(value)


def label(asked: Asked, name: str) -> str:
    """A metric's label without what stands behind its first comma, unless that alone names another metric."""
    whole = asked.metric(name).label
    stem = whole.split(",")[0]
    return whole if any(one.label == stem for one in asked.cockpit.catalogue) else stem


def count(number: int, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day_words(day: date) -> str:
    """A day as "Tue 17 Nov"."""
    return f"{day:%a} {day.day} {day:%b}"


def basis(row: Any) -> tuple[Said, ...]:
    """What a share of deals stands on: ", 31 of 92"."""
    if row.unit == "percent" and row.numerator is not None and row.denominator == row.n:
        return (f" ({int(row.numerator):,} of {row.n:,})",)
    return ()


def figure_lead(
    asked: Asked, name: str, by: str | None, where: str | None = None, focus: str | None = None
) -> Lead:
    """The figure, divided by a dimension where one is known."""
    first = (by,) if by else asked.metric(name).drill[:1]
    return Lead("kpi", name, first, where, focus)


def money(value: float | Decimal | None, beside: float | None = None) -> Amount:
    """An amount of money."""
    return Amount(value, "money", beside=beside)
