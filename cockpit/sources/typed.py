"""From mapped text to a typed table: every column cast, rows refused, ids looked at, and the report.

What happens to a value that cannot be cast is decided by `canonical.Column.need`: where a figure would be
wrong without it (an amount, a close date, a status) its row is rejected and kept aside with its line and
reason; elsewhere the value is blanked, and that is reported too. A blank is never an error but in a column
that identifies a row.

`typed` looks at one row at a time, which `forward.py` relies on; only `table_of` looks at rows together.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from cockpit.base.problems import Problem, SourceError
from cockpit.sources.canonical import TABLES, ColumnType
from cockpit.sources.casting import Caster
from cockpit.sources.mapping import Mapped
from cockpit.sources.noted import Lost, all_lines
from cockpit.sources.packing import packed_by, words_in
from cockpit.sources.refusal import Refusals, Refused
from cockpit.sources.refusal_words import refusal_problems
from cockpit.sources.repeats import Repeats, settle_repeats
from cockpit.sources.spec import SourceSpec
from cockpit.sources.table import (
    FILE_COLUMN,
    ROW_COLUMN,
    Corrected,
    LoadReport,
    Onward,
    Table,
    Unmatched,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """The rows of a source, cast one by one.

    Attributes:
        frame: those that are taken.
        refused: the others, and values that are left blank.
        mapped: what they were made from.
    """

    frame: pl.DataFrame
    refused: Refused
    mapped: Mapped

    @property
    def is_plain(self) -> bool:
        """Whether the report on these rows says nothing that other rows could change."""
        mapped, refused = self.mapped, self.refused
        [raw] = mapped.raw if len(mapped.raw) == 1 else [None]
        told = mapped.problems or refused.marks or refused.without_id
        return raw is not None and not told and refused.rows_read == raw.frame.height and not raw.refused


def typed(name: str, spec: SourceSpec, mapped: Mapped, zone: str | None) -> Typed:
    """Cast every column and refuse rows."""
    columns = TABLES[name].columns
    text = mapped.frame
    if spec.status is not None and spec.status.value is not None:
        text = text.with_columns(pl.lit(spec.status.value).alias("status"))
    refusals = Refusals(name, text, TABLES[name].identity, spec.skip_blank_id)
    for raw in mapped.raw:
        refusals.add_malformed(raw)
    caster = Caster(spec, zone, all(raw.typed_dates for raw in mapped.raw))
    own = [one for one in text.columns if one not in columns and one not in (ROW_COLUMN, FILE_COLUMN)]
    names = [*(one for one in columns if one in text.columns), *own]
    kinds: list[ColumnType] = [
        columns[one].type if one in columns else spec.types.get(one, "text") for one in names
    ]
    with ThreadPoolExecutor() as pool:  # polars casts a column on one core, and lets others run meanwhile
        casts = list(pool.map(lambda one, kind: caster.cast(text[one], kind), names, kinds))
    for cast, kind in zip(casts, kinds, strict=True):
        known = columns.get(cast.column.name)
        refusals.add_cast(cast, kind, known.need if known is not None else "optional")
    columns_cast = [cast.column for cast in casts]
    kept_files = [FILE_COLUMN] if len(mapped.raw) > 1 else []
    frame = pl.DataFrame([*columns_cast, *text.select(ROW_COLUMN, *kept_files).get_columns()])
    frame, refused = refusals.settled(frame)
    return Typed(frame, refused, mapped)


def table_of(name: str, spec: SourceSpec, rows: Typed, paths: tuple[str, ...]) -> Table:
    """The table of all rows of a source.

    Raises:
        SourceError: ids are repeated and may not be, or no row could be taken.
    """
    frame, repeats = settle_repeats(rows.frame, TABLES[name].identity, spec.on_duplicate, paths[0], name)
    report = report_of(name, spec, rows, frame, paths, repeats)
    if rows.refused.rows_read and frame.is_empty() and rows.refused.rejected.height:
        raise SourceError(*report.problems)
    words = words_in(frame) if name == "opportunities" else {}
    lines = all_lines(rows.mapped.notes)
    onward = Onward(rows.refused.rows_read, words, lines) if rows.is_plain and not repeats.ids else None
    table = Table(name, packed_by(frame, words), report, rows.mapped.headers)
    return table.known(None, onward=onward)


def report_of(
    name: str,
    spec: SourceSpec,
    rows: Typed,
    frame: pl.DataFrame,
    paths: Sequence[str],
    repeats: Repeats = Repeats(),  # noqa: B008 (a frozen value)
) -> LoadReport:
    """How the loading went.

    Args:
        name: the table's name.
        spec: its section.
        rows: how they were cast and refused.
        frame: those that are in the table.
        paths: what they were read from.
        repeats: ids that several of them have.
    """
    mapped, refused = rows.mapped, rows.refused
    unmatched: list[Unmatched] = []
    corrected: list[Corrected] = []
    problems = list(mapped.problems)
    for note in mapped.notes:
        if isinstance(note, Lost):
            keys, told = note.unmatched()
            unmatched += keys
            problems += told
        else:
            corrected += note.corrected()
    problems += [*refusal_problems(name, spec, refused), *repeats.problems]
    if name == "opportunities" and "status" not in frame.columns:
        problems.append(
            Problem(
                "nothing says which opportunities are won or lost",
                key="sources.opportunities.status",
                hint='such as status = { column = "Status", won = ["Won"], lost = ["Lost"], open = ["*"] }',
                severity="warning",
            )
        )
    if frame.is_empty() and not refused.rows_read:
        problems.append(
            Problem(
                "has a header and no rows", paths[0], mapped.raw[0].header_line or None, severity="warning"
            )
        )
    return LoadReport(
        table=name,
        paths=tuple(paths),
        loaded_at=datetime.now(UTC).replace(microsecond=0),
        rows_read=refused.rows_read,
        rows_kept=frame.height,
        rejects=refused.rejected,
        blanked=refused.blanked,
        rows_without_id=refused.without_id,
        rows_replaced=repeats.replaced,
        unmatched=tuple(unmatched),
        corrected=tuple(corrected),
        repeated_ids=repeats.ids,
        repeated_count=repeats.count,
        encoding=mapped.raw[0].encoding,
        separator=mapped.raw[0].separator,
        problems=tuple(problems),
    )
