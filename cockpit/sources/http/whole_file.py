"""A CSV or Parquet file over HTTP: asked for by its tag, stored as it was sent, refused unless whole."""

from cockpit.base.problems import Problem, SourceError
from cockpit.sources.files import SourceFile
from cockpit.sources.formats import read_as
from cockpit.sources.http.answers import check_content
from cockpit.sources.http.failures import NonsenseError
from cockpit.sources.http.job import Fetched, Job
from cockpit.sources.http.names import wanted_columns
from cockpit.sources.http.spec import shown_url

_ACCEPT = {
    "csv": "text/csv, text/plain;q=0.9, */*;q=0.1",
    "parquet": "application/vnd.apache.parquet, */*;q=0.1",
}

_BEGINNING = 64 * 1024


async def fetch(job: Job) -> Fetched:
    """The file, or nothing when the server says that it is the one we have."""
    kind = job.spec.type or ""
    headers = {"Accept": _ACCEPT[kind]}
    if not job.full and job.previous is not None:
        if job.previous.etag:
            headers["If-None-Match"] = job.previous.etag
        if job.previous.last_modified:
            headers["If-Modified-Since"] = job.previous.last_modified
    path = job.folder / f"answer.{kind}"
    job.reporter.phase("fetching")
    answer = await job.connection.save((job.spec.url or "").split("#")[0], path, headers)
    if answer.status == 304:
        return Fetched(full=True)
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(512)
        file.seek(max(size - 4, 0))
        end = file.read()
    check_content(answer.headers, start, answer.url, job.table, kind)
    told = "content-length" in answer.headers or "chunked" in answer.headers.get("transfer-encoding", "")
    cut = kind == "parquet" and end != b"PAR1"
    if cut or (kind == "csv" and not told and not end.endswith((b"\n", b"\r"))):
        words = "the file is cut short: it has no end"
        raise NonsenseError(Problem(words, shown_url(answer.url), hint="try again"))
    if size == 0:
        words = "an empty file came, without even a header"
        raise NonsenseError(Problem(words, shown_url(answer.url), hint="the last good rows stay"))
    return Fetched(
        file=path, etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified")
    )


async def columns_of(job: Job) -> tuple[str, ...]:
    """The columns of a CSV file, from its beginning; those of Parquet stand at its end and are not read."""
    kind = job.spec.type or ""
    answer = await job.connection.head(
        (job.spec.url or "").split("#")[0], _BEGINNING, {"Accept": _ACCEPT[kind]}
    )
    check_content(answer.headers, answer.body, answer.url, job.table, kind)
    if kind != "csv":
        return ()
    path = job.folder / "beginning.csv"
    whole = answer.body if len(answer.body) < _BEGINNING else answer.body[: answer.body.rfind(b"\n") + 1]
    path.write_bytes(whole)
    spec = job.spec
    try:
        raw = read_as(spec, SourceFile(path), job.folder, wanted_columns(spec))
    except SourceError as error:
        raise NonsenseError(
            *(Problem(one.message, spec.place, hint=one.hint) for one in error.problems)
        ) from error
    return raw.headers
