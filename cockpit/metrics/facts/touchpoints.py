"""The fact `touchpoints`: what had to be done for agreements before they fell due, and whether it was.

Touchpoints are tasks that hang from agreements. They are not read from a file but handed in by whoever keeps
the tasks, who also remembers the first date under which each agreement was seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

import polars as pl

from cockpit.metrics.facts.fact import Fact

if TYPE_CHECKING:
    from cockpit.metrics.facts.work import TaskRecord

FINISHED = ("done", "done_without_evidence")


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """One thing to do for one agreement.

    Attributes:
        task_key: the task's key.
        agreement_id: the agreement.
        gate: id of the action that asks for it.
        title: what is to be done.
        owner: whose it is, or None.
        owner_role: the role whose it is, or None.
        due_date: the day that the rule gave, before anybody moved it.
        made_date: the day on which the task came to be.
        done_date: the day on which it was finished, or None.
        status: as of the task.
    """

    task_key: str
    agreement_id: str
    gate: str
    title: str
    owner: str | None
    owner_role: str | None
    due_date: date
    made_date: date
    done_date: date | None
    status: str


class AgreementWork(Protocol):
    """What people have done: all tasks, those that hang from agreements, and what was seen of these."""

    def version(self) -> int:
        """A number that changes when any of it changes; cheap to ask."""

    def touchpoints(self) -> Sequence[Touchpoint]:
        """Every task that hangs from an agreement."""

    def tasks(self) -> "Sequence[TaskRecord]":
        """Every task."""

    def first_dates(self) -> Mapping[str, date]:
        """The expiry date under which each agreement was first seen, by its id."""


_SCHEMA = {
    "task_key": pl.String(), "agreement_id": pl.String(), "gate": pl.String(), "title": pl.String(),
    "owner": pl.String(), "owner_role": pl.String(), "due_date": pl.Date(), "made_date": pl.Date(),
    "done_date": pl.Date(), "status": pl.String(),
}  # fmt: skip


def touchpoints(found: Sequence[Touchpoint], as_of: date) -> Fact:
    """The fact as of a day: what was finished later is still to be done.

    A touchpoint that was due before its task came to be is a late entry: the agreement was not known then,
    and starts at its next gate.
    """
    rows = [tuple(getattr(one, name) for name in _SCHEMA) for one in found]
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_row_index("_line")
    finished = pl.col("status").is_in(FINISHED) & (pl.col("done_date") <= as_of).fill_null(value=False)
    frame = frame.with_columns(
        pl.when(finished).then(pl.col("done_date")).alias("done_date"),
        finished.alias("is_done"),
        (pl.col("status") == "dropped").alias("is_dropped"),
        (pl.col("due_date") < pl.col("made_date")).alias("is_late_entry"),
    ).with_columns(
        (pl.col("is_done") & (pl.col("done_date") <= pl.col("due_date"))).fill_null(False).alias("is_kept"),
        (~pl.col("is_done") & ~pl.col("is_dropped") & (pl.col("due_date") < as_of)).alias("is_missed"),
    )
    return Fact("touchpoints", frame, "agreements", "task_key", single=True, as_of=as_of)
