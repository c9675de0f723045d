"""The fact `work`: every task with its due date and what became of it, for the adherence to the rhythm.

Tasks are not read from a file but handed in by whoever keeps them. A task counts by the day that its rule
gave, moved or not; one that is dropped was called off and is not missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from cockpit.metrics.facts.fact import Fact
from cockpit.metrics.facts.touchpoints import FINISHED


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One task.

    Attributes:
        task_key: its key.
        title: what is to be done.
        workstream: what it belongs to, or None.
        owner: whose it is, or None.
        owner_role: the role whose it is, or None.
        status: as of now.
        due_date: the day that the rule or a person first gave, or None.
        made_date: the day on which it came to be.
        done_date: the day on which it was finished, or None.
        calls_for: the id of the event or action that asks for it, or None for one made by hand.
    """

    task_key: str
    title: str
    workstream: str | None
    owner: str | None
    owner_role: str | None
    status: str
    due_date: date | None
    made_date: date
    done_date: date | None
    calls_for: str | None = None


_SCHEMA = {
    "task_key": pl.String(), "title": pl.String(), "workstream": pl.String(), "owner": pl.String(),
    "owner_role": pl.String(), "status": pl.String(), "due_date": pl.Date(), "made_date": pl.Date(),
    "done_date": pl.Date(), "calls_for": pl.String(),
}  # fmt: skip
COLUMNS = tuple(_SCHEMA)


def work(found: Sequence[TaskRecord], as_of: date) -> Fact:
    """The fact as of a day: what was finished later is still to be done; what was made later is not there."""
    rows = [tuple(getattr(one, name) for name in _SCHEMA) for one in found if one.made_date <= as_of]
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_row_index("_line")
    done = pl.col("status").is_in(FINISHED) & (pl.col("done_date") <= as_of).fill_null(value=False)
    late = pl.col("due_date").cast(pl.Int32)
    frame = frame.with_columns(
        pl.when(done).then(pl.col("done_date")).alias("done_date"),
        done.alias("is_done"),
        (pl.col("status") == "dropped").alias("is_dropped"),
        (done & (pl.col("status") == "done_without_evidence")).alias("is_without_evidence"),
    ).with_columns(
        (pl.col("is_done") & (pl.col("done_date") <= pl.col("due_date"))).fill_null(value=False)
        .alias("is_kept"),
        (~pl.col("is_done") & ~pl.col("is_dropped") & (pl.col("due_date") < as_of)).fill_null(value=False)
        .alias("is_overdue"),
        (pl.coalesce("done_date", pl.lit(as_of)).cast(pl.Int32) - late).alias("days_late"),
    )  # fmt: skip
    return Fact("work", frame, "tasks", "task_key", single=True, as_of=as_of)
