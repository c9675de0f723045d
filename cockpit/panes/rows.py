"""The very rows behind a figure: part, contribution and every column; sorted, narrowed, opened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cockpit.panes.conditions import both, equals, shown
from cockpit.panes.dimensions import choices, label_of, table_of
from cockpit.panes.drill import Step
from cockpit.panes.figures import formats_of, metrics_of
from cockpit.panes.formats import MISSING, Formats
from cockpit.panes.head import WIDE
from cockpit.panes.lines import Block, Line, Page, Span, cells, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View
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


@dataclass(frozen=True, slots=True)
class RowsData:
    """The rows of a figure.

    Attributes:
        result: all of them, as the engine gave them.
        order: indexes of the rows shown, in the order shown.
        formats: how amounts are written.
        table: the table they come from.
        link: the address of a record in the CRM with columns in braces, or None.
        texts: index of each column by name.
    """

    result: "RowsResult"
    order: Sequence[int]
    formats: Formats
    table: str
    link: str | None
    texts: dict[str, int]

    def cell(self, index: int, column: str) -> Any:
        """The value of a column in a row; None where there is no such column."""
        position = self.texts.get(column)
        return None if position is None else self.result.rows[index][position]


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
    """

    metric: str
    steps: tuple[Step, ...] = ()
    where: str | None = None
    siblings: tuple[Any, ...] = ()
    sort: str = ""
    backwards: bool = False
    needle: str = ""
    period: str = ""

    name = "pipeline"

    @classmethod
    def at(cls, place: Place) -> "RowsView":
        """The rows that a place of kind "rows" leads to."""
        return cls(place.name, (), place.where)

    @property
    def condition(self) -> str | None:
        """What narrows the rows."""
        return both(self.where, *(equals(dimension, value) for dimension, value in self.steps))

    def crumbs(self) -> tuple[str, ...]:
        """Such as Pipeline, Close rate, Brooks, rows."""
        metric = self.metric.replace("_", " ").capitalize()
        narrowed = (self.where,) if self.where else ()
        return ("Pipeline", metric, *narrowed, *(shown(value) for _, value in self.steps), "rows")

    def load(self, cockpit: "Cockpit", context: Context) -> RowsData:
        """All rows, in the order and with the text asked."""
        result = cockpit.rows(
            self.metric,
            where=self.condition,
            period=self.period or context.period,
            as_of=context.as_of,
            slice=context.slice,
        )
        positions = {name: index for index, name in enumerate(result.columns)}
        order: Sequence[int] = range(len(result.rows))
        if self.needle:
            needle = self.needle.casefold()
            order = [index for index in order if any(needle in _text(cell) for cell in result.rows[index])]
        if self.sort in positions:
            order = _sorted(result.rows, order, positions[self.sort], self.backwards)
        metrics = metrics_of(cockpit)
        table = table_of(cockpit, metrics[self.metric])
        spec = cockpit.workspace.config.sources.get(table)
        link = spec.link if spec is not None else None
        return RowsData(result, order, formats_of(cockpit, context), table, link, positions)

    def page(self, data: RowsData, size: Size) -> Page:
        """One table over the whole size; its lines are made when they are seen."""
        margin = 1 if size.width >= WIDE else 0
        inner = size.width - 2 * margin
        pad = " " * margin
        fact = f"{len(data.order):,} of {data.result.count:,}" if self.needle else f"{data.result.count:,}"
        fact += f" with “{self.needle}”" if self.needle else ""
        fact += f", by {label_of(self.sort)}" if self.sort else ""
        columns = shown_columns(data, inner)
        heads = " ".join(
            (right if numeric else left)(label_of(name), width) for name, width, numeric in columns
        )
        fixed = [
            line(pad, *rule("Rows", fact, inner).spans).fitted(size.width),
            line(pad, Span(heads, "dim")).fitted(size.width),
        ]
        if not data.order:
            words = (
                "No row contains that; Esc shows all again."
                if self.needle
                else "No rows count in this figure."
            )
            fixed.append(line(pad, Span(words, "dim")).fitted(size.width))

        def make(start: int, stop: int) -> list[Line]:
            return [
                self._row_line(data, index, columns, pad).fitted(size.width)
                for index in data.order[start:stop]
            ]

        lines = after(fixed, len(data.order), make)
        return Page(size.width, size.height, (Block("rows", 0, 0, size.width, size.height, lines, sticky=2),))

    def _row_line(
        self, data: RowsData, index: int, columns: Sequence[tuple[str, int, bool]], pad: str
    ) -> Line:
        row = data.result.rows[index]
        texts = [
            (right if numeric else left)(written(data.cell(index, name), name, data.formats), width)
            for name, width, numeric in columns
        ]
        identity = data.cell(index, IDENTITY.get(data.table, ""))
        place = None if identity is None else Place("record", data.table, where=str(identity))
        copied = tuple("" if cell is None else str(cell) for cell in row)
        return Line((Span(pad + " ".join(texts)),), place, f"row:{index}", copied)

    def facts(self, data: RowsData) -> str:
        """How many rows there are, and of when."""
        return f"{data.result.count:,} rows, {data.result.period.label} to {data.result.as_of}"

    def open(self, data: RowsData, place: Place) -> View | None:
        """The record under the cursor, with the other rows as its siblings."""
        from cockpit.panes.record import RecordView

        if place.kind != "record" or place.where is None:
            return None
        identities = tuple(
            dict.fromkeys(
                str(identity)
                for index in data.order
                if (identity := data.cell(index, IDENTITY.get(data.table, ""))) is not None
            )
        )
        return RecordView(place.name, place.where, self.crumbs()[:-1], identities)

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
        return choices(name for name in _in_order(data) if not name.startswith("_"))

    def sorted_by(self, column: str) -> View:
        """Largest first; the second time smallest first."""
        return replace(self, sort=column, backwards=column == self.sort and not self.backwards)

    def explanation(self, data: RowsData, line: Line | None) -> View:
        """What counts in the figure and what is left out."""
        from cockpit.panes.explain import ExplainView

        return ExplainView(self.metric, self.condition, self.crumbs())

    def detail(self, data: RowsData, line: Line | None, width: int) -> Sequence[Line]:
        """Every filled field of the row under the cursor."""
        index = self._index(data, line)
        if index is None:
            return ()
        row = data.result.rows[index]
        lines = [rule("Row", shown(data.cell(index, IDENTITY.get(data.table, ""))), width)]
        for name, value in zip(data.result.columns, row, strict=True):
            if value is not None and value != "":
                text = written(value, name, data.formats)
                lines.append(Line((Span(left(label_of(name), 18), "dim"), Span(" " + text))).fitted(width))
        return lines

    def table(self, data: RowsData) -> RawTable:
        """The rows shown, with raw values."""
        rows = [data.result.rows[index] for index in data.order]
        return RawTable(f"{self.metric}, rows", data.result.columns, rows)

    def link(self, data: RowsData, line: Line | None) -> str | None:
        """The address of the record under the cursor in the CRM."""
        index = self._index(data, line)
        if index is None:
            return None
        return link_for(data.link, dict(zip(data.result.columns, data.result.rows[index], strict=True)))

    def subject(self, data: RowsData, line: Line | None) -> str | None:
        """The deal or agreement under the cursor."""
        index = self._index(data, line)
        identity = None if index is None else data.cell(index, IDENTITY.get(data.table, ""))
        return None if identity is None else f"{data.table}/{identity}"

    @staticmethod
    def _index(data: RowsData, line: Line | None) -> int | None:
        if line is None or line.key is None or not line.key.startswith("row:"):
            return None
        index = int(line.key.removeprefix("row:"))
        return index if index < len(data.result.rows) else None


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


def shown_columns(data: RowsData, width: int) -> list[tuple[str, int, bool]]:
    """The columns that fit: name, width, whether they align right."""
    columns: list[tuple[str, int, bool]] = []
    used = 0
    for name in _in_order(data):
        if name.startswith("_"):
            continue
        sample = [data.cell(index, name) for index in data.order[:SAMPLE]]
        if columns and all(value is None or value == "" for value in sample):
            continue
        longest = max((cells(written(value, name, data.formats)) for value in sample), default=0)
        size = min(max(longest, len(name)), 28)
        if used + size + 1 > width:
            if used + 10 > width:
                break
            continue
        numeric = any(isinstance(value, (int, float, Decimal)) for value in sample)
        columns.append((name, size, numeric))
        used += size + 1
    return columns


def _in_order(data: RowsData) -> list[str]:
    identity = IDENTITY.get(data.table, "")
    known = [name for name in (identity, *FIRST) if name in data.texts]
    return [*known, *(name for name in data.result.columns if name not in known)]


def _text(cell: Any) -> str:
    return "" if cell is None else cell.casefold() if isinstance(cell, str) else str(cell)


def _sorted(rows: Sequence[Sequence[Any]], order: Sequence[int], column: int, backwards: bool) -> list[int]:
    """The rows by a column, texts from A and others from the largest; what is missing comes last."""
    known = [index for index in order if rows[index][column] is not None]
    missing = [index for index in order if rows[index][column] is None]
    texts = bool(known) and isinstance(rows[known[0]][column], str)

    def key(index: int) -> Any:
        value = rows[index][column]
        return value.casefold() if texts else value

    return [*sorted(known, key=key, reverse=texts == backwards), *missing]
