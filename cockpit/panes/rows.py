"""The very rows behind a figure: part, contribution and every column; sorted, narrowed, opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cockpit.panes.conditions import both, equals, shown
from cockpit.panes.dimensions import choices, label_of, table_of
from cockpit.panes.drill import Step
from cockpit.panes.figures import called, formats_of, metrics_of
from cockpit.panes.formats import MISSING, Formats
from cockpit.panes.head import WIDE
from cockpit.panes.lines import Block, Line, Page, Role, Span, cells, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.row_columns import STEP, Column, ColumnPlan, seen_columns
from cockpit.panes.view import Choice, Context, Question, RawTable, Size, View
from cockpit.panes.wrapping import after

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.results import RowsResult

IDENTITY = {"opportunities": "opportunity_id", "agreements": "agreement_id"}
FIRST = (
    "amount", "base_amount", "close_date", "expires_date", "due_date", "stage", "status", "outcome", "owner",
    "account", "name", "lost_reason", "manager", "product", "territory", "created_date",
    "contribution", "part",
)  # fmt: skip
"""The columns that are shown first, as far as the width goes; a record shows all."""
SAMPLE = 200
"""Rows that are looked at to find how wide a column is."""
AS_AT_FIRST = ColumnPlan()
"""The columns as they are before anybody chose any."""
NEIGHBOURS = 1_000
"""Rows on either side of an opened record that `<` and `>` go through."""
TOLD_OF_A_ROW = ("name", "account", "stage", "close_date", "due_date", "amount", "base_amount")
"""What its owner is told of a row, after its id."""
NOT_ADDED = frozenset({"probability"})
"""Columns of exact numbers whose sum means nothing."""
STATUS_ROLES: dict[str, Role] = {
    "won": "good", "renewed": "good", "renewed_on_time": "good", "lost": "dim", "lapsed": "dim",
    "terminated": "dim",
}  # fmt: skip
COLUMN_WAYS = (
    Choice("h", "hide", "hide"), Choice("f", "freeze", "freeze to here"), Choice("p", "first", "put first"),
    Choice("w", "wider", "wider"), Choice("n", "narrower", "narrower"), Choice("a", "all", "all as at first"),
)  # fmt: skip
"""What can be done with a column."""


@dataclass(frozen=True, slots=True)
class RowsData:
    """The rows of a figure.

    Attributes:
        result: all of them, as the engine gave them.
        order: indexes of the rows shown, in the order shown.
        totals: sums of the columns of money over the rows shown.
        samples: by column, the values of the first rows shown.
        formats: how amounts are written.
        table: the table they come from.
        link: the address of a record in the CRM with columns in braces, or None.
        texts: index of each column by name.
        needle: the text that the rows shown contain.
        sort: the column that they are in the order of, or "".
    """

    result: "RowsResult"
    order: Sequence[int]
    totals: Mapping[str, Decimal]
    samples: Mapping[str, Sequence[Any]]
    formats: Formats
    table: str
    link: str | None
    texts: dict[str, int]
    needle: str = ""
    sort: str = ""

    def cell(self, row: Sequence[Any], column: str) -> Any:
        """The value of a column in a row; None where there is no such column."""
        position = self.texts.get(column)
        return None if position is None else row[position]

    def identity(self, row: Sequence[Any]) -> str | None:
        """The id of the deal or agreement that a row is about."""
        value = self.cell(row, IDENTITY.get(self.table, ""))
        return None if value is None else str(value)

    def names(self) -> list[str]:
        """The columns in their usual order."""
        identity = IDENTITY.get(self.table, "")
        known = [name for name in (identity, *FIRST) if name in self.texts]
        others = [name for name in self.result.columns if name not in known and not name.startswith("_")]
        return [*known, *others]

    def index_of(self, key: str | None) -> int | None:
        """The row of a line's key: by its index, and by its id where the rows have moved since."""
        number, _, identity = (key or "").partition(":")
        if not number.isdecimal():
            return None
        index = int(number)
        if index < len(self.result.rows) and (self.identity(self.result.rows[index]) or "") == identity:
            return index
        column = IDENTITY.get(self.table, "")
        return self.result.rows.position(column, identity) if identity and column in self.texts else None

    def place_of(self, index: int | None) -> int | None:
        """Where a row stands among those shown; None where it is not among them."""
        try:
            return None if index is None else self.order.index(index)
        except ValueError:
            return None


@dataclass(frozen=True)
class RowsView(View):
    """The rows behind a figure.

    Attributes:
        metric: the metric's name.
        steps: the dimensions and values opened so far.
        where: a condition that was there before the first step, or None.
        siblings: the values of the last step's dimension at the level above.
        sort: the column that the rows are sorted by, or "" for the order of the source.
        backwards: whether the smallest come first.
        needle: the text that rows must contain in some column.
        period: the period asked, where it is not the one that holds in every view.
        plan: which columns are seen, how wide, and which one is under the cursor.
    """

    metric: str
    steps: tuple[Step, ...] = ()
    where: str | None = None
    siblings: tuple[Any, ...] = ()
    sort: str = ""
    backwards: bool = False
    needle: str = ""
    period: str = ""
    plan: ColumnPlan = AS_AT_FIRST

    name = "pipeline"

    @classmethod
    def at(cls, place: Place) -> "RowsView":
        """The rows that a place of kind "rows" leads to."""
        return cls(place.name, (), place.where, period=place.period)

    @property
    def condition(self) -> str | None:
        """What narrows the rows."""
        return both(self.where, *(equals(dimension, value) for dimension, value in self.steps))

    def crumbs(self) -> tuple[str, ...]:
        """Such as Pipeline, Close rate, Brooks, rows."""
        narrowed = (self.where,) if self.where else ()
        return (
            "Pipeline",
            called(self.metric),
            *narrowed,
            *(shown(value) for _, value in self.steps),
            "rows",
        )

    def load(self, cockpit: "Cockpit", context: Context) -> RowsData:
        """All rows, in the order and with the text asked."""
        result = cockpit.rows(
            self.metric,
            where=self.condition,
            period=self.period or context.period,
            as_of=context.as_of,
            slice=context.slice,
        )
        metrics = metrics_of(cockpit)
        table = table_of(cockpit, metrics[self.metric])
        spec = cockpit.workspace.config.sources.get(table)
        return self._arranged(
            RowsData(
                result=result,
                order=(),
                totals={},
                samples={},
                formats=formats_of(cockpit, context),
                table=table,
                link=spec.link if spec is not None else None,
                texts={name: index for index, name in enumerate(result.columns)},
            )
        )

    def _arranged(self, data: RowsData) -> RowsData:
        """The same rows in the order and with the text asked."""
        rows = data.result.rows
        found = rows.containing(self.needle) if self.needle else None
        order: Sequence[int] = range(len(rows)) if found is None else found
        if self.sort in data.texts:
            order = rows.ordered(self.sort, self.backwards, found)
        first = rows.at(order[:SAMPLE])
        samples = {name: [row[position] for row in first] for name, position in data.texts.items()}
        totals = rows.totals(found)
        return replace(data, order=order, totals=totals, samples=samples, needle=self.needle, sort=self.sort)

    def _question(self) -> "RowsView":
        """The view as far as it decides which rows there are."""
        return replace(self, sort="", backwards=False, needle="", plan=AS_AT_FIRST)

    def shares_data(self, other: View) -> bool:
        """Whether only the columns differ."""
        return isinstance(other, RowsView) and replace(other, plan=self.plan) == self

    def remade(self, other: View, data: RowsData) -> RowsData | None:
        """The rows of a view that differs in order and text only, arranged anew without asking again."""
        if isinstance(other, RowsView) and other._question() == self._question():
            return self._arranged(data)
        return None

    def page(self, data: RowsData, size: Size) -> Page:
        """One table over the whole size; its lines are made when they are seen, its totals stay below."""
        margin = 1 if size.width >= WIDE else 0
        inner = size.width - 2 * margin
        pad = " " * margin
        fact = self._fact(data)
        columns = self._columns(data, inner)
        fixed = [
            line(pad, *rule("Rows", fact, inner).spans).fitted(size.width),
            self._head_line(columns, pad, data.sort).fitted(size.width),
        ]
        if not data.order:
            words = (
                "No row contains that; Esc shows all again."
                if data.needle
                else "No rows count in this figure."
            )
            fixed.append(line(pad, Span(words, "dim")).fitted(size.width))

        def make(start: int, stop: int) -> list[Line]:
            indexes = data.order[start:stop]
            return [
                row_line(data, index, row, columns, pad).fitted(size.width)
                for index, row in zip(indexes, data.result.rows.at(indexes), strict=True)
            ]

        def find(key: str) -> int | None:
            position = data.place_of(data.index_of(key))
            return None if position is None else position + len(fixed)

        lines = after(fixed, len(data.order), make)
        foot = self._foot_lines(data, columns, pad, size.width) if data.order and size.height > 8 else ()
        block = Block("rows", 0, 0, size.width, size.height, lines, sticky=2, foot=foot, find=find)
        return Page(size.width, size.height, (block,))

    def _fact(self, data: RowsData) -> str:
        """How many rows are shown, in which order; and what is still being looked for."""
        fact = f"{len(data.order):,} of {data.result.count:,}" if data.needle else f"{data.result.count:,}"
        fact += f" with “{data.needle}”" if data.needle else ""
        fact += f", by {label_of(data.sort)}" if data.sort else ""
        if data.needle != self.needle:
            fact += f"; looking for “{self.needle}”" if self.needle else "; looking for all"
        elif data.sort != self.sort:
            fact += f"; sorting by {label_of(self.sort)}"
        return fact

    def _columns(self, data: RowsData, room: int) -> list[Column]:
        texts = {
            name: [written(value, name, data.formats) for value in values]
            for name, values in data.samples.items()
        }
        return seen_columns(self.plan, data.names(), data.samples, texts, room)

    def _head_line(self, columns: Sequence[Column], pad: str, sort: str) -> Line:
        spans = [Span(pad)]
        for column in columns:
            text = (right if column.numeric else left)(column.head(sort, self.backwards), column.width)
            spans += [Span(text, "accent" if column.name == self.plan.at else "dim"), Span(" ")]
        return Line(tuple(spans[:-1]))

    @staticmethod
    def _foot_lines(data: RowsData, columns: Sequence[Column], pad: str, width: int) -> tuple[Line, ...]:
        """The totals of the columns of money under their columns."""
        texts = [
            right(total_words(data, column), column.width)
            if column.name in data.totals and column.name not in NOT_ADDED
            else " " * column.width
            for column in columns
        ]
        if not any(text.strip() for text in texts):
            return ()
        label = "All"
        if texts[0].strip() == "":
            texts[0] = left(label, columns[0].width)
        dashes = "─" * (width - 2 * len(pad))
        return (
            line(pad, Span(dashes, "rule")).fitted(width),
            Line((Span(pad + " ".join(texts)),)).fitted(width),
        )

    def facts(self, data: RowsData) -> str:
        """How many rows there are, and of when."""
        return f"{data.result.count:,} rows, {data.result.period.label} to {data.result.as_of}"

    def open(self, data: RowsData, place: Place) -> View | None:
        """The record under the cursor, with the other rows as its siblings."""
        from cockpit.panes.record import RecordView

        if place.kind != "record" or place.where is None:
            return None
        index = data.index_of(place.focus)
        here = data.place_of(index) or 0
        near = data.result.rows.at(data.order[max(here - NEIGHBOURS, 0) : here + NEIGHBOURS])
        identities = tuple(dict.fromkeys(found for row in near if (found := data.identity(row)) is not None))
        figure = (self.metric, self.condition)
        return RecordView(place.name, place.where, self.crumbs()[:-1], identities, figure=figure)

    def narrowed(self, text: str) -> View:
        """Only the rows that contain the text in some column."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that rows contain."""
        return self.needle

    def sibling(self, data: RowsData, step: int) -> View | None:
        """The rows of the next or previous group of the level above."""
        if not self.steps or len(self.siblings) < 2 or self.steps[-1][1] not in self.siblings:
            return None
        dimension, value = self.steps[-1]
        index = (self.siblings.index(value) + step) % len(self.siblings)
        return replace(self, steps=(*self.steps[:-1], (dimension, self.siblings[index])), needle="")

    def sort_columns(self, data: RowsData) -> tuple[Choice, ...]:
        """Every column of the rows, as far as there are letters."""
        return choices(data.names())

    def sorted_by(self, column: str) -> View:
        """Largest first; the second time smallest first."""
        return replace(self, sort=column, backwards=column == self.sort and not self.backwards)

    def column(self) -> str:
        """The column under the cursor."""
        return self.plan.at

    def column_stepped(self, data: RowsData, step: int) -> View:
        """The cursor on the next or previous column."""
        return replace(self, plan=self.plan.stepped(data.names(), step))

    def column_ways(self, data: RowsData) -> tuple[Choice, ...]:
        """What can be done with the column under the cursor."""
        return COLUMN_WAYS if self.plan.at else tuple(way for way in COLUMN_WAYS if way.name == "all")

    def with_column(self, data: RowsData, way: str) -> View:
        """The table after one of `column_ways`."""
        plan, names = self.plan, data.names()
        if way == "all":
            return replace(self, plan=AS_AT_FIRST)
        if way == "hide":
            return replace(self, plan=plan.hide(names))
        if way == "freeze":
            return replace(self, plan=plan.freeze(names))
        if way == "first":
            return replace(self, plan=plan.to_front(names))
        width = next((one.width for one in self._columns(data, 500) if one.name == plan.at), STEP)
        return replace(self, plan=plan.wider(width, STEP if way == "wider" else -STEP))

    def explanation(self, data: RowsData, line: Line | None) -> View:
        """What counts in the figure and what is left out; of the row under the cursor, whether it counts."""
        from cockpit.panes.explain import ExplainView

        index = self._index(data, line)
        identity = None if index is None else data.identity(data.result.rows[index])
        return ExplainView(self.metric, self.condition, self.crumbs(), row=identity or "", period=self.period)

    def detail(self, data: RowsData, line: Line | None, width: int) -> Sequence[Line]:
        """Every filled field of the row under the cursor."""
        index = self._index(data, line)
        if index is None:
            return ()
        row = data.result.rows[index]
        lines = [rule("Row", shown(data.identity(row)), width)]
        for name, value in zip(data.result.columns, row, strict=True):
            if value is not None and value != "":
                text = written(value, name, data.formats)
                lines.append(Line((Span(left(label_of(name), 18), "dim"), Span(" " + text))).fitted(width))
        return lines

    def table(self, data: RowsData) -> RawTable:
        """The rows and columns shown, with raw values."""
        hidden = set(self.plan.hidden)
        columns = tuple(name for name in data.result.columns if name not in hidden)
        return RawTable(f"{self.metric}, rows", columns, data.result.rows.taken(data.order, columns))

    def link(self, data: RowsData, line: Line | None) -> str | None:
        """The address of the record under the cursor in the CRM."""
        index = self._index(data, line)
        if index is None:
            return None
        return link_for(data.link, dict(zip(data.result.columns, data.result.rows[index], strict=True)))

    def questions(self, data: RowsData, keys: Sequence[str]) -> Sequence[Question]:
        """The owners of rows, each about theirs."""
        indexes = [index for key in keys if (index := data.index_of(key)) is not None]
        found = []
        for row in data.result.rows.at(indexes):
            owner, identity = data.cell(row, "owner"), data.identity(row)
            if owner and identity is not None:
                told = [written(data.cell(row, name), name, data.formats) for name in TOLD_OF_A_ROW]
                words = ", ".join(dict.fromkeys(word for word in (identity, *told) if word != MISSING))
                found.append(Question(str(owner), words, f"{data.table}/{identity}"))
        return found

    def subject(self, data: RowsData, line: Line | None) -> str | None:
        """The deal or agreement under the cursor."""
        index = self._index(data, line)
        identity = None if index is None else data.identity(data.result.rows[index])
        return None if identity is None else f"{data.table}/{identity}"

    @staticmethod
    def _index(data: RowsData, line: Line | None) -> int | None:
        return None if line is None else data.index_of(line.key)


def total_words(data: RowsData, column: Column) -> str:
    """A total in full where the column is wide enough, else at the scale that suits it."""
    value = data.totals[column.name]
    exact = written(value, column.name, data.formats)
    return exact if cells(exact) <= column.width else data.formats.money(value)


def row_line(data: RowsData, index: int, row: Sequence[Any], columns: Sequence[Column], pad: str) -> Line:
    """One row as a line: every cell in its column, with what it means."""
    spans: list[Span] = []
    text = pad
    role: Role = "text"
    for position, column in enumerate(columns):
        value = data.cell(row, column.name)
        own = cell_role(data, row, column.name, value)
        if own != role:
            spans.append(Span(text, role))
            text, role = "", own
        text += (right if column.numeric else left)(written(value, column.name, data.formats), column.width)
        text += " " if position + 1 < len(columns) else ""
    spans.append(Span(text, role))
    identity = data.identity(row)
    key = f"{index}:{identity or ''}"
    place = None if identity is None else Place("record", data.table, where=identity, focus=key)
    copied = tuple("" if cell is None else str(cell) for cell in row)
    return Line(tuple(spans), place, key, copied)


def cell_role(data: RowsData, row: Sequence[Any], column: str, value: Any) -> Role:
    """What a cell means: how it ended, that a date has passed although it is open, that nothing is there."""
    if value is None or value == "":
        return "dim"
    if column in ("status", "outcome", "stage"):
        return STATUS_ROLES.get(str(value).casefold(), "text")
    if column in ("close_date", "due_date", "expires_date") and isinstance(value, date):
        late = value < data.result.as_of and data.cell(row, "status") in ("open", "active")
        return "late" if late else "text"
    return "text"


def link_for(template: str | None, values: dict[str, Any]) -> str | None:
    """The address of a record; None where the template names a field that is not filled."""
    if template is None:
        return None
    address = template
    for name, value in values.items():
        if f"{{{name}}}" in address:
            if value is None:
                return None
            address = address.replace(f"{{{name}}}", quote(str(value), safe=""))
    return None if "{" in address else address


def written(value: Any, column: str, formats: Formats) -> str:
    """A cell as people read it."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    if isinstance(value, Decimal) or (isinstance(value, (int, float)) and column == "contribution"):
        if column == "probability":
            return formats.value(value, "percent")
        return "•••" if formats.blank else formats.number(value, 0 if value == int(value) else 2)
    if isinstance(value, float):
        return formats.number(value, 0 if value == int(value) else 2)
    return str(value)
