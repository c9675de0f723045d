"""A table for people to read: aligned columns, numbers to the right, nothing cut unless a width is given."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cockpit.base.cells import cells, left, right


def cell_text(value: Any) -> str:
    """A value as people read it: thousands separated, a missing one as a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ", ".join(cell_text(item) for item in value)
    return str(value)


def table_text(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    width: int | None = None,
    to_right: Sequence[str] = (),
) -> str:
    """The table as lines of text.

    Args:
        columns: the heads.
        rows: the values; a column of numbers only is aligned to the right.
        width: cells to fit into, cutting the widest columns; None cuts nothing (output to a file or pipe).
        to_right: heads of columns of formatted figures, which are aligned to the right too.
    """
    stacked = list(zip(*rows, strict=True)) or [()] * len(columns)
    texts = list(zip(*(_column_texts(column) for column in stacked), strict=True))
    numeric = [
        head in to_right or (bool(rows) and all(value is None or _is_number(value) for value in column))
        for head, column in zip(columns, stacked, strict=True)
    ]
    widths = [max([cells(head), *(cells(row[index]) for row in texts)]) for index, head in enumerate(columns)]
    if width is not None:
        while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > 8:
            widths[widths.index(max(widths))] -= 1

    def row_text(row: Sequence[str]) -> str:
        aligned = [
            right(text, size) if number else left(text, size)
            for text, size, number in zip(row, widths, numeric, strict=True)
        ]
        return "  ".join(aligned).rstrip()

    rule = "  ".join("─" * size for size in widths)
    return "\n".join([row_text(columns), rule, *(row_text(row) for row in texts)])


def _column_texts(column: Sequence[Any]) -> list[str]:
    """The cells of a column as text; its decimals with as many digits as the longest of them needs."""
    places = max((_places(value) for value in column if isinstance(value, Decimal)), default=0)
    return [
        f"{value:,.{places}f}" if isinstance(value, Decimal) and value.is_finite() else cell_text(value)
        for value in column
    ]


def _places(value: Decimal) -> int:
    """Digits behind the point, trailing zeros left out; cents come in pairs."""
    exponent = value.normalize().as_tuple().exponent
    places = max(-exponent, 0) if isinstance(exponent, int) else 0
    return 2 if places == 1 else places


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
