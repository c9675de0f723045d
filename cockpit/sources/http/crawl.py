"""From page to page until the end: never in a circle, never without end, and the count is checked."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from cockpit.base.problems import Problem
from cockpit.sources.http.decode import Row
from cockpit.sources.http.failures import NonsenseError
from cockpit.sources.http.job import Job
from cockpit.sources.http.links import Trail
from cockpit.sources.http.rowset import RowWriter
from cockpit.sources.http.spec import shown_url


@dataclass(slots=True)
class Page:
    """One page of rows.

    Attributes:
        url: that it came from.
        rows: of text, or columns of text.
        next: URL of the next page, whole and on the same server; None at the end.
        total: rows that the server says there are altogether, or None.
        facts: whatever else the page tells its kind of source.
    """

    url: str
    rows: Sequence[Row] | pl.DataFrame
    next: str | None = None
    total: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Crawled:
    """What a reading of all pages gave.

    Attributes:
        rows: where they are.
        last: the last page, without its rows.
        total: the count on the first page that told one.
        moved: whether a later page told another. Some servers count what is left from that page on; that is
            the same.
        pages: how many.
    """

    rows: RowWriter
    last: Page
    total: int | None
    moved: bool
    pages: int


async def crawl(job: Job, first: str, ask: Callable[[str], Awaitable[Page]], writer: RowWriter) -> Crawled:
    """Read every page; while rows of one are put away, the next is on its way.

    Args:
        job: whose limits hold.
        first: URL of the first page.
        ask: gets and parses one page.
        writer: takes the rows.

    Raises:
        NonsenseError: a link repeats, pages bring nothing new, or there are too many.
    """
    trail = Trail(job.limits.pages)
    trail.step(first)
    coming: asyncio.Task[Page] | None = asyncio.create_task(_asked(ask, first))
    total: int | None = None
    moved = False
    empty = 0
    pages = 0
    try:
        while coming is not None:
            page = await coming
            pages += 1
            coming = None
            if page.next is not None:
                trail.step(page.next)
                coming = asyncio.create_task(_asked(ask, page.next))
            if page.total is not None:
                total = page.total if total is None else total
                moved = moved or total not in (page.total, page.total + writer.count)
            new = await job.aside(partial(writer.add, page.rows))
            job.reporter.rows(writer.distinct, total)
            empty = 0 if new else empty + 1
            if page.next is not None and len(page.rows) and not new:
                raise _repeats(page.url, "a page holds no row that had not come before")
            if page.next is not None and empty > job.limits.empty_pages:
                raise _repeats(page.url, f"{empty:,} pages without a row follow each other")
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
    page.rows = []
    return Crawled(writer, page, total, moved, pages)


async def crawl_until_it_counts(
    job: Job,
    first: str,
    ask: Callable[[str], Awaitable[Page]],
    key: str | None,
    name: str = "rows",
) -> tuple[Crawled, list[Problem]]:
    """Read every page, and once more while the number of rows is not the one that the server tells.

    Rows that are added or removed while pages are read can push others over the edge of a page, so that they
    come twice or not at all. A count that holds from the first page to the last and equals the rows that came
    rules that out.

    Returns:
        The reading, and a note where the count kept moving.

    Raises:
        NonsenseError: the count stands still, and rows are missing every time.
    """
    notes: list[Problem] = []
    for attempt in range(1, job.limits.crawls + 1):
        writer = job.writer(f"{name}-{attempt}", key)
        crawled = await crawl(job, first, ask, writer)
        if crawled.total is None or (writer.distinct == crawled.total and not crawled.moved):
            return crawled, notes
        await job.aside(partial(_drop, writer, attempt < job.limits.crawls))
    if writer.distinct < (crawled.total or 0) and not crawled.moved:
        raise NonsenseError(
            Problem(
                f"says it has {crawled.total:,} rows and gave {writer.distinct:,}, {attempt} times over",
                shown_url(first),
                hint="the last good rows stay; tell its administrator",
            )
        )
    words = f"its rows changed while they were read: {writer.distinct:,} came of {crawled.total:,}"
    notes.append(
        Problem(words, shown_url(first), hint="the next refresh reads all again", severity="warning")
    )
    return crawled, notes


def _drop(writer: RowWriter, again: bool) -> None:
    if again:
        for part in writer.parts:
            part.unlink(missing_ok=True)


async def _asked(ask: Callable[[str], Awaitable[Page]], url: str) -> Page:
    return await ask(url)


def _repeats(url: str, words: str) -> NonsenseError:
    return NonsenseError(
        Problem(f"the server repeats itself: {words}", shown_url(url), hint="the last good rows stay")
    )
