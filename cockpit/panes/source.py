"""One source: what of it was rejected, blanked, unmatched, corrected or repeated, with row numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cockpit.base.problems import UsageError, did_you_mean
from cockpit.panes.data import end_of, problem_lines
from cockpit.panes.days import age_words, clock, day_and_month
from cockpit.panes.formats import plural
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, left, line, rule
from cockpit.panes.place import Place
from cockpit.panes.source_rows import Issue, SourceRowsView
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import after, wrapped
from cockpit.sources.canonical import TABLES

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.core.status import SourceStatus


@dataclass(frozen=True, slots=True)
class SourceData:
    """A source, what is to be known of it in words, and every issue with its place."""

    status: "SourceStatus"
    words: tuple[str, ...]
    issues: tuple[Issue, ...]
    found: int
    names: tuple[str, ...]


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
        matching = tuple(issue for issue in issues if needle in " ".join(_cells(issue)).casefold())
        words = [", ".join(status.report.paths) if status.report is not None else status.path]
        if status.current_at is not None:
            at = status.current_at.astimezone(cockpit.fiscal.zone)
            age = age_words(at, datetime.now(UTC))
            when = f"{day_and_month(at.date())} {clock(at)}" + (f", {age} ago" if age != "now" else "")
            state = "last good state, of" if status.kept else "read"
            words.append(f"{state} {when}; {plural(status.rows, 'row')} taken")
        spec = cockpit.workspace.config.sources.get(self.table_name)
        if spec is not None and spec.refresh is not None:
            words.append(f"asked again every {spec.refresh} while the cockpit is open")
        if status.report is not None and status.report.encoding:
            separator = {"\t": "tab", ",": "comma", ";": "semicolon"}.get(status.report.separator or "", "")
            words.append(
                f"encoding {status.report.encoding}" + (f", separated by {separator}" if separator else "")
            )
        return SourceData(status, tuple(words), matching, len(issues), tuple(sources))

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
        lines += [line(part) for text in data.words for part in wrapped(text, width)]
        if data.status.problems:
            lines += [BLANK, *problem_lines(data.status.problems, width)]
        lines += [BLANK, rule("Not taken as it stood", fact, width)]
        if not data.found:
            lines.append(line(Span("Every row was taken as it stands.", "dim")))
        elif not data.issues:
            lines.append(line(Span("Nothing contains that; Esc shows all again.", "dim")))
        fixed = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]

        def make(start: int, stop: int) -> list[Line]:
            return [
                _issue_line(issue, self.table_name, width, pad).fitted(size.width)
                for issue in data.issues[start:stop]
            ]

        shown = after(fixed, len(data.issues), make)
        return Page(size.width, size.height, (Block("source", 0, 0, size.width, size.height, shown),))

    def open(self, data: SourceData, place: Place) -> View | None:
        """The rows of an issue, as the file has them."""
        for issue in data.issues:
            if place.kind == "data" and place.focus == issue.key:
                return SourceRowsView(self.table_name, issue, data.issues)
        return None

    def sibling(self, data: SourceData, step: int) -> View | None:
        """The next or previous source of the workspace."""
        if len(data.names) < 2:
            return None
        return SourceView(data.names[(data.names.index(self.table_name) + step) % len(data.names)])

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
        columns = ("what", "where", "column", "value", "why")
        return RawTable(self.table_name, columns, [_cells(issue) for issue in data.issues])


def _issues(status: "SourceStatus") -> Sequence[Issue]:
    """All issues of a source; a row number is the line in its file."""
    report = status.report
    if report is None:
        return ()
    issues: list[Issue] = []
    for what, frame in (("rejected", report.rejects), ("blank", report.blanked)):
        for row in frame.iter_rows(named=True):
            column = row["column"] or ""
            header = status.header_of(column)
            issues.append(
                Issue(
                    what,
                    1,
                    column,
                    row["value"] or "",
                    row["reason"] or "",
                    row["file"],
                    (row["row"],),
                    header,
                )
            )
    for missing in report.unmatched:
        why = f"{missing.lookup} does not have it"
        column = missing.column
        issues.append(
            Issue("unmatched", missing.count, column, missing.value, why, None, missing.rows, column)
        )
    identity = TABLES[status.name].identity or "id"
    for repeated in report.repeated_ids:
        why = f"the id stands on {plural(repeated.count, 'row')}"
        header = status.header_of(identity)
        issues.append(
            Issue("repeated", repeated.count, identity, repeated.value, why, None, repeated.rows, header)
        )
    for one in report.corrected:
        why, header = f"to {one.replaced_by}", status.header_of(one.column)
        issues.append(Issue("corrected", one.count, one.column, one.value, why, None, one.rows, header))
    return _told_apart(issues)


def _told_apart(issues: Sequence[Issue]) -> list[Issue]:
    """The issues with those that say the same numbered."""
    seen: dict[str, int] = {}
    found = []
    for issue in issues:
        count = seen.get(issue.key, 0)
        seen[issue.key] = count + 1
        found.append(replace(issue, nth=count) if count else issue)
    return found


def _cells(issue: Issue) -> tuple[str, str, str, str, str]:
    return issue.what, _where(issue), issue.column, issue.value, issue.why


def _where(issue: Issue) -> str:
    """The file and line of one row, or how many rows there are."""
    if issue.count == 1 and issue.rows:
        return f"{issue.file}:{issue.rows[0]}" if issue.file else f"row {issue.rows[0]:,}"
    if issue.count == len(issue.rows) <= 2:
        return f"rows {', '.join(f'{row}' for row in issue.rows)}"
    return plural(issue.count, "row")


def _issue_line(issue: Issue, table: str, width: int, pad: str) -> Line:
    where_width, column_width = min(max(width // 5, 14), 30), min(max(width // 6, 6), 20)
    spans = (
        Span(pad + left(issue.what, 10), "warn" if issue.what != "corrected" else "dim"),
        Span(left(end_of(_where(issue), where_width), where_width) + " "),
        Span(left(issue.column, column_width) + " ", "dim"),
        Span(left(issue.value, min(max(width // 5, 8), 30)) + " "),
        Span(issue.why, "dim"),
    )
    return Line(spans, Place("data", table, focus=issue.key), issue.key, _cells(issue))
