"""What loading gives: a typed table, and the report on everything that was not taken as it stood."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import polars as pl

from cockpit.base.problems import Problem

ROW_COLUMN = "_row"
"""Line (of a text file) or row (of others) in the source, counted from 1, header included; UInt32."""
FILE_COLUMN = "_file"
"""Name of the file a row comes from; only where a table is read from several files."""

REJECT_SCHEMA = pl.Schema(
    {"file": pl.String, "row": pl.UInt32, "column": pl.String, "value": pl.String, "reason": pl.String}
)
"""Columns of `LoadReport.rejects` and `LoadReport.blanked`."""


MAX_ROWS_NAMED = 100
"""Most rows of which the numbers are kept for one key that was not found or one value that was replaced."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A key that a look-up did not find: the rows that have it are kept, what it takes is blank there.

    Attributes:
        lookup: the file that lacks it.
        column: the key's column.
        value: the key.
        count: how many rows have it.
        rows: the numbers of the first of them.
    """

    lookup: str
    column: str
    value: str
    count: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrected:
    """A value that `values` replaced.

    Attributes:
        column: where.
        value: as it stands in the file.
        replaced_by: as it is meant.
        count: how many rows had it.
        rows: the numbers of the first of them.
    """

    column: str
    value: str
    replaced_by: str
    count: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RepeatedId:
    """An id that several rows have."""

    value: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How the loading of one table went.

    Attributes:
        table: the table's name.
        paths: the files that were read, look-ups last.
        loaded_at: when (with zone).
        rows_read: rows below the header that hold anything.
        rows_kept: rows in the table. rows_read = rows_kept + rejected rows + rows_without_id + rows_replaced.
        rows_without_id: rows dropped because `skip_blank_id` is set.
        rows_replaced: earlier rows of a repeated id dropped because of `on_duplicate = "last"`.
        rejects: rows that are not in the table, with columns file, row, column, value, reason; a row may
            have several lines, one a reason.
        blanked: values of kept rows that could not be cast and are blank in the table; same columns.
        unmatched: look-up keys that found nothing.
        corrected: values that `values` replaced.
        repeated_ids: ids that several kept rows have, at most 100 of them.
        repeated_count: how many ids several kept rows have.
        encoding, separator: of the (first) text file; None for other formats.
        problems: everything worth a line in `cockpit check`, as errors and warnings with file and line.
    """

    table: str
    paths: tuple[str, ...]
    loaded_at: datetime
    rows_read: int
    rows_kept: int
    rejects: pl.DataFrame
    blanked: pl.DataFrame
    rows_without_id: int = 0
    rows_replaced: int = 0
    unmatched: tuple[Unmatched, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    repeated_ids: tuple[RepeatedId, ...] = ()
    repeated_count: int = 0
    encoding: str | None = None
    separator: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def rows_rejected(self) -> int:
        """How many rows of the source are not in the table because a value was wrong."""
        return self.rejects.select("file", "row").n_unique() if self.rejects.height else 0

    def as_json(self) -> dict[str, Any]:
        """Plain data, for `cockpit rejects --json`."""
        return {
            "table": self.table,
            "paths": list(self.paths),
            "loaded_at": self.loaded_at.isoformat(timespec="seconds"),
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_rejected": self.rows_rejected,
            "rows_without_id": self.rows_without_id,
            "rows_replaced": self.rows_replaced,
            "encoding": self.encoding,
            "separator": self.separator,
            "rejects": self.rejects.to_dicts(),
            "blanked": self.blanked.to_dicts(),
            "unmatched": [
                {
                    "lookup": one.lookup,
                    "column": one.column,
                    "value": one.value,
                    "count": one.count,
                    "rows": list(one.rows),
                }
                for one in self.unmatched
            ],
            "corrected": [
                {
                    "column": one.column,
                    "value": one.value,
                    "replaced_by": one.replaced_by,
                    "count": one.count,
                    "rows": list(one.rows),
                }
                for one in self.corrected
            ],
            "repeated_count": self.repeated_count,
            "repeated_ids": [
                {"value": one.value, "count": one.count, "rows": list(one.rows)} for one in self.repeated_ids
            ],
            "problems": [problem.as_json() for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Onward:
    """What must be known of a table so that rows that change later can be put into it (`forward.py`).

    Attributes:
        rows: how many rows were read: all that there were, each of them holding something.
        words: by text column of a large table, about how many different values it has.
        noted: keys that were not found and values that were replaced, as `noted.all_lines` has them.
    """

    rows: int
    words: Mapping[str, int]
    noted: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Delta:
    """What is different from an earlier state of a table; all other rows are the same in both.

    Attributes:
        since: the earlier state.
        before: rows of the earlier state, those that are gone or not as they were among them.
        after: the rows in their place, and new ones. Columns as of the table.
    """

    since: str
    before: pl.DataFrame
    after: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Table:
    """One typed table.

    Attributes:
        name: one of `canonical.TABLES`.
        frame: canonical columns that the source has, then its own ones, then `_row` (and `_file`).
            Money, percent and probability are Decimal, days are Date, numbers Float64, the rest String, or
            Categorical where a large table's texts repeat.
        report: how the loading went.
        headers: column of the frame to the header of the file it comes from.
        state: names these rows for as long as files and section stay the same; None where that is not known.
        delta: what is different from an earlier state, where that is known.
        onward: what putting later changes into it needs; None where they would change more than their rows.

    The last three hold for just these rows: a copy that `replace` makes does not have them.
    """

    name: str
    frame: pl.DataFrame
    report: LoadReport
    headers: Mapping[str, str] = field(default_factory=dict)
    state: str | None = field(default=None, init=False)
    delta: Delta | None = field(default=None, init=False)
    onward: Onward | None = field(default=None, init=False)

    def known(self, state: str | None, delta: Delta | None = None, onward: Onward | None = None) -> "Table":
        """This table with what its reading made known of its rows."""
        copy = replace(self)
        for name, value in (("state", state), ("delta", delta), ("onward", onward)):
            object.__setattr__(copy, name, value)
        return copy
