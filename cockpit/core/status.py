"""How each source of a workspace stands, in numbers that can be looked into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import Problem

if TYPE_CHECKING:
    from cockpit.core.data import Loaded
    from cockpit.sources.table import LoadReport
    from cockpit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source as it stands.

    Attributes:
        name: the table's name.
        path: the file or glob that the configuration names, or host and path of a server.
        loaded_at: when its data was read, or None when it never could be.
        current_at: when it was last known to be as the source has it, or None.
        kept: whether it is the last good state, since the newest reading failed.
        rows: rows in the table.
        rejected: rows that are not in the table because a value was wrong.
        blanked: values of kept rows that could not be cast and are blank.
        unmatched: rows whose look-up key found nothing.
        corrected: values that the configuration replaced.
        repeated: ids that several rows have.
        problems: why the newest reading failed, and everything worth a line in `cockpit check`.
        report: the whole report, or None when it never could be read.
        headers: column of the table to the header of the source it comes from.
    """

    name: str
    path: str
    loaded_at: datetime | None
    current_at: datetime | None
    kept: bool
    rows: int
    rejected: int
    blanked: int
    unmatched: int
    corrected: int
    repeated: int
    problems: tuple[Problem, ...]
    report: "LoadReport | None"
    headers: Mapping[str, str] = field(default_factory=dict)

    def header_of(self, column: str) -> str:
        """The header of the source that a column comes from; the name itself where that is not known."""
        return self.headers.get(column, column)

    @property
    def in_order(self) -> bool:
        """Whether nothing about it needs a look."""
        return not (self.rejected or self.blanked or self.unmatched or self.repeated or self.problems)

    def as_json(self) -> dict[str, Any]:
        """One element of `cockpit rejects --json`."""
        if self.report is not None:
            document = self.report.as_json()
            document["problems"] = [problem.as_json() for problem in self.problems]
            return document
        return {
            "table": self.name,
            "paths": [self.path],
            "loaded_at": None,
            "rows_kept": 0,
            "problems": [problem.as_json() for problem in self.problems],
        }


def source_statuses(workspace: "Workspace", loaded: "Loaded") -> list[SourceStatus]:
    """The status of every source that the workspace names, in its order."""
    statuses = []
    for name, spec in workspace.config.sources.items():
        failed = loaded.problems.get(name, ())
        table = loaded.tables.get(name)
        if table is None:
            statuses.append(SourceStatus(name, spec.place, None, None, False, 0, 0, 0, 0, 0, 0, failed, None))
            continue
        report = table.report
        statuses.append(
            SourceStatus(
                name=name,
                path=spec.place,
                loaded_at=report.loaded_at,
                current_at=loaded.current_at.get(name),
                kept=name in loaded.kept,
                rows=report.rows_kept,
                rejected=report.rows_rejected,
                blanked=report.blanked.height,
                unmatched=sum(one.count for one in report.unmatched),
                corrected=sum(one.count for one in report.corrected),
                repeated=report.repeated_count,
                problems=(*failed, *report.problems),
                report=report,
                headers=table.headers,
            )
        )
    return statuses
