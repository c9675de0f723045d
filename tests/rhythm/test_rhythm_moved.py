"""What another version of a calendar moves, adds and takes away."""

from datetime import date

import pytest

from cockpit.rhythm import RhythmCalendar
from cockpit.rhythm.moved import AHEAD, changes

TODAY = date(2026, 11, 23)
TEXT = """
schema = 1
[calendar]
id = "us"
timezone = "America/Los_Angeles"
[fiscal]
system = "months"
start_month = 7
year_name = "end"
[[event]]
id = "review"
title = "Review"
kind = "review"
when = "2nd Tue of month"
at = "10:00"
[[action]]
id = "pack"
event = "review"
title = "Pack"
owner = "sopm"
due = "event - 3bd"
evidence = { kind = "link" }
"""


@pytest.fixture
def calendar(tmp_path):
    def load(text=TEXT):
        path = tmp_path / "us.toml"
        path.write_text(text, encoding="utf-8")
        return RhythmCalendar.load(path)

    return load


def test_the_same_calendar_moves_nothing(calendar):
    assert changes(calendar(), calendar(), TODAY) == []


def test_a_moved_event_takes_its_actions_with_it_and_both_keep_their_keys(calendar):
    found = changes(calendar(), calendar(TEXT.replace("2nd Tue", "2nd Wed")), TODAY)
    assert {one.kind for one in found} == {"moved"}
    first = next(one for one in found if one.key == "us/review/FY27-P06")
    assert (first.before.date, first.after.date) == (date(2026, 12, 8), date(2026, 12, 9))
    assert any(one.key == "us/pack/FY27-P06" for one in found)
    assert [one.day for one in found] == sorted(one.day for one in found)


def test_another_hour_is_a_move_and_another_title_is_none(calendar):
    assert len(changes(calendar(), calendar(TEXT.replace('"10:00"', '"11:00"')), TODAY)) == 26
    assert changes(calendar(), calendar(TEXT.replace('"Review"', '"Monthly"')), TODAY) == []


def test_what_is_dropped_is_gone_and_what_is_added_is_new(calendar):
    more = TEXT + '[[event]]\nid = "extra"\ntitle = "Extra"\nkind = "deadline"\nwhen = "last BD of quarter"\n'
    added = changes(calendar(), calendar(more), TODAY)
    assert {one.kind for one in added} == {"new"}
    assert all(one.shown.title == "Extra" for one in added)
    gone = changes(calendar(more), calendar(), TODAY)
    assert {one.kind for one in gone} == {"gone"}
    assert [one.key for one in gone] == [one.key for one in added]


def test_finished_tasks_keep_their_day_and_the_past_stays(calendar):
    moved = calendar(TEXT.replace("event - 3bd", "event - 4bd"))
    found = changes(calendar(), moved, TODAY, finished={"us/pack/FY27-P06"})
    kinds = {one.key: one.kind for one in found}
    assert kinds["us/pack/FY27-P06"] == "kept"
    assert kinds["us/pack/FY27-P07"] == "moved"
    assert all(max(one.before.date, one.after.date) >= TODAY for one in found)
    assert all(one.day <= TODAY + AHEAD for one in found)


def test_over_the_end_of_the_span_is_a_move_not_a_loss(calendar):
    later = calendar(TEXT.replace("2nd Tue", "last Tue"))
    found = changes(calendar(), later, date(2026, 12, 1), date(2026, 12, 10))
    assert {one.key: one.kind for one in found}["us/review/FY27-P06"] == "moved"
