"""From a file's own columns to canonical and own names, still as text: mapping, corrections, look-ups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from cockpit.base.clean import MAX_LENGTH
from cockpit.base.problems import Problem, SourceError, did_you_mean
from cockpit.sources.canonical import TABLES
from cockpit.sources.cleaning import cleaned, cleaned_and_cut
from cockpit.sources.files import SourceFile, find_files
from cockpit.sources.formats import read_as
from cockpit.sources.http.download import download_place, downloaded, rows_file
from cockpit.sources.lookup import join_lookup
from cockpit.sources.naming import own_names
from cockpit.sources.noted import Note, Replaced
from cockpit.sources.raw import RawTable
from cockpit.sources.spec import LookupSpec, SourceSpec
from cockpit.sources.table import FILE_COLUMN, ROW_COLUMN

MAX_OWN_COLUMNS = 500
"""Most columns taken beside those that the section maps."""


@dataclass(slots=True)
class Mapped:
    """Text columns under their final names, with what happened on the way.

    Attributes:
        frame: the columns, `_row`, and `_file` (also of a single file, until it is typed).
        headers: column to the header of the file it comes from.
        raw: the files as they were read.
        notes: keys that were not found and values that were replaced, in the order in which that happened.
        problems: what else is worth saying.
    """

    frame: pl.DataFrame
    headers: dict[str, str]
    raw: list[RawTable]
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def source_files(table: str, spec: SourceSpec, folder: Path) -> tuple[list[SourceFile], list[SourceFile]]:
    """The source's files and those of its look-ups, in order. Of a source over HTTP it is what was fetched.

    Raises:
        SourceError: with the problems of all of them.
    """
    problems: list[Problem] = []
    sources: list[SourceFile] = []
    lookups: list[SourceFile] = []
    try:
        sources = (
            [fetched_file(table, folder, spec.place)]
            if spec.type is not None
            else [SourceFile(path) for path in find_files(spec.path, folder)]
        )
    except SourceError as error:
        problems.extend(error.problems)
    for index, lookup in enumerate(spec.lookup):
        if lookup.source is not None:
            try:
                lookups.append(fetched_file(lookup.source, folder))
            except SourceError:
                words = f"needs {lookup.source}, which has not been fetched yet"
                hint = f"run cockpit sync --source {lookup.source}"
                key = f"sources.{table}.lookup[{index + 1}]"
                problems += [] if problems else [Problem(words, spec.place, key=key, hint=hint)]
            continue
        try:
            found = find_files(lookup.path, folder)
        except SourceError as error:
            problems.extend(error.problems)
            continue
        if len(found) > 1:
            problems.append(Problem(f"the look-up names {len(found)} files", lookup.path, hint="name one"))
        lookups.append(SourceFile(found[0]))
    if problems:
        raise SourceError(*problems)
    return sources, lookups


def fetched_file(table: str, folder: Path, place: str | None = None) -> SourceFile:
    """The rows of a source over HTTP as they were last fetched.

    Args:
        table: which one.
        folder: the workspace.
        place: whom they come from, for the message.

    Raises:
        SourceError: nothing has been fetched yet.
    """
    kept = download_place(folder, table)
    download = downloaded(kept)
    if download is None:
        hint = f"run cockpit sync --source {table}"
        raise SourceError(Problem("has not been fetched yet", place, key=f"sources.{table}", hint=hint))
    return rows_file(kept, download)


def map_source(
    table: str, spec: SourceSpec, folder: Path, sources: Sequence[SourceFile], lookups: Sequence[SourceFile]
) -> Mapped:
    """Read the files and give every column its name.

    Raises:
        SourceError: a file cannot be read, or lacks a column that the configuration names; all problems.
    """
    problems: list[Problem] = []
    raws: list[RawTable] = []
    wanted = _wanted_headers(spec)
    for file in sources:
        try:
            raws.append(read_as(spec, file, folder, wanted))
        except SourceError as error:
            problems.extend(error.problems)
    return map_rows(table, spec, folder, raws, lookups, problems)


def map_rows(
    table: str,
    spec: SourceSpec,
    folder: Path,
    raws: Sequence[RawTable],
    lookups: Sequence[SourceFile],
    unread: Sequence[Problem] = (),
) -> Mapped:
    """Give every column of rows that were read its name.

    Args:
        table: its name.
        spec: its section.
        folder: the workspace.
        raws: the rows, file by file.
        lookups: the files of the section's look-ups.
        unread: what is wrong with files that could not be read.

    Raises:
        SourceError: there are such files, or one lacks a column that the configuration names; all problems.
    """
    problems = list(unread)
    if spec.type is not None:  # people know the server, not the file in which its rows are kept
        raws = [replace(raw, name=spec.place) for raw in raws]
    for raw in raws:
        problems.extend(_width_problems(raw))
        problems.extend(_source_problems(table, spec, raw))
    others = _read_lookups(table, spec, folder, lookups, problems)
    if problems:
        raise SourceError(*problems)
    mapped = _named(table, spec, raws)
    _check_names(table, spec, mapped)
    _correct(mapped, spec.values, set(mapped.frame.columns))
    for index, (lookup, other) in enumerate(zip(spec.lookup, others, strict=True)):
        _take(table, spec, mapped, lookup, other, index)
    return mapped


def _wanted_headers(spec: SourceSpec) -> list[str]:
    wanted = list(spec.columns.values())
    if spec.status is not None and spec.status.column is not None:
        wanted.append(spec.status.column)
    for lookup in spec.lookup:
        wanted.extend(lookup.on)
    return wanted


def _width_problems(raw: RawTable) -> Iterator[Problem]:
    if raw.frame.width != len(raw.headers):
        yield Problem(
            f"{len(raw.headers)} header names for {raw.frame.width} columns", raw.name, key="header"
        )


def _source_problems(table: str, spec: SourceSpec, raw: RawTable) -> Iterator[Problem]:
    """Headers that the section names and this file lacks, or has twice."""
    section = f"sources.{table}"
    named = [(header, f"{section}.columns.{name}") for name, header in spec.columns.items()]
    for header, key in named:
        if problem := raw.problem_of(header, key):
            yield problem
    taken: list[str] = []
    for index, lookup in enumerate(spec.lookup):
        for header in lookup.on:
            if raw.find(header) or header not in taken:
                problem = raw.problem_of(header, f"{section}.lookup[{index + 1}].on", taken)
                if problem:
                    yield problem
        taken.extend(lookup.take)
    status = spec.status
    if status is not None and status.column is not None and status.column not in taken:
        problem = raw.problem_of(status.column, f"{section}.status.column", taken)
        if problem:
            yield problem


def _read_lookups(
    table: str, spec: SourceSpec, folder: Path, files: Sequence[SourceFile], problems: list[Problem]
) -> list[RawTable]:
    others = []
    for index, (lookup, file) in enumerate(zip(spec.lookup, files, strict=True)):
        key = f"sources.{table}.lookup[{index + 1}]"
        try:
            raw = read_as(lookup, file, folder, [*lookup.on.values(), *lookup.take.values()])
        except SourceError as error:
            problems.extend(error.problems)
            continue
        if lookup.source is not None:
            raw = replace(raw, name=lookup.source)
        found = [raw.problem_of(header, f"{key}.on") for header in lookup.on.values()]
        found += [raw.problem_of(header, f"{key}.take.{name}") for name, header in lookup.take.items()]
        problems.extend(problem for problem in found if problem)
        problems.extend(_width_problems(raw))
        others.append(replace(raw, frame=cleaned(raw.frame, raw.needs_cleaning)))
    return others


def _named(table: str, spec: SourceSpec, raws: Sequence[RawTable]) -> Mapped:
    """All files one below the other, under canonical and own names."""
    frames = []
    headers: dict[str, str] = {}
    problems = [problem for raw in raws for problem in raw.problems]
    for raw in raws:
        names = final_names(table, spec, raw)
        taken = raw.frame.select(str(position) for position in dict.fromkeys(names.values()))
        text, cut = cleaned_and_cut(taken, raw.needs_cleaning)
        problems += _size_problems(raw, taken.width, cut)
        frames.append(
            text.select(
                *(pl.col(str(position)).alias(name) for name, position in names.items()),
                raw.rows.cast(pl.UInt32).alias(ROW_COLUMN),
                pl.lit(raw.name).alias(FILE_COLUMN),
            )
        )
        for name, position in names.items():
            headers.setdefault(name, raw.headers[position])
    frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")
    content = [name for name in frame.columns if name not in (ROW_COLUMN, FILE_COLUMN)]
    # Only a row with a blank first column can be blank altogether.
    maybe_blank = frame[content[0]].null_count() if content else 0
    if maybe_blank:
        frame = frame.filter(~pl.all_horizontal(pl.col(content).is_null()))
    return Mapped(frame, headers, list(raws), problems=problems)


def _size_problems(raw: RawTable, taken: int, cut: Mapping[str, int]) -> Iterator[Problem]:
    """What was left out of a file because it is too much."""
    if taken < len(raw.headers):
        words = f"has {len(raw.headers):,} columns: those mapped and {MAX_OWN_COLUMNS} others are taken"
        yield Problem(words, raw.name, raw.header_line or None, severity="warning")
    for position, count in cut.items():
        cells = "1 cell is" if count == 1 else f"{count:,} cells are"
        words = f"{cells} longer than {MAX_LENGTH:,} characters and cut"
        yield Problem(words, raw.name, key=raw.headers[int(position)], severity="note")


def final_names(table: str, spec: SourceSpec, raw: RawTable) -> dict[str, int]:
    """Final name to position: canonical ones, the status, then own ones."""
    names = {name: raw.find(header)[0] for name, header in spec.columns.items()}
    status = spec.status
    if status is not None and status.column is not None and raw.find(status.column):
        names["status"] = raw.find(status.column)[0]
    mapped = set(names.values())
    reserved = set(names) | {"status"} if status is not None else set(names)
    reserved.update(name for lookup in spec.lookup for name in lookup.take)
    # An unmapped column must not pass for a canonical one of another type.
    reserved.update(name for name, column in TABLES[table].columns.items() if column.type != "text")
    rest = [position for position in range(len(raw.headers)) if position not in mapped][:MAX_OWN_COLUMNS]
    names.update(zip(own_names([raw.headers[position] for position in rest], reserved), rest, strict=True))
    return names


def _check_names(table: str, spec: SourceSpec, mapped: Mapped) -> None:
    """Refuse corrections and types of columns that there are not."""
    known = set(mapped.frame.columns) | {name for lookup in spec.lookup for name in lookup.take}
    known -= {ROW_COLUMN, FILE_COLUMN}
    problems = []
    for section, names in (("values", spec.values), ("types", spec.types)):
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or f"columns: {', '.join(sorted(known))[:300]}"
                problems.append(
                    Problem(
                        f"there is no column {name!r}",
                        mapped.raw[0].name,
                        key=f"sources.{table}.{section}.{name}",
                        hint=hint,
                    )
                )
    if problems:
        raise SourceError(*problems)


def _correct(mapped: Mapped, values: Mapping[str, Mapping[str, str]], names: set[str]) -> None:
    """Replace the values that the configuration corrects, in the columns named, and count them."""
    for name, corrections in values.items():
        if name not in names:
            continue
        column = mapped.frame[name]
        lines = mapped.frame.filter(column.is_in(list(corrections)))
        lines = lines.select(pl.col(ROW_COLUMN).alias("row"), pl.col(name).alias("value"))
        mapped.notes.append(Replaced(lines, name, corrections))
        found = lines["value"].unique()
        if not found.is_empty():
            meant = pl.Series([corrections[value] or None for value in found], dtype=pl.String)
            mapped.frame = mapped.frame.with_columns(column.replace(found, meant))


def _take(
    table: str, spec: SourceSpec, mapped: Mapped, lookup: LookupSpec, other: RawTable, index: int
) -> None:
    where = f"sources.{table}.lookup[{index + 1}]"
    left = [_left_column(mapped, header) for header in lookup.on]
    mapped.frame, lost = join_lookup(mapped.frame, left, other, lookup, where)
    mapped.notes.append(lost)
    for name, header in lookup.take.items():
        mapped.headers[name] = f"{header} of {Path(other.name).name}"
    _correct(mapped, spec.values, set(lookup.take))
    status = spec.status
    if status is not None and status.column in lookup.take and "status" not in mapped.frame.columns:
        mapped.frame = mapped.frame.with_columns(pl.col(status.column).alias("status"))


def _left_column(mapped: Mapped, header: str) -> str:
    """The frame's column for a look-up's left side: a header of the source first, then a taken name."""
    raw = mapped.raw[0]
    found = raw.find(header)
    if found:
        for name, known in mapped.headers.items():
            if known == raw.headers[found[0]]:
                return name
    return header
