"""What is different between two states of a table: new, changed and removed records."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.sources.canonical import TABLES

if TYPE_CHECKING:
    import polars as pl

    from cockpit.sources.table import Table


@dataclass(frozen=True, slots=True)
class TableChange:
    """How a table differs from an earlier state of it, in records.

    Attributes:
        table: its name.
        new: ids (of a table without ids: rows) that were not there.
        changed: ids with another row, or other rows.
        removed: ids that are not there any more.
        columns_new, columns_gone: columns that were not there, and that are not there any more.
    """

    table: str
    new: int = 0
    changed: int = 0
    removed: int = 0
    columns_new: tuple[str, ...] = ()
    columns_gone: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything is different."""
        return bool(self.new or self.changed or self.removed or self.columns_new or self.columns_gone)

    def words(self) -> list[str]:
        """What is different, a part each: "2 changed", "columns new: region"; empty where nothing is."""
        counts = ((self.new, "new"), (self.changed, "changed"), (self.removed, "removed"))
        columns = ((self.columns_new, "new"), (self.columns_gone, "gone"))
        return [f"{count:,} {word}" for count, word in counts if count] + [
            f"column{'' if len(names) == 1 else 's'} {word}: {' '.join(names)}"
            for names, word in columns
            if names
        ]

    def __str__(self) -> str:
        return f"{self.table}: {', '.join(self.words()) or 'nothing changed'}"


def change_between(name: str, before: "Table | None", after: "Table") -> TableChange:
    """Compare two states of a table; where a row stands in its file makes no difference.

    Where the later one knows what is different from the earlier one only those rows are compared.

    Args:
        name: the table's name.
        before: the earlier state, or None where there was none: then everything is new.
        after: the later state.
    """
    identity = TABLES[name].identity
    if identity is not None and identity not in after.frame.columns:
        identity = None
    if before is None:
        count = after.frame.height if identity is None else after.frame[identity].n_unique()
        return TableChange(name, new=count)
    if before is after or (after.state is not None and before.state == after.state):
        return TableChange(name)
    columns = [one for one in after.frame.columns if not one.startswith("_") and one in before.frame.columns]
    then, now, delta = before.frame, after.frame, after.delta
    if delta is not None and delta.since == before.state:
        then, now = delta.before, delta.after
    if identity is not None and identity in columns:
        found = _by_identity(name, then, now, columns, identity)
    else:
        found = _by_row(name, then, now, columns)
    return replace(
        found,
        columns_new=_others(after.frame.columns, columns),
        columns_gone=_others(before.frame.columns, columns),
    )


def _others(names: list[str], columns: list[str]) -> tuple[str, ...]:
    return tuple(one for one in names if not one.startswith("_") and one not in columns)


def _by_identity(
    name: str, before: "pl.DataFrame", after: "pl.DataFrame", columns: list[str], identity: str
) -> TableChange:
    import polars as pl

    rows = [
        pl.DataFrame([frame[identity].alias("id"), frame.select(columns).hash_rows().alias("state")])
        for frame in (before, after)
    ]
    if any(one["id"].n_unique() < one.height for one in rows):
        # The sum of parts of the hashes does not depend on the order of an id's rows, and cannot overflow.
        rows = [one.group_by("id").agg((pl.col("state") // 4096).sum()) for one in rows]
    both = rows[0].join(rows[1], on="id", how="full", suffix=" after", coalesce=True)
    counts = both.select(
        pl.col("state").is_null().sum().alias("new"),
        pl.col("state after").is_null().sum().alias("removed"),
        (pl.col("state") != pl.col("state after")).sum().alias("changed"),
    ).row(0, named=True)
    return TableChange(name, counts["new"], counts["changed"], counts["removed"])


def _by_row(name: str, before: "pl.DataFrame", after: "pl.DataFrame", columns: list[str]) -> TableChange:
    """Of rows without an id only new and gone ones can be told."""
    import polars as pl

    def states(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.select(frame.select(columns).hash_rows().alias("state")).group_by("state").len()

    both = states(before).join(states(after), on="state", how="full", suffix=" after", coalesce=True)
    more = pl.col("len after").fill_null(0).cast(pl.Int64) - pl.col("len").fill_null(0).cast(pl.Int64)
    counts = both.select(
        more.clip(lower_bound=0).sum().alias("new"), (-more).clip(lower_bound=0).sum().alias("removed")
    ).row(0, named=True)
    return TableChange(name, new=counts["new"], removed=counts["removed"])
