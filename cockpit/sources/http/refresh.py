"""Fetching one table: everything arrives, or nothing changes.

`refresh` asks the server, writes what comes aside as a new revision, looks whether it can be what the section
describes, and makes it the current one in one step. Whatever goes wrong before that step leaves the last
good rows as they are.
"""

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cockpit.base.problems import CockpitError, ConfigError, Problem, SourceError
from cockpit.sources.http.download import Download, downloaded, locked, new_revision
from cockpit.sources.http.failures import SignInError, TooSlowError
from cockpit.sources.http.limits import LIMITS, Limits
from cockpit.sources.http.progress import Listener, Refreshed, silent
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.http.spec import duration, question_for
from cockpit.sources.profile import with_profile
from cockpit.sources.spec import SourceSpec
from cockpit.sources.speccheck import check_spec

if TYPE_CHECKING:
    from cockpit.sources.http.job import Fetched

_Result = TypeVar("_Result")
_Error = TypeVar("_Error", bound=CockpitError)


async def refresh(
    table: str,
    spec: SourceSpec,
    place: Path,
    *,
    progress: Listener = silent,
    secrets: Secrets,
    full: bool = False,
    accept_empty: bool = False,
    limits: Limits = LIMITS,
) -> Refreshed:
    """Fetch a table into its download folder. May be cancelled at any time.

    Args:
        table: one of `canonical.TABLES`.
        spec: its section.
        place: as `download.download_place` gives it.
        progress: is told how far it is, in this task.
        secrets: of the workspace.
        full: fetch everything, whatever is there.
        accept_empty: whether no rows may take the place of rows that are there.
        limits: of size and time.

    Raises:
        ConfigError: the section is wrong.
        EmptiedError: no rows came where there were some, and that was not accepted.
        RunningError: the same table is being fetched already.
        SourceError: in one of the kinds of `failures`; the last good rows are as they were.
    """
    from cockpit.sources.http.fetch import (
        connected,
        fetch,
    )  # httpx and polars, only where something is fetched
    from cockpit.sources.http.merging import IncompleteError
    from cockpit.sources.http.reporter import Reporter
    from cockpit.sources.http.storing import shape_of, store

    spec = checked(table, spec)
    limits = within(limits, spec)
    reporter = Reporter(table, progress)
    with locked(place), new_revision(place) as folder:
        current = downloaded(place)
        previous = current if current is not None and current.shape == shape_of(table, spec) else None
        due = is_due(previous, spec, full)
        try:
            async with asyncio.timeout(limits.deadline):
                while True:
                    parts = table, spec, place, folder, secrets, reporter, limits, previous, due
                    async with connected(*parts) as job:
                        got = await fetch(job)
                    without_secrets(got, secrets)
                    reporter.phase("storing")
                    arguments = (table, spec, place, folder, current, previous, got, reporter, accept_empty)
                    try:
                        return await asyncio.to_thread(store, *arguments)
                    except IncompleteError:
                        due = True
        except SourceError as error:
            if isinstance(error, SignInError):
                error.question = question_for(table, spec.url, spec.auth)
            raise redacted(error, secrets) from None
        except TimeoutError as error:
            raise TooSlowError(
                Problem(
                    f"took longer than {limits.deadline:,.0f} seconds",
                    spec.place,
                    key=f"sources.{table}.deadline",
                    hint="try again later, or give it more time",
                )
            ) from error


def refresh_blocking(
    table: str,
    spec: SourceSpec,
    place: Path,
    *,
    progress: Listener = silent,
    secrets: Secrets,
    full: bool = False,
    accept_empty: bool = False,
    limits: Limits = LIMITS,
    cancel: threading.Event | None = None,
) -> Refreshed:
    """Like `refresh`, for a thread of its own. Setting `cancel` ends it with `asyncio.CancelledError`."""
    running = refresh(
        table,
        spec,
        place,
        progress=progress,
        secrets=secrets,
        full=full,
        accept_empty=accept_empty,
        limits=limits,
    )
    return run_blocking(running, cancel)


def run_blocking(running: Coroutine[Any, Any, _Result], cancel: threading.Event | None = None) -> _Result:
    """Run a coroutine in a loop of its own until it ends or `cancel` is set."""

    async def watched() -> _Result:
        task = asyncio.ensure_future(running)
        while cancel is not None and not task.done():
            if cancel.is_set():
                task.cancel()
            await asyncio.wait((task,), timeout=0.1)
        return await task

    return asyncio.run(watched())


def redacted(error: _Error, secrets: Secrets) -> _Error:
    """The error without secrets: a server may say back what it was sent, in any text and any link."""
    error.problems = tuple(
        replace(
            one,
            message=secrets.redact(one.message),
            file=secrets.redact(one.file) if one.file is not None else None,
            hint=secrets.redact(one.hint) if one.hint is not None else None,
        )
        for one in error.problems
    )
    error.args = ("\n".join(str(problem) for problem in error.problems),)
    return error


def without_secrets(got: "Fetched", secrets: Secrets) -> None:
    """Forget tags and links in which the server says a secret back, since they are stored."""
    for name in ("etag", "last_modified", "delta_link", "watermark"):
        told = getattr(got, name)
        if told is not None and secrets.redact(told) != told:
            setattr(got, name, None)


def checked(table: str, spec: SourceSpec) -> SourceSpec:
    """The section with the profile of its type.

    Raises:
        ConfigError: something in it is wrong, or it reads files.
    """
    whole = with_profile(table, spec)
    if whole.type is None:
        raise ConfigError(Problem("reads files, so there is nothing to fetch", key=f"sources.{table}"))
    wrong = check_spec(table, whole)
    if wrong:
        raise ConfigError(
            *(
                Problem(one.message, key=".".join(map(str, ("sources", table, *one.path))), hint=one.hint)
                for one in wrong
            )
        )
    return whole


def within(limits: Limits, spec: SourceSpec) -> Limits:
    """The limits with the section's own deadline."""
    seconds = duration(spec.deadline) if spec.deadline else None
    return replace(limits, deadline=float(seconds)) if seconds else limits


def is_due(previous: Download | None, spec: SourceSpec, full: bool) -> bool:
    """Whether everything is to be fetched: it was asked for, or nothing was fetched in this shape yet."""
    return full or previous is None or spec.changes == "all"
