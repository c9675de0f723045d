"""The rules of INTERFACE for deals: state at a day, lines and deals, reasons, comparison, targets."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from metric_tables import ALL, CALENDAR_YEARS, against, ask, frame_of, span

from cockpit.base.problems import ConfigError, UsageError
from cockpit.fiscal import Span
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.change import factor_effects, swing

Q1 = span("FY24-Q1", "2024-01-01", "2024-03-31", CALENDAR_YEARS.unit("quarter", date(2024, 1, 1)))
Q2 = span("FY24-Q2", "2024-04-01", "2024-06-30", CALENDAR_YEARS.unit("quarter", date(2024, 4, 1)))
YEAR = span("FY24", "2024-01-01", "2024-12-31", CALENDAR_YEARS.unit("year", date(2024, 1, 1)))


def deal(
    number: int, status: str, amount: float, created: str | None, close: str | None, **more: object
) -> dict[str, object]:
    return {
        "opportunity_id": str(number),
        "status": status,
        "amount": amount,
        "created_date": created,
        "close_date": close,
        "owner": "Ann",
        "stage": "2",
        **more,
    }


def test_the_past_is_rebuilt_without_looking_ahead() -> None:
    asked = ask(
        [
            deal(1, "won", 100, "2024-01-05", "2024-05-01"),
            deal(2, "lost", 40, "2024-01-05", "2024-02-01"),
            deal(3, "open", 7, "2024-04-01", "2024-09-01"),
            deal(4, "open", 5, None, "2024-02-15"),
        ]
    )
    assert asked.value("open_pipeline", "2024-03-01") == 105
    assert asked.value("open_count", "2024-03-01") == 2
    assert asked.value("won_count", "2024-03-01") == 0
    assert asked.value("past_due_count", "2024-03-01") == 1
    assert asked.value("open_pipeline_in_period", "2024-03-01", YEAR) == 0
    told = asked.engine.explain("open_pipeline_in_period", asked.query(as_of="2024-03-01", period=YEAR))
    reasons = {one.reason: one.count for one in told.left_out}
    assert reasons["closed later; the close date expected then is unknown"] == 1
    assert reasons["created after the as-of date"] == 1
    assert told.snapshot.kind == "reconstructed"
    assert asked.value("won_amount", "2024-06-01", Q2) == 100
    assert asked.value("open_pipeline_in_period", "2024-06-01", YEAR) == 7


def test_a_separate_closed_date_keeps_the_expected_one() -> None:
    asked = ask([deal(1, "won", 100, "2024-01-05", "2024-03-20", closed_date="2024-05-01")])
    assert asked.value("open_pipeline_in_period", "2024-03-01", Q1) == 100
    assert asked.value("past_due_amount", "2024-04-01") == 100
    assert asked.value("won_amount", "2024-06-01", Q2) == 100


def test_stale_says_how_many_rows_rest_on_the_modified_date_alone() -> None:
    touched, old, fresh = "2024-05-30", "2024-01-02", "2024-05-20"
    asked = ask(
        [
            deal(1, "open", 10, old, "2024-09-01", modified_date=touched, last_activity_date=old),
            deal(2, "open", 20, old, "2024-09-01", modified_date=touched, last_activity_date=fresh),
            deal(3, "open", 40, old, "2024-09-01", modified_date=old, last_activity_date=None),
            deal(4, "open", 80, old, "2024-09-01", modified_date=old, last_activity_date=old),
            deal(5, "open", 1, old, "2024-09-01", modified_date=None, last_activity_date=None),
            deal(6, "lost", 1, old, "2024-02-01", modified_date=touched, last_activity_date=None),
        ]
    )
    query = asked.query(as_of="2024-06-01")
    assert asked.value("stale_amount", "2024-06-01") == 120
    notes = {one.reason: one.count for one in asked.engine.explain("stale_share", query).notes}
    assert notes["stale or not by modified_date alone, which bulk edits touch too"] == 2
    told = asked.engine.explain("stale_count", query)
    assert {one.reason: one.count for one in told.notes} == {
        "with no other date of change than modified_date": 1
    }
    assert {one.reason: one.count for one in told.left_out} == {
        "won or lost": 1,
        "without any date of change": 1,
        "changed within stale_days": 1,
        "changed within stale_days by modified_date alone, which bulk edits touch too": 1,
    }


def test_lines_and_deals() -> None:
    asked = ask(
        [
            deal(1, "won", 10, "2024-01-01", "2024-02-01", product="A"),
            deal(1, "lost", 20, "2024-01-01", "2024-02-10", product="B"),
            deal(2, "lost", 5, "2024-01-01", "2024-02-01", product="A"),
            deal(2, "open", 6, "2024-01-01", "2024-08-01", product="B"),
            deal(3, "lost", 1, "2024-01-01", "2024-02-01", product="A"),
        ]
    )
    at = "2024-03-01"
    assert [
        asked.value(name, at)
        for name in ("won_count", "lost_count", "open_count", "closed_count", "line_count")
    ] == [1, 1, 1, 2, 5]
    assert [asked.value(name, at) for name in ("won_amount", "lost_amount", "open_pipeline")] == [10, 26, 6]
    assert asked.value("close_rate", at) == 0.5
    assert asked.groups("line_count", at, "product") == {"A": 3, "B": 2}
    assert asked.value("cycle_days_mean", at) == 31
    assert asked.value("median_open_deal", at) == 6


def test_medians_are_of_deals_under_any_filter() -> None:
    asked = ask(
        [
            deal(1, "open", 10, None, None, product="A"),
            deal(1, "open", 20, None, None, product="B"),
            deal(2, "open", 4, None, None, product="A"),
            deal(3, "open", 6, None, None, product="A"),
        ]
    )
    assert asked.value("median_open_deal", "2024-03-01") == 6
    assert asked.row("median_open_deal", "2024-03-01").n == 3
    assert asked.value("median_open_deal", "2024-03-01", where="product = 'B'") == 20


def test_nothing_there_has_a_reason() -> None:
    asked = ask([deal(1, "open", 10, "2024-01-01", "2024-09-01")])
    row = asked.row("close_rate", "2024-03-01", Q1)
    assert (row.value, row.reason, row.n) == (None, "zero denominator", 0)
    assert asked.row("cycle_days_mean", "2024-03-01", Q1).reason == "no rows"
    assert asked.row("won_amount", "2024-03-01", Q1).value == 0
    assert asked.row("weighted_pipeline", "2024-03-01").reason == "needs probability"
    assert (
        asked.row("stale_count", "2024-03-01").reason
        == "needs stage_date, modified_date or last_activity_date"
    )
    assert asked.row("field_completeness", "2024-03-01").reason == "needs next_step"
    assert asked.row("coverage", "2024-03-01", Q1).reason == "needs quota"
    assert asked.row("untracked_annuity", "2024-03-01").reason == "needs agreements"


def test_missing_dimension_values_are_kept_and_largest_comes_first() -> None:
    asked = ask(
        [
            deal(1, "open", 10, None, None, owner=None),
            deal(2, "open", 4, None, None, owner="Bo"),
            deal(3, "open", 40, None, None, owner="Cy"),
        ]
    )
    assert list(asked.groups("open_pipeline", "2024-03-01", "owner").items()) == [
        ("Cy", 40),
        (None, 10),
        ("Bo", 4),
    ]


def test_a_wrong_filter_or_dimension_is_a_usage_error() -> None:
    asked = ask([deal(1, "open", 10, None, None)])
    with pytest.raises(UsageError, match="did you mean owner"):
        asked.value("open_count", "2024-03-01", where="ownr = 'x'")
    with pytest.raises(UsageError, match="did you mean owner"):
        asked.groups("open_count", "2024-03-01", "ownr")
    with pytest.raises(UsageError, match="open one of qualified_open_count, close_rate"):
        asked.engine.rows("velocity", asked.query(as_of="2024-03-01"))


def test_rows_with_an_unknown_filter_are_left_out_and_told() -> None:
    asked = ask([deal(1, "open", 10, None, None, owner=None), deal(2, "open", 4, None, None)])
    assert asked.value("open_count", "2024-03-01", where="owner = 'Ann'") == 1
    told = asked.engine.explain("open_count", asked.query(as_of="2024-03-01", where="owner = 'Ann'"))
    reasons = [(one.reason, one.count) for one in told.left_out]
    assert reasons == [("a value that the filter asks for is blank", 1)]


def test_velocity_takes_four_quarters_whatever_the_period() -> None:
    asked = ask(
        [
            deal(1, "won", 100, "2023-12-01", "2024-01-10"),
            deal(2, "lost", 10, "2023-12-01", "2024-01-10"),
            deal(3, "won", 999, "2022-01-01", "2023-01-01"),
            deal(4, "open", 50, "2024-01-01", "2024-09-01", stage="1"),
            deal(5, "open", 50, "2024-01-01", "2024-09-01"),
        ],
        unqualified_stages=("1",),
    )
    assert asked.value("velocity", "2024-02-01", Q2) == pytest.approx(1 * 0.5 * 100 / 40)
    told = asked.engine.explain("velocity", asked.query(as_of="2024-02-01"))
    assert told.substituted == "1 * 50 % * 100 / 40 days = 1.25 a day"
    assert told.parts == ("qualified_open_count", "close_rate", "avg_won_deal", "cycle_days_mean")


def test_what_judges_a_whole_period_is_blank_while_it_runs(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[landed]\nlabel = "Landed"\nunit = "money"\nkind = "derived"\n'
        'formula = "won_amount"\nonce_over = true\n'
    )
    asked = ask([deal(1, "won", 10, "2024-01-05", "2024-02-05")], catalogue=Catalogue.load(tmp_path))

    def landed(period: Span, as_of: str) -> tuple[object, str | None]:
        row = asked.row("landed", as_of, period)
        return row.value, row.reason

    assert landed(Q1, "2024-03-30") == (None, "known once the period is over")
    assert landed(Q1, "2024-03-31") == (10, None)
    assert landed(ALL, "2024-03-31") == (None, "known once the period is over")


def test_a_young_cohort_is_marked() -> None:
    rows = [deal(n, "won", 1, "2024-01-01", "2024-04-10") for n in range(5)]
    asked = ask(rows)
    assert asked.row("cohort_win_rate", "2024-04-20", Q1).marks == ("young", "n too small")
    assert asked.row("cohort_win_rate", "2024-09-20", Q1).marks == ("n too small",)


def test_comparison_has_swing_and_says_when_it_is_unusual() -> None:
    rows = [deal(n, "won" if n % 10 < 3 else "lost", 10, "2024-01-01", "2024-02-01") for n in range(100)]
    rows += [
        deal(100 + n, "won" if n % 10 < 6 else "lost", 10, "2024-01-01", "2024-05-01") for n in range(100)
    ]
    row = ask(rows).row("close_rate", "2024-06-30", Q2, against=against(Q1, "2024-03-31"))
    assert row.compare.value == 0.3
    assert row.compare.delta == pytest.approx(0.3)
    assert row.compare.swing == pytest.approx(1.96 * (0.24 / 100 + 0.21 / 100) ** 0.5, rel=1e-4)
    assert row.compare.unusual is True
    few = ask(rows[:10] + rows[100:]).row("close_rate", "2024-06-30", Q2, against=against(Q1, "2024-03-31"))
    assert few.compare.unusual is False


def test_a_rebuilt_stock_has_no_delta() -> None:
    asked = ask(
        [deal(1, "open", 10, "2024-01-01", "2024-09-01"), deal(2, "won", 4, "2024-01-01", "2024-06-30")]
    )
    row = asked.row("open_pipeline", "2024-06-30", Q2, against=against(Q1, "2024-03-31"))
    assert (row.value, row.compare.delta, row.compare.reason) == (10, None, "reconstructed")
    flow = asked.row("won_amount", "2024-06-30", Q2, against=against(Q1, "2024-03-31"))
    assert flow.compare.delta == 4


def test_swing_of_the_published_example() -> None:
    assert swing(231 / 476, 476, 254 / 489, 489) == pytest.approx(0.063, abs=0.0005)
    assert swing(0.5, 0, 0.5, 10) is None


def test_factors_share_the_change() -> None:
    effects = factor_effects({"n": (20, 10), "days": (1 / 40, 1 / 50)}, 5.0)
    assert effects is not None
    assert sum(effects.values()) == pytest.approx(5)
    assert factor_effects({"n": (0, 10)}, -1.0) is None


@pytest.mark.parametrize(
    ("targets", "period", "target", "status"),
    [
        ({"won_amount": 100}, Q1, 100, "good"),
        ({"won_amount": {"FY24-Q1": 110}}, Q1, 110, "warn"),
        ({"won_amount": {"FY24-Q1": 200}}, Q1, 200, "bad"),
        ({"won_amount": {f"FY24-Q{number}": 25 for number in (1, 2, 3, 4)}}, YEAR, 100, "good"),
        ({"won_amount": {"FY24-Q1": 200}}, YEAR, None, None),
        ({"close_rate": {"FY24-Q1": 0.5}}, YEAR, None, None),
        ({"lost_amount": 5}, Q1, 5, "good"),
    ],
)
def test_targets_and_status(
    targets: dict[str, object], period: object, target: object, status: object
) -> None:
    asked = ask([deal(1, "won", 100, "2024-01-01", "2024-02-01")], targets=targets)
    row = asked.row(next(iter(targets)), "2024-12-31", period)
    assert (row.target, row.status) == (target, status)


def test_currencies_are_converted_or_refused() -> None:
    rows = [
        deal(1, "open", 10, None, None, currency="USD"),
        deal(2, "open", 10, None, None, currency="eur "),
        deal(3, "open", 1, None, None, currency="CHF"),
    ]
    fx = [{"currency": "EUR", "rate": 1.1}, {"currency": "CHF", "rate": 9, "kind": "dated"}]
    asked = ask(rows, tables={"fx": fx})
    row = asked.row("open_pipeline", "2024-03-01")
    assert (row.value, row.reason) == (None, "no rate for CHF")
    assert asked.value("open_count", "2024-03-01") == 3
    assert asked.value("open_pipeline", "2024-03-01", where="currency <> 'CHF'") == 21
    assert asked.row("open_pipeline", "2024-03-01", by=("currency",)).value is None
    assert asked.groups("open_pipeline", "2024-03-01", "currency")["eur "] == 11
    assert (
        ask(rows[:2], currency=None).row("open_pipeline", "2024-03-01").reason
        == "mixed currencies without a rate"
    )
    assert ask(rows[1:2], currency=None).value("open_pipeline", "2024-03-01") == 10


def test_fiscal_columns_divide_and_filter() -> None:
    asked = ask(
        [deal(1, "won", 10, "2024-01-01", "2024-05-01"), deal(2, "won", 4, "2024-01-01", "2024-02-01")]
    )
    assert asked.groups("won_amount", "2024-12-31", "closing_quarter") == {"FY24-Q2": 10, "FY24-Q1": 4}
    assert asked.value("won_amount", "2024-12-31", where="closing_quarter = 'FY24-Q1'") == 4


def test_large_sums_are_exact() -> None:
    rows = [deal(n, "open", Decimal("12345678901234.0001"), None, None) for n in range(1000)]
    assert ask(rows).value("open_pipeline", "2024-03-01") == Decimal("12345678901234000.1")


def test_documents_have_the_promised_keys() -> None:
    asked = ask([deal(1, "won", 10, "2024-01-01", "2024-02-01")])
    query = asked.query("close_rate", as_of="2024-03-01", period=Q1, by=("owner",))
    document = asked.engine.values(query).as_json()
    assert document["period"] == {
        "label": "FY24-Q1",
        "start": "2024-01-01",
        "end": "2024-03-31",
        "through": "2024-03-01",
    }
    assert document["rows"][0]["by"] == {}
    assert document["rows"][1]["by"] == {"owner": "Ann"}
    rows = asked.engine.rows("close_rate", query, limit=0).as_json()
    assert (rows["count"], rows["truncated"], rows["columns"][:2]) == (1, True, ["part", "contribution"])
    everything = asked.query(as_of="2024-03-01", period=ALL)
    assert asked.engine.explain("close_rate", everything).as_json()["substituted"] == "1 / 1 = 100 %"


def test_a_column_that_the_cockpit_makes_itself_hides_one_of_that_name() -> None:
    own = {
        "closing_date": "never",
        "age_days": "x",
        "deal_status": "hm",
        "close_quarter": "Q9",
        "push_count": "two",
    }
    rows = [deal(1, "won", 10, "2024-01-01", "2024-02-10"), deal(2, "lost", 5, "2024-01-01", "2024-02-20")]
    plain, crowded = ask(rows), ask(frame_of("opportunities", [{**row, **own} for row in rows]))
    for name in ("won_amount", "close_rate", "cycle_days_mean", "push_count_open", "open_pipeline"):
        assert crowded.row(name, "2024-03-01") == plain.row(name, "2024-03-01")
    by_quarter = crowded.groups("won_amount", "2024-03-01", "closing_quarter")
    assert by_quarter == plain.groups("won_amount", "2024-03-01", "closing_quarter")
    assert "Q9" not in crowded.groups("won_amount", "2024-03-01", "close_quarter")


def test_so_it_is_in_every_table_whose_rows_are_counted() -> None:
    accounts = [{"account_id": "A", "segment": "S"}]
    agreement = {"agreement_id": "1", "expires_date": "2024-02-10", "base_amount": 5}
    own = {"is_matched": "y", "is_in_crm": "n"}, {"outcome": "meh", "risk": "high", "due_quarter": "Q9"}
    plain, crowded = (
        ask(
            tables={
                "accounts": accounts,
                "managed_accounts": [{**accounts[0], **listed}],
                "agreements": [{**agreement, **more}],
            }
        )
        for listed, more in (({}, {}), own)
    )
    for name in ("managed_list_match_count", "renewal_due_count", "renewal_on_time_rate"):
        assert crowded.row(name, "2024-03-01") == plain.row(name, "2024-03-01")
    Catalogue.load(own_columns=crowded.engine.own_columns(date(2024, 3, 1)))


def test_an_own_metric_that_does_not_fit_the_data_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[mine]\nlabel = "Mine"\nunit = "count"\nfact = "opportunities"\nvalue = "SUM(weeks)"\n'
        '[gone]\nlabel = "Gone"\nunit = "count"\nfact = "opportunities"\nvalue = "SUM(nowhere)"\n'
    )
    frame = frame_of("opportunities", [deal(1, "open", 10, None, None)], {"weeks": pl.String()})
    asked = ask(frame, catalogue=Catalogue.load(tmp_path))
    result = asked.engine.values(asked.query("mine", "gone", "open_count", as_of="2024-03-01"))
    assert [(row.value, row.reason) for row in result.rows] == [
        (None, "at weeks (character 5): SUM needs a number, this is text"),
        (None, "needs nowhere"),
        (1, None),
    ]
    with pytest.raises(ConfigError, match="there is no column nowhere"):
        Catalogue.load(tmp_path, asked.engine.own_columns(date(2024, 3, 1)))
