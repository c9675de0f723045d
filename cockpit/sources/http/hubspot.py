"""HubSpot (CRM API v3): every value is text; stages of deals are ids that the pipelines give words to.

Source: developers.hubspot.com, "Deals", "Search" and "Pipelines". The search answers with what changed, up to
10,000 rows; beyond that the list is read.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.changes import scan_rows
from cockpit.sources.http.answers import check_content
from cockpit.sources.http.crawl import Page, crawl_until_it_counts
from cockpit.sources.http.decode import Row, at_path, document_in, flat, whole_number
from cockpit.sources.http.failures import FetchError, NonsenseError, SignInError
from cockpit.sources.http.history import COLUMNS, change
from cockpit.sources.http.hubspot_related import (
    COMPANY,
    OWNERS,
    batch_question,
    companies_in,
    person,
    wants_company,
    with_company,
)
from cockpit.sources.http.job import Fetched, Job
from cockpit.sources.http.names import LABEL, OUTCOME, asked_columns, wanted_columns
from cockpit.sources.http.spec import shown_url
from cockpit.sources.http.sweep import sweep_is_due
from cockpit.sources.http.watermark import OVERLAP, moment_of, newest

_PAGE = 100
_HISTORY_PAGE = 50
_OWNERS_PAGE = 100
_SEARCH_MOST = 10_000
_KEY = "id"
_STAGE, _PIPELINE = "dealstage", "pipeline"
_HISTORY = "opportunity_history"


async def fetch(job: Job) -> Fetched:
    """All deals, those changed since the last time, or the history of their properties."""
    if job.table == _HISTORY:
        return await _history(job)
    if job.spec.entity == OWNERS:
        return await _people(job)
    previous = job.previous
    if (
        not job.full
        and previous is not None
        and previous.watermark
        and job.spec.changes in ("auto", "modified")
        and not sweep_is_due(previous, job.spec, datetime.now(UTC))
    ):
        changed = await _changed(job, previous.watermark)
        if changed is not None:
            return changed
    return await _all(job)


async def probe_rows(job: Job) -> tuple[list[Row], int | None]:
    """One deal and how many there are; of people those of the first page, who are not counted."""
    if job.spec.entity == OWNERS:
        document, at = await _asked(job, f"{_root(job)}/crm/v3/owners?limit=1")
        return [person(one) for one in _results(document, at)], None
    question = {"limit": 1, "properties": _properties(job)}
    document, at = await _asked(job, f"{_objects(job)}/search", question)
    rows = _rows(document, at)
    if wants_company(job.spec):
        rows = [{**row, COMPANY: None} for row in rows]
    return rows, whole_number(document.get("total"))


def _root(job: Job) -> str:
    return (job.spec.url or "").rstrip("/")


def _objects(job: Job) -> str:
    return f"{_root(job)}/crm/v3/objects/{job.spec.entity or 'deals'}"


def _properties(job: Job) -> list[str]:
    names = [name for name in asked_columns(job.spec) if name != _KEY and "." not in name]
    if job.spec.modified and job.spec.modified not in names:
        names.append(job.spec.modified)
    return names


async def _all(job: Job) -> Fetched:
    parameters = {"limit": str(_PAGE), "archived": "false", "properties": ",".join(_properties(job))}
    if wants_company(job.spec):
        parameters["associations"] = "companies"
    words = await _Stages.read(job)

    async def ask(url: str) -> Page:
        document, at = await _asked(job, url)
        rows = [words.worded(row) for row in _rows(document, at)]
        if wants_company(job.spec):
            pairs = zip(_results(document, at), rows, strict=True)
            rows = [with_company(record, row) for record, row in pairs]
        return Page(at, rows, _following(document, url))

    crawled, notes = await crawl_until_it_counts(job, f"{_objects(job)}?{urlencode(parameters)}", ask, _KEY)
    return Fetched(
        rows=crawled.rows,
        key=_KEY,
        columns=tuple(wanted_columns(job.spec)),
        watermark=newest(crawled.rows, job.spec.modified),
        notes=[*notes, *words.notes],
    )


def _following(document: dict[str, Any], url: str) -> str | None:
    """The URL of the next page: the cursor is put into that of this one."""
    after = at_path(document, "paging.next.after")
    return f"{url.split('&after=')[0]}&{urlencode({'after': str(after)})}" if after else None


async def _people(job: Job) -> Fetched:
    """The owners: there are few, and nothing tells which of them have changed."""

    async def ask(url: str) -> Page:
        document, at = await _asked(job, url)
        return Page(at, [person(one) for one in _results(document, at)], _following(document, url))

    url = f"{_root(job)}/crm/v3/owners?{urlencode({'limit': _OWNERS_PAGE, 'archived': 'false'})}"
    crawled, notes = await crawl_until_it_counts(job, url, ask, _KEY)
    return Fetched(rows=crawled.rows, key=_KEY, columns=tuple(wanted_columns(job.spec)), notes=notes)


async def _changed(job: Job, watermark: str) -> Fetched | None:
    """What the search finds changed since; None when it cannot give all of it."""
    column = job.spec.modified
    moment = moment_of(watermark)
    if column is None or moment is None:
        return None
    since = int((moment - OVERLAP).timestamp() * 1000)
    writer = job.writer("changed", _KEY)
    after: str | None = None
    came: set[str | None] = set()
    words: _Stages | None = None
    while True:
        question = {
            "filterGroups": [{"filters": [{"propertyName": column, "operator": "GTE", "value": str(since)}]}],
            "sorts": [{"propertyName": column, "direction": "ASCENDING"}],
            "properties": _properties(job),
            "limit": _PAGE,
            **({"after": after} if after is not None else {}),
        }
        document, at = await _asked(job, f"{_objects(job)}/search", question)
        total = whole_number(document.get("total"))
        if total is None or total > _SEARCH_MOST:
            return None
        found = _rows(document, at)
        before_page = len(came)
        came.update(row.get(_KEY) for row in found)
        rows = _unknown(job, column, found)
        if rows and words is None:
            words = await _Stages.read(job)
        if words is not None:
            rows = [words.worded(row) for row in rows]
        if rows and wants_company(job.spec):
            rows = await _with_companies(job, rows)
        writer.add(rows)
        job.reporter.rows(writer.distinct, total)
        before, after = after, at_path(document, "paging.next.after")
        if not after:
            break
        if len(came) == before_page or after == before:
            raise NonsenseError(Problem("the search repeats itself", shown_url(at)))
    if len(came) != total:
        return None
    return Fetched(
        rows=writer,
        full=False,
        key=_KEY,
        columns=tuple(wanted_columns(job.spec)),
        watermark=newest(writer, column) or watermark,
    )


def _unknown(job: Job, column: str, rows: list[Row]) -> list[Row]:
    """The rows that are not here as they are: those just before the watermark come each time."""
    if job.held is None or not rows:
        return rows
    held = scan_rows(job.held)
    if not {_KEY, column}.issubset(held.collect_schema().names()):
        return rows
    ids = [row.get(_KEY) for row in rows]
    known = set(held.select(_KEY, column).filter(pl.col(_KEY).is_in(ids)).collect().iter_rows())
    return [row for row in rows if (row.get(_KEY), row.get(column)) not in known]


async def _with_companies(job: Job, rows: list[Row]) -> list[Row]:
    """The rows with their companies, which the search does not tell."""
    ids = [row[_KEY] or "" for row in rows]
    url = f"{_root(job)}/crm/v4/associations/{job.spec.entity or 'deals'}/companies/batch/read"
    document, _ = await _asked(job, url, batch_question(ids))
    companies = companies_in(document)
    return [{**row, COMPANY: companies.get(row[_KEY] or "")} for row in rows]


async def _asked(job: Job, url: str, question: dict[str, Any] | None = None) -> tuple[dict[str, Any], str]:
    headers = {"Accept": "application/json"}
    if question is None:
        answer = await job.connection.get(url, headers)
    else:
        content = json.dumps(question).encode()
        headers["Content-Type"] = "application/json"
        answer = await job.connection.get(url, headers, method="POST", content=content)
    check_content(answer.headers, answer.body, answer.url, job.table, "json")
    document = document_in(answer.body, answer.url)
    if not isinstance(document, dict):
        raise NonsenseError(Problem("the answer is not a record", shown_url(url)))
    return document, answer.url


def _results(document: dict[str, Any], url: str) -> list[dict[str, Any]]:
    results = document.get("results")
    if not isinstance(results, list) or any(not isinstance(one, dict) for one in results):
        raise NonsenseError(Problem("the answer has no list of results", shown_url(url)))
    return results


def _rows(document: dict[str, Any], url: str) -> list[Row]:
    """Properties under their own names, with the id."""
    return [flat({**(one.get("properties") or {}), _KEY: one.get("id")}) for one in _results(document, url)]


class _Stages:
    """What the portal's own stages and pipelines are called, and which are won or lost."""

    def __init__(self) -> None:
        self._stages: dict[tuple[str, str], tuple[str, str]] = {}
        self._pipelines: dict[str, str] = {}
        self._wanted = False
        self.notes: list[Problem] = []

    @classmethod
    async def read(cls, job: Job) -> "_Stages":
        """Ask for the pipelines, where a column of the section needs them."""
        words = cls()
        if not any(name.startswith((f"{_STAGE}.", f"{_PIPELINE}.")) for name in wanted_columns(job.spec)):
            return words
        words._wanted = True
        try:
            document, at = await _asked(job, f"{_root(job)}/crm/v3/pipelines/deals")
            pipelines = _results(document, at)
        except SignInError:
            raise
        except FetchError as error:
            words.notes.append(
                Problem(
                    f"the names of the stages cannot be read: {error.problems[0].message}",
                    job.spec.place,
                    hint="ask for the scope crm.schemas.deals.read",
                    severity="note",
                )
            )
            return words
        for pipeline in pipelines:
            words._pipelines[str(pipeline.get("id"))] = clean(str(pipeline.get("label", "")))
            for stage in pipeline.get("stages") or []:
                known = stage.get("metadata") or {}
                key = str(pipeline.get("id")), str(stage.get("id"))
                words._stages[key] = clean(str(stage.get("label", ""))), _outcome(known)
        return words

    def worded(self, row: Row) -> Row:
        """The row with words beside its stage and pipeline, where a column of the section needs them."""
        if not self._wanted:
            return row
        pipeline, stage = row.get(_PIPELINE) or "", row.get(_STAGE) or ""
        label, outcome = self._stages.get((pipeline, stage)) or (None, None)
        row[_STAGE + LABEL] = label
        row[_STAGE + OUTCOME] = outcome
        row[_PIPELINE + LABEL] = self._pipelines.get(pipeline)
        return row


def _outcome(metadata: dict[str, Any]) -> str:
    """open, won or lost: a closed stage with a probability of 1 is won."""
    closed = str(metadata.get("isClosed", "")).casefold()
    try:
        probability = float(str(metadata.get("probability", "")))
    except ValueError:
        probability = 0.0
    if closed == "false" or (closed != "true" and 0 < probability < 1):
        return "open"
    return "won" if probability >= 1 else "lost"


async def _history(job: Job) -> Fetched:
    """What each property was before: HubSpot gives the versions of a property, newest first."""
    names = job.spec.select or [_STAGE, "amount", "closedate"]
    parameters = {
        "limit": str(_HISTORY_PAGE),
        "archived": "false",
        "properties": names[0],
        "propertiesWithHistory": ",".join(names),
    }

    async def ask(url: str) -> Page:
        document, at = await _asked(job, url)
        rows = [row for one in _results(document, at) for row in _versions(one)]
        return Page(at, rows, _following(document, url))

    crawled, notes = await crawl_until_it_counts(job, f"{_objects(job)}?{urlencode(parameters)}", ask, None)
    return Fetched(rows=crawled.rows, columns=COLUMNS, derive=_in_order, notes=notes)


def _versions(deal: dict[str, Any]) -> Iterator[Row]:
    for name, versions in (deal.get("propertiesWithHistory") or {}).items():
        old: str | None = None
        for version in sorted(versions or [], key=lambda one: str(one.get("timestamp", ""))):
            new = version.get("value")
            if new != old:
                by = str(version.get("sourceId") or version.get("sourceType") or "") or None
                yield change(str(deal.get("id")), name, old, new, str(version.get("timestamp", "")), by)
            old = new


def _in_order(rows: pl.LazyFrame) -> pl.DataFrame:
    return rows.sort("opportunity_id", "changed_at", maintain_order=True).collect(engine="streaming")
