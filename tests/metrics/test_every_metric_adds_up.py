"""Over every fact, not only deals: groups of additive metrics sum to their total, ratios re-aggregate."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from metric_tables import CATALOGUE
from test_metric_duckdb import CALENDAR, NOW, PERIODS, engine_of, world_of, worlds

from cockpit.fiscal import Span
from cockpit.metrics.query import Query
from cockpit.metrics.results import KpiResult

ADDITIVE = tuple(metric.name for metric in CATALOGUE if metric.additive)
DIVIDED = tuple(
    metric.name
    for metric in CATALOGUE
    if metric.divides and all(CATALOGUE.get(one.metric).additive for one in metric.inputs)
)


def asked(drawn: dict[str, Any], label: str, names: tuple[str, ...], by: str) -> KpiResult:
    period = Span.of(CALENDAR.unit_named(label))
    return engine_of(world_of(drawn, True)).values(Query(names, period, NOW, by=(by,)))


common = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("by", ["owner", "manager"])
@common
@given(drawn=worlds, label=st.sampled_from(PERIODS))
def test_groups_of_every_additive_metric_sum_to_its_total(by: str, drawn: dict[str, Any], label: str) -> None:
    result = asked(drawn, label, ADDITIVE, by)
    counted = 0
    for name in ADDITIVE:
        total, groups = result.total(name), result.groups(name)
        if total.value is None or any(row.value is None for row in groups):
            assert (total.reason or groups[0].reason or "").startswith(("needs", "no rows", "n too")), name
            continue
        if total.value and not groups:
            continue  # the fact has no such column
        assert sum((row.value or 0 for row in groups), 0) == total.value, name
        counted += 1
    assert counted > 40


@common
@given(drawn=worlds, label=st.sampled_from(PERIODS))
def test_every_ratio_is_that_of_its_groups_together(drawn: dict[str, Any], label: str) -> None:
    result = asked(drawn, label, DIVIDED, "owner")
    for name in DIVIDED:
        total, groups = result.total(name), result.groups(name)
        if not groups or total.denominator is None:
            continue
        tops, bottoms = (
            sum((Fraction(getattr(row, side) or 0) for row in groups), Fraction(0))
            for side in ("numerator", "denominator")
        )
        assert (tops, bottoms) == (Fraction(total.numerator or 0), Fraction(total.denominator)), name
        if total.value is not None:
            assert total.value == float(tops / bottoms), name
