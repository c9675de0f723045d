"""The quarter as a ruler."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from panes_fakes import TODAY, FakeCockpit, Occurrence

from cockpit.panes.ruler import RulerFacts, RulerWeek, marked, ruler_facts, ruler_lines


def test_a_month_quarter_fits_eighty_columns_whole_and_marks_its_days():
    facts = ruler_facts(FakeCockpit())
    (line,) = ruler_lines(facts, 80)
    assert line.text.rstrip() == (
        "━━ ━━━━━ ━━━━━ ━━━━━ ━━━━━ ━━━━━ ━━━━━ ━━━━━ █◆─xx ───◆─ ─◆─── ───── ──◆─x ───◆"
    )
    assert facts.left == "25 BD left after today"
    assert facts.note == "short week: 3 BD"
    assert sum(len(week.marks) for week in facts.weeks) == 66


def test_wide_screens_number_the_weeks():
    numbers, marks = ruler_lines(ruler_facts(FakeCockpit()), 120)
    assert numbers.text.startswith(" week   01 02    03    04 ")
    assert marks.text.startswith(" Q2     ━━ ━━━━━ ")


def test_a_quarter_that_does_not_hold_today_has_no_mark_of_today():
    facts = ruler_facts(FakeCockpit(), date(2027, 2, 1))
    assert facts.current is None
    assert all(mark != "today" for week in facts.weeks for mark in week.marks)


def test_narrow_screens_lose_gaps_then_far_weeks_but_never_today():
    facts = ruler_facts(FakeCockpit())
    (without_gaps,) = ruler_lines(facts, 70)
    assert without_gaps.text.rstrip().count(" ") == 0
    (around,) = ruler_lines(facts, 40)
    assert "█" in around.text
    assert 35 <= len(around.text.rstrip()) <= 40


def test_weekly_deadlines_are_marked_in_the_current_week_only():
    weekly = Occurrence("k", "Lock", date(2026, 11, 24), kind="deadline", rule="every Tue")
    assert marked(weekly, TODAY)
    assert not marked(weekly, date(2026, 11, 16))
    assert marked(Occurrence("k", "MBR", date(2026, 12, 8), kind="review"), TODAY)
    assert not marked(Occurrence("k", "Call", date(2026, 12, 8), kind="cadence"), TODAY)
    assert not marked(Occurrence("k", "Do", date(2026, 12, 8), kind="deadline", type="action"), TODAY)


@given(st.integers(1, 60), st.integers(0, 60), st.integers(20, 200))
def test_any_length_of_quarter_fits_any_width(weeks, current, width):
    monday = date(2026, 1, 5)
    facts = RulerFacts(
        "Q1",
        tuple(RulerWeek(n + 1, monday + timedelta(days=7 * n), ("open",) * 5) for n in range(weeks)),
        min(current, weeks - 1),
        "left",
        "note",
    )
    for line in ruler_lines(facts, width):
        assert line.width == width
