"""What a `[sources.TABLE]` section of `cockpit.toml` may say, and which columns each table has.

The structs are what the section is converted to; `TABLES` names the canonical columns with their types
and says which of them a table cannot do without. Nothing here reads a file or needs polars, so a
configuration can be checked without either.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

import msgspec

from cockpit.base.problems import did_you_mean
from cockpit.sources.http.spec import AuthSpec, ChangesBy, PageSpec, SourceType, check_http, shown_url
from cockpit.sources.specproblem import SpecProblem as SpecProblem

ColumnType = Literal["text", "number", "money", "percent", "probability", "rate", "date", "bool", "status"]
"""What the text of a cell is cast to.

text: as it is, cleaned. number: a float. money: a decimal of four places. percent: a decimal fraction
("12 %" is 0.12, a bare 0.12 stays). probability: a decimal from 0 to 1. rate: a decimal of eight places.
date: a day. bool: true or false. status: open, won or lost.
"""
OwnColumnType = Literal["text", "number", "money", "percent", "date", "bool"]
Need = Literal["optional", "castable", "filled"]
"""optional: a value that cannot be cast is blanked and reported, its row is kept. castable: such a row
is rejected, a blank one is kept. filled: a blank one is rejected too."""
DateFormats: TypeAlias = str | list[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column of a table."""

    type: ColumnType = "text"
    need: Need = "optional"


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The canonical columns of one table.

    Attributes:
        columns: name to type and need, in the order in which they are shown.
        identity: the column whose value names a row, or None; repeated values are reported.
        required: groups of columns of which at least one must be mapped.
    """

    columns: Mapping[str, Column]
    identity: str | None
    required: tuple[tuple[str, ...], ...]


def _text(names: str) -> dict[str, Column]:
    return {name: Column() for name in names.split()}


_MONEY, _DATE = Column("money"), Column("date")
_IDENTITY = Column(need="filled")

TABLES: Mapping[str, TableColumns] = {
    "opportunities": TableColumns(
        {
            "opportunity_id": _IDENTITY,
            **_text("name account_id account owner_id owner manager territory ou segment product type stage"),
            "status": Column("status", "filled"),
            "forecast_category": Column(),
            "amount": Column("money", "castable"),
            "currency": Column(),
            "probability": Column("probability"),
            "created_date": _DATE,
            "close_date": Column("date", "castable"),
            "closed_date": _DATE,
            "stage_date": _DATE,
            "next_step": Column(),
            "next_step_date": _DATE,
            "last_activity_date": _DATE,
            "modified_date": _DATE,
            **_text("lost_reason agreement_id push_reason"),
        },
        "opportunity_id",
        (("opportunity_id",), ("stage", "status"), ("amount",), ("close_date",)),
    ),
    "agreements": TableColumns(
        {
            "agreement_id": _IDENTITY,
            **_text("account_id account owner product"),
            "expires_date": Column("date", "castable"),
            "due_date": Column("date", "castable"),
            "base_amount": Column("money", "castable"),
            "currency": Column(),
            "renewed_date": _DATE,
            "renewed_amount": _MONEY,
            "renewed_agreement_id": Column(),
            "extended_date": _DATE,
            "extended_to": _DATE,
            "submitted_date": _DATE,
            "contract_date": _DATE,
            "po_date": _DATE,
            "terminated_date": _DATE,
            **_text("status opportunity_id"),
        },
        "agreement_id",
        (("agreement_id",), ("expires_date", "due_date"), ("base_amount",)),
    ),
    "accounts": TableColumns(
        {
            "account_id": _IDENTITY,
            **_text("account parent_id segment territory country owner"),
            "potential": _MONEY,
            "install_base": _MONEY,
            "install_base_date": _DATE,
            "plan_required": Column("bool"),
        },
        "account_id",
        (("account_id",),),
    ),
    "contacts": TableColumns(
        {
            "contact_id": _IDENTITY,
            **_text("account_id name role email phone"),
            "consent": Column("bool"),
            "verified_date": _DATE,
        },
        "contact_id",
        (("contact_id",),),
    ),
    "quota": TableColumns(
        {
            **_text("assignee territory measure period"),
            "valid_from": Column("date", "castable"),
            "valid_to": Column("date", "castable"),
            "amount": Column("money", "filled"),
            "currency": Column(),
            "recorded_at": _DATE,
            **_text("version status reason"),
        },
        None,
        (("assignee", "territory"), ("period", "valid_from"), ("amount",)),
    ),
    "team": TableColumns(
        {
            "account_id": Column(need="filled"),
            "person": Column(need="filled"),
            "role": Column(),
            "valid_from": Column("date", "castable"),
            "valid_to": Column("date", "castable"),
        },
        None,
        (("account_id",), ("person",)),
    ),
    "submissions": TableColumns(
        {
            "period": Column(need="filled"),
            "node": Column(need="filled"),
            **_text("parent submitter category"),
            "amount": Column("money", "castable"),
            "currency": Column(),
            "submitted_date": Column("date", "castable"),
            "locked_date": Column("date", "castable"),
            "note": Column(),
        },
        None,
        (("period",), ("node",), ("amount",), ("locked_date", "submitted_date")),
    ),
    "managed_accounts": TableColumns(
        {"account_id": _IDENTITY, **_text("account owner territory segment")},
        "account_id",
        (("account_id",), ("owner", "territory", "segment")),
    ),
    "consumption_plan": TableColumns(
        {
            "account_id": Column(need="filled"),
            "milestone": Column(),
            "due_date": Column("date", "castable"),
            "amount": Column("money", "castable"),
            "currency": Column(),
        },
        None,
        (("account_id",), ("due_date",), ("amount",)),
    ),
    "tasks": TableColumns(
        {
            "task_id": _IDENTITY,
            "title": Column(need="filled"),
            **_text("workstream status owner"),
            "due_date": Column("date", "castable"),
            **_text("account_id opportunity_id"),
            "modified_date": _DATE,
        },
        "task_id",
        (("task_id",), ("title",)),
    ),
    "users": TableColumns(
        {
            "user_id": _IDENTITY,
            **_text("name email manager_id manager territory_id territory ou"),
            "disabled": Column("bool"),
        },
        "user_id",
        (("user_id",), ("name",)),
    ),
    "territories": TableColumns(
        {"territory_id": _IDENTITY, **_text("name manager_id manager parent_id")},
        "territory_id",
        (("territory_id",), ("name",)),
    ),
    "opportunity_history": TableColumns(
        {
            "opportunity_id": Column(need="filled"),
            "field": Column(need="filled"),
            **_text("old_value new_value"),
            "changed_at": Column("date", "filled"),
            **_text("changed_by"),
        },
        None,
        (("opportunity_id",), ("field",), ("changed_at",)),
    ),
    "fx": TableColumns(
        {
            "currency": Column(need="filled"),
            "rate": Column("rate", "filled"),
            "valid_from": Column("date", "castable"),
            "kind": Column(),
        },
        None,
        (("currency",), ("rate",)),
    ),
}
"""The tables a workspace may have, by their fixed names."""

ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "latin-1", "iso-8859-15")


class StatusSpec(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How the outcome of an opportunity is told: from a column, or one value for every row.

    `open = ["*"]` takes every value that neither `won` nor `lost` lists; the same goes for the others.
    """

    column: str | None = None
    value: Literal["open", "won", "lost"] | None = None
    won: list[str] = []
    lost: list[str] = []
    open: list[str] = []


class LookupSpec(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Columns of another file or table, joined on a key, many to one.

    Attributes:
        path: the other file, relative to the workspace.
        on: column of the source (or a name taken by an earlier look-up) to column of the other file.
        take: canonical or own name to column of the other file.
        header, separator, encoding, sheet: as for the source.
        source: in place of a path, another table that comes over HTTP; its columns are called as the server
            calls them.
    """

    path: str = ""
    on: dict[str, str] = {}
    take: dict[str, str] = {}
    header: int | list[str] | None = None
    separator: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    source: str | None = None

    @property
    def named(self) -> str:
        """What it is called in messages."""
        return self.source or self.path


class SourceSpec(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One `[sources.TABLE]` section: files, or with a `type` what a server answers.

    Attributes:
        path: a file, or a glob that reads many, relative to the workspace.
        type: of a source over HTTP. dataverse, salesforce and hubspot bring columns and formats along.
        url: where it is; https, without secrets.
        auth: how to sign in.
        refresh: how often it is fetched while the cockpit is open, such as "15m".
        entity: the entity set or object, where the url does not name it.
        select: columns that are fetched beside those that are mapped.
        filter: in the server's own language: OData `$filter`, SOQL `WHERE`.
        expand: single-valued associations of OData, such as "account($select=name)".
        key: the server's column that names a row; needed to fetch only what changed.
        modified: the server's column that tells when a row was last changed.
        changes: how later refreshes fetch: tracking (the server tells what changed), modified (rows
            changed since), all, or auto (the first of these that the server offers).
        full_every: how often everything is fetched again, so that removed rows are noticed.
        deadline: the longest that one refresh may take.
        rows: of json, the path of the list of rows, such as "data.items".
        next: of json, the path of the URL of the next page.
        page: of json, how pages follow each other otherwise.
        without: columns of the type's profile that this server does not have, by canonical name.
        ca_file: certificates of a private authority, PEM, beside those that the system trusts.
        proxy: a URL, or "none" to leave the environment's proxies aside.
        columns: canonical name to the file's column.
        date_format: chrono notation, one for all date columns or by column; a list is tried in order.
            Without it only `%Y-%m-%d` is understood.
        status: how the outcome is told.
        values: corrections by canonical or own name: value in the file to value meant.
        types: types of columns that are not mapped, by own name.
        link: URL template with column names in braces.
        header: line of the header (from 1), or the names of the columns of a file without one.
        separator: of a text file; found in the header line when left out.
        encoding: code page of a text file that is neither UTF-8 nor UTF-16 (default cp1252).
        sheet: of a workbook; the first when left out.
        decimal: the decimal mark of numbers.
        skip_blank_id: drop rows without an id (counted) instead of rejecting each.
        probability_scale: what a certain deal has in the file: 1 or 100.
        timezone: IANA zone in which the file's times are written.
        on_duplicate: what to do with a repeated id.
    """

    path: str = ""
    columns: dict[str, str] = {}
    date_format: str | dict[str, DateFormats] | None = None
    status: StatusSpec | None = None
    values: dict[str, dict[str, str]] = {}
    types: dict[str, OwnColumnType] = {}
    link: str | None = None
    header: int | list[str] | None = None
    separator: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    decimal: Literal[".", ","] = "."
    skip_blank_id: bool = False
    probability_scale: Literal[1, 100] = 1
    timezone: str | None = None
    on_duplicate: Literal["keep", "last", "error"] = "keep"
    lookup: list[LookupSpec] = []
    type: SourceType | None = None
    url: str | None = None
    auth: AuthSpec | None = None
    refresh: str | None = None
    entity: str | None = None
    select: list[str] = []
    filter: str | None = None
    expand: list[str] = []
    key: str | None = None
    modified: str | None = None
    changes: ChangesBy = "auto"
    full_every: str | None = None
    deadline: str | None = None
    rows: str | None = None
    next: str | None = None
    page: PageSpec | None = None
    without: list[str] = []
    ca_file: str | None = None
    proxy: str | None = None

    @property
    def place(self) -> str:
        """Where the rows come from, as people are told: the path, or host and path of the url."""
        return shown_url(self.url or "") if self.type is not None else self.path

    def formats_of(self, column: str) -> tuple[str, ...]:
        """The chrono formats of a date column, in the order in which they are tried."""
        by_column = self.date_format
        declared = by_column.get(column) if isinstance(by_column, dict) else by_column
        if declared is None:
            return ("%Y-%m-%d",)
        return (declared,) if isinstance(declared, str) else tuple(declared)


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


OWN_TYPES: tuple[str, ...] = get_args(OwnColumnType)
"""The types that a column which is not mapped can be given."""
