"""Which rows and values are refused, and why. `refusal_words` puts it into words."""

from dataclasses import dataclass

import polars as pl

from cockpit.sources.canonical import TABLES, ColumnType, Need
from cockpit.sources.casting import Cast
from cockpit.sources.raw import RawTable
from cockpit.sources.table import FILE_COLUMN, REJECT_SCHEMA, ROW_COLUMN

_TOTAL = r"(?i)^\W*(grand |sub)?-?(totals?|sum|summe|gesamt|gesamtsumme|zwischensumme|insgesamt)\b"


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused of a table's rows.

    Attributes:
        rejected, blanked: see `LoadReport`.
        rows_read: rows that hold anything, malformed ones included.
        without_id: rows dropped because they have no id and `skip_blank_id` is set.
        marks: the distinct currency signs and codes beside the amounts, where no column tells the currency.
    """

    rejected: pl.DataFrame
    blanked: pl.DataFrame
    rows_read: int
    without_id: int = 0
    marks: tuple[str, ...] = ()


class Refusals:
    """Collects what is refused while the columns of one table are cast."""

    def __init__(self, table: str, text: pl.DataFrame, identity: str | None, skip_blank_id: bool) -> None:
        self._table = table
        self._text = text
        self._identity = identity
        self._bad_rows = pl.Series("bad", [], dtype=pl.UInt32)
        self._rejects: list[pl.DataFrame] = []
        self._blanks: list[pl.DataFrame] = []
        self._malformed = 0
        self._marks: tuple[str, ...] = ()
        self._without_id = 0
        self._skipped = self._rows_to_skip(skip_blank_id)
        self._refuse_totals()

    def add_malformed(self, raw: RawTable) -> None:
        """Rows that the reader could not split into the header's columns."""
        if not raw.refused:
            return
        self._malformed += len(raw.refused)
        lines, values, reasons = zip(*raw.refused, strict=True)
        self._rejects.append(
            pl.DataFrame(
                {
                    "file": [raw.name] * len(lines),
                    "row": lines,
                    "column": [None] * len(lines),
                    "value": values,
                    "reason": reasons,
                },
                schema=REJECT_SCHEMA,
            )
        )

    def add_cast(self, cast: Cast, kind: ColumnType, need: Need) -> None:
        """Note the values of a column that could not be cast, or that are blank and must not be."""
        typed = cast.column
        text = self._text[typed.name]
        blanks = text.null_count()
        if typed.null_count() > (0 if kind == "status" else blanks):
            refused = typed.is_null() if kind == "status" else typed.is_null() & text.is_not_null()
            self._note(refused, typed.name, cast.reason, blanked=need == "optional")
        if need == "filled" and kind != "status" and blanks:
            self._note(text.is_null(), typed.name, f"{typed.name} is blank", blanked=False)
        if typed.name == "amount" and "currency" not in self._text.columns:
            self._marks = cast.currency_marks

    def _note(self, mask: pl.Series, column: str, reason: str, *, blanked: bool) -> None:
        refused = self._text.with_row_index("position").filter(mask)
        if self._skipped is not None:
            refused = refused.filter(~pl.col("position").is_in(self._skipped.implode()))
        if refused.is_empty():
            return
        lines = refused.select(
            pl.col(FILE_COLUMN).alias("file"),
            pl.col(ROW_COLUMN).alias("row"),
            pl.lit(column).alias("column"),
            pl.col(column).alias("value"),
            pl.lit(reason).alias("reason"),
        )
        if blanked:
            self._blanks.append(lines)
        else:
            self._rejects.append(lines)
            self._bad_rows = self._bad_rows.append(refused["position"])

    def _rows_to_skip(self, skip_blank_id: bool) -> pl.Series | None:
        if not skip_blank_id or self._identity is None or self._identity not in self._text.columns:
            return None
        blank = self._text[self._identity].is_null()
        self._without_id = int(blank.sum())
        return blank.arg_true() if self._without_id else None

    def _refuse_totals(self) -> None:
        """A row labelled as a total is refused: counted as a record it would double everything.

        What else such a row lacks is not noted, for it is no record.
        """
        columns = TABLES[self._table].columns
        label = self._identity or next(iter(columns))
        if label not in self._text.columns:
            return
        needed = [name for name, column in columns.items() if column.need != "optional" and name != label]
        present = [name for name in needed if name in self._text.columns]
        thin = [name for name in present if self._text[name].null_count()]
        if not thin:
            return
        suspects = pl.any_horizontal(pl.col(thin).is_null()) & pl.col(label).is_not_null()
        if self._text.select(suspects.any()).item():
            mask = self._text.select(suspects & pl.col(label).str.contains(_TOTAL)).to_series()
            if mask.any():
                self._note(mask, label, "is a total, not a record", blanked=False)
                totals = mask.arg_true()
                self._skipped = totals if self._skipped is None else self._skipped.append(totals)

    def settled(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, Refused]:
        """The rows of the typed frame that are taken, and what was refused; ends the collecting."""
        dropped = (
            self._bad_rows if self._skipped is None else self._bad_rows.append(self._skipped.cast(pl.UInt32))
        )
        if len(dropped):
            keep = pl.int_range(frame.height, dtype=pl.UInt32, eager=True).is_in(dropped.unique().implode())
            frame = frame.filter(~keep)
        rejected = blanked = pl.DataFrame(schema=REJECT_SCHEMA)
        if self._rejects:
            rejected = pl.concat(self._rejects).sort("file", "row", maintain_order=True)
        if self._blanks:
            blanked = (
                pl.concat(self._blanks)
                .join(rejected, on=["file", "row"], how="anti")
                .sort("file", "row", maintain_order=True)
            )
        rows_read = self._text.height + self._malformed
        return frame, Refused(rejected, blanked, rows_read, self._without_id, self._marks)
