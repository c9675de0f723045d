"""Explaining goes to the row; a changed definition shows its figure beside that of the built-in one."""

from datetime import date
from pathlib import Path

from metric_tables import CALENDAR_YEARS, ask, span

from cockpit.fiscal import Span, resolve_period
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.query import Query

Q2 = span("FY24-Q2", "2024-04-01", "2024-06-30", CALENDAR_YEARS.unit_named("FY24-Q2"))
AS_OF = date(2024, 6, 30)
DEALS = [
    {"opportunity_id": "a", "status": "won", "amount": 5, "close_date": "2024-05-01"},
    {"opportunity_id": "b", "status": "lost", "amount": 7, "close_date": "2024-05-02"},
    {"opportunity_id": "c", "status": "open", "amount": 9, "close_date": "2024-09-01"},
    {"opportunity_id": "d", "status": "won", "amount": 3, "close_date": "2024-02-01"},
]  # fmt: skip


def fates(name: str, key: str) -> list[tuple[str, bool, object, str | None]]:
    found = ask(DEALS).engine.fates(name, Query((name,), Q2, AS_OF), key)
    return [(one.metric, one.counts, one.contribution, one.reason) for one in found]


def test_a_row_counts_or_says_why_not() -> None:
    assert fates("won_amount", "a") == [("won_amount", True, 5, None)]
    assert fates("won_amount", "b") == [("won_amount", False, None, "lost")]
    assert fates("won_amount", "d") == [("won_amount", False, None, "closing date outside the period")]
    assert fates("won_amount", "nobody") == []


def test_a_row_that_counts_says_why_it_adds_nothing() -> None:
    deals = [
        {"opportunity_id": "a", "status": "open", "amount": 5, "currency": "USD"},
        {"opportunity_id": "b", "status": "open", "amount": 7, "currency": "EUR"},
        {"opportunity_id": "c", "status": "open", "amount": None, "currency": "USD"},
    ]
    asked, query = ask(deals), Query(("open_pipeline",), Q2, AS_OF)
    told = {key: asked.engine.fates("open_pipeline", query, key)[0] for key in "abc"}
    assert [(one.counts, one.contribution, one.reason) for one in told.values()] == [
        (True, 5, None),
        (True, None, "no rate for EUR"),
        (True, None, "no amount"),
    ]
    explained = asked.engine.explain("open_pipeline", query)
    assert explained.reason == "no rate for EUR"
    assert [(one.reason, one.count) for one in explained.left_out] == [
        ("no amount, adding nothing", 1),
        ("no rate for EUR, adding nothing", 1),
    ]


def test_of_a_ratio_both_sides_tell() -> None:
    assert fates("close_rate", "b") == [
        ("won_count", False, None, "lost"),
        ("closed_count", True, 1, None),
    ]
    assert [one[3] for one in fates("close_rate", "c")] == ["open", "open: no outcome yet"]


def test_what_a_workspace_redefines_stands_beside_what_it_was(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[won_amount]\nlabel = "Booked"\nfact = "opportunities"\nvalue = "SUM(amount)"\n'
        'where = "status = \'won\' AND amount > 5"\ndate = "closing_date"\nunit = "money"\n'
    )
    asked = ask(DEALS, catalogue=Catalogue.load(tmp_path))
    told = asked.engine.explain("won_amount", Query(("won_amount",), Q2, AS_OF))
    assert told.replaced is not None
    assert (told.value, told.replaced.value) == (0, 5)
    assert told.replaced.definition_file == "cockpit/metrics/catalogue/pipeline.toml"
    assert asked.engine.explain("won_count", Query(("won_count",), Q2, AS_OF)).replaced is None


def test_the_figures_in_a_formula_can_be_asked_for_as_they_stand_in_it(tmp_path: Path) -> None:
    deals = [
        {"opportunity_id": name, "status": status, "amount": 10, "currency": "USD",
         "created_date": "2025-01-02", "close_date": day}
        for name, status, day in [
            ("a", "won", "2025-05-01"), ("b", "lost", "2025-09-01"), ("c", "won", "2025-11-02"),
            ("d", "open", "2026-03-01"), ("e", "lost", "2024-11-02"),
        ]
    ]  # fmt: skip
    asked = ask(deals, today=date(2025, 11, 20))
    unit = CALENDAR_YEARS.unit("quarter", date(2025, 11, 20))
    assert unit is not None
    period = Span.of(unit)
    inputs = asked.engine.explain("velocity", Query(("velocity",), period, date(2025, 11, 20))).inputs
    assert [one.period for one in inputs] == ["", *["2025-01-01..2025-11-20"] * 3]
    for one in inputs:
        span = resolve_period(CALENDAR_YEARS, one.period, date(2025, 11, 20)) if one.period else period
        found = asked.engine.values(Query((one.kpi,), span, date(2025, 11, 20)))
        assert found.total(one.kpi).value == one.value
    change = asked.engine.explain("velocity_change", Query(("velocity_change",), period, date(2025, 11, 20)))
    assert [(one.name, one.period) for one in change.inputs] == [("velocity", ""), ("before", None)]
