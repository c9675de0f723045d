"""The words beside figures."""

from dataclasses import replace

from panes_fakes import METRICS, totals

from cockpit.panes.figures import basis, flagged, word
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
