"""Whose deals those of a stored day are: of their owners and managers then, or of those of today."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

TODAY = "today"
HIERARCHY = ("owner_id", "owner", "manager", "ou")
"""The columns of deals that a reorganisation changes."""


def recast(deals: "pl.DataFrame", now: "pl.DataFrame") -> "pl.DataFrame":
    """The deals of a stored day with the owners and managers of today.

    Args:
        deals: the stored rows; what is no longer among those of today keeps its own.
        now: the deals of today.
    """
    import polars as pl

    shared = [name for name in HIERARCHY if name in deals.columns and name in now.columns]
    if not shared:
        return deals
    today = now.select("opportunity_id", *shared, pl.lit(value=True).alias("_is_there"))
    today = today.unique("opportunity_id", keep="last", maintain_order=True)
    both = deals.join(today, on="opportunity_id", how="left", suffix=":now", maintain_order="left")
    is_there = pl.col("_is_there").fill_null(value=False)
    return both.with_columns(
        pl.when(is_there).then(pl.col(f"{name}:now").cast(deals.schema[name], strict=False))
        .otherwise(pl.col(name)).alias(name)
        for name in shared
    ).select(deals.columns)  # fmt: skip
