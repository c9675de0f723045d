"""Whether fetching a table would work: does the server answer, let us in, have the columns and rows."""

from pathlib import Path

from cockpit.sources.http.limits import LIMITS, Limits
from cockpit.sources.http.progress import Listener, ProbeResult, silent
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.spec import SourceSpec


async def probe(
    table: str,
    spec: SourceSpec,
    place: Path,
    *,
    secrets: Secrets,
    progress: Listener = silent,
    limits: Limits = LIMITS,
) -> ProbeResult:
    """Ask for as little as tells whether `refresh` would work; what stands in its way is in `problems`.

    Raises:
        ConfigError: the section is wrong.
    """
    from cockpit.sources.http.probing import probed

    return await probed(table, spec, place, secrets, progress, limits)
