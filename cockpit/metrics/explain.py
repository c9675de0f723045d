"""How a figure comes about: formula, numbers put in, filters, rows left out with the reason."""

from collections.abc import Iterator
from decimal import Decimal

from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.figures import Figure, Figures, simple_parts
from cockpit.metrics.moment import Unreachable
from cockpit.metrics.results import Number
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
        moment = f" ({', '.join(steps).replace('-', ' ')})" if steps else ""
        spec, prefix = part.metric.spec, "" if metric.counts_rows else f"{name}{moment}: "
        if spec.where is not None:
            yield f"{prefix}{spec.where}"
        if spec.date is not None:
            last = part.as_of if part.end is None else min(part.end, part.as_of)
            first = f"from {part.start} " if part.start is not None else ""
            named = spec.date.removeprefix("deal_").replace("_", " ")
            yield f"{prefix}{named} {first}through {last}"
        elif part.as_of != cut.as_of:
            yield f"{prefix}state as of {part.as_of}"
    yield f"state as of {cut.as_of}"
    if cut.where is not None:
        yield f"narrowed to {cut.where}"
