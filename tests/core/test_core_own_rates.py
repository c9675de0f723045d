"""What a figure has to reach at our own rates, and how a sum keeps to its own curve, worked out by hand."""

from datetime import date
from pathlib import Path

import pytest

from cockpit import Cockpit
from cockpit.core.own_rates import OwnRate, own_rates

CONFIG = """\
schema = 1
name = "small"
as_of = "2026-11-23"
[sources.opportunities]
path = "o.csv"
date_format = "%Y-%m-%d"
columns = { opportunity_id = "id", stage = "stage", amount = "amount", created_date = "created", close_date = "close", closed_date = "closed" }
status = { column = "status", won = ["Won"], lost = ["Lost"], open = ["Open"] }
[sources.quota]
path = "q.csv"
date_format = "%Y-%m-%d"
columns = { assignee = "who", measure = "measure", period = "period", amount = "amount" }
[targets]
won_amount = "quota"
"""  # noqa: E501
HISTORY = """
[sources.opportunity_history]
path = "h.csv"
date_format = "%Y-%m-%d"
columns = { opportunity_id = "id", field = "field", old_value = "old", new_value = "new", changed_at = "at" }
"""
BEFORE = [date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)]
"""The first days of the four quarters before."""


def workspace(folder: Path, *, history: bool) -> Path:
    """Of each quarter before: 200 won early, 100 won and 300 lost late, all due at its end when it began."""
    deals, changes = (
        ["id,stage,amount,created,close,closed,status"],
        ["id,field,old,new,at", "A0,amount,150,200,2025-10-15"],
    )

    def closed(name, amount, day, status, due):
        created = date(2025, 7, 1)
        deals.append(f"{name},Close,{amount},{created},{day},{day},{status}")
        changes.append(f"{name},stage,Develop,{status},{day}")
        changes.append(f"{name},close_date,{due},{day},{day}")

    for number, first in enumerate(BEFORE):
        due = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1).replace(day=1)
        due = date.fromordinal(due.toordinal() - 1)
        early, late = date.fromordinal(first.toordinal() + 20), date.fromordinal(first.toordinal() + 80)
        closed(f"A{number}", 200, early, "Won", due)
        closed(f"B{number}", 100, late, "Won", due)
        closed(f"C{number}", 300, late, "Lost", due)
    deals += [
        "D1,Develop,900,2026-07-01,2026-12-20,,Open",
        "D2,Close,210,2026-07-01,2026-10-20,2026-10-20,Won",
    ]
    folder.joinpath("o.csv").write_text("\n".join(deals))
    folder.joinpath("h.csv").write_text("\n".join(changes))
    folder.joinpath("q.csv").write_text("who,measure,period,amount\nAnn,revenue,FY27-Q2,300\n")
    folder.joinpath("cockpit.toml").write_text(CONFIG + (HISTORY if history else ""))
    return folder


def test_coverage_is_held_against_what_the_rest_yielded_before(tmp_path):
    with Cockpit.open(workspace(tmp_path, history=True)) as cockpit:
        told = own_rates(cockpit, ("coverage_gap", "won_amount", "close_rate"))
        assert cockpit.kpi("rest_yield").total("rest_yield").value == pytest.approx(100 / 400)
        assert told["coverage_gap"].by == "required_coverage_rest"
        assert float(told["coverage_gap"].needed) == pytest.approx(4.0)
        assert "close_rate" not in told


def test_without_history_the_close_rate_says_what_coverage_is_needed(tmp_path):
    with Cockpit.open(workspace(tmp_path, history=False)) as cockpit:
        assert cockpit.kpi("rest_yield").total("rest_yield").reason.startswith("needs history")
        told = own_rates(cockpit, ("coverage_gap",))["coverage_gap"]
        won, lost = 4 * 300 + 210 - 300, 4 * 300 - 300  # trailing four quarters: one of the four is older
        assert told.by == "required_coverage"
        assert float(told.needed) == pytest.approx((won + lost) / won)


def test_a_running_sum_is_set_against_its_own_curve_and_a_finished_one_is_not(tmp_path):
    with Cockpit.open(workspace(tmp_path, history=True)) as cockpit:
        # 210 of 300 are 70 %; by that day 200 of 300 had been won in each quarter before
        told = own_rates(cockpit, ("won_amount",))["won_amount"]
        assert told.ahead == pytest.approx(0.70 - 2 / 3)
        assert (told.curve, told.behind) == ("on curve", False)
        assert "won_amount" not in own_rates(cockpit, ("won_amount",), period="FY27-Q1")


def test_the_words_of_a_curve():
    assert OwnRate().curve == ""
    assert OwnRate(ahead=-0.2).curve == "behind curve"
    assert OwnRate(ahead=-0.2).behind
    assert OwnRate(ahead=0.2).curve == "ahead of curve"


def test_our_own_past_is_asked_once_while_the_data_stay_as_they_are(tmp_path, monkeypatch):
    folder = workspace(tmp_path, history=True)
    with Cockpit.open(folder) as cockpit:
        first = own_rates(cockpit, ("won_amount",))
        again = own_rates(cockpit, ("won_amount",))
        asked = []
        kpi = cockpit.kpi
        monkeypatch.setattr(cockpit, "kpi", lambda *given, **more: asked.append(given) or kpi(*given, **more))
        assert own_rates(cockpit, ("won_amount",)) == first == again
        assert asked == []
        own_rates(cockpit, ("won_amount",), period="FY27-Q1")
        assert len(asked) == 1
        deals = (folder / "o.csv").read_text()
        (folder / "o.csv").write_text(deals + "\nD3,Close,60,2026-07-01,2026-11-20,2026-11-20,Won\n")
        cockpit.sync()
        told = own_rates(cockpit, ("won_amount",))["won_amount"]
        assert told.ahead == pytest.approx(0.90 - 2 / 3)
