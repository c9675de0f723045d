"""What must hold for any data: levels add up, ratios re-aggregate, effects sum, DuckDB agrees."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
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
ON_DEALS = [metric for metric in CATALOGUE if metric.facts == ("opportunities",)]
ADDITIVE = [metric.name for metric in ON_DEALS if metric.kind == "simple" and metric.additive]
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
    names = tuple(metric.name for metric in ON_DEALS if metric.kind == "ratio")
    result = asked.engine.values(Query(names, period, as_of, by=("owner",), where=where))
    for name in names:
        total, groups = result.total(name), result.groups(name)
        top = sum((Fraction(row.numerator or 0) for row in groups), Fraction(0))
        bottom = sum((Fraction(row.denominator or 0) for row in groups), Fraction(0))
        assert (top, bottom) == (Fraction(total.numerator or 0), Fraction(total.denominator or 0)), name
        if bottom:
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


# --- an independent computation in DuckDB ---------------------------------------------------------

LINES = """
WITH raw AS (
  SELECT *, COALESCE(closed_date, CASE WHEN status IN ('won', 'lost') THEN close_date END) AS closing
  FROM deals WHERE created_date IS NULL OR created_date <= $as_of
), lines AS (
  SELECT * EXCLUDE (status, close_date),
    CASE WHEN status <> 'open' AND closing <= $as_of THEN status ELSE 'open' END AS st,
    CASE WHEN status <> 'open' AND closing > $as_of AND closed_date IS NULL
      THEN NULL ELSE close_date END AS expected
  FROM raw
), totals AS (
  SELECT opportunity_id AS id,
    CASE WHEN bool_or(st = 'won') THEN 'won' WHEN bool_or(st = 'open') THEN 'open' ELSE 'lost' END AS outcome,
    MIN(closing) FILTER (st = 'won') AS first_win, MAX(closing) AS last_loss, MIN(created_date) AS born
  FROM lines GROUP BY opportunity_id
), chosen AS (
  SELECT *, st AS status, outcome AS o,
    CASE outcome WHEN 'won' THEN first_win WHEN 'lost' THEN last_loss END AS ended
  FROM lines JOIN totals ON id = opportunity_id
)
"""
CLOSED = "ended BETWEEN $start AND LEAST($finish, $as_of)"
CLOSED_LINE = "closing BETWEEN $start AND LEAST($finish, $as_of)"
CREATED = "created_date BETWEEN $start AND LEAST($finish, $as_of)"
IN_PERIOD = (
    "st = 'open' AND expected >= $as_of AND expected BETWEEN $start AND $finish "
    "AND COALESCE(forecast_category, '') <> 'Omitted'"
)
STALE = "$as_of - modified_date > 90"
FILLED = (
    " + ".join(
        f"CASE WHEN {name} IS NOT NULL THEN 1 ELSE 0 END" for name in ("amount", "expected", "stage", "owner")
    )
    + " + CASE WHEN LOWER(TRIM(COALESCE(next_step, ''))) NOT IN ('', '.', 'tbd') THEN 1 ELSE 0 END"
)
DISTINCT = "COUNT(DISTINCT opportunity_id) FILTER ({})"
AMOUNT = "COALESCE(SUM(amount) FILTER ({}), 0)"
PER_DEAL = (
    "(SELECT {} FROM (SELECT {} AS x FROM chosen WHERE {} AND ({}) GROUP BY opportunity_id) "
    "WHERE x IS NOT NULL)"
)
SQL = {
    "open_pipeline": AMOUNT.format("st = 'open'"),
    "open_count": DISTINCT.format("o = 'open'"),
    "qualified_open_count": DISTINCT.format("o = 'open' AND COALESCE(stage, '') <> '1'"),
    "weighted_pipeline": (
        "COALESCE(SUM(amount::DECIMAL(30, 4) * probability::DECIMAL(8, 6)) FILTER (st = 'open'), 0)"
    ),
    "open_pipeline_in_period": AMOUNT.format(IN_PERIOD),
    "pipeline_created": AMOUNT.format(CREATED),
    "created_count": DISTINCT.format(CREATED),
    "line_count": "COUNT(*)",
    "won_amount": AMOUNT.format(f"st = 'won' AND {CLOSED_LINE}"),
    "won_count": DISTINCT.format(f"o = 'won' AND {CLOSED}"),
    "lost_amount": AMOUNT.format(f"st = 'lost' AND {CLOSED_LINE}"),
    "lost_count": DISTINCT.format(f"o = 'lost' AND {CLOSED}"),
    "closed_count": DISTINCT.format(f"o IN ('won', 'lost') AND {CLOSED}"),
    "closed_amount": AMOUNT.format(f"st IN ('won', 'lost') AND {CLOSED_LINE}"),
    "cohort_won_count": DISTINCT.format(f"o = 'won' AND {CREATED}"),
    "past_due_count": DISTINCT.format("o = 'open' AND st = 'open' AND expected < $as_of"),
    "past_due_amount": AMOUNT.format("st = 'open' AND expected < $as_of"),
    "stale_count": DISTINCT.format(f"o = 'open' AND {STALE}"),
    "stale_amount": AMOUNT.format(f"st = 'open' AND {STALE}"),
    "filled_fields": f"COALESCE(SUM({FILLED}) FILTER (st = 'open'), 0)",
    "needed_fields": "COALESCE(SUM(5) FILTER (st = 'open'), 0)",
    "median_open_deal": PER_DEAL.format("MEDIAN(x::DOUBLE)", "SUM(amount)", "st = 'open'", "{where}"),
    "cycle_days_mean": PER_DEAL.format("AVG(x)", "MAX(ended - born)", f"o = 'won' AND {CLOSED}", "{where}"),
    "cycle_days_median": PER_DEAL.format(
        "MEDIAN(x)", "MAX(ended - born)", f"o = 'won' AND {CLOSED}", "{where}"
    ),
    "cycle_days_p80": PER_DEAL.format("QUANTILE_CONT(x, 0.8)", "MAX(ended - born)", "o = 'won'", "{where}"),
}


def test_every_simple_metric_over_deals_is_computed_twice() -> None:
    assert set(SQL) == {metric.name for metric in ON_DEALS if metric.kind == "simple"}


@settings(max_examples=50)
@given(deals, wheres, as_ofs, spans)
def test_duckdb_agrees(rows: list[dict[str, Any]], where: str | None, as_of: date, period: Span) -> None:
    frame = typed(rows)
    ratios = [metric for metric in ON_DEALS if metric.kind == "ratio"]
    names = (*SQL, *(metric.name for metric in ratios))
    asked = ask(frame, unqualified_stages=("1",))
    result = asked.engine.values(Query(names, period, as_of, where=where))
    condition = (where or "TRUE").replace("as_of", "$as_of")
    parameters = {
        "as_of": as_of,
        "start": period.start or date(1, 1, 1),
        "finish": period.end or date(9999, 12, 31),
    }
    aggregates = ", ".join(f"{sql.replace('{where}', condition)} AS {name}" for name, sql in SQL.items())
    text = f"{LINES} SELECT {aggregates} FROM chosen WHERE {condition}"
    database = duckdb.connect()
    with TemporaryDirectory() as folder:
        frame.write_parquet(f"{folder}/deals.parquet")
        database.execute(f"CREATE TABLE deals AS SELECT * FROM '{folder}/deals.parquet'")
    used = {name: value for name, value in parameters.items() if f"${name}" in text}
    expected = dict(zip(SQL, database.execute(text, used).fetchall()[0], strict=True))
    database.close()
    for name in SQL:
        value = result.total(name).value
        if isinstance(value, float):
            assert value == pytest.approx(float(expected[name]), rel=1e-9), name
        else:
            assert value == expected[name], name
    for metric in ratios:
        top, bottom = (expected[part] for part in metric.parts)
        value = result.total(metric.name).value
        assert value == (None if not bottom else pytest.approx(float(top) / float(bottom), rel=1e-9)), (
            metric.name
        )
