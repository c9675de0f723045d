"""The usual swing of a change: against a reference formula, and from a metric's own history."""

from datetime import date
from fractions import Fraction
from math import isclose, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.fiscal import FiscalCalendar, find_calendar, partner, resolve_period
from cockpit.metrics import change
from cockpit.metrics.query import Query
from cockpit.metrics.swing import CHANGES, LikeWindows, half_width, own_swing, past_windows, usual_change

counts = st.tuples(st.integers(0, 400), st.integers(1, 400)).map(lambda one: (min(one), max(one)))


@given(counts, counts)
def test_the_interval_is_that_of_two_independent_proportions(now, then):
    (won, closed), (won_then, closed_then) = now, then
    first, second = won / closed, won_then / closed_then
    variance = first * (1 - first) / closed + second * (1 - second) / closed_then
    reference = NormalDist().inv_cdf(0.975) * sqrt(variance)
    found = change.swing(first, closed, second, closed_then)
    assert found is not None
    assert isclose(found, reference, rel_tol=1e-12, abs_tol=1e-15)


def test_the_interval_of_the_drawing():
    assert round(change.swing(231 / 476, 476, 254 / 489, 489) * 100, 1) == 6.3
    assert change.swing(0.5, 0, 0.5, 10) is None
    assert change.swing(1.2, 10, 0.5, 10) is None


sides = st.lists(st.tuples(counts, counts), min_size=1, max_size=12)


@given(sides)
def test_rate_and_mix_effects_add_up_to_the_change_exactly(groups):
    pairs = [tuple((Fraction(top), Fraction(bottom)) for top, bottom in group) for group in groups]
    total, other = (
        (sum(group[side][0] for group in pairs), sum(group[side][1] for group in pairs)) for side in (0, 1)
    )
    effects = change.ratio_effects(pairs, total, other)
    assert sum(rate + mix for rate, mix in effects) == total[0] / total[1] - other[0] / other[1]


@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.floats(0.1, 1e4), st.floats(0.1, 1e4)), min_size=1),
    st.floats(-1e6, 1e6),
)
def test_the_effects_of_factors_add_up_to_the_change(factors, moved):
    effects = change.factor_effects(factors, moved)
    assert effects is not None
    logs = 1.0
    for now, then in factors.values():
        logs *= now / then
    if abs(logs - 1) > 1e-6:
        assert isclose(sum(effects.values()), moved, rel_tol=1e-6, abs_tol=1e-3)


@given(st.lists(st.floats(-1e6, 1e6), max_size=12))
def test_a_swing_from_history_grows_with_the_changes_and_needs_four(changes):
    found = half_width(changes)
    if len(changes) < 4:
        assert found is None
    elif found is not None:
        assert found > 0
        assert isclose(half_width([2 * one for one in changes]), 2 * found, rel_tol=1e-9)


def test_a_swing_from_history_is_t_times_the_root_mean_square():
    assert half_width([3, -3, 3, -3]) == pytest.approx(2.776 * 3)
    assert half_width([0, 0, 0, 0]) is None
    windows = LikeWindows({}, tuple((back, back + 1) for back in range(1, 5)))
    found = usual_change(dict(enumerate([10, 13, 10, 13, 10], 1)), windows)
    assert (found.half_width, found.basis) == (pytest.approx(2.776 * 3), "own past")
    few = usual_change(dict(enumerate([10, None, 10, 13, 10], 1)), windows)
    assert (few.half_width, few.reason) == (None, "2 of the 4 earlier changes that it needs are known")
    flat = usual_change(dict(enumerate([10.0] * 5, 1)), windows)
    assert (flat.half_width, flat.reason) == (None, "it never changed before")


@pytest.fixture(scope="module")
def calendar():
    return FiscalCalendar.load(find_calendar("microsoft-like"))


def query(calendar, period, against, as_of=date(2026, 11, 20)):
    span = resolve_period(calendar, period, as_of)
    return Query(("won_amount",), span, as_of, against=partner(calendar, span, as_of, against))


def test_past_windows_are_the_same_part_of_each_period(calendar):
    found = past_windows(calendar, query(calendar, "FY27-Q2", "FY27-Q1"))
    assert found.pairs == tuple((back, back + 1) for back in range(1, CHANGES + 1))
    windows = found.spans
    assert [windows[back].label for back in (1, 2, 3)] == ["FY27-Q1", "FY26-Q4", "FY26-Q3"]
    assert len(windows) == CHANGES + 1
    business = calendar.business
    asked = business.count(date(2026, 10, 1), date(2026, 11, 20))
    known = [window for window in windows.values() if business.covers(window.start)]
    assert known
    assert {business.count(window.start, window.end) for window in known} == {asked}


def test_against_a_year_before_the_changes_are_those_of_a_year(calendar):
    asked = query(calendar, "FY27-Q2", "FY26-Q2")
    windows = past_windows(calendar, asked)
    assert windows.pairs[:2] == ((1, 5), (2, 6))
    values = {window.label: float(back) for back, window in windows.spans.items()}
    found = own_swing(calendar, asked, lambda window: (values[window.label], 40))
    assert found.half_width == pytest.approx(2.306 * 4)


def test_what_adds_up_over_a_year_is_set_against_the_same_quarter_of_other_years(calendar):
    windows = past_windows(calendar, query(calendar, "FY27-Q2", "FY27-Q1"), cycle=4)
    assert windows.pairs[:2] == ((4, 5), (8, 9))
    assert [windows.spans[back].label for back in (4, 5, 8)] == ["FY26-Q2", "FY26-Q1", "FY25-Q2"]


def test_periods_of_two_kinds_have_no_usual_swing(calendar):
    asked = query(calendar, "FY27-Q2", "FY26")
    assert past_windows(calendar, asked).spans == {}
    assert own_swing(calendar, asked, lambda window: (1.0, 40)).half_width is None


def test_history_ends_where_there_are_no_deals(calendar):
    asked = query(calendar, "FY27-Q2", "FY27-Q1")
    seen = []

    def value(window):
        seen.append(window.label)
        return (1.0 * len(seen), 40 if len(seen) < 4 else 0)

    assert own_swing(calendar, asked, value).half_width is None
    assert len(seen) == 4
