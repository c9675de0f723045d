"""The words beside figures, and what counts as a finding."""

from dataclasses import replace

from msgspec.structs import replace as altered
from panes_fakes import METRICS, TASKS, TODAY, Source, compared, totals

from cockpit.base.problems import Problem
from cockpit.metrics.results import KpiRow
from cockpit.panes.figures import basis, flagged, word
from cockpit.panes.formats import Formats
from cockpit.panes.needs_you import (
    change_findings,
    chosen,
    data_findings,
    late_findings,
    target_findings,
)

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


def test_only_an_unusual_change_for_the_worse_is_a_finding():
    assert change_findings([RATE], BY_NAME, FORMATS) == []
    worse = replace(RATE, compare=compared(0.6, -0.12, swing=0.06, unusual=True))
    (finding,) = change_findings([worse], BY_NAME, FORMATS)
    assert finding.strong == "Close rate"
    assert "was 60.0 % (-12.0 pp, usual swing 6.0 pp)" in finding.rest
    better = replace(RATE, compare=compared(0.3, 0.18, swing=0.06, unusual=True))
    assert change_findings([better], BY_NAME, FORMATS) == []


def test_groups_are_no_news_where_the_total_has_changed():
    worse = replace(RATE, compare=compared(0.6, -0.12, swing=0.06, unusual=True))
    group = replace(worse, by={"manager": "Brooks"})
    assert [finding.strong for finding in change_findings([worse, group], BY_NAME, FORMATS)] == ["Close rate"]
    assert [finding.strong for finding in change_findings([group], BY_NAME, FORMATS)] == [
        "Brooks: Close rate"
    ]


def test_a_missed_target_says_by_how_much_and_what_it_was():
    missed = replace(RATE, target=0.6, status="bad", compare=compared(0.61, -0.12, swing=0.06, unusual=True))
    (finding,) = target_findings([missed], BY_NAME, FORMATS)
    assert finding.rest == " 48.5 %, needs 60 %: 11.5 pp short, was 61.0 %; 231 of 476"
    assert change_findings([missed], BY_NAME, FORMATS) == []


def test_the_worst_late_task_leads_and_severity_goes_before_days():
    (finding,) = late_findings(TASKS, TODAY)
    assert finding.strong.startswith("AG-1042")
    (milder,) = late_findings([altered(TASKS[0], severity="low"), *TASKS[1:]], TODAY)
    assert milder.strong.startswith("AG-0977")
    (single,) = late_findings(TASKS[:1], TODAY)
    assert single.place.kind == "task"
    assert late_findings(TASKS[4:], TODAY) == []


def test_unreadable_data_comes_first_and_small_defects_last():
    problem = Problem("no such file", "/data/opps.csv", severity="error")
    broken, small = data_findings([Source()], [problem])
    assert broken.strong == "opps.csv"
    assert broken.rest == ": no such file"
    assert small.rest == ": 2 rows rejected, 1 id repeated, 3 look-up keys unmatched of 25,000 rows"
    assert broken.rank > 90 > small.rank


def test_three_findings_at_most_and_one_for_each_figure():
    row = KpiRow("past_due_count", {}, 63, "count", 63, target=0, status="bad")
    same = target_findings([row, row], BY_NAME, FORMATS)
    picked = chosen([*same, *late_findings(TASKS, TODAY), *data_findings([Source(), Source()], [])], 5)
    assert len(picked.shown) == 3
    assert [finding.sort for finding in picked.shown].count("off") == 1
    assert picked.fact == "3 of 5 checks"
