"""Salesforce: SOQL over REST for few rows, a Bulk API 2.0 job for many, histories as a table of changes.

Sources: developer.salesforce.com, "REST API Developer Guide" (Query, QueryMore, API limits) and "Bulk API 2.0
and Bulk API Developer Guide" (query jobs). The platform sends no Retry-After: a spent daily allowance answers
403 REQUEST_LIMIT_EXCEEDED, and asking again within minutes is useless.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.answers import check_content
from cockpit.sources.http.bulk import bulk_rows
from cockpit.sources.http.crawl import Page, crawl, crawl_until_it_counts
from cockpit.sources.http.decode import Row, document_in, flat, whole_number
from cockpit.sources.http.failures import FetchError, NonsenseError, NotAllowedError, RefusedError
from cockpit.sources.http.job import Fetched, Job
from cockpit.sources.http.links import resolved
from cockpit.sources.http.names import OUTCOME, asked_columns, wanted_columns
from cockpit.sources.http.rowset import RowWriter
from cockpit.sources.http.spec import shown_url
from cockpit.sources.http.stage_history import FIELD_HISTORY, STATE_HISTORY, changes_of
from cockpit.sources.http.sweep import sweep_is_due
from cockpit.sources.http.watermark import newest, since

VERSION = "v61.0"
_KEY = "Id"
_BULK_FROM = 2_000
"""More rows than this are fetched by a bulk job, as Salesforce advises."""
_HISTORY = "opportunity_history"


def services(job: Job) -> str:
    """The root of the REST API; a url that names a version itself is taken as it is."""
    url = (job.spec.url or "").rstrip("/")
    return url if "/services/data/" in url else f"{url}/services/data/{VERSION}"


async def fetch(job: Job) -> Fetched:
    """All rows, those changed since the last time, or the histories."""
    if job.table == _HISTORY:
        return await _histories(job)
    spec, previous = job.spec, job.previous
    columns = [_KEY, *(one for one in asked_columns(spec) if one != _KEY)]
    entity = spec.entity or "Opportunity"
    if not job.full and previous is not None and previous.watermark and spec.changes in ("auto", "modified"):
        moment = since(previous.watermark)
        if moment is not None and spec.modified is not None:
            condition = _both(spec.filter, f"{spec.modified} >= {moment}")
            rows, notes = await query_rows(job, soql(entity, columns, condition), "changed", _KEY)
            present = None
            if sweep_is_due(previous, spec, datetime.now(UTC)):
                job.reporter.phase("checking")
                present, _ = await query_rows(job, soql(entity, [_KEY], spec.filter), "present", _KEY)
            return Fetched(
                rows=rows,
                full=False,
                present=present,
                key=_KEY,
                columns=tuple(wanted_columns(spec)),
                watermark=newest(rows, spec.modified) or previous.watermark,
                notes=notes,
            )
    rows, notes = await query_rows(job, soql(entity, columns, spec.filter), "rows", _KEY)
    return Fetched(
        rows=rows,
        key=_KEY,
        columns=tuple(wanted_columns(spec)),
        watermark=newest(rows, spec.modified),
        notes=notes,
    )


async def first_page(job: Job) -> Page:
    """One row and the whole count."""
    entity, columns = job.spec.entity or "Opportunity", asked_columns(job.spec)
    if job.table == _HISTORY:
        entity, columns = "OpportunityHistory", list(STATE_HISTORY)
    try:
        page = await _page(
            job,
            f"{services(job)}/query?q={quote(soql(entity, columns, job.spec.filter) + ' LIMIT 1', safe='')}",
        )
        count = await _page(
            job, f"{services(job)}/query?q={quote(soql(entity, ['COUNT()'], job.spec.filter), safe='')}"
        )
    except (RefusedError, NotAllowedError) as error:
        raise _in_words(job, error) from error
    page.total = count.total
    return page


def soql(entity: str, columns: list[str], condition: str | None) -> str:
    """A query of typed parts."""
    where = f" WHERE {condition}" if condition else ""
    return f"SELECT {', '.join(columns)} FROM {entity}{where}"  # noqa: S608 (read-only, from the user's own file)


def _both(first: str | None, second: str) -> str:
    return f"({first}) AND {second}" if first else second


async def query_rows(job: Job, query: str, name: str, key: str | None) -> tuple[RowWriter, list[Problem]]:
    """The rows of a query: by REST, or by a bulk job when there are many. A lost place begins it anew."""
    url = f"{services(job)}/query?q={quote(query, safe='')}"
    is_large = False

    async def ask(page_url: str) -> Page:
        nonlocal is_large
        page = await _page(job, page_url)
        if page_url == url and page.next is not None and (page.total or 0) > _BULK_FROM:
            is_large = True
            page.next = None
        return page

    for attempt in range(1, job.limits.crawls + 1):
        try:
            probe = job.writer(f"{name}-first-{attempt}", key)
            crawled = await crawl(job, url, ask, probe)
            if is_large:
                bulk = job.writer(f"{name}-bulk", key)
                if await bulk_rows(job, services(job), query, bulk, with_outcome):
                    return bulk, []

                async def onward(page_url: str) -> Page:
                    return await _page(job, page_url)

                crawled, notes = await crawl_until_it_counts(job, url, onward, key, f"{name}-{attempt}")
                return crawled.rows, notes
            if crawled.total not in (None, crawled.rows.distinct):
                continue
            return crawled.rows, []
        except RefusedError as error:
            if error.code != "INVALID_QUERY_LOCATOR" or attempt == job.limits.crawls:
                raise _in_words(job, error) from error
        except NotAllowedError as error:
            raise _in_words(job, error) from error
    raise NonsenseError(
        Problem("never gave as many rows as it says it has", shown_url(url), hint="try again")
    )


async def _page(job: Job, url: str) -> Page:
    answer = await job.connection.get(url, {"Accept": "application/json"})
    check_content(answer.headers, answer.body, answer.url, job.table, "json")
    document = document_in(answer.body, answer.url)
    records = document.get("records") if isinstance(document, dict) else None
    if not isinstance(records, list) or any(not isinstance(one, dict) for one in records):
        raise NonsenseError(Problem("the answer has no list of records", shown_url(url)))
    done = document.get("done")
    link = document.get("nextRecordsUrl")
    if done is False and not link:
        raise NonsenseError(Problem("says there is more and not where", shown_url(url), hint="try again"))
    following = resolved(answer.url, link, "the next page") if link and done is not True else None
    return Page(
        answer.url, [_row(one) for one in records], following, whole_number(document.get("totalSize"))
    )


def _row(record: dict[str, Any]) -> Row:
    """A record without the attributes of records and associations, with the outcome in one word."""
    return with_outcome(flat(_plain(record)))


def with_outcome(row: Row) -> Row:
    """The row with open, won or lost, which Salesforce tells in two columns."""
    if "IsClosed" in row and "IsWon" in row:
        closed, won = row["IsClosed"] == "true", row["IsWon"] == "true"
        row["IsClosed" + OUTCOME] = "open" if not closed else "won" if won else "lost"
    return row


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _plain(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if name != "attributes"
    }


def _in_words(job: Job, error: FetchError) -> FetchError:
    """What Salesforce means by a refusal."""
    text = str(error)
    key = f"sources.{job.table}"
    if "REQUEST_LIMIT_EXCEEDED" in text:
        return NotAllowedError(
            Problem(
                "the organisation's daily allowance of requests is spent",
                job.spec.place,
                key=key,
                hint="it comes back over 24 hours; refresh less often",
            )
        )
    if isinstance(error, RefusedError) and error.code in ("INVALID_FIELD", "INVALID_TYPE"):
        named = [one for one in asked_columns(job.spec) if f"'{one}'" in error.reason]
        mapped = [f"columns.{ours}" for ours, theirs in job.spec.columns.items() if theirs in named]
        problem = Problem(
            f"does not know a name: {clean(error.reason)}",
            job.spec.place,
            key=f"{key}.{mapped[0]}" if mapped else key,
            hint="renamed, or no right to see it? Correct the name, or list it in without",
        )
        return RefusedError(problem, status=error.status, code=error.code, reason=error.reason)
    return error


async def _histories(job: Job) -> Fetched:
    """Both histories of deals; that of the fields the organisation tracks may be closed to us."""
    spec, previous = job.spec, job.previous
    moment = (
        since(previous.watermark) if previous is not None and previous.watermark and not job.full else None
    )
    condition = _both(spec.filter, f"CreatedDate >= {moment}") if moment else spec.filter
    notes: list[Problem] = []
    rows, more = await query_rows(
        job, soql("OpportunityHistory", list(STATE_HISTORY), condition), "states", _KEY
    )
    notes += more
    try:
        fields, more = await query_rows(
            job, soql("OpportunityFieldHistory", list(FIELD_HISTORY), condition), "fields", _KEY
        )
        notes += more
    except (NotAllowedError, RefusedError) as error:
        words = f"OpportunityFieldHistory cannot be read: {error.problems[0].message}"
        notes.append(
            Problem(words, spec.place, hint="OpportunityHistory is read all the same", severity="note")
        )
    else:
        rows.join(fields)
    return Fetched(
        rows=rows,
        full=moment is None,
        key=_KEY,
        derive=changes_of,
        columns=COLUMNS_KEPT,
        watermark=newest(rows, "CreatedDate") or (previous.watermark if previous is not None else None),
        notes=notes,
    )


COLUMNS_KEPT = tuple(dict.fromkeys((*STATE_HISTORY, *FIELD_HISTORY)))
