"""Whether fetching a table would work: is the server there, does it let us in, has it the columns, how many rows."""

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
    """Ask the server for as little as tells whether `refresh` would work. What stands in the way is in `problems`.

    Raises:
        ConfigError: the section is wrong.
    """
    from cockpit.sources.http.probing import probed

    return await probed(table, spec, place, secrets, progress, limits)
