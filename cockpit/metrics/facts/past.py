"""What the engine asks of stored history; whoever keeps the history answers."""

from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl


class Past(Protocol):
    """The tables as they were on earlier days. May be asked from any thread."""

    def version(self) -> int:
        """A number that changes when something is added; cheap to ask."""

    def is_stored(self, day: date) -> bool:
        """Whether the state at the end of that day is known."""

    def is_overwritten(self, day: date) -> bool:
        """Whether the state at the end of that day is known, and that it was another one later."""

    def taken(self, day: date, table: str = "opportunities") -> tuple[str, str | None] | None:
        """Name and instant of what answers for a table on that day, or None where its state is not known."""

    def deals_on(self, day: date) -> "pl.DataFrame | None":
        """The table of opportunities as it was at the end of that day, or None where that is not known."""

    def table_on(self, table: str, day: date) -> "pl.DataFrame | None":
        """Another table as it was at the end of that day, or None where that was not stored."""

    def changes(self, field: str) -> "pl.DataFrame | None":
        """Every change of one field: `opportunity_id`, `day`, `before`, `after`, in the order of the days.

        Args:
            field: `stage`, `close_date` or `amount`; `before` and `after` have that column's type.

        Returns:
            None where nothing is known about that field's changes.
        """
