"""What can be said against a `[sources.TABLE]` section without opening its files.

Nothing here reads a file or needs polars, so a configuration can be checked without either.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from cockpit.base.problems import did_you_mean
from cockpit.sources.canonical import TABLES
from cockpit.sources.http.speccheck import check_http
from cockpit.sources.spec import SourceSpec
from cockpit.sources.specproblem import SpecProblem

ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "latin-1", "iso-8859-15")
"""The code pages that a text file may be written in."""


def check_spec(table: str, spec: SourceSpec) -> list[SpecProblem]:
    """All that can be said against a section without opening its files."""
    if table not in TABLES:
        hint = did_you_mean(table, TABLES) or f"tables: {', '.join(TABLES)}"
        return [SpecProblem((), f"unknown table {table!r}", hint)]
    if spec.type is None and not spec.path and not spec.url:
        return [SpecProblem((), "needs a path, or a type and a url", 'such as path = "Opportunities.csv"')]
    return [
        *check_http(spec),
        *_column_problems(table, spec),
        *_lookup_problems(spec),
        *_status_problems(table, spec),
        *_format_problems(table, spec),
    ]


def _provided(spec: SourceSpec) -> set[str]:
    """The names that the section gives a column for."""
    names = set(spec.columns)
    for lookup in spec.lookup:
        names.update(lookup.take)
    if spec.status is not None:
        names.add("status")
    return names


def _column_problems(table: str, spec: SourceSpec) -> Iterator[SpecProblem]:
    known = TABLES[table].columns
    for name in spec.columns:
        if name not in known:
            hint = did_you_mean(name, known) or f"columns of {table}: {', '.join(known)}"
            yield SpecProblem(("columns", name), f"{table} has no column {name!r}", hint)
    provided = _provided(spec)
    for group in TABLES[table].required:
        if not provided.intersection(group):
            yield SpecProblem(
                ("columns",), f"no column is mapped to {' or '.join(group)}, which {table} cannot do without"
            )


def _lookup_problems(spec: SourceSpec) -> Iterator[SpecProblem]:
    named = {name: f"columns.{name}" for name in spec.columns}
    for index, lookup in enumerate(spec.lookup):
        if bool(lookup.path) == (lookup.source is not None):
            yield SpecProblem(("lookup", index), "needs a path, or a source", 'such as path = "Owners.csv"')
        if not lookup.on:
            yield SpecProblem(("lookup", index, "on"), "names no key column")
        if not lookup.take:
            yield SpecProblem(("lookup", index, "take"), "takes no column")
        for name in lookup.take:
            if name in named:
                yield SpecProblem(
                    ("lookup", index, "take", name),
                    f"two columns are mapped to {name!r}; the other is {named[name]}",
                    "keep one of them",
                )
            named[name] = f"lookup[{index + 1}].take.{name}"
        if lookup.separator is not None and len(lookup.separator) != 1:
            yield SpecProblem(("lookup", index, "separator"), "must be one character")
        yield from _encoding_problems(lookup.encoding, ("lookup", index, "encoding"))


def _status_problems(table: str, spec: SourceSpec) -> Iterator[SpecProblem]:
    status = spec.status
    if status is None:
        return
    if table != "opportunities":
        yield SpecProblem(("status",), f"{table} has no status mapping", "map a column to status instead")
        return
    if (status.column is None) == (status.value is None):
        yield SpecProblem(("status",), "needs either column or value", 'such as column = "Status"')
    if "status" in spec.columns:
        yield SpecProblem(
            ("columns", "status"),
            "two columns are mapped to 'status'; the other is status",
            "keep one of them",
        )
    seen: dict[str, str] = {}
    for outcome in ("won", "lost", "open"):
        for value in getattr(status, outcome):
            other = seen.setdefault(value.casefold(), outcome)
            if other != outcome:
                yield SpecProblem(("status", outcome), f"{value!r} is listed under {other} too")


def _format_problems(table: str, spec: SourceSpec) -> Iterator[SpecProblem]:
    dates = {name for name, column in TABLES[table].columns.items() if column.type == "date"}
    dates.update(name for name, kind in spec.types.items() if kind == "date")
    if isinstance(spec.date_format, dict):
        for name in spec.date_format:
            if name not in dates:
                yield SpecProblem(
                    ("date_format", name), f"{name!r} is not a date column", did_you_mean(name, dates)
                )
    for name in spec.types:
        if name in TABLES[table].columns:
            yield SpecProblem(
                ("types", name), f"{name} is a column of {table} and has its type", "leave it out"
            )
    if spec.separator is not None and len(spec.separator) != 1:
        yield SpecProblem(("separator",), "must be one character", r'such as ";" or "\t"')
    if isinstance(spec.header, int) and spec.header < 1:
        yield SpecProblem(("header",), "counts lines from 1")
    yield from _encoding_problems(spec.encoding, ("encoding",))
    if spec.timezone is not None:
        try:
            ZoneInfo(spec.timezone)
        except (KeyError, ValueError, OSError):
            yield SpecProblem(("timezone",), f"no time zone {spec.timezone!r}", 'such as "Europe/Berlin"')


def _encoding_problems(encoding: str | None, path: tuple[str | int, ...]) -> Iterator[SpecProblem]:
    if encoding is not None and encoding.lower() not in ENCODINGS:
        hint = did_you_mean(encoding, ENCODINGS) or f"encodings: {', '.join(ENCODINGS)}"
        yield SpecProblem(path, f"unknown encoding {encoding!r}", hint)
