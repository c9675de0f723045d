"""What happened to rows while their columns got their names, line by line: keys not found, values replaced.

The report counts them. Kept line by line they are counted again when some of the rows change (`forward.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cockpit.base.problems import Problem
from cockpit.sources.spec import LookupSpec
from cockpit.sources.table import MAX_ROWS_NAMED, Corrected, Unmatched

LINES = pl.Schema({"row": pl.UInt32, "value": pl.String})
"""Columns of the lines: the row's number, and the key or value; in the order of the rows."""
MAX_UNMATCHED = 1_000
"""Most distinct keys listed of one look-up; the commonest come first, the problem counts all."""
_NOTE = "note"


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows whose key a look-up did not find.

    Attributes:
        lines: the rows and their keys.
        spec: the look-up.
        name: the other file, as messages name it.
        where: the configuration's key of the look-up.
    """

    lines: pl.DataFrame
    spec: LookupSpec
    name: str
    where: str

    def unmatched(self) -> tuple[list[Unmatched], list[Problem]]:
        """The keys, the commonest first, and the problem that tells of them."""
        if self.lines.is_empty():
            return [], []
        column = ", ".join(self.spec.on)
        counts = (
            self.lines.group_by("value")
            .agg(pl.len(), pl.col("row").head(MAX_ROWS_NAMED))
            .sort("len", "value", descending=[True, False])
        )
        listed = [
            Unmatched(self.spec.named, column, row["value"], row["len"], tuple(row["row"]))
            for row in counts.head(MAX_UNMATCHED).iter_rows(named=True)
        ]
        sample = ", ".join(one.value for one in listed[:3]) + (", ..." if counts.height > 3 else "")
        rows = self.lines.height
        problem = Problem(
            f"{'1 row has' if rows == 1 else f'{rows:,} rows have'} a {column} that is not in {self.name}: "
            f"{sample}; kept with {', '.join(self.spec.take)} blank",
            self.name,
            key=self.where,
            severity="warning",
        )
        return listed, [problem]


@dataclass(frozen=True, slots=True)
class Replaced:
    """Rows in which the configuration corrected a value.

    Attributes:
        lines: the rows and their values as they stood in the file.
        column: where.
        corrections: value to what is meant.
    """

    lines: pl.DataFrame
    column: str
    corrections: Mapping[str, str]

    def corrected(self) -> list[Corrected]:
        """The values, in the order of the rows."""
        counts = self.lines.group_by("value", maintain_order=True).agg(
            pl.len(), pl.col("row").head(MAX_ROWS_NAMED)
        )
        return [
            Corrected(self.column, value, self.corrections[value], count, tuple(rows))
            for value, count, rows in counts.iter_rows()
        ]


Note = Lost | Replaced


def all_lines(notes: Sequence[Note]) -> pl.DataFrame:
    """The lines of all notes in one frame, for `lines_of`."""
    numbered = [one.lines.with_columns(pl.lit(at, pl.UInt32).alias(_NOTE)) for at, one in enumerate(notes)]
    return pl.concat(numbered) if numbered else pl.DataFrame(schema={**LINES, _NOTE: pl.UInt32()})


def lines_of(lines: pl.DataFrame, at: int) -> pl.DataFrame:
    """The lines of the note with that number."""
    return lines.filter(pl.col(_NOTE) == at).drop(_NOTE)
