"""The two real exports: proposed, loaded as proposed, and every figure known of them comes out."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from cockpit.base.tomlfile import convert, parse_toml
from cockpit.sources.load import load_table
from cockpit.sources.propose import propose
from cockpit.sources.spec import SourceSpec
from cockpit.sources.speccheck import check_spec

DATA = Path(__file__).parents[2].parent / "shared" / "data"
TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data is not here")


def proposed(folder: Path, file: str):
    proposal = propose(folder, opportunities=DATA / file, today=TODAY)
    text = parse_toml(proposal.as_toml("Real"), folder / "cockpit.toml")
    problems = []
    spec = convert(
        text, SourceSpec, problems, ("sources", "opportunities"), text.data["sources"]["opportunities"]
    )
    assert not problems
    assert spec == proposal.sources["opportunities"]
    assert not check_spec("opportunities", spec)
    return proposal, load_table("opportunities", spec, folder)


def texts(proposal, level: str) -> str:
    return "\n".join(text for found, text in proposal.findings if found == level)


def test_regional_sales(tmp_path):
    proposal, table = proposed(tmp_path, "regional-sales/Opportunities.csv")
    frame = table.frame
    assert table.report.rows_read == table.report.rows_kept == 20_000
    assert not table.report.problems
    by_status = {
        row["status"]: (row["count"], row["amount"])
        for row in frame.group_by("status")
        .agg(pl.len().alias("count"), pl.sum("amount"))
        .iter_rows(named=True)
    }
    assert by_status == {
        "won": (7_282, Decimal(26_435_925)),
        "lost": (7_385, Decimal(23_003_910)),
        "open": (5_333, Decimal(27_812_381)),
    }
    opened = frame.filter(pl.col("status") == "open")
    assert opened.select((pl.col("amount") * pl.col("probability")).sum()).item() == Decimal("10893405.5")
    assert opened.filter(pl.col("stage") != "1-Qualify")["amount"].sum() == 19_900_361
    won = frame.filter(pl.col("status") == "won")
    cycle = won.select((pl.col("close_date") - pl.col("created_date")).dt.total_days().mean()).item()
    assert round(cycle, 4) == 121.1156
    rates = (
        frame.filter(pl.col("status") != "open")
        .group_by("manager")
        .agg((pl.col("status") == "won").mean() * 100)
    )
    assert {name.split()[-1]: round(rate, 4) for name, rate in rates.iter_rows()} == {
        "Garner": 49.4674, "Brooks": 40.0476, "Davis": 63.5325,
    }  # fmt: skip
    assert (
        frame["territory"].null_count() == frame["product"].null_count() == frame["account"].null_count() == 0
    )
    assert proposal.sources["opportunities"].columns["probability"] == "Probability"
    assert "Rating" not in proposal.sources["opportunities"].columns.values()
    assert "'Probability (raw)' could be a probability too" in texts(proposal, "unsure")
    assert "all 20,000 values read as %Y-%m-%d" in texts(proposal, "understood")
    assert (proposal.as_of, proposal.newest) == ("latest", date(2021, 11, 10))


def test_opportunity_tracking(tmp_path):
    proposal, table = proposed(tmp_path, "opportunity-tracking/Fact.csv")
    frame = table.frame
    assert (frame.height, frame["opportunity_id"].n_unique()) == (487, 486)
    assert frame["amount"].sum() == 2_110_905_127
    weighted = (pl.col("amount") * pl.col("probability")).sum()
    assert frame.select(weighted).item() == Decimal("461120880.80")
    assert frame.filter(pl.col("partner_driven") == "Yes").select(weighted).item() == Decimal("294875654.80")
    assert set(frame["status"]) == {"open"}
    assert set(frame["stage"]) == {"Lead", "Qualify", "Solution", "Proposal", "Finalize"}
    assert [(one.value, one.rows) for one in table.report.repeated_ids] == [("302.0", (62, 152))]
    assert not table.report.unmatched
    spec = proposal.sources["opportunities"]
    assert spec.date_format == {"created_date": "%Y-%m-%d", "close_date": "%Y-%m-%d %H:%M:%S%.f"}
    assert spec.status is not None
    assert spec.status.value == "open"
    assert "every row is taken as open" in texts(proposal, "unsure")
    assert "such as '302.0'" in texts(proposal, "unsure")
    assert {Path(one.path).stem for one in spec.lookup} == {
        "Account",
        "Opportunity",
        "Partner",
        "Product",
        "SalesStage",
    }
    assert {"name", "account", "segment", "region", "partner", "product"} <= set(frame.columns)
