"""The one place that speaks HTTP: httpx is imported here and nowhere else.

Every request passes the gate of its server, is signed in, has ceilings for time and size, and ends in bytes,
a file, or an error in words. Redirects are followed on the same server only. A body comes as it was sent
and is unpacked here piece by piece, since httpx hands over whatever a packed byte unpacks to at once.
"""

import asyncio
import logging
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import truststore

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.base.version import cockpit_version
from cockpit.sources.http.answers import elsewhere, failure_of
from cockpit.sources.http.breaks import PassingError, known_break
from cockpit.sources.http.exchange import Answer, Partial, Wanted
from cockpit.sources.http.failures import (
    BusyError,
    CertificateError,
    FetchError,
    NonsenseError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
)
from cockpit.sources.http.gate import Gate, gate_for, own_pause, retry_after
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.links import origin_of
from cockpit.sources.http.pace import Pace
from cockpit.sources.http.progress import DeviceCode
from cockpit.sources.http.reporter import Reporter
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.http.spec import shown_url
from cockpit.sources.http.unpacking import unpacked
from cockpit.sources.spec import SourceSpec

# The command line of httpx, which it does without where it is not there, would import rich and pygments.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
import httpx  # noqa: E402

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # they log whole URLs

_REDIRECTS = 5
_ERROR_BYTES = 64 * 1024
_BUSY = (429, 503)
_AGAIN = (502, 504)


@dataclass(slots=True)
class Connection:
    """The connection of one table's refresh to its server.

    Attributes:
        table: whose source it is.
        spec: its section.
        folder: the workspace, which files of the section are relative to.
        secrets: that sign in.
        reporter: is told of bytes, requests and waits.
        limits: that hold.
    """

    table: str
    spec: SourceSpec
    folder: Path
    secrets: Secrets
    reporter: Reporter
    limits: Limits
    _client: httpx.AsyncClient | None = field(default=None, repr=False)
    _ahead: tuple[str, asyncio.Task[Answer]] | None = field(default=None, repr=False)
    _waited: float = 0.0
    _total: int = 0

    async def __aenter__(self) -> Self:
        """Open; nothing is sent yet."""
        self._client = await asyncio.to_thread(self._open)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._forget_ahead()
        if self._client is not None:
            await self._client.aclose()

    def _open(self) -> httpx.AsyncClient:
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.spec.ca_file is not None:
            path = self.folder / Path(self.spec.ca_file).expanduser()
            try:
                context.load_verify_locations(cafile=str(path))
            except (OSError, ssl.SSLError) as error:
                words = "cannot be read as certificates (PEM)"
                raise CertificateError(
                    Problem(words, clean(str(path)), key=f"sources.{self.table}.ca_file")
                ) from error
        proxy = self.spec.proxy if self.spec.proxy not in (None, "none") else None
        limits = self.limits
        try:
            return httpx.AsyncClient(
                verify=context,
                follow_redirects=False,
                timeout=httpx.Timeout(limits.silence, connect=limits.connect, pool=None),
                limits=httpx.Limits(max_connections=limits.in_flight, max_keepalive_connections=1),
                trust_env=self.spec.proxy is None,
                proxy=proxy,
                headers={"User-Agent": f"sales-cockpit/{cockpit_version()}"},
            )
        except (httpx.InvalidURL, ValueError) as error:
            problem = Problem("is not the URL of a proxy", key=f"sources.{self.table}.proxy")
            raise UnreachableError(problem) from error

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        content: bytes | None = None,
    ) -> Answer:
        """Ask, and take the whole answer into memory, up to `Limits.page_bytes`.

        Raises:
            FetchError: in one of its kinds.
        """
        body = bytearray()

        def take(data: bytes) -> None:
            body.extend(data)
            if len(body) > self.limits.page_bytes:
                raise self._too_large(self.limits.page_bytes)

        wanted = Wanted(method, url, {"Accept-Encoding": "gzip", **(headers or {})}, content)
        answer = await self._until_answered(wanted, take, body.clear)
        return Answer(answer.status, answer.headers, bytes(body), answer.url)

    def ask_ahead(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        """Ask for what will most likely be wanted next; `asked_ahead` gives it."""
        if self._ahead is None:
            self._ahead = url, asyncio.create_task(self.get(url, headers))

    async def asked_ahead(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """As `get`; what was asked for ahead is taken when it is this, and else thrown away."""
        if self._ahead is not None and self._ahead[0] == url:
            (_, task), self._ahead = self._ahead, None
            return await task
        await self._forget_ahead()
        return await self.get(url, headers)

    async def _forget_ahead(self) -> None:
        if self._ahead is not None:
            (_, task), self._ahead = self._ahead, None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def head(self, url: str, size: int, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask, and read no further than the first `size` bytes.

        Raises:
            FetchError: in one of its kinds.
        """
        body = bytearray()

        def take(data: bytes) -> None:
            body.extend(data)
            if len(body) >= size:
                raise _EnoughError

        wanted = Wanted("GET", url, {"Accept-Encoding": "identity", **(headers or {})}, None)
        try:
            answer = await self._until_answered(wanted, take, body.clear)
        except _EnoughError:
            return Answer(200, {}, bytes(body[:size]), wanted.url)
        return Answer(answer.status, answer.headers, bytes(body), answer.url)

    async def save(self, url: str, path: Path, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask, and store the answer in a file, up to `Limits.file_bytes`; a break goes on where it broke.

        Raises:
            FetchError: in one of its kinds.
            OSError: the file cannot be written.
        """
        partial = Partial(path)
        with path.open("wb") as file:

            def take(data: bytes) -> None:
                partial.size += len(data)
                if partial.size > self.limits.file_bytes:
                    raise self._too_large(self.limits.file_bytes)
                file.write(data)

            def again() -> None:
                file.seek(0)
                file.truncate()
                partial.size = 0

            wanted = Wanted("GET", url, {"Accept-Encoding": "identity", **(headers or {})}, None)
            return await self._until_answered(wanted, take, again, partial)

    async def _until_answered(
        self,
        wanted: Wanted,
        take: Callable[[bytes], None],
        again: Callable[[], None],
        partial: Partial | None = None,
    ) -> Answer:
        origin = origin_of(wanted.url)
        gate = gate_for(f"{origin[0]}://{origin[1]}:{origin[2]}", self.limits.in_flight)
        while True:
            wanted.tries += 1
            await self._wait(gate, wanted.url)
            try:
                async with gate.slot():
                    answer = await self._once(wanted, take, again, partial, gate)
            except PassingError:
                if wanted.method != "GET" or wanted.tries >= self.limits.tries:
                    raise
                gate.close(min(own_pause(wanted.tries), self.limits.longest_wait))
                if partial is None:
                    again()
                continue
            if answer is not None:
                return answer
            if partial is None:
                again()

    async def _wait(self, gate: Gate, url: str) -> None:
        """Wait at the gate, within what a refresh may wait altogether."""
        left = gate.closed_for
        if left and self._waited + left > self.limits.waits:
            raise self._busy(url, left)
        self._waited += left
        await gate.open(self.reporter.waiting)

    async def _once(
        self,
        wanted: Wanted,
        take: Callable[[bytes], None],
        again: Callable[[], None],
        partial: Partial | None,
        gate: Gate,
    ) -> Answer | None:
        """Ask once. None means that the same is to be asked again."""
        assert self._client is not None, "the connection is open"
        headers = dict(wanted.headers)
        signed = await self._signed()
        if signed is not None:
            headers[signed[0]] = signed[1]
        if partial is not None and partial.size and partial.tag:
            headers |= {"Range": f"bytes={partial.size}-", "If-Range": partial.tag}
        elif partial is not None and partial.size:
            again()
        self.reporter.asked()
        try:
            async with self._client.stream(
                wanted.method, wanted.url, headers=headers, content=wanted.content
            ) as response:
                status = response.status_code
                told = {name.lower(): value for name, value in response.headers.items()}
                if status >= 400:
                    await self._refused(response, told, wanted, gate)
                    return None
                if status in (301, 302, 303, 307, 308):
                    self._redirected(told, wanted)
                    return None
                if partial is not None and status == 206:
                    self._check_range(told, partial, wanted.url)
                elif partial is not None:
                    again()
                if partial is not None:
                    tag = told.get("etag", "")
                    ranges = told.get("accept-ranges") == "bytes"
                    partial.tag = tag if ranges and tag.startswith('"') else None
                if status != 304:
                    async for data in self._unpacked(response, told, wanted.url):
                        take(data)
                return Answer(status, told, b"", wanted.url)
        except httpx.HTTPError as error:
            raise self._translated(error, wanted.url) from error
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            problem = Problem("is not a URL that can be asked", shown_url(wanted.url))
            raise UnreachableError(problem) from error

    async def _signed(self) -> tuple[str, str] | None:
        """The header that signs in; a code that has to be typed into a browser is waited for."""
        question = self.table, self.spec.auth, self.folder
        if self.secrets.at_hand(self.table, self.spec.auth):
            return self.secrets.header(*question)
        loop = asyncio.get_running_loop()

        def show(code: DeviceCode) -> None:
            loop.call_soon_threadsafe(self.reporter.signing_in, code)

        watcher = show if self.secrets.watched else None
        try:
            return await asyncio.to_thread(self.secrets.header, *question, watcher)
        except asyncio.CancelledError:
            self.secrets.stop_waiting()
            raise
        finally:
            self.reporter.signing_in(None)

    async def _refused(
        self, response: httpx.Response, told: Mapping[str, str], wanted: Wanted, gate: Gate
    ) -> None:
        """Deal with a status from 400 on: return when the same is to be asked again, else raise."""
        status = response.status_code
        if status in _BUSY or status in _AGAIN:
            asked = retry_after(told.get("retry-after"), told.get("date")) if status in _BUSY else None
            pause = own_pause(wanted.tries) if asked is None else asked
            pause = min(pause, self.limits.longest_wait)
            gate.close(pause)
            if wanted.tries >= self.limits.tries:
                if status in _BUSY:
                    raise self._busy(wanted.url, pause)
            elif wanted.method == "GET" or status in _BUSY:
                return
        if status == 401 and not wanted.renewed and self.spec.auth is not None:
            wanted.renewed = True
            self.secrets.forget(self.table)
            return
        body = bytearray()
        try:
            async for data in self._unpacked(response, told, wanted.url):
                body.extend(data)
                if len(body) > _ERROR_BYTES:
                    break
        except FetchError:
            body.clear()  # what is wrong has been said by the status
        raise failure_of(status, told, bytes(body), wanted.url, self.table, self.secrets)

    def _redirected(self, told: Mapping[str, str], wanted: Wanted) -> None:
        """Go where the server sends us, on the same server."""
        location = told.get("location", "")
        try:
            target = str(httpx.URL(wanted.url).join(location))
        except (httpx.InvalidURL, ValueError):
            target = ""
        if not location or origin_of(target) != origin_of(wanted.url):
            raise elsewhere(location, wanted.url, self.table)
        wanted.redirects += 1
        if wanted.redirects > _REDIRECTS:
            hint = "look at url"
            raise NonsenseError(Problem("sends us round in a circle", shown_url(wanted.url), hint=hint))
        wanted.tries -= 1
        wanted.url = target

    def _unpacked(self, response: httpx.Response, told: Mapping[str, str], url: str) -> AsyncIterator[bytes]:
        """The body in small pieces, whatever it is packed in."""
        return unpacked(self._chunks(response, url), told.get("content-encoding", ""), url, self._counted)

    async def _chunks(self, response: httpx.Response, url: str) -> AsyncIterator[bytes]:
        pace = Pace(self.limits)
        async for chunk in response.aiter_raw():
            self.reporter.came(len(chunk))
            pace.check(len(chunk), url)
            yield chunk

    def _counted(self, data: bytes) -> bytes:
        self._total += len(data)
        if self._total > self.limits.total_bytes:
            raise self._too_large(self.limits.total_bytes)
        return data

    def _check_range(self, told: Mapping[str, str], partial: Partial, url: str) -> None:
        start = told.get("content-range", "").removeprefix("bytes ").split("-")[0]
        if start != str(partial.size):
            partial.tag = None
            raise NonsenseError(Problem("goes on at another place than asked", shown_url(url)))

    def _translated(self, error: httpx.HTTPError, url: str) -> FetchError:
        """An error of httpx in words of ours; some may go away by themselves."""
        where = shown_url(url)
        if isinstance(error, httpx.ProxyError):
            problem = Problem("the proxy refuses", where, hint="look at proxy, HTTPS_PROXY and NO_PROXY")
            return UnreachableError(problem)
        known = known_break(error, url, self.table)
        if known is not None:
            return known
        if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
            hint = "look at the network, the VPN and the proxy"
            return PassingError(Problem("cannot be reached", where, hint=hint))
        if isinstance(error, httpx.TimeoutException):
            words = f"sent nothing for {self.limits.silence:.0f} seconds"
            return TooSlowError(Problem(words, where, hint="try again later"))
        if isinstance(error, httpx.UnsupportedProtocol):
            return UnreachableError(Problem("is not a web address", where, hint="it begins with https://"))
        if isinstance(error, httpx.RemoteProtocolError):
            words = "broke off in the middle of its answer, or does not speak HTTP"
            return PassingError(Problem(words, where, hint="try again"))
        return PassingError(Problem("the connection broke", where, hint="try again"))

    def _busy(self, url: str, seconds: float) -> BusyError:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        return BusyError(
            Problem("is busy and asks for patience", shown_url(url), hint="try again in a few minutes"),
            until=until,
        )

    def _too_large(self, most: int) -> TooLargeError:
        return TooLargeError(
            Problem(
                f"sends more than {most:,} bytes, so not read on",
                self.spec.place,
                hint="say how its pages follow each other: next, or page"
                if self.spec.type == "json"
                else "set a filter, or ask why",
            )
        )


class _EnoughError(Exception):
    """As much has come as was wanted."""
