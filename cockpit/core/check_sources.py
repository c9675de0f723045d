"""Whether each source could be pulled now: is it there, are we let in, has it the columns, how many rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError, Problem

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.core.status import SourceStatus
    from cockpit.sources.http.progress import ProbeResult


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """How one source was found.

    Attributes:
        table: its table.
        place: the file, or host and path.
        reached: whether it is there and may be read.
        signed_in: whether the server lets us in; None of files, and where that could not be found out.
        rows: rows there now, as the file has them or the server says; None where that is not known.
        rejected: rows of the last reading that are not in the table.
        problems: what stands in the way.
    """

    table: str
    place: str
    reached: bool
    signed_in: bool | None
    rows: int | None
    rejected: int
    problems: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """One element of `sources` in the document of `cockpit check --json`."""
        return {
            "table": self.table,
            "place": self.place,
            "reached": self.reached,
            "signed_in": self.signed_in,
            "rows": self.rows,
            "rejected": self.rejected,
        }

    def __str__(self) -> str:
        rows = f"{self.rows:,} rows" if self.rows is not None else "rows not counted"
        words = [rows if self.reached else "not there"]
        if self.signed_in is not None:
            words.append("signed in" if self.signed_in else "not signed in")
        if self.rejected:
            words.append(f"{self.rejected:,} rejected")
        return f"{self.table}: {self.place}: {', '.join(words)}"


def check_sources(
    cockpit: "Cockpit", progress: "Callable[[str], None]" = lambda table: None
) -> list[SourceCheck]:
    """Read every file, and ask every server for as little as tells whether it could be pulled.

    Args:
        cockpit: the workspace.
        progress: told the name of each server's table before it is asked.
    """
    found = []
    for status in cockpit.sources():
        if cockpit.workspace.config.sources[status.name].type is None:
            found.append(_of_file(cockpit, status))
        else:
            progress(status.name)
            found.append(_of_server(cockpit, status))
    return found


def _of_file(cockpit: "Cockpit", status: "SourceStatus") -> SourceCheck:
    if status.report is not None and not status.kept:
        rows, rejected = status.report.rows_read, status.rejected
        return SourceCheck(status.name, status.path, True, None, rows, rejected, status.problems)
    from cockpit.sources.files import find_files

    try:
        find_files(cockpit.workspace.config.sources[status.name].path, cockpit.workspace.folder)
    except CockpitError:
        return SourceCheck(status.name, status.path, False, None, None, 0, status.problems)
    return SourceCheck(status.name, status.path, True, None, None, 0, status.problems)


def _of_server(cockpit: "Cockpit", status: "SourceStatus") -> SourceCheck:
    try:
        result = _probed(cockpit, status.name)
    except CockpitError as error:
        problems = tuple(dict.fromkeys((*error.problems, *status.problems)))
        return SourceCheck(status.name, status.path, False, None, None, status.rejected, problems)
    problems = tuple(dict.fromkeys((*result.problems, *status.problems)))
    return SourceCheck(
        status.name, status.path, result.reached, result.signed_in, result.rows, status.rejected, problems
    )


def _probed(cockpit: "Cockpit", table: str) -> "ProbeResult":
    from cockpit.sources.http.download import download_place
    from cockpit.sources.http.probe import probe
    from cockpit.sources.http.refresh import run_blocking

    workspace = cockpit.workspace
    place = download_place(workspace.folder, table)
    return run_blocking(probe(table, workspace.config.sources[table], place, secrets=cockpit.secrets))
