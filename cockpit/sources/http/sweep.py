"""When everything is compared again, so that rows that are gone are noticed."""

from datetime import datetime, timedelta

from cockpit.sources.http.download import Download
from cockpit.sources.http.spec import duration
from cockpit.sources.spec import SourceSpec

_USUAL = 24 * 3_600


def sweep_is_due(previous: Download, spec: SourceSpec, now: datetime) -> bool:
    """Whether the last full reading or comparison is longer ago than the section's `full_every` (a day)."""
    seconds = (duration(spec.full_every) if spec.full_every else None) or _USUAL
    return now - previous.swept_at >= timedelta(seconds=seconds)
