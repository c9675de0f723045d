"""Any JSON endpoint: where the rows are, and how its pages follow each other."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.answers import check_content
from cockpit.sources.http.columns import frame_of
from cockpit.sources.http.crawl import Page, crawl_until_it_counts
from cockpit.sources.http.decode import at_path, document_in, whole_number, without_collector
from cockpit.sources.http.exchange import Answer
from cockpit.sources.http.failures import NonsenseError
from cockpit.sources.http.job import Fetched, Job
from cockpit.sources.http.links import resolved
from cockpit.sources.http.names import key_of, wanted_columns
from cockpit.sources.http.spec import PageSpec, shown_url

_LINK = re.compile(
    r'<([^<>]*)>\s*((?:;\s*[\w!#$&+.^`|~-]+\*?\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]+)\s*)*)(?:,|$)'
)
_NEXT = re.compile(r';\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)', re.IGNORECASE)


def rows_in(document: Any, path: str | None, url: str, table: str) -> pl.DataFrame:
    """The rows of a document.

    Raises:
        NonsenseError: there is no list of records there.
    """
    found = at_path(document, path) if path else document
    key = f"sources.{table}.rows"
    if not isinstance(found, list):
        lists = [name for name, value in _members(document) if isinstance(value, list)]
        hint = f"lists in it: {clean(', '.join(lists))[:200]}" if lists else "look at url"
        where = f"no list of rows at {path!r}" if path else "the answer is not a list of rows"
        raise NonsenseError(Problem(where, shown_url(url), key=key, hint=hint))
    if any(not isinstance(record, dict) for record in found):
        hint = "ask the server for records, each with its column names"
        raise NonsenseError(Problem("a row is not a record", shown_url(url), key=key, hint=hint))
    return frame_of(found)


def _members(document: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """The members of a document and of the records in it, by path."""
    if not isinstance(document, Mapping):
        return []
    found: list[tuple[str, Any]] = []
    for name, value in document.items():
        found.append((f"{prefix}{name}", value))
        if isinstance(value, Mapping) and not prefix:
            found += _members(value, f"{name}.")
    return found


def next_link(header: str) -> str | None:
    """The target of `rel="next"` in a Link header (RFC 8288), or None."""
    for target, parameters in _LINK.findall(header):
        if _NEXT.search(parameters):
            return str(target)
    return None


def with_parameters(url: str, changes: Mapping[str, str]) -> str:
    """The URL with these query parameters set, the others as they are."""
    parts = urlsplit(url)
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in changes
    ]
    return urlunsplit(parts._replace(query=urlencode([*kept, *changes.items()]), fragment=""))


class _Pages:
    """How one page leads to the next."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._by = job.spec.page
        self._number = 0
        self.tags: dict[str, str] = {}
        self.unchanged = False
        self.first = True

    def first_url(self) -> str:
        url = (self._job.spec.url or "").split("#")[0]
        page = self._by
        changes: dict[str, str] = {}
        if page is not None and page.size is not None and page.size_parameter:
            changes[page.size_parameter] = str(page.size)
        if page is not None and page.by in ("offset", "number"):
            self._number = page.start if page.start is not None else int(page.by == "number")
            changes[page.parameter or ""] = str(self._number)
        return with_parameters(url, changes) if changes else url

    async def ask(self, url: str) -> Page:
        headers = {"Accept": "application/json"}
        previous = self._job.previous
        is_first, self.first = self.first, False
        single = self._job.spec.next is None and self._by is None
        if is_first and single and previous is not None and not self._job.full:
            if previous.etag:
                headers["If-None-Match"] = previous.etag
            if previous.last_modified:
                headers["If-Modified-Since"] = previous.last_modified
        answer = await self._job.connection.get(url, headers)
        if answer.status == 304:
            self.unchanged = True
            return Page(answer.url, [])
        if is_first and single:
            self.tags = {
                name: answer.headers[name] for name in ("etag", "last-modified") if name in answer.headers
            }
        check_content(answer.headers, answer.body, answer.url, self._job.table, "json")
        document, rows = await self._job.aside(partial(self._parsed, answer))
        self._refuse_cut(document, single, answer)
        total = self._by.total if self._by is not None else None
        return Page(
            answer.url,
            rows,
            self._next(document, rows.height, answer),
            whole_number(at_path(document, total)) if total else None,
        )

    @without_collector()
    def _parsed(self, answer: Answer) -> tuple[Any, pl.DataFrame]:
        document = document_in(answer.body, answer.url)
        return document, rows_in(document, self._job.spec.rows, answer.url, self._job.table)

    def _refuse_cut(self, document: Any, single: bool, answer: Answer) -> None:
        """A server that says it left rows out, with nobody asking for the rest, would give a wrong total."""
        if single and isinstance(document, Mapping) and document.get("truncated") is True:
            raise NonsenseError(
                Problem(
                    "the server left rows out (truncated)",
                    shown_url(answer.url),
                    key=f"sources.{self._job.table}.next",
                    hint="say how its pages follow each other: next, or page",
                )
            )

    def _next(self, document: Any, rows: int, answer: Answer) -> str | None:
        spec, page = self._job.spec, self._by
        if spec.next is not None:
            link = at_path(document, spec.next)
            return resolved(answer.url, link, "the next page") if link else None
        if page is None:
            return None
        if page.by == "link":
            target = next_link(answer.headers.get("link", ""))
            return resolved(answer.url, target, "the next page") if target else None
        if page.by == "cursor":
            cursor = at_path(document, page.cursor or "")
            if cursor is None or cursor == "" or not isinstance(cursor, str):
                return None
            return with_parameters(answer.url, {page.parameter or "": cursor})
        return self._counted_on(page, rows, answer)

    def _counted_on(self, page: PageSpec, rows: int, answer: Answer) -> str | None:
        """The next offset or number; a page that is not full is the last."""
        if not rows or (page.size is not None and rows < page.size):
            return None
        self._number += rows if page.by == "offset" else 1
        return with_parameters(answer.url, {page.parameter or "": str(self._number)})


async def first_page(job: Job) -> Page:
    """The first page."""
    pages = _Pages(job)
    return await pages.ask(pages.first_url())


async def fetch(job: Job) -> Fetched:
    """All rows; a server without pages is asked by its tag first."""
    pages: list[_Pages] = []
    key = key_of(job.table, job.spec)

    async def ask(url: str) -> Page:
        if url == first:
            pages.append(_Pages(job))
            pages[-1].first_url()
        return await pages[-1].ask(url)

    first = _Pages(job).first_url()
    job.reporter.phase("fetching")
    crawled, notes = await crawl_until_it_counts(job, first, ask, key)
    if pages[-1].unchanged:
        return Fetched(full=True)
    tags = pages[-1].tags
    return Fetched(
        rows=crawled.rows,
        key=key if not crawled.rows.nameless else None,
        columns=tuple(wanted_columns(job.spec)),
        etag=tags.get("etag"),
        last_modified=tags.get("last-modified"),
        counted=crawled.total,
        notes=notes,
    )
