"""The very rows behind a figure, each with what it contributes."""

from collections.abc import Sequence

import polars as pl

from cockpit.base.problems import Problem, UsageError
from cockpit.metrics.aggregate import Part, counted
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.metrics.expression import compile_value
from cockpit.metrics.facts.columns import SHOWN_OF_FACT
from cockpit.metrics.facts.fact import Fact
from cockpit.metrics.moment import Steps
from cockpit.metrics.state import Cut, State


def rows_behind(state: State, metric: Metric, cut: Cut, table_columns: tuple[str, ...]) -> pl.DataFrame:
    """The rows behind a simple metric or a ratio, with `part` and `contribution` first, largest first.

    A row that is in numerator and denominator with the same contribution stands there once, as `both`;
    with two different ones it stands there twice.

    Raises:
        UsageError: a derived metric has no rows of its own, or the metric cannot be computed here.
    """
    metric, steps = with_rows(state.catalogue, metric)
    state.check_cut(cut, metric.facts)
    if metric.counts_rows:
        return _shown(
            contributing(state, metric, cut, steps).with_columns(pl.lit("value").alias("part")),
            metric,
            table_columns,
        )
    top, bottom = (contributing(state, state.catalogue.get(one.metric), cut, steps) for one in metric.inputs)
    sides = top.select("_line", pl.col("contribution").alias("_top")).join(
        bottom.select("_line", pl.col("contribution").alias("_bottom")), on="_line", how="full", coalesce=True
    )
    same = (pl.col("_top") == pl.col("_bottom")).fill_null(value=False)
    parts = pl.concat(
        [
            sides.filter(same).select("_line", pl.lit("both").alias("part")),
            sides.filter(~same & pl.col("_top").is_not_null()).select(
                "_line", pl.lit("numerator").alias("part")
            ),
            sides.filter(~same & pl.col("_bottom").is_not_null()).select(
                "_line", pl.lit("denominator").alias("part")
            ),
        ]
    )
    above = parts.filter(pl.col("part") == "numerator").join(top, on="_line")
    below = parts.filter(pl.col("part") != "numerator").join(bottom, on="_line")
    return _shown(pl.concat([below, above], how="vertical_relaxed"), metric, table_columns)


def with_rows(catalogue: Catalogue, metric: Metric) -> tuple[Metric, Steps]:
    """The metric whose rows are those of this one, and the steps to its moment.

    Raises:
        UsageError: it is made of several metrics and has no rows of its own; with their names.
    """
    steps: Steps = ()
    while metric.kind == "cumulative":
        one = metric.inputs[0]
        metric, steps = catalogue.get(one.metric), (*steps, *one.steps)
    if metric.kind == "derived":
        message = f"{metric.name} is made of other metrics and has no rows of its own"
        raise UsageError(Problem(message, hint=f"open one of {', '.join(metric.parts)}"))
    return metric, steps


def contributing(
    state: State, metric: Metric, cut: Cut, steps: Steps = (), more: Sequence[str] = ()
) -> pl.DataFrame:
    """The rows of a simple metric with what each contributes, in the order of the fact.

    Args:
        state: what is asked.
        metric: the simple metric.
        cut: day, period and filter.
        steps: to the metric's own moment.
        more: columns of the fact that are wanted besides, where it has them.

    Raises:
        UsageError: the metric cannot be computed here.
    """
    found = state.counted(metric, cut, steps)
    part, fact = found.part, found.fact
    wanted = (*state.used(fact, [part], cut), *SHOWN_OF_FACT[fact.name], *more)
    rows = state.book.columns(fact).all_rows([name for name in wanted if fact.has(name)])
    condition, counts = state.condition(rows.schema, cut, fact.as_of), counted(part, rows.schema)
    kept = rows.collected(lambda lazy: (lazy if condition is None else lazy.filter(condition)).filter(counts))
    return kept.with_columns(contribution(part, fact, kept).alias("contribution"))


def contribution(part: Part, fact: Fact, kept: pl.DataFrame) -> pl.Expr:
    """What each of the rows that count adds to the figure."""
    value = compile_value(part.metric.spec.value or "", kept.schema, part.parameters)
    if value.function == "COUNT":
        if value.operand is None:
            return pl.lit(1, pl.Int64)
        counts = value.operand.is_not_null()
        if value.aggregate.distinct:
            counts &= value.operand.is_first_distinct()
        return counts.cast(pl.Int64)
    assert value.operand is not None
    if value.function == "SUM":
        return value.operand.fill_null(0)
    if value.function == "AVG":
        operand = value.operand.cast(pl.Float64)
        if part.metric.spec.per_deal is not None and not fact.single:
            first = pl.col(fact.key or "").is_first_distinct()
            return pl.when(first).then(operand / first.sum()).otherwise(0.0)
        return operand / operand.count()
    return value.operand


def _shown(frame: pl.DataFrame, metric: Metric, table_columns: tuple[str, ...]) -> pl.DataFrame:
    wanted = (*table_columns, *SHOWN_OF_FACT[metric.facts[0]])
    columns = [name for name in dict.fromkeys(wanted) if name in frame.columns and not name.startswith("_")]
    source_row = [pl.col("_row").alias("source_row")] if "_row" in frame.columns else []
    ordered = frame.sort(
        pl.col("contribution").cast(pl.Float64), "_line", descending=[True, False], nulls_last=True
    )
    return ordered.select("part", "contribution", *columns, *source_row)


def behind(state: State, metric: Metric, cut: Cut, columns: Sequence[str]) -> pl.DataFrame:
    """What the rows behind a metric contribute, beside columns of the fact: what charts are drawn from.

    Args:
        state: what is asked.
        metric: a simple metric, or a ratio, of which the rows of its denominator are taken.
        cut: day, period and filter.
        columns: those wanted; what the fact lacks is left out.

    Raises:
        UsageError: a derived metric has no rows of its own, or the metric cannot be computed here.
    """
    metric, steps = with_rows(state.catalogue, metric)
    counted_metric = state.catalogue.get(metric.inputs[1].metric) if metric.divides else metric
    state.check_cut(cut, counted_metric.facts)
    frame = contributing(state, counted_metric, cut, steps, columns)
    return frame.select("contribution", *(name for name in dict.fromkeys(columns) if name in frame.columns))
