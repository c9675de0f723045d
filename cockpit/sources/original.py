"""Rows as they stand in their file: what somebody looks at who wants to know why a row was not taken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import SourceError
from cockpit.sources.files import shown
from cockpit.sources.formats import read_as
from cockpit.sources.mapping import source_files
from cockpit.sources.profile import with_profile
from cockpit.sources.raw import RawTable
from cockpit.sources.spec import SourceSpec

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class OriginalRow:
    """One row of a file, nothing cast, everything clean.

    Attributes:
        file: as messages name it.
        row: its line (of a text file) or row number.
        cells: header and text of each cell; of a row whose cells do not fit the header, its beginning.
    """

    file: str
    row: int
    cells: tuple[tuple[str, str], ...]


def original_rows(
    table: str, spec: SourceSpec, folder: Path, places: Sequence[tuple[str | None, int]]
) -> list[OriginalRow]:
    """Read rows of a source again, as they stand.

    Args:
        table: the table's name.
        spec: its section.
        folder: the workspace.
        places: file, as messages name it, and row of each; None for whichever of the files has it.

    Returns:
        At most `MOST_ROWS`, in the order of the files; fewer where the files have changed meanwhile.

    Raises:
        SourceError: no file can be read any more.
    """
    spec = with_profile(table, spec)
    files, _ = source_files(table, spec, folder)
    found: list[OriginalRow] = []
    errors: list[SourceError] = []
    for one in files:
        name = spec.place if spec.type is not None else shown(one.path, folder)
        numbers = {row for file, row in places if file in (None, name)}
        if not numbers or len(found) >= MOST_ROWS:
            continue
        try:
            raw = read_as(spec, one, folder, list(spec.columns.values()))
        except SourceError as error:
            errors.append(error)
            continue
        found += _rows_of(replace(raw, name=name), numbers)
    if not found and errors:
        raise errors[0]
    return found[:MOST_ROWS]


def _rows_of(raw: RawTable, numbers: Collection[int]) -> list[OriginalRow]:
    wanted = raw.rows.is_in(pl.Series(sorted(numbers), dtype=pl.UInt32).implode())
    frame = raw.frame.filter(wanted)
    rows = raw.rows.filter(wanted).to_list()
    found = [
        OriginalRow(
            raw.name,
            row,
            tuple(
                (header, clean(cell.strip()) if cell else "")
                for header, cell in zip(raw.headers, cells, strict=False)
            ),
        )
        for row, cells in zip(rows, frame.iter_rows(), strict=True)
    ]
    found += [
        OriginalRow(raw.name, line, (("begins with", beginning),))
        for line, beginning, _ in raw.refused
        if line in numbers
    ]
    return sorted(found, key=lambda one: one.row)
