"""OData 4, and Dataverse as Microsoft documents it: what changed where the server tells, else everything.

Three ways to the rows, the first that works: the server's own list of changes (`odata.track-changes`, delta
links), rows changed since the newest change that was seen (with an overlap, joined by key), all rows. The
second cannot see removed rows; a list of all keys is compared with what is there at the section's
`full_every`.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from cockpit.base.problems import Problem
from cockpit.sources.http.answers import check_content
from cockpit.sources.http.columns import frame_of, keys_in
from cockpit.sources.http.crawl import Crawled, Page, crawl, crawl_until_it_counts
from cockpit.sources.http.dataverse import (
    API_PATH,
    HEADERS,
    PLAIN_HEADERS,
    PREFERENCES,
    status_lists,
    with_account,
)
from cockpit.sources.http.decode import document_in, whole_number, without_collector
from cockpit.sources.http.exchange import Answer
from cockpit.sources.http.failures import FetchError, NonsenseError, NotAllowedError, RefusedError
from cockpit.sources.http.job import Fetched, Job
from cockpit.sources.http.links import resolved
from cockpit.sources.http.names import LABEL, TYPE, asked_columns, key_of, key_of_column, wanted_columns
from cockpit.sources.http.spec import shown_url
from cockpit.sources.http.sweep import sweep_is_due
from cockpit.sources.http.watermark import newest, since

FORMATTED = "@OData.Community.Display.V1.FormattedValue"
POINTS_TO = "@Microsoft.Dynamics.CRM.lookuplogicalname"
COUNT_CUT = "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
_NEXT_LINK = re.compile(rb'"@odata\.nextLink"\s*:\s*"([^"\\]+)"\s*[,}]')
"""Only a guess, since rows may hold such text: a page that the crawl does not ask for is thrown away."""
_CAPPED_COUNT = 5_000
"""What Dataverse says for this many rows and for any larger number."""


def base_url(job: Job) -> str:
    """The URL of the entity set."""
    spec = job.spec
    url = (spec.url or "").split("#")[0].rstrip("/")
    if spec.type == "dataverse" and "/api/data/" not in f"{urlsplit(url).path}/":
        url += API_PATH
    entity = spec.entity
    if entity and url.rsplit("/", 1)[-1] != entity:
        url = f"{url}/{quote(entity)}"
    return url


def query(parameters: Mapping[str, str | None]) -> str:
    """System query options, percent-encoded as OData wants them, blanks included."""
    return "&".join(f"{name}={quote(value, safe=',()/$:;')}" for name, value in parameters.items() if value)


@dataclass(slots=True)
class _Reader:
    """Reads the pages of one entity set.

    Attributes:
        job: whose they are.
        key: the column that names a row.
        tracking: whether the server is asked to remember, so that it can tell changes later.
        changes: whether these are changes, rows that are gone among them.
    """

    job: Job
    key: str | None
    tracking: bool = False
    changes: bool = False

    @property
    def headers(self) -> dict[str, str]:
        preferences = []
        if self.job.spec.type == "dataverse":
            preferences = [*PREFERENCES]
        if self.tracking:
            preferences.append("odata.track-changes")
        prefer = {"Prefer": ", ".join(preferences)} if preferences else {}
        own = HEADERS if self.job.spec.type == "dataverse" else PLAIN_HEADERS
        return {**own, **prefer}

    async def page(self, url: str) -> Page:
        """One page; deleted rows of a list of changes are in `facts["gone"]`.

        The next page is asked for before the rows of this one are looked at, so that the server works
        meanwhile.
        """
        connection = self.job.connection
        answer = await connection.asked_ahead(url, self.headers)
        link = _NEXT_LINK.match(answer.body, max(answer.body.rfind(b'"@odata.nextLink"'), 0))
        if link is not None:
            with suppress(NonsenseError, UnicodeDecodeError):  # the page itself says it in words
                following = resolved(answer.url, link[1].decode("ascii"), "the next page")
                connection.ask_ahead(following, self.headers)
        return await self.job.aside(partial(self._parsed, answer, url))

    @without_collector()
    def _parsed(self, answer: Answer, url: str) -> Page:
        document = self._document(answer)
        values = document.get("value")
        if not isinstance(values, list):
            raise NonsenseError(
                Problem(
                    "the answer has no list of rows (value)", shown_url(url), hint="is it OData version 4?"
                )
            )
        if not all(isinstance(record, dict) for record in values):
            raise NonsenseError(Problem("a row is not a record", shown_url(url)))
        gone: set[str] = set()
        if self.changes:
            removed = {at: key for at, one in enumerate(values) if (key := _removed_key(one)) is not None}
            gone.update(removed.values())
            values = [one for at, one in enumerate(values) if at not in removed]
        link = document.get("@odata.nextLink")
        delta = document.get("@odata.deltaLink")
        total = whole_number(document.get("@odata.count"))
        if total is not None and (
            document.get(COUNT_CUT) is True or (self.job.spec.type == "dataverse" and total >= _CAPPED_COUNT)
        ):
            total = None
        rows = frame_of(values, _header)
        return Page(
            answer.url,
            with_account(rows) if self.job.spec.type == "dataverse" else rows,
            resolved(answer.url, link, "the next page") if link is not None else None,
            total,
            {
                "gone": gone,
                "delta": resolved(answer.url, delta, "the changes") if delta is not None else None,
            },
        )

    def _document(self, answer: Answer) -> dict[str, Any]:
        check_content(answer.headers, answer.body, answer.url, self.job.table, "json")
        document = document_in(answer.body, answer.url)
        if not isinstance(document, dict):
            raise NonsenseError(Problem("the answer is not a record", shown_url(answer.url)))
        return document


def _header(name: str) -> str | None:
    """The header of a member of a record; None for annotations that nobody needs."""
    if "@" not in name:
        return name
    if name.endswith(FORMATTED):
        return name.removesuffix(FORMATTED) + LABEL
    return name.removesuffix(POINTS_TO) + TYPE if name.endswith(POINTS_TO) else None


def _removed_key(record: Mapping[str, Any]) -> str | None:
    """The key of a row that is gone, as OData 4.0 and 4.01 tell it in a list of changes."""
    if str(record.get("@odata.context", "")).endswith("$deletedEntity"):
        link = str(record.get("id", ""))
        return link.rsplit("(", 1)[-1].rstrip(")") if "(" in link else link
    removed = record.get("@removed") or record.get("@odata.removed")
    if isinstance(removed, dict):
        link = str(record.get("@id") or record.get("@odata.id") or record.get("id") or "")
        return link.rsplit("(", 1)[-1].rstrip(")").strip("'")
    return None


async def fetch(job: Job) -> Fetched:
    """All rows, or what has changed."""
    key = key_of(job.table, job.spec)
    if not job.full and job.previous is not None and key is not None:
        if job.previous.delta_link is not None and job.spec.changes in ("auto", "tracking"):
            changed = await _by_tracking(job, key, job.previous.delta_link)
            if changed is not None:
                return changed
        elif job.previous.watermark is not None and job.spec.changes in ("auto", "modified"):
            changed = await _by_watermark(job, key, job.previous.watermark)
            if changed is not None:
                return changed
    return await _all(job, key)


async def first_page(job: Job, key: str | None) -> Page:
    """One row and the whole count, where the server tells it."""
    parameters = {**_parameters(job, key), "$count": "true", "$top": "1"}
    try:
        return await _Reader(job, key).page(f"{base_url(job)}?{query(parameters)}")
    except RefusedError as error:
        raise _about_columns(job, error) from error


async def _all(job: Job, key: str | None) -> Fetched:
    spec = job.spec
    parameters = _parameters(job, key)
    refused = job.previous.tracking_refused if job.previous is not None else False
    may_track = (
        spec.changes in ("auto", "tracking") and not spec.filter and not spec.expand and key is not None
    )
    reader = _Reader(job, key, tracking=may_track and not refused)
    counted = {**parameters, "$count": "true"}
    url = f"{base_url(job)}?{query(counted)}"
    try:
        crawled, notes = await crawl_until_it_counts(job, url, reader.page, key)
    except (RefusedError, NotAllowedError) as error:
        if not reader.tracking:
            raise _about_columns(job, error) from error
        reader.tracking, refused = False, True
        try:
            crawled, notes = await crawl_until_it_counts(job, url, reader.page, key, "again")
        except RefusedError as second:
            raise _about_columns(job, second) from second
    lists, list_notes = await status_lists(job) if spec.type == "dataverse" else ({}, [])
    return Fetched(
        rows=crawled.rows,
        key=key,
        columns=tuple(wanted_columns(spec)),
        watermark=newest(crawled.rows, spec.modified),
        delta_link=crawled.last.facts.get("delta"),
        tracking_refused=refused,
        counted=crawled.total,
        lists=lists,
        notes=[*notes, *list_notes],
    )


async def _by_tracking(job: Job, key: str, link: str) -> Fetched | None:
    """What the server says has changed; None when it does not remember so far back."""
    reader = _Reader(job, key, changes=True)
    writer = job.writer("changes", None)
    order: dict[str, bool] = {}

    async def page(url: str) -> Page:
        found = await reader.page(url)
        for one in found.facts["gone"]:
            order[one] = False
        order.update(dict.fromkeys(keys_in(found.rows, key), True))
        return found

    try:
        crawled = await crawl(job, resolved(base_url(job), link, "the changes"), page, writer)
    except (RefusedError, NotAllowedError, NonsenseError):
        return None
    if crawled.last.facts.get("delta") is None:
        return None
    gone = {one for one, there in order.items() if not there}
    rows = job.writer("changed", key)
    rows.adopt(writer)
    return Fetched(
        rows=rows,
        full=False,
        gone=gone,
        key=key,
        columns=tuple(wanted_columns(job.spec)),
        watermark=newest(writer, job.spec.modified),
        delta_link=crawled.last.facts["delta"],
    )


async def _by_watermark(job: Job, key: str, watermark: str) -> Fetched | None:
    """Rows changed since; with the list of all keys when that is due. None when the server refuses."""
    spec = job.spec
    column = spec.modified
    assert job.previous is not None, "there is a watermark"
    moment = since(watermark)
    if column is None or moment is None:
        return None
    reader = _Reader(job, key)
    condition = f"{column} ge {moment}"
    if spec.filter:
        condition = f"({spec.filter}) and {condition}"
    parameters = {**_parameters(job, key), "$filter": condition}
    writer = job.writer("changed", key)
    try:
        crawled: Crawled = await crawl(job, f"{base_url(job)}?{query(parameters)}", reader.page, writer)
    except RefusedError:
        return None
    present = None
    if sweep_is_due(job.previous, spec, datetime.now(UTC)):
        job.reporter.phase("checking")
        keys = {"$select": key, "$filter": spec.filter, "$count": "true"}
        swept, _ = await crawl_until_it_counts(
            job, f"{base_url(job)}?{query(keys)}", reader.page, key, "present"
        )
        present = swept.rows
    return Fetched(
        rows=crawled.rows,
        full=False,
        present=present,
        key=key,
        columns=tuple(wanted_columns(spec)),
        watermark=newest(crawled.rows, column) or watermark,
    )


def _parameters(job: Job, key: str | None) -> dict[str, str | None]:
    spec = job.spec
    expanded = tuple(one.split("(", 1)[0] for one in spec.expand)
    columns = [one for one in asked_columns(spec) if one.split(".", 1)[0] not in expanded]
    if key is not None and key not in columns:
        columns.append(key)
    return {
        "$select": ",".join(dict.fromkeys(columns)),
        "$filter": spec.filter,
        "$expand": ",".join(spec.expand) or None,
    }


def _about_columns(job: Job, error: FetchError) -> FetchError:
    """A refusal that names a column of ours says which key of the section it is about."""
    if not isinstance(error, RefusedError) or error.status != 400:
        return error
    named = [name for name in asked_columns(job.spec) if _mentions(error.reason, name)]
    if not named:
        return error
    key = key_of_column(job.table, job.spec, named[0])
    hint = "renamed on the server? Correct the name, or list it in without"
    problem = Problem(f"has no column {named[0]!r}: {error.reason}", job.spec.place, key=key, hint=hint)
    return RefusedError(problem, status=error.status, code=error.code, reason=error.reason)


def _mentions(text: str, name: str) -> bool:
    return (
        any(f"{mark}{name}{mark}" in text for mark in ("'", '"', "`"))
        or name in text.replace(".", " ").split()
    )
