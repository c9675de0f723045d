"""Figures against a target and against any date, over the small workspace of quarters."""

from datetime import date

import pytest
from test_core_own_rates import workspace

from cockpit import Cockpit
from cockpit.base.problems import UsageError
from cockpit.text.figures import figures_text


@pytest.fixture
def cockpit(tmp_path):
    with Cockpit.open(workspace(tmp_path, history=True)) as opened:
        yield opened


def test_a_figure_stands_beside_its_target(cockpit):
    result = cockpit.kpi(("won_amount", "lost_amount"), vs="target")
    won, lost = (result.total(name).compare for name in ("won_amount", "lost_amount"))
    assert (won.value, won.delta) == (300, 210 - 300)
    assert (lost.value, lost.delta, lost.reason) == (None, None, "no target")
    assert cockpit.effects("won_amount", ("stage",), vs="target") == ()
    assert "against the target" in figures_text(cockpit, result, (), won.period)


def test_a_figure_is_compared_with_what_it_was_on_any_date(cockpit):
    compare = cockpit.kpi("won_amount", vs="2026-08-01").total("won_amount").compare
    assert (compare.period.label, compare.period.through) == ("FY27-Q1", date(2026, 8, 1))
    assert (compare.value, compare.delta) == (200, 210 - 200)
    inside = cockpit.kpi("won_amount", vs="2026-10-10").total("won_amount").compare
    assert (inside.period.label, inside.value) == ("FY27-Q2", 0)
    with pytest.raises(UsageError, match="is not before 2026-11-23"):
        cockpit.kpi("won_amount", vs="2026-12-01")


def test_commands_tell_the_words_of_the_screen(cockpit):
    text = figures_text(cockpit, cockpit.kpi(("won_amount", "coverage_gap")), (), None)
    assert "on curve" in text
    assert "needs 4.0x" in text
