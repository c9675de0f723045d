"""How a figure comes about: formula, numbers put in, filters, rows left out with the reason."""

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from cockpit.metrics.aggregate import Part, counted
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.expression import columns_in, compile_condition, compile_value
from cockpit.metrics.facts.fact import Fact
from cockpit.metrics.figures import Figure, Figures, simple_parts
from cockpit.metrics.moment import Unreachable
from cockpit.metrics.results import LeftOut, Number
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.sql.tree import Arithmetic, Literal, Name, Node, walk
from cockpit.metrics.state import Cut, State

UNITS = {
    "money": "",
    "count": "",
    "percent": "",
    "days": " days",
    "multiple": "x",
    "money_per_day": " a day",
    "number": "",
}


def shown(value: Number | None, unit: str = "number") -> str:
    """A figure in words, with thousands separated and at most four decimal places."""
    if value is None:
        return "nothing"
    if unit == "percent":
        return f"{float(value) * 100:.4f}".rstrip("0").rstrip(".") + " %"
    if isinstance(value, int) or value == int(value):
        text = f"{int(value):,}"
    else:
        text = f"{value if isinstance(value, Decimal) else float(value):,.4f}".rstrip("0").rstrip(".")
    return text + UNITS.get(unit, "")


def formula_of(metric: Metric) -> str:
    """The definition in one line."""
    spec = metric.spec
    if metric.kind == "ratio":
        return f"{spec.numerator} / {spec.denominator}"
    if metric.kind == "derived":
        return spec.formula or ""
    if metric.kind == "cumulative":
        return f"{spec.metric}, {spec.window}"
    if metric.kind == "cohort":
        inside = f" where {spec.population}" if spec.population else ""
        part = f" where {spec.where}" if spec.where else ""
        return f"{spec.value}{part} / {spec.of or spec.value}, of {spec.fact}{inside}"
    where = f" where {spec.where}" if spec.where else ""
    date = f", {spec.date} in the period" if spec.date else ""
    return f"{spec.value}{where}{date}"


def substituted(metric: Metric, figures: Figures, figure: Figure, catalogue: Catalogue) -> str:
    """The formula with the numbers put in."""
    result = shown(figure.value, metric.unit) if figure.value is not None else f"nothing: {figure.reason}"
    if metric.divides:
        return f"{shown(figure.numerator)} / {shown(figure.denominator)} = {result}"
    if metric.counts_rows or metric.kind == "cumulative":
        if figure.numerator is not None:
            return f"{shown(figure.numerator)} / {shown(figure.denominator)} = {result}"
        return f"{formula_of(metric) if metric.kind == 'cumulative' else metric.spec.value} = {result}"
    text, position, pieces = metric.spec.formula or "", 0, []
    tokens = [node.token for node in walk(parse(text)) if isinstance(node, Name)]
    inputs = {one.name: one for one in metric.inputs}
    for token in sorted(tokens, key=lambda one: one.position):
        pieces.append(text[position : token.position - 1])
        if token.text in inputs:
            one = inputs[token.text]
            part = catalogue.get(one.metric)
            pieces.append(shown(figures.figure(part, (), one.steps).value, part.unit))
        else:
            pieces.append(shown(figures.question_number(token.text)))
        position = token.position - 1 + len(token.shown)
    return f"{''.join(pieces)}{text[position:]} = {result}"


def powers_of(metric: Metric) -> dict[str, int] | None:
    """The power of each factor of a formula that only multiplies and divides; None for another formula."""
    powers: dict[str, int] = {}

    def collect(node: Node, power: int) -> bool:
        if isinstance(node, Name):
            powers[node.name] = powers.get(node.name, 0) + power
            return True
        if isinstance(node, Arithmetic) and node.sign in "*/":
            return collect(node.left, power) and collect(node.right, power if node.sign == "*" else -power)
        return isinstance(node, Literal)

    return powers if collect(parse(metric.spec.formula or ""), 1) else None


def filters_of(metric: Metric, cut: Cut, state: State) -> Iterator[str]:
    """Every condition that a row has to meet, in words."""
    for name, steps in simple_parts(state.catalogue, metric):
        try:
            part = state.part((name, steps), cut)
        except Unreachable:
            continue
        moment = f" ({', '.join(steps)})" if steps else ""
        spec, prefix = part.metric.spec, "" if metric.counts_rows else f"{name}{moment}: "
        if spec.where is not None:
            yield f"{prefix}{spec.where}"
        if spec.date is not None:
            last = part.as_of if part.end is None else min(part.end, part.as_of)
            first = f"from {part.start} " if part.start is not None else ""
            yield f"{prefix}{spec.date} {first}through {last}"
        elif part.as_of != cut.as_of:
            yield f"{prefix}state as of {part.as_of}"
    yield f"state as of {cut.as_of}"
    if cut.where is not None:
        yield f"narrowed to {cut.where}"


class Funnel:
    """What becomes of every row of a simple metric's table."""

    def __init__(self, state: State, part: Part, fact: Fact, cut: Cut, table_rows: int) -> None:
        self._part, self._fact, self._cut = part, fact, cut
        self._table_rows = table_rows
        self._frame = state.frame(fact, [part], cut)
        self._condition = state.condition(self._frame, cut, fact.as_of)

    def left_out(self) -> tuple[LeftOut, ...]:
        """Rows that do not count, by reason; together with those that count they are all rows."""
        part, spec, schema = self._part, self._part.metric.spec, self._frame.schema
        reasons: list[tuple[pl.Expr, str]] = []
        for words, text in spec.left_out.items():
            if self._usable(text):
                met = compile_condition(text, schema, part.parameters).fill_null(value=False)
                reasons.append((met, words))
        if spec.date is not None:
            day, outside = pl.col(spec.date), pl.lit(value=False)
            if part.start is not None:
                outside |= day < part.start
            if part.end is not None:
                outside |= day > part.end
            reasons.append((day.is_null(), f"no {spec.date}"))
            reasons.append((day > part.as_of, f"{spec.date} after the as-of date"))
            reasons.append((outside, f"{spec.date} outside the period"))
        labelled: pl.Expr = pl.lit("does not meet the metric's filter")
        for met, words in reversed(reasons):
            labelled = pl.when(met).then(pl.lit(words)).otherwise(labelled)
        labelled = pl.when(~counted(part, schema)).then(labelled)
        if self._condition is not None:
            labelled = (
                pl.when(self._condition.is_null()).then(pl.lit("a value that the filter asks for is blank"))
                .when(~self._condition).then(pl.lit("outside the filter")).otherwise(labelled)
            )  # fmt: skip
        found = (
            self._frame.select(labelled.alias("reason")).drop_nulls().group_by("reason").len().sort("reason")
        )
        before = self._table_rows - self._frame.height if self._fact.name == "opportunities" else 0
        items = [LeftOut(reason, count) for reason, count in found.sort("len", descending=True).iter_rows()]
        if before:
            items.append(LeftOut("created after the as-of date", before))
        blank = self._blank()
        return (*items, *([blank] if blank else []))

    def notes(self) -> tuple[LeftOut, ...]:
        """Rows that count and are worth telling apart."""
        rows, part = self._counted(), self._part
        items = []
        for words, text in part.metric.spec.apart.items():
            if self._usable(text):
                met = compile_condition(text, rows.schema, part.parameters).fill_null(value=False)
                count = rows.filter(met).height
                if count:
                    items.append(LeftOut(words, count))
        return tuple(items)

    def _counted(self) -> pl.DataFrame:
        rows = self._frame if self._condition is None else self._frame.filter(self._condition)
        return rows.filter(counted(self._part, rows.schema))

    def _blank(self) -> LeftOut | None:
        """Rows that meet every condition but have no value to add."""
        rows, text = self._counted(), self._part.metric.spec.value or ""
        value = compile_value(text, rows.schema, self._part.parameters)
        if value.operand is None:
            return None
        count = rows.filter(value.operand.is_null()).height
        return LeftOut(f"no {' or '.join(columns_in(parse(text)))}, adding nothing", count) if count else None

    def _usable(self, text: str) -> bool:
        return all(name in self._frame.columns for name in columns_in(parse(text)))
