"""Bringing what comes over HTTP up to date, one source after the other, before the tables are read."""

import asyncio
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, Problem
from cockpit.sources.http.failures import RunningError, SignInError
from cockpit.sources.http.progress import Listener, Refreshed

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit


class Stopped(Exception):
    """Somebody stopped the pulling; every table is as it was."""


@dataclass(slots=True)
class Pulled:
    """What was fetched.

    Attributes:
        refreshed: by table, what its refresh did.
        failed: by table, why its refresh failed; the download is then as it was.
        questions: by table that does not let us in: what the user may be asked for.
        emptied: by table that came without a row where there were some: how many there were.
    """

    refreshed: dict[str, Refreshed] = field(default_factory=dict)
    failed: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)


def pull(
    cockpit: "Cockpit",
    names: Collection[str],
    *,
    full: bool,
    may_be_empty: Collection[str],
    progress: Listener,
    stop: threading.Event,
    leave_running: bool = False,
) -> Pulled:
    """Refresh the sources among `names` that come over HTTP.

    Args:
        cockpit: the workspace.
        names: which tables.
        full: fetch everything, not only what has changed.
        may_be_empty: tables of which it is known that having no rows is right.
        progress: told how far it is.
        stop: ends the pulling when it is set.
        leave_running: whether a table that another cockpit is fetching at this moment is no failure: its
            rows are seen when they have come.

    Raises:
        Stopped: `stop` was set.
    """
    from cockpit.sources.http.download import download_place
    from cockpit.sources.http.refresh import refresh_blocking

    workspace = cockpit.workspace
    pulled = Pulled()
    for name, spec in workspace.config.sources.items():
        if spec.type is None or name not in names:
            continue
        try:
            pulled.refreshed[name] = refresh_blocking(
                name,
                spec,
                download_place(workspace.folder, name),
                progress=progress,
                secrets=cockpit.secrets,
                full=full,
                accept_empty=name in may_be_empty,
                cancel=stop,
            )
        except asyncio.CancelledError as error:
            raise Stopped from error
        except RunningError as error:
            if not leave_running:
                pulled.failed[name] = error.problems
        except CockpitError as error:
            pulled.failed[name] = error.problems
            pulled.emptied.update(getattr(error, "emptied", {}))
            if isinstance(error, SignInError) and error.question is not None:
                pulled.questions[name] = error.question
    return pulled
