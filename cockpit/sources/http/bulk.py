"""A query job of Salesforce's Bulk API 2.0: made, waited for, its results read part by part, and removed."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from urllib.parse import quote

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.decode import Row, document_in
from cockpit.sources.http.exchange import Answer
from cockpit.sources.http.failures import FetchError, NonsenseError, NotAllowedError, RefusedError
from cockpit.sources.http.job import Job
from cockpit.sources.http.links import Trail
from cockpit.sources.http.rowset import RowWriter
from cockpit.sources.http.spec import shown_url

_PART = 10_000
_FIRST_LOOK, _LONGEST_LOOK = 0.5, 10.0
_FAILED = ("Failed", "Aborted")


async def bulk_rows(job: Job, root: str, query: str, writer: RowWriter, worded: Callable[[Row], Row]) -> bool:
    """Fetch the rows of a query by a job; `worded` completes each.

    Returns:
        Whether that could be done; without the right to bulk jobs it cannot, and nothing was written.

    Raises:
        FetchError: the job failed or its results are not whole.
    """
    question = {"operation": "query", "query": query, "contentType": "CSV", "columnDelimiter": "COMMA"}
    try:
        made = _record(await _asked(job, f"{root}/jobs/query", "POST", question))
    except (NotAllowedError, RefusedError):
        return False
    url = f"{root}/jobs/query/{quote(str(made.get('id', '')), safe='')}"
    try:
        count = await _until_complete(job, url)
        await _results(job, f"{url}/results", writer, count, worded)
    finally:
        with suppress(FetchError):
            await _asked(job, url, "DELETE")
    if count is not None and writer.count != count:
        words = f"the job has {count:,} rows and gave {writer.count:,}"
        raise NonsenseError(Problem(words, shown_url(url), hint="try again"))
    return True


async def _until_complete(job: Job, url: str) -> int | None:
    """Wait until the job is done, looking less and less often; how many rows it has."""
    job.reporter.phase("waiting")
    pause = _FIRST_LOOK
    while True:
        state = _record(await _asked(job, url))
        if state.get("state") == "JobComplete":
            job.reporter.phase("fetching")
            processed = str(state.get("numberRecordsProcessed", ""))
            return int(processed) if processed.isdigit() else None
        if state.get("state") in _FAILED:
            reason = clean(job.connection.secrets.redact(str(state.get("errorMessage", ""))))
            raise FetchError(Problem(f"the bulk job failed: {reason}", shown_url(url), hint="try again"))
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_LOOK)


async def _results(
    job: Job, url: str, writer: RowWriter, count: int | None, worded: Callable[[Row], Row]
) -> None:
    trail = Trail(job.limits.pages)
    following = f"{url}?maxRecords={_PART}"
    while True:
        trail.step(following)
        answer = await job.connection.get(following, {"Accept": "text/csv"})
        rows = [worded(row) for row in rows_of(answer.body, url)]
        await job.aside(partial(writer.add, rows))
        job.reporter.rows(writer.count, count)
        locator = answer.headers.get("sforce-locator", "null")
        if locator == "null":
            return
        following = f"{url}?maxRecords={_PART}&locator={quote(locator, safe='')}"


def rows_of(body: bytes, url: str) -> list[Row]:
    """The rows of one part; an empty cell is nothing.

    Raises:
        NonsenseError: it is cut short, or a row has more or fewer cells than the header.
    """
    if body and not body.endswith(b"\n"):
        raise NonsenseError(Problem("the results are cut short", shown_url(url), hint="try again"))
    reader = csv.reader(io.StringIO(body.decode("utf-8-sig", "replace"), newline=""))
    header = next(reader, [])
    rows: list[Row] = []
    for cells in reader:
        if len(cells) != len(header):
            raise NonsenseError(
                Problem("a row of the results is not whole", shown_url(url), hint="try again")
            )
        rows.append({name: cell or None for name, cell in zip(header, cells, strict=True)})
    return rows


async def _asked(job: Job, url: str, method: str = "GET", question: dict[str, str] | None = None) -> Answer:
    headers = {"Accept": "application/json"}
    content = None
    if question is not None:
        headers["Content-Type"] = "application/json"
        content = json.dumps(question).encode()
    return await job.connection.get(url, headers, method=method, content=content)


def _record(answer: Answer) -> dict[str, object]:
    document = document_in(answer.body, answer.url)
    if not isinstance(document, dict):
        raise NonsenseError(Problem("the answer is not a record", shown_url(answer.url)))
    return document
