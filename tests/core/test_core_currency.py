"""Money in several currencies at one basis, worked out by hand for one quarter."""

from pathlib import Path

import pytest

from cockpit.core import Cockpit
from cockpit.panes.pipeline import PipelineView
from cockpit.panes.place import Place
from cockpit.panes.view import Context, Size
from cockpit.panes.views import view_for
from cockpit.text.figures import figures_text

CONFIG = """
schema = 1
calendar = "microsoft-like"
as_of = 2026-11-20
currency = "USD"
[kpi]
currency_basis = "{basis}"
board = ["won_amount", "open_pipeline"]
[sources.opportunities]
path = "deals.csv"
status = {{ column = "Stage", won = ["Won"], lost = ["Lost"], open = ["*"] }}
[sources.opportunities.columns]
opportunity_id = "Id"
amount = "Amount"
currency = "Cur"
stage = "Stage"
created_date = "Created"
close_date = "Close"
owner = "Owner"
"""
RATES = """
[sources.fx]
path = "fx.csv"
columns = { currency = "Currency", rate = "Rate", valid_from = "From", kind = "Kind" }
"""
DEALS = """Id,Amount,Cur,Stage,Created,Close,Owner
1,100,USD,Won,2026-08-01,2026-10-05,Ann
2,200,EUR,Won,2026-08-01,2026-10-20,Ann
3,300,EUR,Won,2026-08-01,2026-11-10,Bob
4,1000,JPY,Lost,2026-08-01,2026-11-12,Bob
5,400,EUR,Propose,2026-09-15,2026-12-01,Ann
6,50,EUR,Propose,2026-11-05,2026-12-10,Bob
"""
FX = """Currency,Rate,From,Kind
EUR,1.10,2026-07-01,plan
EUR,1.05,2026-07-01,dated
EUR,1.08,2026-10-15,dated
EUR,1.20,2026-11-01,dated
JPY,0.0070,2026-07-01,plan
JPY,0.0065,2026-07-01,dated
"""
BY_HAND = {
    "plan": {
        "won_amount": 100 + 220 + 330, "lost_amount": 7, "open_pipeline": 440 + 55, "pipeline_created": 55,
        "avg_won_deal": 650 / 3, "close_rate_value": 650 / 657,
    },
    "dated": {
        "won_amount": 100 + 216 + 360, "lost_amount": 6.5, "open_pipeline": 480 + 60, "pipeline_created": 60,
        "avg_won_deal": 676 / 3, "close_rate_value": 676 / 682.5,
    },
}  # fmt: skip
"""What is open counts at the rate of the day asked, since its own date lies ahead."""


def workspace(folder: Path, basis: str, rates: str = RATES) -> Path:
    (folder / "cockpit.toml").write_text(CONFIG.format(basis=basis) + rates)
    (folder / "deals.csv").write_text(DEALS)
    (folder / "fx.csv").write_text(FX)
    return folder


@pytest.mark.parametrize("basis", ["plan", "dated"])
def test_every_sum_of_the_quarter_is_at_the_one_basis(tmp_path: Path, basis: str) -> None:
    with Cockpit.open(workspace(tmp_path, basis)) as cockpit:
        result = cockpit.kpi(tuple(BY_HAND[basis]))
        assert {row.kpi: float(row.value or 0) for row in result.rows} == pytest.approx(BY_HAND[basis])
        assert result.as_json()["currency_basis"] == basis
        owners = cockpit.kpi("won_amount", by="owner").groups("won_amount")
        assert sum(row.value or 0 for row in owners) == BY_HAND[basis]["won_amount"]


@pytest.mark.parametrize("basis", ["plan", "dated"])
def test_the_basis_is_named_wherever_money_stands(tmp_path: Path, basis: str) -> None:
    with Cockpit.open(workspace(tmp_path, basis)) as cockpit:
        result = cockpit.kpi("won_amount")
        assert f"money in USD at the {basis} rate" in figures_text(cockpit, result, (), None)
        assert cockpit.explain("won_amount").as_json()["currency_basis"] == basis
        board = PipelineView()
        assert f"{basis} rate" in board.page(board.load(cockpit, Context()), Size(120, 40)).rows()[0].text
        for place in (Place("kpi", "won_amount", by=("owner",)), Place("explain", "won_amount")):
            view = view_for(place)
            page = view.page(view.load(cockpit, Context()), Size(120, 40))
            assert f"{basis} rate" in "\n".join(row.text for row in page.rows())


def test_mixed_currencies_without_a_table_of_rates_are_refused(tmp_path: Path) -> None:
    with Cockpit.open(workspace(tmp_path, "plan", rates="")) as cockpit:
        result = cockpit.kpi(["won_amount", "open_pipeline", "won_count"], by="owner")
        for name in ("won_amount", "open_pipeline"):
            total = result.total(name)
            assert (total.value, total.reason) == (None, "no rate for EUR, JPY")
        assert result.total("won_count").value == 3
        assert result.as_json()["currency_basis"] is None
        assert cockpit.kpi("won_amount", where="currency = 'USD'").total("won_amount").value == 100
