"""What was refused of a table, in words: a line for each column and reason."""

from collections.abc import Iterator

import polars as pl

from cockpit.base.problems import Problem, did_you_mean
from cockpit.sources.canonical import TABLES
from cockpit.sources.refusal import Refused
from cockpit.sources.spec import SourceSpec

_MOST_ROWS = 0.5
"""Above this share of refused rows it is the mapping that is wrong, not the data."""


def refusal_problems(table: str, spec: SourceSpec, refused: Refused) -> Iterator[Problem]:
    """The refusals of a table, the unlisted statuses one by one."""
    section = f"sources.{table}"
    yield from _unlisted(table, spec, refused.rejected)
    for lines, verb in ((refused.rejected, "rejected"), (refused.blanked, "blanked")):
        grouped = lines.group_by("column", "reason", maintain_order=True).agg(
            pl.len().alias("count"), pl.first("file"), pl.first("row"), pl.first("value")
        )
        for row in grouped.iter_rows(named=True):
            one = row["count"] == 1
            if verb == "rejected":
                what = "row is rejected" if one else "rows are rejected"
            else:
                what = "value is left blank" if one else "values are left blank"
            many = row["count"] > _MOST_ROWS * max(refused.rows_read, 1)
            example = f", first {row['value']!r}" if row["value"] is not None else ""
            yield Problem(
                f"{row['count']:,} {what}: {row['reason']}{example}",
                row["file"],
                row["row"],
                f"{section}.columns.{row['column']}" if row["column"] else section,
                "is it the right column and format?" if many else None,
                "error" if many else "warning",
            )
    if len(refused.marks) > 1:
        yield Problem(
            f"the amounts carry {len(refused.marks)} currency marks: {', '.join(refused.marks)}",
            key=f"{section}.columns.currency",
            hint="map a column to currency",
        )
    if refused.without_id:
        yield Problem(
            f"{refused.without_id:,} rows without {TABLES[table].identity} are left out (skip_blank_id)",
            key=section,
            severity="note",
        )


def _unlisted(table: str, spec: SourceSpec, rejected: pl.DataFrame) -> Iterator[Problem]:
    status = spec.status
    if "status" not in TABLES[table].columns or rejected.is_empty():
        return
    listed = [*status.won, *status.lost, *status.open] if status is not None else ["open", "won", "lost"]
    no_records = rejected.filter(pl.col("column").eq_missing(pl.lit(TABLES[table].identity)))
    unlisted = (
        rejected.filter((pl.col("column") == "status") & pl.col("reason").str.starts_with("status is"))
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
            f"sources.{table}.status",
            guess or "add it to one of the lists",
        )
