"""Results as CSV after RFC 4180, with text that a spreadsheet would run as a formula made harmless."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cockpit.text.jsontext import json_text

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(value: Any) -> Any:
    """The value as a spreadsheet may safely open it: text that looks like a formula gets a leading `'`.

    The type decides, not the look: a negative amount is a number and stays one (OWASP, CSV injection).
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def csv_cell(value: Any) -> str:
    """One value as CSV text: nothing for a missing one, plain digits for a number, ISO for a date.

    A list of words is written with blanks between them, anything deeper as JSON.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return str(guarded(" ".join(value)))
    if isinstance(value, (Mapping, list, tuple)):
        return json_text(value, indent=0)
    return str(guarded(value))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The table as RFC 4180 text with a header and CRLF line ends."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([csv_cell(column) for column in columns])
    writer.writerows([[csv_cell(value) for value in row] for row in rows])
    return buffer.getvalue()
