"""How figures and days are written."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.panes.days import age, deadline, near_day
from cockpit.panes.figures import short_label
from cockpit.panes.formats import Formats, bar, parts_bar, sparkline
from cockpit.panes.lines import cells

FORMATS = Formats()
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("21600000"), "money", "21.6M"),
        (489_000, "money_per_day", "489k"),
        (Decimal("5120"), "money", "5,120"),
        (Decimal("12345678901"), "money", "12.3B"),
        (Decimal("1999477800000000"), "money", "1,999.5T"),
        (Decimal("999499"), "money", "999k"),
        (Decimal("999500"), "money", "1.0M"),
        (0, "money", "0"),
        (0.485294, "percent", "48.5 %"),
        (2.7, "multiple", "2.7x"),
        (0.94, "multiple", "0.94x"),
        (12345, "count", "12,345"),
        (63.5, "days", "63.5 d"),
        (None, "money", "–"),
        (-1_250_000, "money", "-1.3M"),
        (Decimal("26884465930.3"), "number", "26.9B"),
        (12_345_678, "count", "12,345,678"),
        (0.00071, "number", "0.0007"),
    ],
)
def test_values_carry_one_format_for_each_unit(value, unit, text):
    assert FORMATS.value(value, unit) == text


@pytest.mark.parametrize(
    ("change", "unit", "beside", "text"),
    [
        (Decimal("900000"), "money", Decimal("21600000"), "+0.9M"),
        (-0.034, "percent", 0.485, "-3.4 pp"),
        (-0.2, "multiple", 2.7, "-0.2x"),
        (-0.03, "multiple", 0.94, "-0.03x"),
        (11, "count", 63, "+11"),
        (-10_500, "money_per_day", 489_000, "-2.1 %"),
        (0, "count", 4, "0"),
        (-0.0001, "percent", 0.5, "0.0 pp"),
        (None, "count", 3, ""),
        (Decimal("834135752.3"), "number", 1, "+834.1M"),
    ],
)
def test_changes_carry_sign_and_unit_and_the_scale_of_what_they_stand_beside(change, unit, beside, text):
    assert FORMATS.delta(change, unit, beside) == text


def test_settings_rule_every_figure():
    assert Formats(decimal=",").money(Decimal("21600000")) == "21,6M"
    assert FORMATS.money(44_000, "M", sign=True, unit=False) == "+44k"  # never +0.0 of millions
    assert FORMATS.money(700_000, "M", sign=True, unit=False) == "+0.7"
    assert Formats(decimal=",").exact_money(Decimal("1234567.5")) == "1.234.567,50"
    assert Formats(units="k").money(Decimal("21600000")) == "21,600k"
    assert Formats(units="full").money(Decimal("21600000")) == "21,600,000"
    assert Formats(blank=True).money(Decimal("21600000")) == "•••"
    assert Formats(blank=True).delta(5, "money", 7) == "•••"


@given(
    st.decimals(-(10**13), 10**13, places=2),
    st.sampled_from(["money", "percent", "multiple", "count", "days"]),
)
def test_no_value_is_ever_written_wide_or_as_minus_zero(value, unit):
    text = FORMATS.value(value, unit)
    assert not text.startswith("-0 ")
    assert text not in ("-0", "-0.0", "-0k", "-0.0M")
    if unit == "money":
        assert cells(text) <= 11


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=30), st.integers(0, 20))
def test_sparklines_never_exceed_their_width(values, width):
    assert cells(sparkline(values, width)) <= width


def test_a_sparkline_shows_the_shape_and_needs_three_values():
    assert sparkline([1, 2, 3, 4, 5, 6, 7], 7) == "▁▂▃▄▅▆▇"
    assert sparkline([1, None, 3, 2], 8) == "▁ ▇▄"
    assert sparkline([5, 5, 5], 8) == "▄▄▄"
    assert sparkline([1, 2], 8) == ""


@given(st.floats(-10, 1e6), st.floats(0, 1e6), st.integers(0, 60))
def test_bars_fit(value, largest, width):
    assert cells(bar(value, largest, width)) <= width


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.integers(1, 60))
def test_the_bar_of_parts_is_always_full(amounts, width):
    text = parts_bar([(amount, "█") for amount in amounts], width)
    assert len(text) == (width if sum(amounts) else 0)


def test_days_carry_a_weekday_or_a_unit():
    assert deadline(date(2026, 11, 18), None, TODAY, -3) == "late 3 BD"
    assert deadline(date(2026, 11, 22), None, TODAY, 0) == "late 1 d"
    assert deadline(TODAY, "17:00", TODAY, 0) == "today 17:00"
    assert deadline(date(2026, 11, 24), "18:00", TODAY, 1) == "Tue 24 18:00"
    assert deadline(date(2026, 11, 26), None, TODAY, 2) == "Thu 26"
    assert deadline(None, None, TODAY, None) == "no date"
    assert near_day(date(2027, 3, 3), TODAY) == "Wed 3 Mar"
    assert near_day(date(2028, 3, 3), TODAY) == "Fri 3 Mar 2028"
    assert age(datetime(2026, 11, 23, 8, 2), datetime(2026, 11, 23, 9, 0)) == "08:02"
    assert age(datetime(2026, 11, 20, 8, 2), datetime(2026, 11, 23, 9, 0)) == "Fri 20 Nov"


def test_long_labels_lose_their_middle_first():
    label = "Close rate, closed in the period, by count"
    assert short_label(label, 50) == label
    assert short_label(label, 21) == "Close rate, by count"
    assert short_label(label, 12) == "Close rate"
