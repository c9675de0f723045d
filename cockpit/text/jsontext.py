"""Results as JSON documents: exact decimals as numbers, dates as ISO 8601, instants as RFC 3339."""

from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def json_text(document: Any, indent: int = 2) -> str:
    """The document as JSON text, without a line end.

    Args:
        document: dictionaries, lists, tuples, text, numbers, `Decimal`, dates, instants, None.
        indent: blanks a level; 0 for one line.
    """
    encoded = _ENCODER.encode(document)
    return msgspec.json.format(encoded, indent=indent if indent else -1).decode()
