"""Parquet, NDJSON and workbooks, read into text like everything else."""

import io
import json
import zipfile
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.sources.changes import scan_rows
from cockpit.sources.delimited import read_delimited
from cockpit.sources.files import (
    MAX_BYTES,
    SourceFile,
    check_unchanged,
    fingerprint,
    kind_of,
    private_copy,
    shown,
    unpacked,
)
from cockpit.sources.layout import HEADER_SEARCH
from cockpit.sources.naming import folded
from cockpit.sources.raw import RawTable, malformed, text_frame
from cockpit.sources.spec import LookupSpec, SourceSpec


def read_as(
    section: SourceSpec | LookupSpec, file: SourceFile, folder: Path, wanted: Collection[str]
) -> RawTable:
    """Read a file in the form that a section describes. Arguments and errors as `read_raw`."""
    return read_raw(
        file.path,
        folder,
        wanted=wanted,
        header=section.header,
        separator=section.separator,
        encoding=section.encoding,
        sheet=section.sheet,
        changes=file.changes,
    )


def read_raw(
    path: Path,
    folder: Path,
    *,
    wanted: Collection[str] = (),
    header: int | list[str] | None = None,
    separator: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    changes: Path | None = None,
) -> RawTable:
    """Read a file of any kind; which one its name tells. Arguments and errors as `read_delimited`.

    A file that changes while it is read is copied privately once it rests, and the copy is read. `changes` is
    where the rows of a download are that came since the file was written.
    """

    def read(path: Path, folder: Path) -> RawTable:
        kind = kind_of(path)
        if kind == "text":
            return read_delimited(
                path, folder, wanted=wanted, header=header, separator=separator, encoding=encoding
            )
        before = fingerprint(path, folder)
        name = shown(path, folder)
        if kind == "parquet":
            raw = _read_parquet(path, name, changes)
        elif kind == "ndjson":
            raw = _read_ndjson(path, folder, name)
        else:
            raw = _read_workbook(path, folder, name, wanted, header, sheet)
        check_unchanged(path, folder, before)
        return raw

    before = fingerprint(path, folder)
    try:
        return read(path, folder)
    except SourceError:
        if fingerprint(path, folder) == before:
            raise  # what is wrong is the file itself
    with private_copy(path, folder) as (copy, place):
        return replace(read(copy, place), name=shown(path, folder))


def _read_parquet(path: Path, name: str, changes: Path | None) -> RawTable:
    try:
        if changes is None:
            frame = pl.read_parquet(path, glob=False, memory_map=False)
        else:
            frame = scan_rows(SourceFile(path, changes)).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise malformed(name, None, "is not a whole Parquet file", "write it again") from error
    return raw_parquet(name, frame)


def raw_parquet(name: str, frame: pl.DataFrame) -> RawTable:
    """Rows of a Parquet file as text."""
    headers = tuple(clean(header).strip() for header in frame.columns)
    return RawTable(
        name=name,
        frame=_as_text(frame),
        headers=headers,
        rows=pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True).alias("row"),
        header_line=0,
        typed_dates=True,
    )


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """All columns as text, named by position; days and times as ISO text, lists and structs as JSON."""
    columns = []
    for position, (header, kind) in enumerate(frame.schema.items()):
        column = pl.col(header)
        if kind == pl.Datetime:
            column = column.dt.strftime("%Y-%m-%d %H:%M:%S%.f")
        elif isinstance(kind, pl.List | pl.Array | pl.Struct | pl.Object):
            column = column.map_elements(lambda value: str(value), return_dtype=pl.String)
        elif kind == pl.Binary:
            column = column.cast(pl.String, strict=False)
        else:
            column = column.cast(pl.String)
        columns.append(column.alias(str(position)))
    return frame.select(columns)


def _read_ndjson(path: Path, folder: Path, name: str) -> RawTable:
    """One JSON object a line; a line that is none is refused, the others are kept."""
    try:
        content = unpacked(path, folder) if path.suffix.lower() == ".gz" else path.read_bytes()
    except OSError as error:
        raise malformed(name, None, f"cannot be read: {clean(error.strerror or '')}", "try again") from error
    positions: dict[str, int] = {}
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    refused: list[tuple[int, str, str]] = []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(
                line, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_unrepeated
            )
            if not isinstance(record, dict):
                raise ValueError("is not an object")
        except (ValueError, RecursionError) as error:
            words = "nested too deep" if isinstance(error, RecursionError) else str(error)
            refused.append(
                (number, clean(line[:80].decode("utf-8", "replace")), f"not a JSON object: {clean(words)}")
            )
            continue
        for key in record:
            positions.setdefault(key, len(positions))
        records.append(record)
        lines.append(number)
    if not records:
        raise malformed(name, refused[0][0] if refused else None, "holds no JSON object", "export it again")
    if refused and refused[-1][0] > lines[-1] and not content.endswith(b"\n"):
        raise malformed(
            name,
            refused[-1][0],
            "the file ends in the middle of a row: it is half written",
            "load again when it is complete",
        )
    columns = [[_cell(record.get(key)) for record in records] for key in positions]
    return RawTable(
        name=name,
        frame=text_frame(columns, len(columns)),
        headers=tuple(clean(key).strip() for key in positions),
        rows=pl.Series("row", lines, dtype=pl.UInt32),
        header_line=0,
        refused=tuple(refused),
        typed_dates=True,
        encoding="utf-8",
    )


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number")


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a key stands twice")
    return record


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, int | Decimal):
        return str(value) if not isinstance(value, int) or value.bit_length() < 2_000 else "a number too long"
    return clean(json.dumps(value, default=str))


def _read_workbook(
    path: Path,
    folder: Path,
    name: str,
    wanted: Collection[str],
    header: int | list[str] | None,
    sheet: str | None,
) -> RawTable:
    data = _workbook_bytes(path, folder, name)
    import fastexcel  # 10 ms, and only for workbooks

    try:
        book = fastexcel.read_excel(data)
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise SourceError(
                Problem(
                    f"has no sheet {sheet!r}", name, key="sheet", hint=f"sheets: {clean(', '.join(names))}"
                )
            )
        visible = [
            one for one in names if sheet is not None or book.load_sheet(one, n_rows=1).visible == "visible"
        ]
        chosen = sheet if sheet is not None else visible[0] if visible else names[0]
        loaded = book.load_sheet(chosen, header_row=None, dtypes="string", skip_whitespace_tail_rows=True)
        frame = loaded.to_polars()
    except SourceError:
        raise
    except Exception as error:  # fastexcel raises classes of its own for each kind of damage
        raise malformed(name, None, "is not a readable workbook", "save it again as .xlsx") from error
    frame = frame.rename({old: str(position) for position, old in enumerate(frame.columns)})
    rows = pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True).alias("row")
    problems = []
    if sheet is None and len(names) > 1:
        others = clean(", ".join(one for one in names if one != chosen))
        problems.append(
            Problem(f"reads the sheet {clean(chosen)!r}; not {others}", name, key="sheet", severity="note")
        )
    if isinstance(header, list):
        headers, line = tuple(header), 0
    else:
        line = header if header is not None else _header_row(frame, wanted)
        if not 1 <= line <= frame.height:
            raise malformed(name, header, "there is no such row for a header", "correct header")
        headers = tuple(clean(cell or "").strip() for cell in frame.row(line - 1))
    return RawTable(
        name=name,
        frame=frame.slice(line),
        headers=headers,
        rows=rows.slice(line),
        header_line=line,
        typed_dates=True,
        problems=tuple(problems),
    )


def _header_row(frame: pl.DataFrame, wanted: Collection[str]) -> int:
    names = {folded(one) for one in wanted}

    def fitness(position: int) -> tuple[int, int]:
        return len(names.intersection(folded(cell or "") for cell in frame.row(position))), -position

    return max(range(min(frame.height, HEADER_SEARCH)), key=fitness, default=-1) + 1


def _workbook_bytes(path: Path, folder: Path, name: str) -> bytes:
    """The workbook, once it is sure that it is one and not a bomb."""
    try:
        data = unpacked(path, folder) if path.suffix.lower() == ".gz" else path.read_bytes()
    except OSError as error:
        raise malformed(name, None, "cannot be read", "save it again") from error
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise malformed(
            name, None, "is password protected, or an old .xls", "save it as .xlsx without a password"
        )

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise malformed(name, None, "is not a whole workbook", "save it again as .xlsx") from error
    if size > min(MAX_BYTES, max(200_000_000, 100 * len(data))):
        raise malformed(name, None, f"unpacks to {size:,} bytes, which no honest workbook does", "look at it")
    return data
