"""What must hold for any data: levels add up, ratios re-aggregate, effects sum."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_tables import ALL, CATALOGUE, ask, frame_of

from cockpit.fiscal.compare import Comparison
from cockpit.fiscal.periods import Span
from cockpit.metrics.query import Query

FIRST = date(2024, 1, 1)
days = st.none() | st.integers(0, 500).map(lambda count: FIRST + timedelta(count))
cents = st.none() | st.integers(-10_000, 10**12).map(lambda value: Decimal(value) / 100)
words = st.sampled_from([None, "a", "b", "c", "Zoë's"])
deal = st.fixed_dictionaries(
    {
        "opportunity_id": st.integers(1, 30).map(str),
        "owner": words,
        "manager": words,
        "stage": st.sampled_from([None, "1", "2"]),
        "status": st.sampled_from(["open", "won", "lost"]),
        "forecast_category": st.sampled_from([None, "Omitted", "Commit"]),
        "amount": cents,
        "probability": st.none() | st.integers(0, 100).map(lambda value: Decimal(value) / 100),
        "created_date": days,
        "close_date": days,
        "closed_date": days,
        "modified_date": days,
        "next_step": st.sampled_from([None, "call", "tbd", " . "]),
    }
)
deals = st.lists(deal, max_size=60)
wheres = st.sampled_from(
    [
        None,
        "owner = 'a'",
        "amount > 1000 OR manager IS NULL",
        "owner IN ('b', 'Zoë''s') AND stage <> '1'",
        "created_date BETWEEN '2024-02-01' AND as_of",
        "NOT (COALESCE(amount, 0) < 500 OR owner LIKE 'Z%')",
        "CASE WHEN status = 'open' THEN probability > 0.5 ELSE amount > 10 END",
    ]
)
as_ofs = st.integers(-10, 520).map(lambda count: FIRST + timedelta(count))
spans = st.one_of(
    st.just(ALL),
    st.tuples(st.integers(0, 500), st.integers(0, 200)).map(
        lambda pair: Span("p", FIRST + timedelta(pair[0]), FIRST + timedelta(pair[0] + pair[1]))
    ),
)
NO_HISTORY = date(2029, 12, 31)
"""A day as of which nothing is known, to ask which metrics lack a column."""


def _has_columns(name: str) -> bool:
    period = Span("p", FIRST, NO_HISTORY)
    row = ask(typed([])).engine.values(Query((name,), period, NO_HISTORY)).rows[0]
    return not (row.reason or "").startswith("needs ")


DEAL_DIMENSIONS = ("owner", "manager")


def one_owner_a_deal(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in which the lines of a deal share owner and manager, so that counts add up over them."""
    first: dict[str, dict[str, Any]] = {}
    return [
        {**row, **{name: first.setdefault(row["opportunity_id"], row)[name] for name in DEAL_DIMENSIONS}}
        for row in rows
    ]


def typed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows with all columns, also when there are none."""
    blank = dict.fromkeys(
        (
            "opportunity_id",
            "owner",
            "manager",
            "stage",
            "status",
            "forecast_category",
            "amount",
            "probability",
            "created_date",
            "close_date",
            "closed_date",
            "modified_date",
            "next_step",
        )
    )
    return frame_of("opportunities", rows or [blank]).head(len(rows))


ON_DEALS = [
    metric for metric in CATALOGUE if metric.facts == ("opportunities",) and _has_columns(metric.name)
]
ADDITIVE = [metric.name for metric in ON_DEALS if metric.kind == "simple" and metric.additive]


@settings(max_examples=60)
@given(
    deals.map(one_owner_a_deal), wheres, as_ofs, spans, st.sampled_from([("owner",), ("manager", "owner")])
)
def test_levels_sum_to_their_parent(
    rows: list[dict[str, Any]], where: str | None, as_of: date, period: Span, by: tuple[str, ...]
) -> None:
    asked = ask(typed(rows))
    result = asked.engine.values(Query(tuple(ADDITIVE), period, as_of, by=by, where=where))
    for name in ADDITIVE:
        total = result.total(name)
        assert sum((row.value for row in result.groups(name)), 0) == total.value, name
        assert sum(row.n for row in result.groups(name)) == total.n, name


@settings(max_examples=40)
@given(deals.map(one_owner_a_deal), wheres, as_ofs, spans)
def test_ratios_equal_their_re_aggregation(
    rows: list[dict[str, Any]], where: str | None, as_of: date, period: Span
) -> None:
    asked = ask(typed(rows))
    ratios = [metric for metric in ON_DEALS if metric.kind == "ratio"]
    names = tuple(
        metric.name for metric in ratios if all(CATALOGUE.get(part).additive for part in metric.parts)
    )
    result = asked.engine.values(Query(names, period, as_of, by=("owner",), where=where))
    for name in names:
        total, groups = result.total(name), result.groups(name)
        top = sum((Fraction(row.numerator or 0) for row in groups), Fraction(0))
        bottom = sum((Fraction(row.denominator or 0) for row in groups), Fraction(0))
        assert (top, bottom) == (Fraction(total.numerator or 0), Fraction(total.denominator or 0)), name
        if total.reason == "n too small":
            assert total.n < CATALOGUE.get(name).spec.fewest
        elif bottom:
            assert total.value == float(top / bottom)
        else:
            assert (total.value, total.reason) == (None, "zero denominator")


@settings(max_examples=40)
@given(deals.map(one_owner_a_deal), wheres, as_ofs, spans, spans, as_ofs)
def test_effects_sum_to_the_change(
    rows: list[dict[str, Any]], where: str | None, as_of: date, period: Span, other: Span, through: date
) -> None:
    asked = ask(typed(rows))
    for name in (
        "won_amount",
        "close_rate",
        "close_rate_value",
        "avg_won_deal",
        "stale_share",
        "created_count",
    ):
        query = Query((name,), period, as_of, by=("owner",), where=where, against=Comparison(other, through))
        now = asked.engine.values(query).rows[0]
        effects = asked.engine.effects(name, query)
        if now.value is None or now.compare is None or now.compare.value is None:
            continue
        if now.compare.reason == "reconstructed":  # a rebuilt state shows no change, so none is divided
            assert now.compare.delta is None and not effects, name
            continue
        change = float(Fraction(now.value) - Fraction(now.compare.value))
        assert sum(effect.effect for effect in effects) == pytest.approx(change, rel=1e-9, abs=1e-6), name


@settings(max_examples=40)
@given(deals, wheres, as_ofs, spans)
def test_contributions_of_rows_sum_to_the_figure(
    rows: list[dict[str, Any]], where: str | None, as_of: date, period: Span
) -> None:
    asked = ask(typed(rows))
    for name in ADDITIVE:
        query = Query((name,), period, as_of, where=where)
        found = asked.engine.rows(name, query)
        assert sum((row[1] for row in found.rows), 0) == asked.engine.values(query).rows[0].value, name
        explained = asked.engine.explain(name, query)
        left_out = [one for one in explained.left_out if not one.reason.endswith("adding nothing")]
        assert sum(one.count for one in left_out) + found.count == len(rows), name
