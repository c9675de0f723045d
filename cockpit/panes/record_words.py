"""A record in words: what names it, how its cells read, where it stands in the CRM."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from cockpit.panes.formats import MISSING, Formats

IDENTITY = {"opportunities": "opportunity_id", "agreements": "agreement_id"}
"""The column that names a record of a table."""


def link_for(template: str | None, values: dict[str, Any]) -> str | None:
    """The address of a record; None where the template names a field that is not filled."""
    if template is None:
        return None
    address = template
    for name, value in values.items():
        if f"{{{name}}}" in address:
            if value is None:
                return None
            address = address.replace(f"{{{name}}}", quote(str(value), safe=""))
    return None if "{" in address else address


def written(value: Any, column: str, formats: Formats) -> str:
    """A cell as people read it."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    if isinstance(value, Decimal) or (isinstance(value, (int, float)) and column == "contribution"):
        if column == "probability":
            return formats.value(value, "percent")
        return "•••" if formats.blank else formats.number(value, 0 if value == int(value) else 2)
    if isinstance(value, float):
        return formats.number(value, 0 if value == int(value) else 2)
    return str(value)
