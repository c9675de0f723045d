"""One small question to a source: does it answer, does it let us in, has it the columns, how many rows."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from cockpit.base.problems import CockpitError, Problem, did_you_mean
from cockpit.sources.http import odata, salesforce
from cockpit.sources.http.columns import names_in
from cockpit.sources.http.failures import (
    CertificateError,
    FetchError,
    NotAllowedError,
    RefusedError,
    SignInError,
    TooSlowError,
    UnreachableError,
)
from cockpit.sources.http.fetch import connected
from cockpit.sources.http.hubspot import probe_rows
from cockpit.sources.http.job import Job
from cockpit.sources.http.json_pages import first_page
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.names import asked_columns, key_of, key_of_column
from cockpit.sources.http.progress import Listener, ProbeResult
from cockpit.sources.http.refresh import checked, redacted, within
from cockpit.sources.http.reporter import Reporter
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.http.spec import host_of
from cockpit.sources.http.whole_file import columns_of
from cockpit.sources.spec import SourceSpec

_LONGEST = 60.0


async def probed(
    table: str, spec: SourceSpec, place: Path, secrets: Secrets, progress: Listener, limits: Limits
) -> ProbeResult:
    """As `probe.probe`."""
    spec = checked(table, spec)
    limits = within(limits, spec)
    result = ProbeResult(table, host_of(spec.url or ""))
    reporter = Reporter(table, progress)
    try:
        with tempfile.TemporaryDirectory(prefix="cockpit-") as folder:
            async with asyncio.timeout(min(limits.deadline, _LONGEST)):
                parts = table, spec, place, Path(folder), secrets, reporter, limits
                async with connected(*parts, previous=None, full=True) as job:
                    total, columns = await _first(job)
    except CockpitError as error:
        return _failed(result, spec, redacted(error, secrets))
    except TimeoutError:
        problem = Problem(f"did not answer within {_LONGEST:.0f} seconds", spec.place, hint="try again later")
        return replace(result, problems=(problem,))
    return _judged(replace(result, reached=True, signed_in=True, rows=total), spec, columns)


def _failed(result: ProbeResult, spec: SourceSpec, error: CockpitError) -> ProbeResult:
    """How far it came before it failed."""
    result = replace(result, problems=error.problems)
    match error:
        case UnreachableError() | CertificateError() | TooSlowError():
            return result
        case SignInError():
            return replace(result, reached=True, signed_in=False)
        case RefusedError():
            return replace(result, reached=True, signed_in=True, missing=_named(error, spec))
        case NotAllowedError():
            return replace(result, reached=True, signed_in=True)
        case FetchError():
            return replace(result, reached=True)
    return result


async def _first(job: Job) -> tuple[int | None, list[str]]:
    """The whole count where it is told, and the columns."""
    match job.spec.type:
        case "odata" | "dataverse":
            page = await odata.first_page(job, key_of(job.table, job.spec))
            return page.total, names_in(page.rows)
        case "salesforce":
            page = await salesforce.first_page(job)
            return page.total, names_in(page.rows)
        case "hubspot":
            rows, total = await probe_rows(job)
            return total, names_in(rows)
        case "json":
            page = await first_page(job)
            total = page.total if page.next is not None else len(page.rows)
            return total, names_in(page.rows)
        case _:
            return None, list(await columns_of(job))


def _judged(result: ProbeResult, spec: SourceSpec, names: list[str]) -> ProbeResult:
    wanted = asked_columns(spec)
    missing = tuple(one for one in wanted if names and one not in names and one.split(".")[0] not in names)
    problems = [
        Problem(
            f"the server has no column {name!r}",
            spec.place,
            key=key_of_column(result.table, spec, name),
            hint=did_you_mean(name, names) or f"columns: {', '.join(names)[:300]}",
        )
        for name in missing
    ]
    if result.rows == 0:
        words = "there are no rows that we may see"
        hint = "is there a right to read them, and does filter leave any?"
        problems.append(Problem(words, spec.place, hint=hint, severity="warning"))
    return replace(result, columns=tuple(names), missing=missing, problems=tuple(problems))


def _named(error: RefusedError, spec: SourceSpec) -> tuple[str, ...]:
    return tuple(
        one for one in asked_columns(spec) if f"'{one}'" in error.reason or f'"{one}"' in error.reason
    )
