"""One source: what of it was rejected, blanked, unmatched, corrected or repeated, with row numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.base.problems import UsageError, did_you_mean
from cockpit.panes.days import clock, day_and_month
from cockpit.panes.formats import plural
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import after

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.core.status import SourceStatus

Issue = tuple[str, str, str, str, str]
"""What it is, where (row or count), the column, the value, why."""


@dataclass(frozen=True, slots=True)
class SourceData:
    """A source, what is to be known of it in words, and every issue with its place."""

    status: "SourceStatus"
    words: tuple[str, ...]
    issues: tuple[Issue, ...]
    found: int


@dataclass(frozen=True)
class SourceView(View):
    """One source.

    Attributes:
        table_name: the table's name.
        needle: the text that issues must contain.
    """

    table_name: str
    needle: str = ""

    name = "data"

    @classmethod
    def at(cls, place: Place) -> "SourceView":
        """The source that a place of kind "data" leads to."""
        return cls(place.name)

    def crumbs(self) -> tuple[str, ...]:
        """The view, then the table."""
        return ("Data", self.table_name)

    def load(self, cockpit: "Cockpit", context: Context) -> SourceData:
        """Everything that the reading reported.

        Raises:
            UsageError: the workspace has no such source.
        """
        sources = {source.name: source for source in cockpit.sources()}
        if self.table_name not in sources:
            hint = did_you_mean(self.table_name, sources)
            raise UsageError(f"no source {self.table_name}" + (f" ({hint})" if hint else ""))
        status = sources[self.table_name]
        issues = _issues(status)
        needle = self.needle.casefold()
        matching = tuple(issue for issue in issues if not needle or needle in " ".join(issue).casefold())
        words = [", ".join(status.report.paths) if status.report is not None else status.path]
        if status.loaded_at is not None:
            at = status.loaded_at.astimezone(cockpit.fiscal.zone)
            words.append(f"read {day_and_month(at.date())} {clock(at)}, {plural(status.rows, 'row')} taken")
        if status.report is not None and status.report.encoding:
            separator = {"\t": "tab", ",": "comma", ";": "semicolon"}.get(status.report.separator or "", "")
            words.append(
                f"encoding {status.report.encoding}" + (f", separated by {separator}" if separator else "")
            )
        words += [str(problem) for problem in status.problems]
        return SourceData(status, tuple(words), matching, len(issues))

    def page(self, data: SourceData, size: Size) -> Page:
        """What is known of it, then a line an issue."""
        pad = " " if size.width >= WIDE else ""
        width = size.width - 2 * len(pad)
        fact = (
            f"{len(data.issues):,} of {data.found:,} with “{self.needle}”"
            if self.needle
            else f"{data.found:,}"
        )
        lines = [rule(self.table_name.capitalize(), "in order" if data.status.in_order else "", width)]
        lines += [line(text) for text in data.words]
        lines += [BLANK, rule("Not taken as it stood", fact, width)]
        if not data.found:
            lines.append(line(Span("Every row was taken as it stands.", "dim")))
        elif not data.issues:
            lines.append(line(Span("Nothing contains that; Esc shows all again.", "dim")))
        fixed = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]

        def make(start: int, stop: int) -> list[Line]:
            return [_issue_line(issue, width, pad).fitted(size.width) for issue in data.issues[start:stop]]

        shown = after(fixed, len(data.issues), make)
        return Page(size.width, size.height, (Block("source", 0, 0, size.width, size.height, shown),))

    def facts(self, data: SourceData) -> str:
        """How many rows it has."""
        return plural(data.status.rows, "row")

    def narrowed(self, text: str) -> View:
        """Only the issues that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that issues contain."""
        return self.needle

    def table(self, data: SourceData) -> RawTable:
        """The issues."""
        return RawTable(self.table_name, ("what", "where", "column", "value", "why"), data.issues)


def _issues(status: "SourceStatus") -> Sequence[Issue]:
    """All issues of a source; a row number is the line in its file."""
    report = status.report
    if report is None:
        return ()
    issues: list[Issue] = []
    for what, frame in (("rejected", report.rejects), ("blank", report.blanked)):
        issues += [
            (what, f"row {row['row']:,}", row["column"] or "", row["value"] or "", row["reason"] or "")
            for row in frame.iter_rows(named=True)
        ]
    for missing in report.unmatched:
        why = f"{missing.lookup} does not have it"
        issues.append(("unmatched", plural(missing.count, "row"), missing.column, missing.value, why))
    for repeated in report.repeated_ids:
        rows = ", ".join(f"{row:,}" for row in repeated.rows[:6])
        issues.append(("repeated", plural(repeated.count, "row"), "id", repeated.value, f"rows {rows}"))
    issues += [
        ("corrected", plural(one.count, "row"), one.column, one.value, f"to {one.replaced_by}")
        for one in report.corrected
    ]
    return issues


def _issue_line(issue: Issue, width: int, pad: str) -> Line:
    what, where, column, value, why = issue
    value_width = min(max(width // 4, 8), 30)
    spans = (
        Span(pad + left(what, 11), "warn" if what != "corrected" else "dim"),
        Span(right(where, 12) + "  "),
        Span(left(column, min(max(width // 6, 6), 20)) + " ", "dim"),
        Span(left(value, value_width) + " "),
        Span(why, "dim"),
    )
    return Line(spans, None, None, issue)
