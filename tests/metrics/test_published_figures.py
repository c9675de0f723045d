"""Every figure published for the two samples of real data comes out exactly."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from metric_tables import CALENDAR_YEARS, CATALOGUE, Asked

from cockpit.metrics.engine import Engine
from cockpit.metrics.query import MetricSettings
from cockpit.sources.load import load_table
from cockpit.sources.spec import SourceSpec

AS_OF = "2021-11-10"


@pytest.fixture
def regional(shared: Path) -> Asked:
    spec = {
        "path": "Opportunities.csv",
        "columns": {
            "opportunity_id": "OpportunitySeq",
            "amount": "Value",
            "stage": "Sales Stage",
            "created_date": "Opportunity Created On",
            "close_date": "CloseDate",
            "probability": "Probability",
        },
        "status": {"column": "Status", "won": ["Won"], "lost": ["Lost"], "open": ["Open"]},
        "lookup": [
            {
                "path": "Owners.csv",
                "on": {"SystemUserSeq": "SystemUserSeq"},
                "take": {"owner": "Owner", "manager": "Manager"},
            }
        ],
    }
    return _loaded(spec, shared / "data" / "regional-sales")


@pytest.fixture
def tracking(shared: Path) -> Asked:
    spec = {
        "path": "Fact.csv",
        "columns": {
            "opportunity_id": "Opportunity ID",
            "amount": "ProductRevenue",
            "created_date": "Create Date",
            "close_date": "EstimatedCloseDate",
        },
        "date_format": {"close_date": "%Y-%m-%d %H:%M:%S%.f", "created_date": "%Y-%m-%d"},
        "status": {"value": "open"},
        "lookup": [
            {
                "path": "SalesStage.csv",
                "on": {"Sales Stage ID": "Sales Stage ID"},
                "take": {"stage": "Sales Stage", "probability": "Probability"},
            },
            {
                "path": "Partner.csv",
                "on": {"Partner ID": "Partner ID"},
                "take": {"partner_driven": "Partner Driven"},
            },
        ],
    }
    return _loaded(spec, shared / "data" / "opportunity-tracking")


def _loaded(spec: dict[str, object], folder: Path) -> Asked:
    table = load_table("opportunities", msgspec.convert(spec, SourceSpec), folder)
    settings = MetricSettings(currency="USD", today=date(2026, 11, 23))
    return Asked(Engine(CATALOGUE, {"opportunities": table}, CALENDAR_YEARS, settings))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("won_count", 7282),
        ("lost_count", 7385),
        ("open_count", 5333),
        ("won_amount", 26_435_925),
        ("lost_amount", 23_003_910),
        ("open_pipeline", 27_812_381),
        ("weighted_pipeline", Decimal("10893405.5")),
    ],
)
def test_regional_sales_exact(regional: Asked, name: str, value: object) -> None:
    assert regional.value(name, AS_OF) == value


@pytest.mark.parametrize(
    ("name", "value", "places"),
    [
        ("close_rate", 0.496489, 6),
        ("close_rate_value", 0.534709, 6),
        ("avg_won_deal", 3630.311, 3),
        ("cycle_days_mean", 121.1156, 4),
    ],
)
def test_regional_sales_rounded(regional: Asked, name: str, value: float, places: int) -> None:
    assert round(regional.value(name, AS_OF), places) == value


def test_regional_sales_by_manager(regional: Asked) -> None:
    rates = regional.groups("close_rate", AS_OF, "manager")
    assert {name.split()[-1]: round(rate * 100, 4) for name, rate in rates.items()} == {
        "Garner": 49.4674,
        "Brooks": 40.0476,
        "Davis": 63.5325,
    }
    assert next(iter(rates)) == "Peyton Davis"


def test_pipeline_without_the_first_stage(regional: Asked) -> None:
    assert regional.value("open_pipeline", AS_OF, where="stage <> '1-Qualify'") == 19_900_361


def test_regional_sales_is_live_at_its_newest_date(regional: Asked) -> None:
    assert regional.engine.latest_date(date(2026, 11, 23)) == date(2021, 11, 10)
    assert regional.engine.snapshot(date(2021, 11, 10)).kind == "live"
    assert regional.engine.snapshot(date(2021, 11, 9)).kind == "reconstructed"


def test_close_rate_of_the_quarter_to_date(regional: Asked) -> None:
    from metric_tables import span

    assert round(regional.value("close_rate", AS_OF, span("q", "2021-10-01", "2021-12-31")), 3) == 0.327


def test_opportunity_tracking(tracking: Asked) -> None:
    assert tracking.value("line_count", "2016-01-01") == 487
    assert tracking.value("open_count", "2016-01-01") == 486
    assert tracking.value("open_pipeline", "2016-01-01") == 2_110_905_127
    assert tracking.value("weighted_pipeline", "2016-01-01") == Decimal("461120880.80")
    weighted = tracking.groups("weighted_pipeline", "2016-01-01", "partner_driven")
    assert weighted["Yes"] == Decimal("294875654.80")


@pytest.mark.parametrize(
    "name", ["won_amount", "won_count", "open_pipeline", "weighted_pipeline", "cycle_days_mean"]
)
def test_rows_add_up_to_the_figure(regional: Asked, name: str) -> None:
    result = regional.engine.rows(name, regional.query(as_of=AS_OF), None)
    figure = regional.value(name, AS_OF)
    total = sum(row[1] for row in result.rows)
    assert total == (figure if not isinstance(figure, float) else pytest.approx(figure))
    assert result.columns[:2] == ("part", "contribution")


@pytest.mark.parametrize("name", ["close_rate", "close_rate_value", "avg_won_deal"])
def test_rows_of_a_ratio_give_both_sides(regional: Asked, name: str) -> None:
    result = regional.engine.rows(name, regional.query(as_of=AS_OF))
    row = regional.row(name, AS_OF)
    sums = dict.fromkeys(("both", "numerator", "denominator"), Decimal(0))
    for part, contribution, *_ in result.rows:
        sums[part] += contribution
    assert sums["both"] + sums["numerator"] == row.numerator
    assert sums["both"] + sums["denominator"] == row.denominator
