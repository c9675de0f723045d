"""What a `[sources.TABLE]` section of `cockpit.toml` may say: the structs that it is converted to."""

from typing import Literal, TypeAlias

import msgspec

from cockpit.sources.canonical import OwnColumnType
from cockpit.sources.http.spec import AuthSpec, ChangesBy, PageSpec, SourceType, shown_url

DateFormats: TypeAlias = str | list[str]


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
