"""The rows behind one thing that was not taken as it stood: each with file and line, as the file has it."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.base.cells import cells
from cockpit.base.problems import CockpitError
from cockpit.panes.data import end_of
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, left, line, rule
from cockpit.panes.place import Place
from cockpit.panes.record_words import link_for
from cockpit.panes.view import Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.sources.original import OriginalRow

_GONE = "The file has changed since it was read: the row is not where it was."


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that was not taken as it stood.

    Attributes:
        what: rejected, blank, unmatched, repeated or corrected.
        count: rows that have it.
        column: canonical name or header, or "".
        value: what stands there.
        why: in words.
        file: the file as messages name it, or None where any of the source's files may have it.
        rows: the numbers of (the first of) its rows.
        header: the header of the column, to find the cell by.
        nth: its place among those that say the same.
    """

    what: str
    count: int
    column: str
    value: str
    why: str
    file: str | None
    rows: tuple[int, ...]
    header: str
    nth: int = 0

    @property
    def key(self) -> str:
        """What tells it from others, though its row may come to stand on another line."""
        return f"{self.what}:{self.column}:{self.value}:{self.nth}"


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row as its file has it, with its record where it is in the table."""

    original: "OriginalRow"
    identity: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class SourceRowsData:
    """The rows, or why there are none to show."""

    rows: tuple[FoundRow, ...]
    problem: str


@dataclass(frozen=True)
class SourceRowsView(View):
    """The rows of one issue.

    Attributes:
        table_name: the table.
        issue: what was not taken as it stood.
        siblings: the issues of the list that it was opened from.
        needle: the text that cells must contain.
    """

    table_name: str
    issue: Issue
    siblings: tuple[Issue, ...] = ()
    needle: str = ""

    name = "data"

    def crumbs(self) -> tuple[str, ...]:
        """The view, the table, what it is about."""
        about = self.issue.value or self.issue.column or self.issue.what
        return ("Data", self.table_name, f"{self.issue.what} {about}".strip())

    def load(self, cockpit: "Cockpit", context: Context) -> SourceRowsData:
        """The rows, read from the file again."""
        from cockpit.sources.original import original_rows

        spec = cockpit.workspace.config.sources[self.table_name]
        places = [(self.issue.file, row) for row in self.issue.rows]
        try:
            originals = original_rows(self.table_name, spec, cockpit.workspace.folder, places)
        except CockpitError as error:
            return SourceRowsData((), str(error.problems[0]))
        if self.issue.file is None and len({one.file for one in originals}) > 1:
            value = self.issue.value
            originals = [one for one in originals if value in [text for _, text in one.cells]]
        return SourceRowsData(tuple(self._found(cockpit, originals)), "" if originals else _GONE)

    def _found(self, cockpit: "Cockpit", originals: "list[OriginalRow]") -> list[FoundRow]:
        """Each row with its record, where the table has taken it; one that was not taken has its link too."""
        import polars as pl

        from cockpit.sources.canonical import TABLES
        from cockpit.sources.table import FILE_COLUMN, ROW_COLUMN

        table = cockpit.data.loaded().tables.get(self.table_name)
        identity = TABLES[self.table_name].identity
        spec = cockpit.workspace.config.sources[self.table_name]
        template = spec.link
        found = []
        for original in originals:
            by_header = {header.casefold(): text for header, text in original.cells}
            mapped = {ours: by_header.get(header.strip().casefold()) for ours, header in spec.columns.items()}
            name, link = None, link_for(template, mapped)
            if table is not None and identity is not None and identity in table.frame.columns:
                mine = pl.col(ROW_COLUMN) == original.row
                if FILE_COLUMN in table.frame.columns:
                    mine &= pl.col(FILE_COLUMN) == original.file
                records = table.frame.filter(mine).head(1).to_dicts()
                if records:
                    name, link = str(records[0][identity]), link_for(template, records[0])
            found.append(FoundRow(original, name, link))
        return found

    def page(self, data: SourceRowsData, size: Size) -> Page:
        """The cells of each row under its file and line; what it is about is marked."""
        pad = " " if size.width >= WIDE else ""
        width = size.width - 2 * len(pad)
        issue = self.issue
        lines: list[Line] = [rule(f"{issue.what.capitalize()}: {issue.why}", "", width)]
        if data.problem:
            lines.append(line(Span(data.problem, "stale")))
        for found in data.rows:
            lines += self._row_lines(found, width)
        hidden = issue.count - len(data.rows)
        if data.rows and hidden > 0:
            lines.append(line(Span(f"{hidden:,} more rows", "dim")))
        shown = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(size.width, size.height, (Block("rows", 0, 0, size.width, size.height, shown),))

    def _row_lines(self, found: FoundRow, width: int) -> list[Line]:
        original = found.original
        taken = f"in the table as {found.identity}" if found.identity else "not in the table"
        place = Place("record", self.table_name, where=found.identity) if found.identity else None
        where = end_of(f"{original.file}:{original.row}", max(width - cells(taken) - 5, 12))
        lines = [BLANK, rule(where, taken, width)]
        wide = min(max((cells(header) for header, _ in original.cells), default=8), 32)
        needle = self.needle.casefold()
        for header, text in original.cells:
            about = header == self.issue.header
            if needle and needle not in f"{header} {text}".casefold():
                continue
            spans = (
                Span("! " if about else "  ", "warn"),
                Span(left(header, wide) + "  ", "dim"),
                Span(text or "(blank)", "warn" if about else "text" if text else "dim"),
            )
            key = f"{original.file}:{original.row}:{header}"
            lines.append(Line(spans, place, key, (header, text)))
        return lines

    def facts(self, data: SourceRowsData) -> str:
        """How many rows have it."""
        return f"{self.issue.count:,} rows" if self.issue.count != 1 else "1 row"

    def narrowed(self, text: str) -> View:
        """Only the cells that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that cells contain."""
        return self.needle

    def sibling(self, data: SourceRowsData, step: int) -> View | None:
        """The rows of the next or previous issue of the list."""
        if len(self.siblings) < 2 or self.issue not in self.siblings:
            return None
        return replace(
            self, issue=self.siblings[(self.siblings.index(self.issue) + step) % len(self.siblings)]
        )

    def link(self, data: SourceRowsData, line: Line | None) -> str | None:
        """The record under the cursor in the CRM."""
        for found in data.rows:
            place = f"{found.original.file}:{found.original.row}:"
            if line is not None and line.key is not None and line.key.startswith(place):
                return found.link
        return data.rows[0].link if len(data.rows) == 1 else None

    def table(self, data: SourceRowsData) -> RawTable:
        """The rows with all their cells."""
        headers = list(dict.fromkeys(header for one in data.rows for header, _ in one.original.cells))
        rows = []
        for one in data.rows:
            values = dict(one.original.cells)
            rows.append((one.original.file, one.original.row, *(values.get(header) for header in headers)))
        return RawTable(f"{self.table_name} {self.issue.what}", ("file", "row", *headers), rows)
