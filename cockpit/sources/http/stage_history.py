"""From Salesforce's two histories to changes of single fields.

OpportunityHistory holds a whole state for each change of stage, amount, close date or probability: what
changed is the difference to the state before. OpportunityFieldHistory holds one change a row, of the fields
that the organisation tracks; those that the first covers are taken from the first, which everybody has.
"""

import polars as pl

from cockpit.sources.http.history import COLUMNS

STATE_HISTORY = (
    "Id",
    "OpportunityId",
    "CreatedDate",
    "CreatedById",
    "StageName",
    "Amount",
    "CloseDate",
    "Probability",
    "ForecastCategory",
)
FIELD_HISTORY = ("Id", "OpportunityId", "CreatedDate", "CreatedById", "Field", "OldValue", "NewValue")
_STATES = STATE_HISTORY[4:]
_PLACE = "place"


def changes_of(rows: pl.LazyFrame) -> pl.DataFrame:
    """Changes under the headers of `opportunity_history`, in the order in which they happened.

    Args:
        rows: of both histories; a row of the second has a Field.
    """
    rows = rows.sort("OpportunityId", "CreatedDate", "Id")
    states = rows.filter(pl.col("Field").is_null())
    parts = [_changes_of_state(states, name, place) for place, name in enumerate(_STATES)]
    single = rows.filter(pl.col("Field").is_not_null() & ~pl.col("Field").is_in(list(_STATES))).select(
        pl.col("OpportunityId").alias("opportunity_id"),
        pl.col("Field").alias("field"),
        pl.col("OldValue").alias("old_value"),
        pl.col("NewValue").alias("new_value"),
        pl.col("CreatedDate").alias("changed_at"),
        pl.col("CreatedById").alias("changed_by"),
        pl.lit(len(_STATES), dtype=pl.Int32).alias(_PLACE),
    )
    changes = pl.concat([*parts, single]).sort("opportunity_id", "changed_at", _PLACE, maintain_order=True)
    return changes.select(COLUMNS).collect(engine="streaming")


def _changes_of_state(states: pl.LazyFrame, name: str, place: int) -> pl.LazyFrame:
    """Where one field differs from the state before; the first state of a deal has none before it."""
    old = pl.col(name).shift(1).over("OpportunityId")
    return (
        states.with_columns(old.alias("old"))
        .filter(pl.col(name).ne_missing(pl.col("old")))
        .select(
            pl.col("OpportunityId").alias("opportunity_id"),
            pl.lit(name).alias("field"),
            pl.col("old").alias("old_value"),
            pl.col(name).alias("new_value"),
            pl.col("CreatedDate").alias("changed_at"),
            pl.col("CreatedById").alias("changed_by"),
            pl.lit(place, dtype=pl.Int32).alias(_PLACE),
        )
    )
