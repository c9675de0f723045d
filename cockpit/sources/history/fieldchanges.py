"""History that a source brings itself: which field of which deal was changed from what to what, and when.

Salesforce keeps it in OpportunityHistory and OpportunityFieldHistory, HubSpot in `propertiesWithHistory`; as
a table it is `opportunity_history` with opportunity_id, field, old_value, new_value and changed_at. From it
the deals of an earlier day are the deals of a later one with every change since undone.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

FIELDS: Mapping[str, tuple[str, ...]] = {
    "stage": ("stage", "stagename", "stepname", "salesstage", "dealstage"),
    "status": ("status", "statecode", "outcome"),
    "amount": ("amount", "estimatedvalue", "value"),
    "close_date": ("close_date", "closedate", "estimatedclosedate", "close"),
    "owner": ("owner", "ownername", "owner_name"),
    "owner_id": ("owner_id", "ownerid", "hubspot_owner_id"),
    "probability": ("probability", "closeprobability"),
    "forecast_category": ("forecast_category", "forecastcategory", "forecastcategoryname"),
}
"""The column of `opportunities` that each of a source's field names means."""
_MEANT = {word: name for name, words in FIELDS.items() for word in words}
_FULL = ("amount", "close_date")
MOVING = ("stage_date", "modified_date", "last_activity_date", "next_step", "next_step_date")
"""Columns that hold for the table's own day; of an earlier one they are unknown unless they are told."""


class FieldChanges:
    """The changes of fields, by column of `opportunities`.

    Args:
        table: the frame of `opportunity_history`.
        deals: the frame of `opportunities`, whose types the old and new values take. A value that cannot be
            cast is blank.
    """

    def __init__(self, table: pl.DataFrame, deals: pl.DataFrame) -> None:
        words = pl.col("field").str.strip_chars().str.to_lowercase().str.replace_all(r"[\s\-]", "_")
        meant = words.replace_strict(_MEANT, default=words).alias("field")
        present = [name for name in ("old_value", "new_value") if name in table.columns]
        ordered = table.select("opportunity_id", meant, *present, pl.col("changed_at").alias("day")).sort(
            "day", maintain_order=True
        )
        self._by_field = {
            name: _typed(ordered.filter(pl.col("field") == name), deals.schema[name])
            for name in ordered["field"].unique().to_list()
            if name in deals.columns and name != "opportunity_id"
        }
        self._placed: tuple[pl.DataFrame, Mapping[str, pl.DataFrame]] | None = None
        first, last = ordered["day"].min(), ordered["day"].max()
        self.first_day: date | None = first if isinstance(first, date) else None
        self.last_day: date | None = last if isinstance(last, date) else None

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns whose changes are known."""
        return tuple(sorted(self._by_field))

    @property
    def tells_states(self) -> bool:
        """Whether amount, close date and stage or outcome are among them, so that a past day can be told."""
        return set(_FULL) <= set(self._by_field) and bool({"stage", "status"} & set(self._by_field))

    def of(self, field: str) -> pl.DataFrame | None:
        """The changes of a column: `opportunity_id`, `day`, `before`, `after`, in order; None if unknown."""
        return self._by_field.get(field)

    def undone(self, deals: pl.DataFrame, day: date) -> pl.DataFrame:
        """The deals with every change after a day taken back.

        Columns that move with every touch and of which nothing is told are left out.

        Args:
            deals: of a later day.
            day: the day whose end is meant.
        """
        rows = deals.drop([name for name in MOVING if name in deals.columns and name not in self._by_field])
        told = list[pl.Series]()
        for name, changes in self._placed_in(deals).items():
            if name not in rows.columns:
                continue
            first = changes.filter(pl.col("day") > day).unique("at", keep="first")
            before = first["before"].cast(rows.schema[name], strict=False)
            told.append(rows[name].clone().scatter(first["at"], before))
        return _opened(rows.with_columns(told), deals, day)

    def _placed_in(self, deals: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
        """The changes of each column with the place `at` of their row in a table of deals, in order.

        Those of the last table are kept, since many days are told from the same one.
        """
        held = self._placed
        if held is not None and held[0] is deals:
            return held[1]
        places = deals.select("opportunity_id").with_row_index("at")
        placed = {
            name: changes.join(places, on="opportunity_id", how="inner", maintain_order="left").select(
                "at", "day", "before"
            )
            for name, changes in self._by_field.items()
        }
        self._placed = deals, placed
        return placed


def _typed(changes: pl.DataFrame, kind: pl.DataType) -> pl.DataFrame:
    """One field's changes with values of the column's type; a side that is not there follows from others."""
    old = pl.col("old_value" if "old_value" in changes.columns else "new_value")
    before = old if "old_value" in changes.columns else old.shift(1).over("opportunity_id")
    new = pl.col("new_value" if "new_value" in changes.columns else "old_value")
    after = new if "new_value" in changes.columns else new.shift(-1).over("opportunity_id")
    return changes.select(
        "opportunity_id",
        "day",
        _cast(before, kind).alias("before"),
        _cast(after, kind).alias("after"),
    )


def _cast(text: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Old and new values are text: dates and instants in ISO form, numbers with a decimal point."""
    plain = text.str.strip_chars()
    if kind == pl.Date:
        return plain.str.head(len("2026-11-23")).str.to_date("%Y-%m-%d", strict=False)
    return plain.cast(kind, strict=False)


def _opened(rows: pl.DataFrame, deals: pl.DataFrame, day: date) -> pl.DataFrame:
    """What closed after the day was open then, with the close date that was expected."""
    if "status" not in rows.columns:
        return rows
    separate = deals["closed_date"] if "closed_date" in deals.columns else None
    closing = deals["close_date"] if separate is None else separate.fill_null(deals["close_date"])
    later = ((deals["status"].cast(pl.String) != "open") & (closing > day)).fill_null(value=False)
    columns = [
        pl.when(later).then(pl.lit("open")).otherwise(pl.col("status").cast(pl.String)).alias("status")
    ]
    if separate is not None:
        columns.append(pl.when(~later).then(pl.col("closed_date")).alias("closed_date"))
    return rows.with_columns(columns)
