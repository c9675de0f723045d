"""SQL conditions made of the values that people walk through, quoted so that no value can break out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

Step = tuple[str, Any]
"""A dimension and the value of it that was opened."""
NONE_LABEL = "(none)"
"""How a missing value of a dimension is shown."""


def column(name: str) -> str:
    """A column's name as SQL takes it."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[:1].isdigit()
    return name if plain else '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A value as an SQL literal."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else repr(value)
    if isinstance(value, (date, datetime)):
        return f"'{value.isoformat()[:10]}'"
    return "'" + str(value).replace("'", "''") + "'"


def equals(name: str, value: Any) -> str:
    """The condition that a column has a value; a missing one is found too."""
    return f"{column(name)} IS NULL" if value is None else f"{column(name)} = {literal(value)}"


def both(*conditions: str | None) -> str | None:
    """All the conditions together; None when there is none."""
    given = [condition for condition in conditions if condition]
    if len(given) < 2:
        return given[0] if given else None
    return " AND ".join(f"({condition})" for condition in given)


def shown(value: Any) -> str:
    """A dimension's value as text."""
    if value is None or value == "":
        return NONE_LABEL
    return value.isoformat()[:10] if isinstance(value, (date, datetime)) else str(value)
