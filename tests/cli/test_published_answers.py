"""Two real exports, taken in by `init` as they are, give exactly the figures that their owners publish."""

from collections.abc import Callable
from pathlib import Path

import pytest

MADE: dict[str, Path] = {}


@pytest.fixture
def regional(command: Callable, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workspace(command, shared / "data/regional-sales/Opportunities.csv", tmp_path_factory)


@pytest.fixture
def tracking(command: Callable, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workspace(command, shared / "data/opportunity-tracking/Fact.csv", tmp_path_factory)


def workspace(command: Callable, export: Path, factory: pytest.TempPathFactory) -> Path:
    """The workspace that `cockpit init --yes` makes of an export; made once."""
    if export.parent.name not in MADE:
        folder = factory.mktemp("made") / "ws"
        done = command("init", folder, "--opportunities", export, "--yes")
        assert done.code == 0, done.err
        MADE[export.parent.name] = folder
    return MADE[export.parent.name]


def values(command: Callable, folder: Path, *names: str, by: str | None = None, where: str | None = None):
    asked = ["kpi", *names, "-w", folder, "--period", "all", "--json"]
    asked += ["--by", by] if by else []
    asked += ["--where", where] if where else []
    done = command(*asked)
    assert done.code == 0, done.err
    return done.json()


def totals(document) -> dict[str, object]:
    return {row["kpi"]: row["value"] for row in document["rows"] if not row["by"]}


def test_regional_sales_counts_and_amounts(command, regional):
    found = totals(
        values(
            command,
            regional,
            "won_count",
            "lost_count",
            "open_count",
            "won_amount",
            "lost_amount",
            "open_pipeline",
        )
    )
    assert found == {
        "won_count": 7_282,
        "lost_count": 7_385,
        "open_count": 5_333,
        "won_amount": 26_435_925,
        "lost_amount": 23_003_910,
        "open_pipeline": 27_812_381,
    }


def test_regional_sales_rates_and_means(command, regional):
    found = totals(
        values(
            command,
            regional,
            "close_rate",
            "close_rate_value",
            "weighted_pipeline",
            "avg_won_deal",
            "cycle_days_mean",
        )
    )
    assert round(found["close_rate"] * 100, 4) == 49.6489
    assert round(found["close_rate_value"] * 100, 4) == 53.4709
    assert found["weighted_pipeline"] == 10_893_405.5
    assert round(found["avg_won_deal"], 3) == 3_630.311
    assert round(found["cycle_days_mean"], 4) == 121.1156


def test_regional_sales_open_pipeline_without_the_first_stage(command, regional):
    found = totals(values(command, regional, "open_pipeline", where="stage <> '1-Qualify'"))
    assert found == {"open_pipeline": 19_900_361}


def test_regional_sales_close_rate_by_manager(command, regional):
    document = values(command, regional, "close_rate", by="manager")
    found = {row["by"]["manager"].split()[-1]: round(row["value"] * 100, 4) for row in document["rows"][1:]}
    assert found == {"Garner": 49.4674, "Brooks": 40.0476, "Davis": 63.5325}
    assert document["rows"][0]["by"] == {}
    assert sum(row["n"] for row in document["rows"][1:]) == document["rows"][0]["n"] == 14_667


def test_regional_sales_quarter_to_date_and_its_partners(command, regional):
    asked = ["kpi", "close_rate", "-w", regional, "--as-of", "2021-11-10", "--json"]
    quarter = command(*asked, "--vs", "last-quarter").json()["rows"][0]
    assert round(quarter["value"], 3) == 0.327


def test_opportunity_tracking_counts_rows_and_deals(command, tracking):
    found = totals(
        values(command, tracking, "line_count", "open_count", "open_pipeline", "weighted_pipeline")
    )
    assert found == {
        "line_count": 487,
        "open_count": 486,
        "open_pipeline": 2_110_905_127,
        "weighted_pipeline": 461_120_880.80,
    }


def test_opportunity_tracking_partner_driven(command, tracking):
    document = values(command, tracking, "weighted_pipeline", by="partner_driven")
    by_partner = {row["by"]["partner_driven"]: row["value"] for row in document["rows"][1:]}
    assert by_partner["Yes"] == 294_875_654.80
    assert round(sum(by_partner.values()), 2) == 461_120_880.80


def test_the_rows_behind_a_figure_add_up_to_it(command, regional):
    document = command("rows", "won_amount", "-w", regional, "--period", "all", "--json").json()
    place = document["columns"].index("contribution")
    assert document["count"] == 7_282
    assert sum(row[place] for row in document["rows"]) == 26_435_925


def test_check_has_nothing_against_the_real_exports(command, regional, tracking):
    for folder in (regional, tracking):
        done = command("check", "-w", folder, "--json")
        assert done.code == 0, done.out
        assert done.json()["ok"] is True
