"""Which rows and values are refused, why, and how that is put into words."""

from collections.abc import Iterator

import polars as pl

from cockpit.base.problems import Problem, did_you_mean
from cockpit.sources.canonical import TABLES, ColumnType, Need
from cockpit.sources.casting import Cast
from cockpit.sources.raw import RawTable
from cockpit.sources.spec import SourceSpec
from cockpit.sources.table import FILE_COLUMN, REJECT_SCHEMA, ROW_COLUMN

_TOTAL = r"(?i)^\W*(grand |sub)?-?(totals?|sum|summe|gesamt|gesamtsumme|zwischensumme|insgesamt)\b"
_MOST_ROWS = 0.5
"""Above this share of refused rows it is the mapping that is wrong, not the data."""


class Refusals:
    """Collects what is refused while the columns of one table are cast.

    Attributes:
        rows_read: rows of the files that hold anything.
        without_id: rows dropped because they have no id and `skip_blank_id` is set.
        rejected, blanked: see `LoadReport`; complete after `kept`.
    """

    def __init__(self, table: str, text: pl.DataFrame, identity: str | None, skip_blank_id: bool) -> None:
        self._table = table
        self._text = text
        self._identity = identity
        self._bad_rows = pl.Series("bad", [], dtype=pl.UInt32)
        self._rejects: list[pl.DataFrame] = []
        self._blanks: list[pl.DataFrame] = []
        self._malformed = 0
        self._marks: tuple[str, ...] = ()
        self.without_id = 0
        self.rejected = pl.DataFrame(schema=REJECT_SCHEMA)
        self.blanked = pl.DataFrame(schema=REJECT_SCHEMA)
        self._skipped = self._rows_to_skip(skip_blank_id)
        self._refuse_totals()

    @property
    def rows_read(self) -> int:
        """Rows that hold anything, malformed ones included."""
        return self._text.height + self._malformed

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
        self.without_id = int(blank.sum())
        return blank.arg_true() if self.without_id else None

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

    def kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of the typed frame that are taken; ends the collecting."""
        dropped = (
            self._bad_rows if self._skipped is None else self._bad_rows.append(self._skipped.cast(pl.UInt32))
        )
        if len(dropped):
            keep = pl.int_range(frame.height, dtype=pl.UInt32, eager=True).is_in(dropped.unique().implode())
            frame = frame.filter(~keep)
        if self._rejects:
            self.rejected = pl.concat(self._rejects).sort("file", "row", maintain_order=True)
        if self._blanks:
            self.blanked = (
                pl.concat(self._blanks)
                .join(self.rejected, on=["file", "row"], how="anti")
                .sort("file", "row", maintain_order=True)
            )
        return frame

    def problems(self, spec: SourceSpec) -> Iterator[Problem]:
        """The refusals in words, one line for each column and reason, the unlisted statuses one by one."""
        section = f"sources.{self._table}"
        yield from self._unlisted(spec, section)
        for lines, verb in ((self.rejected, "rejected"), (self.blanked, "blanked")):
            grouped = lines.group_by("column", "reason", maintain_order=True).agg(
                pl.len().alias("count"), pl.first("file"), pl.first("row"), pl.first("value")
            )
            for row in grouped.iter_rows(named=True):
                one = row["count"] == 1
                if verb == "rejected":
                    what = "row is rejected" if one else "rows are rejected"
                else:
                    what = "value is left blank" if one else "values are left blank"
                many = row["count"] > _MOST_ROWS * max(self.rows_read, 1)
                example = f", first {row['value']!r}" if row["value"] is not None else ""
                yield Problem(
                    f"{row['count']:,} {what}: {row['reason']}{example}",
                    row["file"],
                    row["row"],
                    f"{section}.columns.{row['column']}" if row["column"] else section,
                    "is it the right column and format?" if many else None,
                    "error" if many else "warning",
                )
        if len(self._marks) > 1:
            yield Problem(
                f"the amounts carry {len(self._marks)} currency marks: {', '.join(self._marks)}",
                key=f"{section}.columns.currency",
                hint="map a column to currency",
            )
        if self.without_id:
            yield Problem(
                f"{self.without_id:,} rows without {self._identity} are left out (skip_blank_id)",
                key=section,
                severity="note",
            )

    def _unlisted(self, spec: SourceSpec, section: str) -> Iterator[Problem]:
        status = spec.status
        if "status" not in TABLES[self._table].columns or self.rejected.is_empty():
            return
        listed = [*status.won, *status.lost, *status.open] if status is not None else ["open", "won", "lost"]
        no_records = self.rejected.filter(pl.col("column").eq_missing(pl.lit(self._identity)))
        unlisted = (
            self.rejected.filter(
                (pl.col("column") == "status") & pl.col("reason").str.starts_with("status is")
            )
            .join(no_records, on=["file", "row"], how="anti", maintain_order="left")
            .group_by("value", maintain_order=True)
            .agg(pl.len().alias("count"), pl.first("file"), pl.first("row"))
        )
        for row in unlisted.iter_rows(named=True):
            value = row["value"]
            guess = did_you_mean(value, listed) if value is not None else None
            name = f"the status {value!r}" if value is not None else "a blank status"
            count = "1 row" if row["count"] == 1 else f"{row['count']:,} rows"
            yield Problem(
                f"{name} ({count}) is listed neither under won, lost nor open",
                row["file"],
                row["row"],
                f"{section}.status",
                guess or "add it to one of the lists",
            )
