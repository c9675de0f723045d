"""The catalogue of metrics: the built-in TOML files and those of a workspace, checked strictly."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cockpit.base.clean import clean
from cockpit.base.problems import ConfigError, Problem, UsageError, did_you_mean
from cockpit.base.tomlfile import TomlFile, convert, read_toml
from cockpit.metrics.definition import Metric, MetricSpec
from cockpit.metrics.facts.columns import FACT_COLUMNS
from cockpit.metrics.formula import metrics_in
from cockpit.metrics.sql.check import PARAMETERS, check_aggregate, check_condition
from cockpit.metrics.sql.functions import AGGREGATES, FUNCTIONS, ValueType
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.sql.tokens import ExpressionError
from cockpit.metrics.sql.tree import Call, Node, names_in

BUILT_IN = Path(__file__).parent / "catalogue"

_KEYS_BY_KIND: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "simple": (("fact", "value"), ("where", "date", "per_deal", "left_out", "apart")),
    "ratio": (("numerator", "denominator"), ("zero", "matures_by")),
    "derived": (("formula",), ("windows", "nonzero", "zero")),
}
"""By kind: the keys it must have and the keys it may have, besides those of every metric."""


class Catalogue:
    """All metrics by name, in the order in which they are defined."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = dict(metrics)

    @classmethod
    def load(
        cls,
        workspace_folder: Path | None = None,
        own_columns: Mapping[str, Mapping[str, ValueType]] | None = None,
    ) -> "Catalogue":
        """Read the built-in metrics, then `*.toml` of `workspace_folder`, which add or replace.

        Args:
            workspace_folder: the workspace's `metrics/`; it need not exist.
            own_columns: by fact, the source's own columns. With them an unknown column is a problem;
                without them expressions over columns that no fact has are only parsed.

        Raises:
            ConfigError: with every problem of every file, each at its line.
        """
        problems: list[Problem] = []
        metrics: dict[str, Metric] = {}
        folders = [BUILT_IN] if workspace_folder is None else [BUILT_IN, workspace_folder]
        files: dict[str, TomlFile] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.toml")):
                try:
                    file = read_toml(path)
                except ConfigError as error:
                    problems.extend(error.problems)
                    continue
                for metric in _metrics_of(file, folder is not BUILT_IN, problems):
                    previous = files.get(metric.name)
                    if previous is not None and previous.path.parent == path.parent:
                        where = f"the other is in {previous.path.name}"
                        problems.append(file.problem((metric.name,), "defined in two files", where))
                    metrics[metric.name] = metric
                    files[metric.name] = file
        for name, metric in metrics.items():
            problems.extend(_problems_of(metric, files[name], metrics, own_columns))
        if not problems:
            problems.extend(_cycles(metrics, files))
        if problems:
            raise ConfigError(*problems)
        return cls({name: _resolved(metric, metrics) for name, metric in metrics.items()})

    def __iter__(self) -> Iterator[Metric]:
        return iter(self._metrics.values())

    def __len__(self) -> int:
        return len(self._metrics)

    def __contains__(self, name: object) -> bool:
        return name in self._metrics

    def names(self) -> tuple[str, ...]:
        """The names of all metrics."""
        return tuple(self._metrics)

    def get(self, name: str) -> Metric:
        """The metric of that name.

        Raises:
            UsageError: there is none; with the nearest name.
        """
        metric = self._metrics.get(name)
        if metric is None:
            hint = did_you_mean(name, self._metrics) or "`cockpit kpis` lists them"
            raise UsageError(Problem(f"there is no metric {clean(name)!r}", hint=hint))
        return metric


def functions() -> list[dict[str, str]]:
    """What expressions may use, for `cockpit kpis --functions`."""
    listed = [
        {"name": one.name, "signature": one.signature, "kind": "function", "help": one.help}
        for one in FUNCTIONS.values()
    ]
    listed += [
        {"name": name, "signature": name, "kind": "aggregate", "help": text}
        for name, text in AGGREGATES.items()
    ]
    return listed


def _metrics_of(file: TomlFile, own: bool, problems: list[Problem]) -> Iterator[Metric]:
    shown = clean(str(file.path)) if own else f"cockpit/metrics/catalogue/{file.path.name}"
    for name, table in file.data.items():
        if not isinstance(table, dict):
            problems.append(file.problem((name,), "must be a table", f"[{name}] on a line of its own"))
            continue
        if not name.isidentifier() or name != name.lower():
            problems.append(
                file.problem((name,), "a metric's name is lower case letters, digits and _, without blanks")
            )
            continue
        spec = convert(file, MetricSpec, problems, (name,), table)
        if spec is not None:
            yield Metric(name, spec, shown, file.line_of((name,)), own=own)


def _problems_of(
    metric: Metric,
    file: TomlFile,
    metrics: Mapping[str, Metric],
    own_columns: Mapping[str, Mapping[str, ValueType]] | None,
) -> Iterator[Problem]:
    spec, name = metric.spec, metric.name
    needed, allowed = _KEYS_BY_KIND[spec.kind]
    for key in needed:
        if getattr(spec, key) is None:
            yield file.problem((name,), f"a {spec.kind} metric needs {key}")
    for kind_needed, kind_allowed in _KEYS_BY_KIND.values():
        for key in (*kind_needed, *kind_allowed):
            if key not in needed and key not in allowed and getattr(spec, key):
                yield file.problem((name, key), f"does not belong to a {spec.kind} metric")
    if spec.kind == "simple" and spec.fact is not None:
        yield from _expression_problems(metric, file, own_columns)
    if spec.kind == "ratio":
        for key in ("numerator", "denominator", "matures_by"):
            used = getattr(spec, key)
            if used is not None and used not in metrics:
                yield file.problem((name, key), f"there is no metric {used!r}", did_you_mean(used, metrics))
            elif used is not None and key != "matures_by" and metrics[used].kind != "simple":
                yield file.problem(
                    (name, key), f"{used} is {metrics[used].kind}, a ratio needs simple metrics"
                )
    if spec.kind == "derived" and spec.formula is not None:
        yield from _formula_problems(metric, spec.formula, file, metrics)


def _formula_problems(
    metric: Metric, formula: str, file: TomlFile, metrics: Mapping[str, Metric]
) -> Iterator[Problem]:
    try:
        used = metrics_in(formula)
    except ExpressionError as error:
        yield from _placed(error, file, (metric.name, "formula"))
        return
    for name in used:
        if name not in metrics:
            yield file.problem(
                (metric.name, "formula"), f"there is no metric {name!r}", did_you_mean(name, metrics)
            )
    for key in ("windows", "nonzero"):
        for name in getattr(metric.spec, key):
            if name not in used:
                yield file.problem(
                    (metric.name, key, name), "is not in the formula", did_you_mean(name, used)
                )


def _expression_problems(
    metric: Metric, file: TomlFile, own_columns: Mapping[str, Mapping[str, ValueType]] | None
) -> Iterator[Problem]:
    spec = metric.spec
    assert spec.fact is not None
    columns = {**FACT_COLUMNS[spec.fact], **(own_columns or {}).get(spec.fact, {})}
    strict = own_columns is not None
    conditions: dict[tuple[str, ...], str] = {}
    if spec.where is not None:
        conditions[("where",)] = spec.where
    for key in ("left_out", "apart"):
        conditions.update({(key, words): text for words, text in getattr(spec, key).items()})
    for keys, text in conditions.items():
        try:
            if _known(parse(text), columns) or strict:
                check_condition(text, columns)
        except ExpressionError as error:
            yield from _placed(error, file, (metric.name, *keys))
    if spec.value is not None:
        try:
            tree = parse(spec.value)
            check_aggregate(
                spec.value, columns if _known(tree, columns) or strict else _lenient(tree, columns)
            )
        except ExpressionError as error:
            yield from _placed(error, file, (metric.name, "value"))
    if spec.date is not None and (strict or spec.date in columns) and columns.get(spec.date) != "date":
        dates = [name for name, kind in columns.items() if kind == "date"]
        message = f"{spec.date} is not a date column of {spec.fact}"
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


def _parts(spec: MetricSpec) -> tuple[str, ...]:
    if spec.kind == "ratio":
        return tuple(name for name in (spec.numerator, spec.denominator) if name is not None)
    return metrics_in(spec.formula) if spec.kind == "derived" and spec.formula is not None else ()


def _cycles(metrics: Mapping[str, Metric], files: Mapping[str, TomlFile]) -> Iterator[Problem]:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> Iterator[Problem]:
        if name in path:
            circle = (*path[path.index(name) :], name)
            yield files[name].problem((name,), f"is made of itself: {' -> '.join(circle)}")
            return
        if name not in done:
            for part in _parts(metrics[name].spec):
                yield from visit(part, (*path, name))
            done.add(name)

    for name in metrics:
        yield from visit(name, ())


def _resolved(metric: Metric, metrics: Mapping[str, Metric]) -> Metric:
    """The metric with what follows from its definition and its parts filled in."""
    spec = metric.spec
    if spec.kind == "simple":
        value = parse(spec.value or "")
        counts = isinstance(value, Call) and value.function in ("SUM", "COUNT")
        stock = spec.date is None and spec.fact != "quota"
        return replace(metric, stock=stock, additive=counts, facts=(spec.fact or "",))
    parts = _parts(spec)
    resolved = [_resolved(metrics[part], metrics) for part in parts]
    return replace(
        metric,
        parts=parts,
        stock=any(part.stock for part in resolved),
        facts=tuple(dict.fromkeys(fact for part in resolved for fact in part.facts)),
        proportion=spec.kind == "ratio" and spec.unit == "percent" and all(map(_counts_deals, resolved)),
    )


def _counts_deals(metric: Metric) -> bool:
    value = parse(metric.spec.value or "NULL")
    return isinstance(value, Call) and value.function == "COUNT" and value.distinct
