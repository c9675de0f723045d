"""The one way from a source section to a typed table."""

from pathlib import Path

from cockpit.sources.spec import SourceSpec
from cockpit.sources.table import Table


def load_table(
    name: str, spec: SourceSpec, folder: Path, cache: Path | None = None, *, zone: str | None = None
) -> Table:
    """Load one table.

    Args:
        name: one of `spec.TABLES`.
        spec: its section.
        folder: what paths are relative to: the workspace.
        cache: folder of the typed columnar cache of this workspace, or None for none.
        zone: IANA zone in which days are counted (the calendar's); times of a source that names its
            `timezone` are converted to it before the time of day is dropped.

    Raises:
        SourceError: the files cannot be read or do not have the mapped columns; with all problems.
    """
    raise NotImplementedError
