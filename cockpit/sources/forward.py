"""A table brought forward by the rows that changed: these alone are cast, and take their place in the others.

A download of which few rows changed keeps those apart (`changes.py`); so does the cache. What was typed of
all rows stays as it is, the changes are typed, and both together are exactly what typing everything would
have given: rows, their numbers, their order, their types, and the report. That holds because casting and
refusing look at one row at a time. Where anything else comes in, `brought_forward` gives None and all is
read: a repeated id, a cut cell, an empty row, a currency sign beside an amount, a row left out for want of an
id, and a column that may be about to be packed or no longer packed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from cockpit.sources.canonical import TABLES
from cockpit.sources.mapping import Mapped
from cockpit.sources.noted import lines_of
from cockpit.sources.packing import stays_packed
from cockpit.sources.refusal import Refused
from cockpit.sources.spec import SourceSpec
from cockpit.sources.table import ROW_COLUMN, Delta, Onward, Table
from cockpit.sources.typed import Typed, report_of


@dataclass(frozen=True, slots=True)
class Later:
    """What changed in a table since all of it was typed.

    Attributes:
        base: names the state as it was then.
        rows: how many rows were read then.
        replaced: which of them have another row in their place or are gone, counted from 0, ascending.
        frame: the rows of the table that came since, as they stand in it.
    """

    base: str
    rows: int
    replaced: pl.Series
    frame: pl.DataFrame

    def put_into(self, base: pl.DataFrame) -> pl.DataFrame:
        """The table's rows: those that stay, with their numbers of now, then those that came."""
        return pl.concat([_staying(base, self.replaced, self.rows), self.frame])

    def since(self, base: pl.DataFrame, earlier: "Later | None", state: str) -> Delta | None:
        """What is different from an earlier state.

        Args:
            base: the rows of the table as they were when all was typed.
            earlier: what had changed by then; None where nothing had.
            state: names the earlier state.

        Returns:
            The difference; None where the earlier state has changes that this one lacks.
        """
        known = self.replaced.clear() if earlier is None else earlier.replaced
        if not known.is_in(self.replaced.implode()).all():
            return None
        fresh = self.replaced.filter(~self.replaced.is_in(known.implode()))
        before = _numbered(base, fresh)
        return Delta(state, before if earlier is None else pl.concat([before, earlier.frame]), self.frame)


def brought_forward(
    name: str, spec: SourceSpec, base: Table, later: Typed, replaced: pl.Series, paths: Sequence[str]
) -> tuple[Table, Later] | None:
    """The table with later changes in it, and these as they are kept.

    Args:
        name: the table's name.
        spec: its section.
        base: the table of all rows as they were when they were last read whole.
        later: the rows that came since, numbered from 1.
        replaced: which of the rows that were read whole are gone or have one of these in their place,
            counted from 0, ascending.
        paths: what is read.

    Returns:
        None where all must be read to have it exactly.
    """
    onward, state = base.onward, base.state
    if onward is None or state is None or not later.is_plain:
        return None
    staying = onward.rows - len(replaced)
    schema = base.frame.schema
    if later.frame.columns != schema.names():
        return None
    moved = pl.col(ROW_COLUMN) + pl.lit(staying, pl.UInt32)
    came = later.frame.with_columns(moved).cast(schema)
    kept = Later(state, onward.rows, replaced, came)
    frame = kept.put_into(base.frame)
    if frame.is_empty() or _repeats(name, frame, came):
        return None
    counts = base.frame.height, frame.height, came.height, len(replaced)
    if name == "opportunities" and not stays_packed(onward.words, *counts):
        return None
    whole = Typed(frame, _refused(base, later, onward, replaced, staying), _mapped(later, onward, kept))
    report = report_of(name, spec, whole, frame, paths)
    return Table(name, frame, report, later.mapped.headers), kept


def _mapped(later: Typed, onward: Onward, kept: Later) -> Mapped:
    """What happened to the rows that stay and to those that came while their columns got their names."""
    staying = _staying(onward.noted, kept.replaced, onward.rows, "row")
    moved = pl.col("row") + pl.lit(onward.rows - len(kept.replaced), pl.UInt32)
    notes = [
        replace(note, lines=pl.concat([lines_of(staying, at), note.lines.with_columns(moved)]))
        for at, note in enumerate(later.mapped.notes)
    ]
    return replace(later.mapped, notes=notes)


def _refused(base: Table, later: Typed, onward: Onward, replaced: pl.Series, staying: int) -> Refused:
    """What is refused of the rows that stay and of those that came."""
    rejected, blanked = (
        pl.concat(
            [
                _staying(old, replaced, onward.rows, "row"),
                new.with_columns(pl.col("row") + pl.lit(staying, pl.UInt32)),
            ]
        )
        for old, new in (
            (base.report.rejects, later.refused.rejected),
            (base.report.blanked, later.refused.blanked),
        )
    )
    return Refused(rejected, blanked, staying + later.refused.rows_read)


def _staying(frame: pl.DataFrame, replaced: pl.Series, rows: int, number: str = ROW_COLUMN) -> pl.DataFrame:
    """Those lines of a frame whose rows stay, with the numbers that these have by now.

    Args:
        frame: lines with the number of a row, counted from 1.
        replaced: the rows that do not stay, counted from 0.
        rows: how many there were.
        number: the column of the numbers.
    """
    if replaced.is_empty() or frame.is_empty():
        return frame
    stays = pl.repeat(value=True, n=rows, dtype=pl.Boolean, eager=True).scatter(replaced, False)
    numbers = stays.cum_sum().cast(pl.UInt32)
    if number != ROW_COLUMN or frame.height < rows:  # else no row was refused, and each has its line
        places = frame[number] - 1
        stays, numbers = stays.gather(places), numbers.gather(places)
    return frame.with_columns(numbers.alias(number)).filter(stays)


def _numbered(frame: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """Those rows of a table whose numbers, counted from 0, are among the places; it lacks refused ones."""
    wanted = places + 1
    found = frame[ROW_COLUMN].search_sorted(wanted)
    inside = found < frame.height
    lines = frame[found.filter(inside)]
    return lines.filter(lines[ROW_COLUMN] == wanted.filter(inside))


def _repeats(name: str, frame: pl.DataFrame, came: pl.DataFrame) -> bool:
    """Whether an id of the rows that came stands twice in the table; those that stay have one each."""
    identity = TABLES[name].identity
    if identity is None or identity not in came.columns:
        return False
    ids = came[identity]
    if ids.null_count() or ids.n_unique() < len(ids):
        return True
    others = frame[identity].head(frame.height - came.height)
    return bool(others.is_in(ids.implode()).any())
