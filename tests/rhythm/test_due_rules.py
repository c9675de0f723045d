"""The rule language: what is read is printed again, what is wrong is pointed at."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.rhythm.parse import RuleError, parse_lead, parse_rule
from cockpit.rhythm.rule import (
    AnchorBase,
    BusinessDayOf,
    DayOf,
    EventBase,
    Every,
    FixedDate,
    NthWeekday,
    Offset,
    Rule,
    UnitRef,
    WeekdayOfWeek,
)

weekdays = st.integers(0, 6)
plain_units = st.sampled_from(["week", "month", "period", "quarter", "half", "year"]).map(UnitRef)
numbered_units = st.builds(
    UnitRef,
    st.sampled_from(["month", "period"]),
    st.integers(1, 12),
    st.sampled_from([UnitRef("quarter"), UnitRef("year")]),
)
units = plain_units | numbered_units | st.just(UnitRef("period", 2, UnitRef("quarter", 3, UnitRef("year"))))
counted = st.integers(-60, 60).filter(bool)
bases = (
    st.builds(BusinessDayOf, counted, units)
    | st.builds(BusinessDayOf, st.integers(1, 60), units, st.just(True))
    | st.builds(NthWeekday, st.sampled_from([1, 2, 3, 4, 5, -1]), weekdays, units)
    | st.builds(Every, st.sets(weekdays).map(sorted).map(tuple))
    | st.builds(DayOf, counted, units)
    | st.builds(WeekdayOfWeek, weekdays, st.integers(1, 53), units)
    | st.just(EventBase())
    | st.just(AnchorBase())
    | st.builds(FixedDate, st.dates(date(2000, 1, 1), date(2099, 12, 31)))
)
offsets = st.builds(Offset, st.integers(-120, 120), st.sampled_from(["d", "bd", "w", "mo"]))
rules = st.builds(Rule, bases, st.none() | offsets)


@given(rules)
def test_what_is_printed_is_read_again(rule):
    assert parse_rule(str(rule)) == rule


@given(rules)
def test_case_and_spaces_do_not_matter(rule):
    text = str(rule)
    assert parse_rule(text.upper()) == parse_rule(text.lower()) == parse_rule(f"  {text}  ") == rule


@given(st.text(max_size=40))
def test_any_text_is_a_rule_or_an_error_at_a_place_in_it(text):
    try:
        parse_rule(text)
    except RuleError as error:
        assert error.message and 1 <= error.column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("T-90d", "T - 90d"),
        ("T-18mo", "T - 18mo"),
        ("event+1w", "event + 1w"),
        ("BD1 of month", "first BD of month"),
        ("BD-1 of quarter", "last BD of quarter"),
        ("every Fri, mon", "every Mon, Fri"),
        ("every tuesday", "every Tue"),
        ("Mon of week 41", "Mon of week 41 of year"),
        ("BD-10 of month 1 of year", "BD-10 of month 1 of year"),
        ("every bd - 1bd", "every BD - 1bd"),
    ],
)
def test_ways_to_write_a_rule(text, same):
    assert str(parse_rule(text)) == same


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("2nd Teu of month", 5, "did you mean Tue?"),
        ("last BD of quater", 12, "did you mean quarter?"),
        ("evry Tue", 1, "did you mean every?"),
        ("BD3 off month", 5, "did you mean of?"),
        ("BD3 of month + 5dd", 17, "did you mean d?"),
        ("Wednsday of week 2", 1, "did you mean Wednesday?"),
    ],
)
def test_an_error_points_at_the_word_and_offers_the_nearest(text, column, hint):
    with pytest.raises(RuleError) as error:
        parse_rule(text)
    assert (error.value.column, error.value.hint) == (column, hint)


def test_leads():
    assert parse_lead("5bd") == Offset(5, "bd") and parse_lead("2w") == Offset(2, "w")
    for text in ("", "5", "bd", "1mo", "-5d", "5d 2"):
        with pytest.raises(RuleError):
            parse_lead(text)
