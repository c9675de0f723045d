"""What holds in every calendar on every day."""

from datetime import date, timedelta
from itertools import pairwise

import numpy
import pytest
from fiscal_files import BROADCAST, HEAD, SYSTEMS, TABLE, load, system
from hypothesis import given
from hypothesis import strategies as st

from cockpit.base.problems import UsageError
from cockpit.fiscal import BusinessDays
from cockpit.fiscal.business import ROLLS
from cockpit.fiscal.daytable import COLUMNS
from cockpit.fiscal.unit import UNIT_KINDS

ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))
calendars = st.sampled_from(SYSTEMS).map(system)


@given(calendars, DAYS)
def test_every_day_has_exactly_one_unit_of_each_kind(calendar, day):
    found = calendar.coordinates(day)
    for kind in UNIT_KINDS:
        overlapping = calendar.units(kind, day, day)
        assert len(overlapping) == (1 if kind in calendar.kinds else 0)
        assert calendar.unit(kind, day) == (overlapping[0] if overlapping else None)
        if overlapping:
            assert overlapping[0].contains(day)
            number = found.fy if kind == "year" else getattr(found, kind)
            assert number == overlapping[0].number
            assert found.labels[kind] == overlapping[0].own_label


@given(calendars, st.integers(1960, 2140))
def test_units_tile_the_year(calendar, fy):
    year = calendar.unit_of("year", fy)
    assert calendar.engine.year(fy + 1).start == year.end + ONE_DAY
    for kind in calendar.kinds:
        units = [unit for unit in calendar.units(kind, year.start, year.end) if unit.fy == fy]
        assert units[0].start == year.start and units[-1].end == year.end
        assert all(after.start == before.end + ONE_DAY for before, after in pairwise(units))
        assert [unit.number for unit in units[1:]] == [unit.number + 1 for unit in units[:-1]]


@given(calendars, st.integers(1960, 2140))
def test_years_of_weeks_have_52_or_53(calendar, fy):
    year = calendar.engine.year(fy)
    length = (year.end - year.start).days + 1
    if year.whole_weeks is None:
        assert length in (365, 366)
    else:
        assert year.whole_weeks in (52, 53) and year.whole_weeks * 7 == length
        assert len(year.weeks) == year.whole_weeks


@given(calendars, DAYS, st.integers(-30, 30))
def test_shifting_there_and_back(calendar, day, count):
    for kind in calendar.kinds:
        unit = calendar.unit(kind, day)
        assert calendar.shift(calendar.shift(unit, count), -count) == unit
        assert calendar.shift(unit, 1).start == unit.end + ONE_DAY


@given(calendars, st.dates(date(1975, 1, 1), date(2065, 1, 1)))
def test_canonical_and_own_labels_name_their_unit(calendar, day):
    for kind in calendar.kinds:
        unit = calendar.unit(kind, day)
        assert calendar.unit_named(unit.label) == unit
        assert calendar.unit_named(unit.label.lower()) == unit
        assert calendar.unit_named(unit.own_label) == unit


@given(calendars, DAYS, st.integers(0, 420))
def test_the_day_table_equals_the_coordinates_of_each_day(calendar, first, length):
    columns = calendar.day_columns(first, first + timedelta(days=length))
    assert tuple(columns) == COLUMNS
    assert len(columns["date"]) == length + 1
    labels = ("half", "quarter", "period", "week")
    for place, day in enumerate(columns["date"]):
        found = calendar.coordinates(day)
        for name in COLUMNS:
            if name == "fy":
                assert columns[name][place] == calendar.unit("year", day).label
            elif name in labels:
                unit = calendar.unit(name, day)
                assert columns[name][place] == (unit.label if unit else None)
            else:
                assert columns[name][place] == getattr(found, name), (name, day)


def test_business_days_are_blank_where_no_holiday_list_reaches(tmp_path):
    calendar = load(
        tmp_path,
        HEAD + 'holidays = ["us-federal"]\n[fiscal]\nsystem = "months"\nstart_month = 1\nyear_name = "end"\n',
    )
    last = calendar.coordinates(date(2040, 12, 31))
    assert last.is_business_day is None
    assert last.business_day_of_quarter is None and last.business_days_left_in_quarter is None
    assert last.day_of_quarter == 92
    columns = calendar.day_columns(date(2032, 12, 1), date(2033, 1, 31))
    for name in COLUMNS:
        if "business" in name:
            assert [value is None for value in columns[name]] == [False] * 31 + [True] * 31


def test_broadcast_months_end_on_their_last_sunday(tmp_path):
    calendar = load(tmp_path, HEAD + BROADCAST)
    ends = [unit.end for unit in calendar.units("period", date(2026, 1, 1), date(2026, 12, 1))]
    assert ends[:4] == [date(2026, 1, 25), date(2026, 2, 22), date(2026, 3, 29), date(2026, 4, 26)]
    assert all(end.weekday() == 6 and (end + timedelta(days=7)).month != end.month for end in ends)


def test_a_table_lists_transition_years_and_says_where_it_ends(tmp_path):
    calendar = load(tmp_path, HEAD + TABLE)
    half_year = calendar.unit("year", date(2025, 10, 1))
    assert (half_year.label, half_year.own_label, half_year.end) == ("FY26", "TY26", date(2025, 12, 31))
    assert calendar.unit_named("TY26") == half_year
    assert [unit.label for unit in calendar.units("quarter", half_year.start, half_year.end)] == [
        "FY26-Q1",
        "FY26-Q2",
    ]
    for asked in (lambda: calendar.coordinates(date(2030, 1, 1)), lambda: calendar.unit_named("FY31")):
        with pytest.raises(UsageError) as error:
            asked()
        assert "it runs from" in (error.value.problems[0].hint or "")


def test_a_label_with_quarters_is_the_canonical_one_in_years_without_them(tmp_path):
    text = HEAD + (
        '[fiscal]\nsystem = "table"\nyear_name = "end"\nlabel = { week = "{yyyy} Q{q} W{ww}" }\n'
        '[[fiscal.year]]\nlabel = "FY26"\nstart = 2025-12-28\nweeks = 52\n'
    )
    calendar = load(tmp_path, text)
    assert calendar.coordinates(date(2026, 11, 23)).labels["week"] == "FY26-W48"
    assert calendar.unit("week", date(2026, 11, 23)).own_label == "FY26-W48"


def test_an_override_ends_a_year_where_it_was_published(tmp_path):
    text = HEAD + (
        '[fiscal]\nsystem = "weeks"\nyear_end = { weekday = "sat", month = 1 }\nyear_name = "start"\n'
        "periods = [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5]\nleap_week = 12\n"
        "[[fiscal.override]]\nyear = 2024\nend = 2025-02-01\n"
    )
    calendar = load(tmp_path, text)
    assert calendar.unit_named("FY24").end == date(2025, 2, 1)
    assert calendar.unit_named("FY25").start == date(2025, 2, 2)
    assert calendar.engine.year(2024).whole_weeks == 53


# --- business days --------------------------------------------------------------------------------------

holiday_sets = st.sets(st.dates(date(2019, 12, 1), date(2023, 2, 1)), max_size=40)
workweeks = st.sets(st.integers(0, 6), min_size=1)
near = st.dates(date(2020, 3, 1), date(2022, 10, 1))


def both(week, holidays):
    ours = BusinessDays(frozenset(week), dict.fromkeys(holidays, "a holiday"))
    mask = [number in week for number in range(7)]
    theirs = numpy.busdaycalendar(mask, [numpy.datetime64(day) for day in holidays])
    return ours, theirs


@given(workweeks, holiday_sets, near, st.integers(-90, 90))
def test_adding_business_days_equals_numpy(week, holidays, day, count):
    ours, theirs = both(week, holidays)
    roll = "forward" if count >= 0 else "backward"
    expected = numpy.busday_offset(numpy.datetime64(day), count, roll, busdaycal=theirs).astype(date)
    assert ours.add(day, count) == expected


@given(workweeks, holiday_sets, near, near)
def test_counting_business_days_equals_numpy(week, holidays, one, other):
    ours, theirs = both(week, holidays)
    first, last = sorted((one, other))
    end = numpy.datetime64(last) + 1
    assert ours.count(first, last) == numpy.busday_count(numpy.datetime64(first), end, busdaycal=theirs)
    assert ours.count(last + ONE_DAY, first) == 0


NUMPY_ROLLS = {
    "following": "following",
    "preceding": "preceding",
    "modified-following": "modifiedfollowing",
    "modified-preceding": "modifiedpreceding",
}


@given(holiday_sets, near, st.sampled_from(sorted(NUMPY_ROLLS)))
def test_rolling_equals_numpy(holidays, day, roll):
    ours, theirs = both({0, 1, 2, 3, 4}, holidays)
    expected = numpy.busday_offset(numpy.datetime64(day), 0, NUMPY_ROLLS[roll], busdaycal=theirs)
    assert ours.roll(day, roll) == expected.astype(date)


@given(workweeks, holiday_sets, near, st.sampled_from(ROLLS))
def test_rolling_twice_changes_nothing(week, holidays, day, roll):
    ours, _ = both(week, holidays)
    once = ours.roll(day, roll)
    assert ours.roll(once, roll) == once
    assert roll == "none" or ours.is_business_day(once)


@given(workweeks, holiday_sets, near)
def test_next_and_previous_are_strict(week, holidays, day):
    ours, _ = both(week, holidays)
    assert ours.previous(day) < day < ours.next(day)
    assert ours.count(day + ONE_DAY, ours.next(day)) == 1
    assert ours.count(ours.previous(day), day - ONE_DAY) == 1


def test_modified_rolls_look_at_the_unit_not_at_the_month():
    ours = BusinessDays()
    saturday = date(2026, 2, 28)
    assert ours.roll(saturday, "modified-following") == date(2026, 2, 27)
    assert ours.roll(saturday, "modified-following", date(2026, 2, 22), date(2026, 3, 28)) == date(2026, 3, 2)


def test_nearest_goes_forward_from_the_middle():
    week = BusinessDays(frozenset(range(5)), {date(2026, 5, 25): "Memorial Day"})
    assert week.roll(date(2026, 5, 23), "nearest") == date(2026, 5, 22)
    assert week.roll(date(2026, 5, 24), "nearest") == date(2026, 5, 26)


def test_more_days_than_calendars_have_are_refused():
    for count in (10**6, -(10**6)):
        with pytest.raises(UsageError):
            BusinessDays().add(date(2026, 1, 1), count)
    with pytest.raises(UsageError):
        BusinessDays().add(date(9999, 12, 1), 200)


# --- holiday lists --------------------------------------------------------------------------------------


def test_a_calendar_adds_to_and_drops_from_a_list_for_itself_only(tmp_path):
    months = '[fiscal]\nsystem = "months"\nstart_month = 7\nyear_name = "end"\n'
    own = (
        '[[holiday_set]]\nname = "us-federal"\ndrop = ["Columbus Day", 2027-01-18]\n'
        'add = [{ date = 2026-11-27, name = "Day after Thanksgiving" }]\n'
    )
    head = HEAD + 'holidays = ["us-federal"]\n'
    changed, plain = load(tmp_path, head + months + own).business, load(tmp_path, head + months).business
    assert changed.holiday_name(date(2026, 11, 27)) == "Day after Thanksgiving"
    assert changed.holiday_name(date(2026, 11, 26)) == plain.holiday_name(date(2026, 11, 26))
    assert changed.is_business_day(date(2026, 10, 12)) and not plain.is_business_day(date(2026, 10, 12))
    assert changed.is_business_day(date(2027, 1, 18)) and not plain.is_business_day(date(2027, 1, 18))
    assert changed.covers(date(2032, 12, 31)) and not changed.covers(date(2033, 1, 1))


def test_a_list_may_be_written_into_the_calendar(tmp_path):
    text = HEAD + 'holidays = ["plant"]\n[fiscal]\nsystem = "iso"\n'
    text += '[[holiday_set]]\nname = "plant"\nadd = [{ date = 2026-12-28, name = "Shut down" }]\n'
    business = load(tmp_path, text).business
    assert business.holidays == {date(2026, 12, 28): "Shut down"} and business.covers(date(2100, 1, 1))


def test_new_year_observed_in_the_year_before(tmp_path):
    text = (
        HEAD + 'holidays = ["us-federal"]\n[fiscal]\nsystem = "months"\nstart_month = 7\nyear_name = "end"\n'
    )
    calendar = load(tmp_path, text)
    assert calendar.business.roll(date(2027, 12, 31), "preceding") == date(2027, 12, 30)
    assert calendar.coordinates(date(2027, 12, 30)).business_days_left_in_quarter == 0
