"""What is taken along while amounts are hidden (`;`): the same tables and rows, their amounts left out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, overload

from cockpit.panes.view import RawTable
from cockpit.tui.session import Session

LEFT_OUT = "without the amounts, which are hidden"
"""What is said beside a copy or an export."""


class WithoutAmounts(Sequence[Sequence[Any]]):
    """Rows whose exact numbers (amounts are decimals from the cast on) are blank; made as they are asked for.

    Args:
        rows: the rows as they are.
    """

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Sequence[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sequence[Any]]: ...
    def __getitem__(self, index: int | slice) -> Sequence[Any] | Sequence[Sequence[Any]]:
        found = self._rows[index]
        return [_blank(row) for row in found] if isinstance(index, slice) else _blank(found)

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return map(_blank, self._rows)


def _blank(row: Sequence[Any]) -> Sequence[Any]:
    return tuple(None if isinstance(value, Decimal) else value for value in row)


def shown_table(session: Session) -> RawTable | None:
    """What is shown as a table; while amounts are hidden without them. May take time."""
    level = session.level
    table = level.view.table(level.data)
    if table is None or not session.state.context.blank_money:
        return table
    return replace(table, rows=WithoutAmounts(table.rows))


def hint(session: Session) -> str:
    """What is said beside a copy or an export of figures, or ""."""
    return f", {LEFT_OUT}" if session.state.context.blank_money else ""
