"""What follows from a metric's definition: its inputs, the sides of a cohort, whether it is a state.

Everything here takes definitions that have been checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import msgspec

from cockpit.metrics.definition import Input, Metric, MetricSpec
from cockpit.metrics.facts.columns import FACT_KEYS
from cockpit.metrics.formula import names_in_formula
from cockpit.metrics.moment import moves_the_day
from cockpit.metrics.question import QUESTION_NUMBERS
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.sql.tree import Call, names_in

ALWAYS_OF_A_PERIOD = ("quota", "movements", "cohort", "submissions")
"""Facts that are made for a period, so that what is counted in them is no state without a date."""
MOVED = "SUM(change)"
"""What a movement adds up unless it says otherwise."""


WEIGHTS = "weights"
"""How the sum of the squared shares of a cohort's deals is named, after the cohort and a dot."""


def sides_of(metric: Metric) -> tuple[Metric, ...]:
    """Numerator and denominator of a cohort, as metrics of their own that are not listed.

    A share of the same sum has a third one: how unevenly that sum is spread over the deals.
    """
    spec = metric.spec
    counted = [text for text in (spec.population, spec.where) if text is not None]
    common = MetricSpec(
        label=spec.label, unit=spec.unit if spec.unit != "percent" else "number", fact=spec.fact,
        date=spec.date, left_out=spec.left_out, apart=spec.apart, drill=spec.drill, source=spec.source,
    )  # fmt: skip
    where = " AND ".join(f"({text})" for text in counted) or None
    top = msgspec.structs.replace(common, value=spec.value, where=where)
    bottom = msgspec.structs.replace(common, value=spec.of or spec.value, where=spec.population)
    place = {"file": metric.file, "line": metric.line, "own": metric.own, "hidden": True}
    sides = (
        Metric(f"{metric.name}.counted", top, **place),  # type: ignore[arg-type]
        Metric(f"{metric.name}.population", bottom, **place),  # type: ignore[arg-type]
    )
    if not _is_share_of_a_sum(spec):
        return sides
    summed = (spec.value or "").strip()[len("SUM") :]
    spread = msgspec.structs.replace(
        bottom, unit="number", value=f"HERFINDAHL{summed}", per_deal="sum", left_out={}, apart={}
    )
    return (*sides, Metric(f"{metric.name}.{WEIGHTS}", spread, **place))  # type: ignore[arg-type]


def _is_share_of_a_sum(spec: MetricSpec) -> bool:
    """Whether a cohort tells which part of one sum over its deals some of them have."""
    if spec.kind != "cohort" or spec.unit != "percent" or spec.of is not None:
        return False
    value = parse(spec.value or "NULL")
    return isinstance(value, Call) and value.function == "SUM"


def as_simple(spec: MetricSpec) -> MetricSpec:
    """A movement as the aggregate over the fact `movements` that it is."""
    buckets = ", ".join(f"'{name}'" for name in spec.buckets)
    inside = f"bucket IN ({buckets})"
    where = inside if spec.where is None else f"{inside} AND ({spec.where})"
    return msgspec.structs.replace(spec, fact="movements", value=spec.value or MOVED, where=where)


def inputs_of(name: str, spec: MetricSpec) -> tuple[Input, ...]:
    """What a metric is made of, in the order of its formula."""
    if spec.kind == "ratio":
        return tuple(Input(side, side) for side in (spec.numerator, spec.denominator) if side is not None)
    if spec.kind == "cohort":
        return Input("counted", f"{name}.counted"), Input("population", f"{name}.population")
    if spec.kind == "cumulative":
        return (Input(spec.metric or "", spec.metric or "", (spec.window or "",)),)
    if spec.kind != "derived" or spec.formula is None:
        return ()
    found = []
    for used in names_in_formula(spec.formula):
        if used in spec.inputs:
            found.append(Input(used, spec.inputs[used].metric, spec.inputs[used].steps))
        elif used not in QUESTION_NUMBERS:
            found.append(Input(used, used, (spec.windows[used],) if used in spec.windows else ()))
    return tuple(found)


def resolved(metrics: Mapping[str, Metric]) -> Iterator[Metric]:
    """Every metric with what follows from its definition and its parts, and the sides of every cohort."""
    known = dict(metrics)
    for metric in metrics.values():
        if metric.kind == "cohort":
            known.update({side.name: side for side in sides_of(metric)})
        elif metric.kind == "movement":
            known[metric.name] = replace(metric, spec=as_simple(metric.spec))
    done: dict[str, Metric] = {}
    for name in known:
        yield _resolve(name, known, done)


def _resolve(name: str, known: Mapping[str, Metric], done: dict[str, Metric]) -> Metric:
    if name not in done:
        metric = known[name]
        done[name] = _simple(metric) if metric.counts_rows else _made_of(metric, known, done)
    return done[name]


def _simple(metric: Metric) -> Metric:
    spec = metric.spec
    value = parse(spec.value or "")
    adds = isinstance(value, Call) and value.function in ("SUM", "COUNT")
    if isinstance(value, Call) and value.distinct:  # another value than the key may lie in several groups
        adds = names_in(value) == (FACT_KEYS[spec.fact or ""],)
    stock = spec.date is None and spec.fact not in ALWAYS_OF_A_PERIOD
    return replace(metric, stock=stock, additive=adds, facts=(spec.fact or "",))


def _made_of(metric: Metric, known: Mapping[str, Metric], done: dict[str, Metric]) -> Metric:
    spec, inputs = metric.spec, inputs_of(metric.name, metric.spec)
    parts = [_resolve(one.metric, known, done) for one in inputs]
    share = metric.divides and spec.unit == "percent" and all(map(_counts_deals, parts))
    weights = f"{metric.name}.{WEIGHTS}" if _is_share_of_a_sum(spec) else None
    return replace(
        metric,
        inputs=inputs,
        stock=any(part.stock and not any(map(moves_the_day, one.steps))
                  for part, one in zip(parts, inputs, strict=True)),
        additive=metric.kind == "cumulative" and parts[0].additive,
        facts=tuple(dict.fromkeys(fact for part in parts for fact in part.facts)),
        proportion=share or weights is not None or (metric.kind == "cumulative" and parts[0].proportion),
        weights=weights,
    )  # fmt: skip


def _counts_deals(metric: Metric) -> bool:
    value = parse(metric.spec.value or "NULL")
    return isinstance(value, Call) and value.function == "COUNT" and value.distinct
