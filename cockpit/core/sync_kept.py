"""The last good rows of a table from the history: for when neither its source nor the cache is there."""

from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.sources.table import Table


def from_history(cockpit: "Cockpit", name: str) -> "Table | None":
    """A table as the newest snapshot has it, or None where no snapshot does.

    Its rows have no numbers, since no file is known in which they stand.
    """
    import polars as pl

    from cockpit.sources.table import REJECT_SCHEMA, ROW_COLUMN, LoadReport, Table

    try:
        snapshots = [one for one in cockpit.history.snapshots() if name in one.tables]
        frame = cockpit.history.state(name, snapshots[-1]) if snapshots else None
    except (CockpitError, OSError):
        return None
    if frame is None:
        return None
    nothing = pl.DataFrame(schema=REJECT_SCHEMA)
    report = LoadReport(
        table=name,
        paths=(cockpit.workspace.config.sources[name].place,),
        loaded_at=snapshots[-1].seen_at,
        rows_read=frame.height,
        rows_kept=frame.height,
        rejects=nothing,
        blanked=nothing,
    )
    return Table(name, frame.with_columns(pl.lit(None, pl.UInt32).alias(ROW_COLUMN)), report)
