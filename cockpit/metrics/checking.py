"""Is a metric's definition right? Keys that belong to its kind, names that exist, expressions that fit.

Every problem is found, each at the line of its key.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cockpit.base.problems import Problem, did_you_mean
from cockpit.base.tomlfile import TomlFile
from cockpit.metrics.definition import Metric, MetricSpec
from cockpit.metrics.facts.columns import BUCKETS, FACT_COLUMNS
from cockpit.metrics.formula import names_in_formula
from cockpit.metrics.moment import STEP_FORMS, is_step
from cockpit.metrics.question import QUESTION_NUMBERS
from cockpit.metrics.resolving import inputs_of
from cockpit.metrics.sql.check import PARAMETERS, check_aggregate, check_condition
from cockpit.metrics.sql.functions import ValueType
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.sql.tokens import ExpressionError
from cockpit.metrics.sql.tree import Node, names_in

OwnColumns = Mapping[str, Mapping[str, ValueType]]
"""By fact, the columns that its source really has."""

_KEYS_BY_KIND: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "simple": (("fact", "value"), ("where", "date", "per_deal", "left_out", "apart")),
    "ratio": (("numerator", "denominator"), ("zero", "matures_by", "once_over", "apart")),
    "derived": (("formula",), ("windows", "inputs", "nonzero", "zero", "once_over")),
    "cumulative": (("metric", "window"), ()),
    "movement": (("buckets",), ("value", "where", "left_out", "apart")),
    "cohort": (
        ("fact", "value"), ("where", "population", "of", "date", "zero", "matures_by", "left_out", "apart"),
    ),
}  # fmt: skip
"""By kind: the keys it must have and the keys it may have, besides those of every metric."""


def problems_of(
    metric: Metric,
    file: TomlFile,
    metrics: Mapping[str, Metric],
    own_columns: OwnColumns | None,
    left_out: Collection[str] = (),
) -> Iterator[Problem]:
    """Everything that is wrong with one definition.

    Args:
        metric: as it was read.
        file: the file that defines it.
        metrics: all metrics by name.
        own_columns: with them an unknown column is a problem; without them expressions over columns that
            no fact has are only parsed.
        left_out: names of metrics whose own definition is wrong.
    """
    spec, name = metric.spec, metric.name
    others = _Others(metrics, left_out)
    needed, allowed = _KEYS_BY_KIND[spec.kind]
    for key in needed:
        if not getattr(spec, key):
            yield file.problem((name,), f"a {spec.kind} metric needs {key}")
    for key in dict.fromkeys(key for keys in _KEYS_BY_KIND.values() for part in keys for key in part):
        if key not in needed and key not in allowed and getattr(spec, key):
            yield file.problem((name, key), f"does not belong to a {spec.kind} metric")
    if spec.kind in ("simple", "cohort") and spec.fact is not None:
        yield from _expression_problems(metric, spec.fact, file, own_columns)
    below = metrics.get(spec.denominator or "") if spec.kind == "ratio" and spec.apart else None
    if below is not None:
        yield from _expression_problems(metric, below.spec.fact or "movements", file, own_columns)
    if spec.kind == "movement":
        yield from _bucket_problems(spec, name, file)
        yield from _expression_problems(metric, "movements", file, own_columns)
    yield from _named_problems(spec, name, file, others)
    if spec.kind == "derived" and spec.formula is not None:
        yield from _formula_problems(metric, spec.formula, file, others)


def cycles(metrics: Mapping[str, Metric], files: Mapping[str, TomlFile]) -> Iterator[tuple[str, Problem]]:
    """Metrics that are made of themselves, each circle once, with the name that closes it."""
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> Iterator[tuple[str, Problem]]:
        if name in path:
            circle = (*path[path.index(name) :], name)
            yield name, files[name].problem((name,), f"is made of itself: {' -> '.join(circle)}")
            return
        if name not in done and metrics[name].kind != "cohort":
            for part in inputs_of(name, metrics[name].spec):
                yield from visit(part.metric, (*path, name))
        done.add(name)

    for name in metrics:
        yield from visit(name, ())


@dataclass(frozen=True, slots=True)
class _Others:
    """The metrics that a definition may name, and those that are left out since they are wrong themselves."""

    metrics: Mapping[str, Metric]
    left_out: Collection[str]

    def why_not(self, name: str, besides: Iterable[str] = ()) -> tuple[str, str | None] | None:
        """What is wrong with naming a metric, and the nearest name; None where nothing is."""
        if name in self.metrics or name in besides:
            return None
        if name in self.left_out:
            return f"{name} is wrong itself", None
        return f"there is no metric {name!r}", did_you_mean(name, (*self.metrics, *besides))


def _named_problems(spec: MetricSpec, name: str, file: TomlFile, others: _Others) -> Iterator[Problem]:
    """Keys that name another metric."""
    metrics = others.metrics
    for key in ("numerator", "denominator", "matures_by", "metric", "pace"):
        used = getattr(spec, key)
        why = None if used is None else others.why_not(used)
        if why is not None:
            yield file.problem((name, key), *why)
        elif used is not None and key in ("numerator", "denominator") and not metrics[used].counts_rows:
            yield file.problem((name, key), f"{used} is {metrics[used].kind}, a ratio needs simple metrics")
    for place, used in enumerate(spec.needs):
        why = others.why_not(used)
        if why is not None:
            yield file.problem((name, "needs", place), *why)
    if spec.window is not None and not is_step(spec.window):
        yield file.problem((name, "window"), f"{spec.window!r} is no window", STEP_FORMS)


def _bucket_problems(spec: MetricSpec, name: str, file: TomlFile) -> Iterator[Problem]:
    for place, bucket in enumerate(spec.buckets):
        if bucket not in BUCKETS:
            hint = did_you_mean(bucket, BUCKETS) or f"buckets: {', '.join(BUCKETS)}"
            yield file.problem((name, "buckets", place), f"there is no bucket {bucket!r}", hint)


def _formula_problems(metric: Metric, formula: str, file: TomlFile, others: _Others) -> Iterator[Problem]:
    try:
        used = names_in_formula(formula)
    except ExpressionError as error:
        yield from _placed(error, file, (metric.name, "formula"))
        return
    spec, besides = metric.spec, (*metric.spec.inputs, *QUESTION_NUMBERS)
    for name in used:
        why = others.why_not(name, besides)
        if why is not None:
            yield file.problem((metric.name, "formula"), *why)
    if not inputs_of(metric.name, spec):
        yield file.problem((metric.name, "formula"), "the formula uses no metric")
    for key in ("windows", "inputs", "nonzero"):
        for name in getattr(spec, key):
            if name not in used:
                yield file.problem(
                    (metric.name, key, name), "is not in the formula", did_you_mean(name, used)
                )
    for name, one in spec.inputs.items():
        why = others.why_not(one.metric)
        if why is not None:
            yield file.problem((metric.name, "inputs", name), *why)
    steps = [(("windows", name), step) for name, step in spec.windows.items()]
    steps += [(("inputs", name), step) for name, one in spec.inputs.items() for step in one.steps]
    for keys, step in steps:
        if not is_step(step):
            yield file.problem((metric.name, *keys), f"{step!r} leads to no moment", STEP_FORMS)


def _expression_problems(
    metric: Metric, fact: str, file: TomlFile, own_columns: OwnColumns | None
) -> Iterator[Problem]:
    spec = metric.spec
    columns = {**FACT_COLUMNS[fact], **(own_columns or {}).get(fact, {})}
    strict = own_columns is not None
    conditions: dict[tuple[str, ...], str] = {}
    for key in ("where", "population"):
        if getattr(spec, key) is not None:
            conditions[(key,)] = getattr(spec, key)
    for key in ("left_out", "apart"):
        conditions.update({(key, words): text for words, text in getattr(spec, key).items()})
    for keys, text in conditions.items():
        try:
            if _known(parse(text), columns) or strict:
                check_condition(text, columns)
        except ExpressionError as error:
            yield from _placed(error, file, (metric.name, *keys))
    for key in ("value", "of"):
        text = getattr(spec, key)
        if text is None:
            continue
        try:
            tree = parse(text)
            check_aggregate(text, columns if _known(tree, columns) or strict else _lenient(tree, columns))
        except ExpressionError as error:
            yield from _placed(error, file, (metric.name, key))
    if spec.date is not None and (strict or spec.date in columns) and columns.get(spec.date) != "date":
        dates = [name for name, kind in columns.items() if kind == "date"]
        message = f"{spec.date} is not a date column of {fact}"
        yield file.problem((metric.name, "date"), message, did_you_mean(spec.date, dates))


def _known(tree: Node, columns: Mapping[str, ValueType]) -> bool:
    return all(name in columns or name.casefold() in (*columns, *PARAMETERS) for name in names_in(tree))


def _lenient(tree: Node, columns: Mapping[str, ValueType]) -> dict[str, ValueType]:
    """The columns with the unknown ones taken as numbers, to check the shape of a value at least."""
    unknown: dict[str, ValueType] = {name: "number" for name in names_in(tree) if name not in columns}
    return {**columns, **unknown}


def _placed(error: ExpressionError, file: TomlFile, path: tuple[str, ...]) -> Iterable[Problem]:
    for problem in error.problems:
        yield file.problem(path, problem.message, problem.hint)
