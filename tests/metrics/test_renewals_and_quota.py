"""Renewals in time, covered and untracked; quota windows, proration and attainment."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from metric_tables import ALL, CALENDAR_YEARS, ask, span

Q1 = span("FY24-Q1", "2024-01-01", "2024-03-31", CALENDAR_YEARS.unit("quarter", date(2024, 1, 1)))
Q2 = span("FY24-Q2", "2024-04-01", "2024-06-30", CALENDAR_YEARS.unit("quarter", date(2024, 4, 1)))
HALF = span("half of the quarter", "2024-01-01", "2024-02-14")


def agreement(number: int, due: str, base: float, **more: object) -> dict[str, object]:
    return {"agreement_id": f"AG-{number}", "expires_date": due, "base_amount": base, **more}


def test_on_time_is_by_due_date_and_only_of_what_fell_due() -> None:
    asked = ask(
        tables={
            "agreements": [
                agreement(1, "2024-02-01", 100, renewed_date="2024-02-01"),
                agreement(2, "2024-02-01", 50, renewed_date="2024-02-02"),
                agreement(3, "2024-02-01", 30, extended_date="2024-01-15", extended_to="2024-05-01"),
                agreement(4, "2024-02-01", 20),
                agreement(5, "2024-03-20", 400, renewed_date="2024-01-01"),
                agreement(6, "2024-02-01", 1000, terminated_date="2024-01-02"),
            ]
        }
    )
    assert asked.value("renewal_due_base", "2024-03-01", Q1) == 200
    assert asked.value("renewal_to_come_base", "2024-03-01", Q1) == 400
    assert asked.value("renewal_on_time_rate", "2024-03-01", Q1) == 130 / 200
    assert asked.value("renewal_on_time_rate_count", "2024-03-01", Q1) == 0.5
    assert asked.groups("renewal_due_base", "2024-03-01", "outcome", period=Q1) == {
        "renewed in time": 100,
        "renewed late": 50,
        "extended in time": 30,
        "lapsed": 20,
    }
    assert asked.value("renewal_due_base", "2024-06-01", Q2) == 30
    told = asked.engine.explain("renewal_due_base", asked.query(as_of="2024-03-01", period=Q1))
    assert ("terminated before it fell due", 1) in [(one.reason, one.count) for one in told.left_out]


def test_the_package_must_be_complete_where_the_source_has_it() -> None:
    asked = ask(
        tables={
            "agreements": [
                agreement(
                    1,
                    "2024-02-01",
                    1,
                    renewed_date="2024-01-01",
                    contract_date="2024-01-10",
                    po_date="2024-02-01",
                ),
                agreement(
                    2,
                    "2024-02-01",
                    2,
                    renewed_date="2024-01-01",
                    contract_date="2024-01-10",
                    po_date="2024-02-02",
                ),
                agreement(
                    3, "2024-02-01", 4, renewed_date="2024-01-01", contract_date="2024-01-10", po_date=None
                ),
            ]
        }
    )
    assert asked.row("renewal_on_time_rate", "2024-03-01", Q1).numerator == 1


def test_coverage_counts_links_in_either_direction() -> None:
    deals = [
        {"opportunity_id": "1", "status": "open", "amount": 1, "close_date": None, "agreement_id": None},
        {"opportunity_id": "2", "status": "open", "amount": 1, "close_date": None, "agreement_id": "AG-2"},
        {
            "opportunity_id": "3",
            "status": "lost",
            "amount": 1,
            "close_date": "2024-01-01",
            "agreement_id": "AG-3",
        },
    ]
    agreements = [
        agreement(1, "2024-08-28", 10, opportunity_id="1", owner="Ann"),
        agreement(2, "2024-06-01", 20, opportunity_id=None, owner="Ann"),
        agreement(3, "2024-06-01", 30, opportunity_id=None, owner="Ann"),
        agreement(4, "2024-08-29", 40, opportunity_id=None, owner="Ann"),
        agreement(5, "2024-06-01", 50, opportunity_id=None, owner="Ann", renewed_date="2024-02-01"),
    ]
    asked = ask(deals, tables={"agreements": agreements})
    row = asked.row("renewal_coverage", "2024-03-01")
    assert (row.numerator, row.denominator, row.n) == (30, 60, 3)
    assert asked.value("untracked_annuity", "2024-03-01") == 1
    assert asked.groups("untracked_annuity", "2024-03-01", "missing") == {"opportunity": 1}


def test_quota_windows_end_where_the_next_begins() -> None:
    quota = [
        {"assignee": "Ann", "valid_from": "2023-12-01", "amount": 62},
        {"assignee": "Ann", "valid_from": "2024-02-01", "amount": 58},
        {"assignee": "Ann", "valid_from": "2024-03-31", "amount": 7},
    ]
    asked = ask(tables={"quota": quota})
    assert asked.value("quota", "2024-03-01") == 127
    row = asked.row("quota", "2024-03-01", Q1)
    assert row.value == 31 + 58 + 7
    assert row.marks == ("prorated",)
    assert asked.value("quota", "2024-03-01", Q2) == 7


def test_quota_by_seasonality_and_by_period_label() -> None:
    quota = [{"assignee": "Ann", "period": "FY24", "amount": 1000}]
    asked = ask(tables={"quota": quota}, quota_seasonality=(0.1, 0.2, 0.3, 0.4))
    assert asked.value("quota", "2024-03-01", Q1) == 100
    assert asked.value("quota", "2024-03-01", Q2) == 200
    by_days = ask(tables={"quota": quota})
    assert by_days.value("quota", "2024-03-01", Q1) == Decimal("248.6339")


def test_the_newest_record_of_a_window_counts() -> None:
    quota = [
        {"assignee": "Ann", "period": "FY24-Q1", "amount": 100, "recorded_at": "2023-12-01"},
        {"assignee": "Ann", "period": "FY24-Q1", "amount": 120, "recorded_at": "2024-02-01"},
    ]
    asked = ask(tables={"quota": quota})
    assert asked.value("quota", "2024-01-15", Q1) == 100
    assert asked.value("quota", "2024-03-01", Q1) == 120


def test_coverage_and_attainment() -> None:
    deals = [
        {
            "opportunity_id": "1",
            "status": "won",
            "amount": 40,
            "created_date": "2024-01-01",
            "close_date": "2024-02-01",
            "owner": "Ann",
            "manager": "Kim",
        },
        {
            "opportunity_id": "2",
            "status": "open",
            "amount": 90,
            "created_date": "2024-01-01",
            "close_date": "2024-03-20",
            "owner": "Ann",
            "manager": "Kim",
        },
    ]
    quota = [
        {"assignee": "Ann", "period": "FY24-Q1", "amount": 100},
        {"assignee": "Bo", "period": "FY24-Q1", "amount": 0},
    ]
    asked = ask(deals, tables={"quota": quota})
    assert asked.value("attainment", "2024-03-01", Q1) == Decimal("0.4")
    assert asked.value("coverage", "2024-03-01", Q1) == Decimal("0.9")
    assert asked.value("coverage_gap", "2024-03-01", Q1) == Decimal("1.5")
    assert asked.groups("attainment", "2024-03-01", "owner", period=Q1) == {"Ann": Decimal("0.4"), "Bo": None}
    assert asked.groups("quota", "2024-03-01", "manager", period=Q1) == {"Kim": 100, None: 0}
    row = asked.row("attainment", "2024-03-01", Q2)
    assert (row.value, row.reason) == (None, "no quota")
    met = ask(deals, tables={"quota": [{"assignee": "Ann", "period": "FY24-Q1", "amount": 40}]})
    assert met.row("coverage_gap", "2024-03-01", Q1).reason == "target met"
    target = ask(deals, tables={"quota": quota}, targets={"won_amount": "quota"})
    assert target.row("won_amount", "2024-03-01", Q1).target == 100


def test_uneven_windows_of_real_quotas(shared: Path) -> None:
    """Published: 163 quotas of 95,714,000 in all; every one of the twelve windows counts whole."""
    path = shared / "data" / "adventureworks" / "SalesPersonQuotaHistory.csv"
    if not path.exists():
        pytest.skip("no quota history")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    quota = [{"assignee": row[1], "valid_from": row[2][:10], "amount": row[3]} for row in rows]
    asked = ask(tables={"quota": quota})
    assert asked.row("quota", "2015-01-01", ALL).n == 163
    assert asked.value("quota", "2015-01-01", ALL) == 95_714_000
    window = span("one window", "2012-02-29", "2012-05-29")
    exact = sum(Decimal(row[3]) for row in rows if row[2].startswith("2012-02-29"))
    assert asked.value("quota", "2015-01-01", window) == exact
