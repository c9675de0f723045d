"""The words beside figures."""

from dataclasses import replace

from panes_fakes import METRICS, totals

from cockpit.core.own_rates import OwnRate
from cockpit.panes.board import BoardRow
from cockpit.panes.board_lines import labels_of
from cockpit.panes.figures import basis, crumb_names, flagged, reason_within, word
from cockpit.panes.formats import Formats

FORMATS = Formats()
BY_NAME = {metric.name: metric for metric in METRICS}
RATE = totals()["close_rate"]


def test_words_follow_target_then_usualness():
    assert word(RATE, "up", FORMATS) == "usual"
    assert word(replace(RATE, n=12), "up", FORMATS) == "n too small"
    assert word(replace(RATE, target=0.5, status="warn"), "up", FORMATS) == "needs 50 %"
    assert word(replace(RATE, target=0.4, status="good"), "up", FORMATS) == "on target"
    assert word(replace(RATE, value=None, reason="zero denominator"), "up", FORMATS) == "zero denominator"
    assert word(totals()["past_due_count"], "down", FORMATS) == "limit 0"


def test_a_sum_that_still_adds_up_is_not_off_target_yet():
    won = replace(totals()["won_amount"], target=48_000_000, status="bad")
    assert word(won, "up", FORMATS, running=True) == "45 % so far"
    assert not flagged(won, "up", running=True)
    assert flagged(won, "up")


def test_the_basis_of_a_rate_is_its_counts_and_of_a_sum_its_deals():
    assert basis(RATE, FORMATS) == "231 of 476"
    assert basis(totals()["coverage_gap"], FORMATS) == "71.3M of 26.4M"
    assert basis(totals()["won_amount"], FORMATS) == "231 deals"
    assert basis(totals()["past_due_count"], FORMATS) == ""
    assert basis(totals()["renewal_due_base"], FORMATS, "agreement") == "96 agreements"


def test_own_rates_stand_beside_a_figure_that_has_no_target():
    coverage = replace(totals()["coverage_gap"], target=None, status=None)
    needs = OwnRate(2.9, "required_coverage_rest")
    assert word(coverage, "up", FORMATS, own=needs) == "needs 2.9x"
    assert flagged(coverage, "up", own=needs)
    assert not flagged(coverage, "up", own=OwnRate(2.1, "required_coverage_rest"))
    assert word(totals()["coverage_gap"], "up", FORMATS, own=OwnRate(2.1)) == "needs 2.9x"  # its target holds


def test_a_running_sum_tells_how_it_keeps_to_its_curve():
    won = replace(totals()["won_amount"], target=48_000_000, status="bad")
    assert word(won, "up", FORMATS, running=True, own=OwnRate(ahead=0.01)) == "on curve"
    assert not flagged(won, "up", running=True, own=OwnRate(ahead=0.01))
    assert word(won, "up", FORMATS, running=True, own=OwnRate(ahead=-0.1)) == "behind curve"
    assert flagged(won, "up", running=True, own=OwnRate(ahead=-0.1))


def test_a_rule_of_thumb_is_always_said():
    assert word(totals()["slip_rate"], "down", FORMATS) == "limit 20 %"
    assert word(totals()["weighted_coverage"], "up", FORMATS) == "needs 1.0x"


def test_what_only_adds_to_the_figure_above_is_indented_under_it():
    rows = [
        BoardRow(name, BY_NAME[name].label, "multiple", 1)
        for name in ("coverage_gap", "weighted_coverage", "close_rate", "credible_coverage")
    ]
    assert labels_of(rows) == [
        "Coverage of the rest",
        "  weighted",
        "Close rate",
        "Coverage of the rest, credible",
    ]


def test_a_multiple_of_a_rate_stands_on_its_deals():
    needed = replace(totals()["required_coverage"], numerator=1, denominator=0.48)
    assert basis(needed, FORMATS) == "965 deals"


def test_a_breadcrumb_calls_a_figure_what_the_board_calls_it():
    names = crumb_names({name: BY_NAME[name] for name in ("past_due_count", "close_rate")})
    assert names == {"Past due count": BY_NAME["past_due_count"].label}


def test_a_list_of_columns_that_are_needed_is_cut_to_its_first():
    reason = "needs stage_date, modified_date or last_activity_date"
    assert reason_within(reason, 60) == reason
    assert reason_within(reason, 30) == "needs stage_date or 2 others"
    assert reason_within("needs a or b", 12) == "needs a or b"
    assert reason_within("needs history of 30 Sep", 10) == "needs history of 30 Sep"
