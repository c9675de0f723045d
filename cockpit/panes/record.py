"""A record: every field of its row as it was read, the source's own columns too, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import UsageError
from cockpit.panes.dimensions import label_of
from cockpit.panes.figures import formats_of
from cockpit.panes.formats import Formats
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, cells, left, line, rule
from cockpit.panes.place import Place
from cockpit.panes.record_words import IDENTITY, link_for, written
from cockpit.panes.task_facts import TaskFacts
from cockpit.panes.task_lines import task_columns, task_line
from cockpit.panes.task_words import in_order
from cockpit.panes.view import Context, Question, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.store import Note
    from cockpit.work import Task


@dataclass(frozen=True, slots=True)
class RecordData:
    """A record.

    Attributes:
        rows: its lines, each field with its value; a deal may have several.
        headers: the source's header of each field.
        source: the file or address it was read from.
        link: its address in the CRM, or None.
        notes: what was written about it.
        formats: how amounts are written.
        tasks: what is to do about it, by due day.
        today: the calendar's day.
    """

    rows: tuple[dict[str, Any], ...]
    headers: dict[str, str]
    source: str
    link: str | None
    notes: "tuple[Note, ...]"
    formats: Formats
    tasks: "tuple[Task, ...]"
    today: date


@dataclass(frozen=True)
class RecordView(View):
    """One record of a table.

    Attributes:
        table_name: the table.
        identity: its id.
        path: the breadcrumb down to it.
        siblings: the ids of the list that it was opened from.
        needle: the text that fields must contain.
        figure: the metric whose rows it was opened from, and what narrows that; None where it was not.
    """

    table_name: str
    identity: str
    path: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    needle: str = ""
    figure: tuple[str, str | None] | None = None

    name = "pipeline"

    @classmethod
    def at(cls, place: Place) -> "RecordView":
        """The record that a place of kind "record" leads to: the table's name, the id as condition."""
        return cls(place.name, place.where or "")

    def crumbs(self) -> tuple[str, ...]:
        """The way that led here, then the id."""
        return (*(self.path or (self.table_name.capitalize(),)), self.identity)

    def load(self, cockpit: "Cockpit", context: Context) -> RecordData:
        """Every line of the record.

        Raises:
            UsageError: there is no such record.
        """
        import polars as pl

        table = cockpit.data.required(self.table_name)
        column = IDENTITY.get(self.table_name, table.frame.columns[0])
        found = table.frame.filter(pl.col(column).cast(pl.String) == self.identity)
        if found.height == 0:
            raise UsageError(f"{self.table_name} has no row with {column} {self.identity}")
        rows = tuple(found.to_dicts())
        spec = cockpit.workspace.config.sources.get(self.table_name)
        return RecordData(
            rows=rows,
            headers=dict(table.headers),
            source=spec.place if spec is not None else "",
            link=link_for(spec.link if spec is not None else None, rows[0]),
            notes=tuple(cockpit.store.notes(f"{self.table_name}/{self.identity}")),
            formats=formats_of(cockpit, context),
            tasks=in_order(
                [task for task in cockpit.tasks("all") if task.row_key == self.identity], cockpit.today
            ),
            today=cockpit.today,
        )

    def page(self, data: RecordData, size: Size) -> Page:
        """The filled fields, then the names of the empty ones."""
        pad = " " if size.width >= WIDE else ""
        width = size.width - 2 * len(pad)
        lines: list[Line] = []
        for number, row in enumerate(data.rows, 1):
            where = f"row {row['_row']:,} of {data.source}" if row.get("_row") is not None else data.source
            several = f", line {number} of {len(data.rows)}" if len(data.rows) > 1 else ""
            lines += [rule(self.identity, where + several, width)]
            lines += self._fields(data, row, width)
            lines.append(BLANK)
        if data.link:
            place = Place("url", data.link)
            lines.append(line(Span("CRM    ", "dim"), Span(data.link, "accent"), place=place, key="link"))
        if data.tasks:
            facts = TaskFacts(data.tasks, data.today, data.today)
            lines += [BLANK, rule("Tasks", str(len(data.tasks)), width)]
            lines += [task_line(task, facts, task_columns(facts, width)) for task in data.tasks]
        lines += [
            line(
                Span(f"Note, {note.author}, {note.at[:16].replace('T', ' ')}  ", "dim"),
                note.text.split("\n")[0],
            )
            for note in data.notes
        ]
        shown = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(size.width, size.height, (Block("record", 0, 0, size.width, size.height, shown),))

    def _fields(self, data: RecordData, row: dict[str, Any], width: int) -> list[Line]:
        fields = {name: value for name, value in row.items() if not name.startswith("_")}
        needle = self.needle.casefold()
        label_width = min(max((len(name) for name in fields), default=8), 28)
        lines: list[Line] = []
        empty: list[str] = []
        for name, value in fields.items():
            if value is None or value == "":
                empty.append(label_of(name))
                continue
            text = written(value, name, data.formats)
            if needle and needle not in f"{name} {text}".casefold():
                continue
            header = data.headers.get(name, "")
            note = f"   ({header})" if header and header != name else ""
            spans = [Span(left(label_of(name), label_width) + "  ", "dim"), Span(text)]
            if cells(text) + label_width + 2 + cells(note) <= width:
                spans.append(Span(note, "dim"))
            lines.append(Line(tuple(spans), None, f"field:{name}", (name, str(value))))
        if empty and not needle:
            lines.append(line(Span(left("empty", label_width) + "  " + ", ".join(empty), "dim")))
        return lines or [line(Span("No field contains that; Esc shows all again.", "dim"))]

    def explanation(self, data: RecordData, line: Line | None) -> View | None:
        """Whether the record counts in the figure that it was opened from, or why not."""
        from cockpit.panes.explain import ExplainView

        if self.figure is None:
            return None
        metric, where = self.figure
        return ExplainView(metric, where, self.crumbs(), row=self.identity)

    def narrowed(self, text: str) -> View:
        """Only the fields that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that fields contain."""
        return self.needle

    def sibling(self, data: RecordData, step: int) -> View | None:
        """The next or previous record of the list it was opened from."""
        if len(self.siblings) < 2 or self.identity not in self.siblings:
            return None
        index = (self.siblings.index(self.identity) + step) % len(self.siblings)
        return replace(self, identity=self.siblings[index])

    def table(self, data: RecordData) -> RawTable:
        """The fields with raw values."""
        names = [name for name in data.rows[0] if not name.startswith("_")]
        rows: Sequence[Sequence[Any]] = [(name, *(row[name] for row in data.rows)) for name in names]
        columns = ("field", *(f"line {number}" for number in range(1, len(data.rows) + 1)))
        return RawTable(self.identity, columns, rows)

    def link(self, data: RecordData, line: Line | None) -> str | None:
        """Its address in the CRM."""
        return data.link

    def questions(self, data: RecordData, keys: Sequence[str]) -> Sequence[Question]:
        """The owner of the record."""
        row = data.rows[0]
        if not row.get("owner"):
            return ()
        told = [str(row[name]) for name in ("name", "account", "stage") if row.get(name)]
        return [Question(str(row["owner"]), ", ".join((self.identity, *told)), self.subject(data, None))]

    def subject(self, data: RecordData, line: Line | None) -> str:
        """The record itself."""
        return f"{self.table_name}/{self.identity}"
