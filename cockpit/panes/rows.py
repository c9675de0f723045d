"""The very rows behind a figure: part, contribution and every column; sorted, narrowed, opened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.panes.conditions import Step, both, equals, shown
from cockpit.panes.dimensions import choices, label_of, table_of
from cockpit.panes.figures import called, formats_of, metrics_of
from cockpit.panes.formats import MISSING
from cockpit.panes.lines import Line, Page, Span, left, rule
from cockpit.panes.place import Place
from cockpit.panes.record_words import link_for, written
from cockpit.panes.row_columns import STEP, ColumnPlan
from cockpit.panes.rows_data import RowsData
from cockpit.panes.rows_layout import columns_of, rows_page
from cockpit.panes.view import Choice, Context, Question, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit

AS_AT_FIRST = ColumnPlan()
"""The columns as they are before anybody chose any."""
NEIGHBOURS = 1_000
"""Rows on either side of an opened record that `<` and `>` go through."""
TOLD_OF_A_ROW = ("name", "account", "stage", "close_date", "due_date", "amount", "base_amount")
"""What its owner is told of a row, after its id."""
COLUMN_WAYS = (
    Choice("h", "hide", "hide"), Choice("f", "freeze", "freeze to here"), Choice("p", "first", "put first"),
    Choice("w", "wider", "wider"), Choice("n", "narrower", "narrower"), Choice("a", "all", "all as at first"),
)  # fmt: skip
"""What can be done with a column."""


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
        data = RowsData(
            result=result,
            order=(),
            totals={},
            samples={},
            formats=formats_of(cockpit, context),
            table=table,
            link=spec.link if spec is not None else None,
            texts={name: index for index, name in enumerate(result.columns)},
        )
        return data.arranged(self.needle, self.sort, self.backwards)

    def _question(self) -> "RowsView":
        """The view as far as it decides which rows there are."""
        return replace(self, sort="", backwards=False, needle="", plan=AS_AT_FIRST)

    def shares_data(self, other: View) -> bool:
        """Whether only the columns differ."""
        return isinstance(other, RowsView) and replace(other, plan=self.plan) == self

    def remade(self, other: View, data: RowsData) -> RowsData | None:
        """The rows of a view that differs in order and text only, arranged anew without asking again."""
        if isinstance(other, RowsView) and other._question() == self._question():
            return data.arranged(self.needle, self.sort, self.backwards)
        return None

    def page(self, data: RowsData, size: Size) -> Page:
        """One table over the whole size; its lines are made when they are seen, its totals stay below."""
        return rows_page(data, size, self.plan, self._fact(data), self.backwards)

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
        width = next((one.width for one in columns_of(data, plan, 500) if one.name == plan.at), STEP)
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
