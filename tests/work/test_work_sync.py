"""Tasks from the calendar: made once, following it, never twice."""

from datetime import date, time, timedelta

from msgspec.structs import replace
from work_setting import TODAY, action, agreement, link_rule

from cockpit.work.materialise import rhythm_anchors, stored_anchor


def test_a_task_carries_what_the_action_says(work_as):
    occurrence = action(
        "hygiene",
        date(2026, 12, 1),
        evidence=link_rule("number", passes="<= 3"),
        needs=("field/forecast/FY27-Q2",),
        lead_start=date(2026, 11, 20),
        severity=3,
        checklist=("one", "two"),
    )
    work = work_as(occurrences=[occurrence, action("forecast", TODAY)])
    report = work.sync(TODAY)
    assert sorted(report.made) == ["field/forecast/FY27-Q2", "field/hygiene/FY27-Q2"]
    task = work.task("hygiene/FY27-Q2")
    assert (task.due, task.at, task.period, task.severity) == (date(2026, 12, 1), "17:00", "FY27-Q2", "high")
    assert task.blocked_by == ("field/forecast/FY27-Q2",)
    assert task.evidence_rule["pass"] == "<= 3"
    assert task.as_json()["lead_start"] == "2026-11-20"
    assert work.task("forecast/FY27-Q2").blocks == 1
    work.done("forecast/FY27-Q2")
    assert work.task("hygiene/FY27-Q2").blocked_by == ()


def test_a_second_sync_writes_nothing(work_as):
    work = work_as(occurrences=[action("hygiene", TODAY), action("forecast", TODAY + timedelta(days=3))])
    work.sync(TODAY)
    path = work.store.place.path
    before = path.read_bytes()
    report = work.sync(TODAY)
    assert (report.made, report.moved) == ((), ())
    assert path.read_bytes() == before


def test_a_moved_rule_moves_what_is_unfinished(work_as):
    first = [action("hygiene", TODAY), action("forecast", TODAY), action("qbr", TODAY)]
    work = work_as(occurrences=first)
    work.sync(TODAY)
    work.done("forecast/FY27-Q2", "sent")
    work.move("qbr/FY27-Q2", "2026-12-04", "room taken")
    later = TODAY + timedelta(days=7)
    again = work_as(occurrences=[replace(one, date=later, at=time(9)) for one in first])
    report = again.sync(TODAY)
    assert sorted(report.moved) == ["field/hygiene/FY27-Q2", "field/qbr/FY27-Q2"]
    assert (again.task("hygiene/FY27-Q2").due, again.task("hygiene/FY27-Q2").at) == (later, "09:00")
    assert again.task("forecast/FY27-Q2").due == TODAY, "what is done keeps its day"
    moved = again.task("qbr/FY27-Q2")
    assert (moved.due, moved.original_due) == (date(2026, 12, 4), later), "a person's move stands"
    assert again.history("hygiene/FY27-Q2")[-1].what == (
        "followed: due 2026-11-23 -> 2026-11-30, at 17:00 -> 09:00"
    )


def test_following_the_calendar_is_not_undone_by_people(work_as):
    work = work_as(occurrences=[action("hygiene", TODAY)])
    work.sync(TODAY)
    assert work.undoable() == []


def test_a_task_without_rule_is_reported_and_kept(work_as):
    work_as(occurrences=[action("hygiene", TODAY), action("qbr", TODAY)]).sync(TODAY)
    work = work_as(occurrences=[action("qbr", TODAY)])
    work.sync(TODAY)
    assert work.without_rule(TODAY) == ["field/hygiene/FY27-Q2"]
    assert work.task("hygiene/FY27-Q2").status == "open"


def test_a_rows_task_begins_with_the_rows_owner_and_anchors_keep_their_first_date(work_as):
    row = agreement("AG-1", date(2027, 3, 31), "Kim Lee")
    touch = action("outreach", TODAY, key="field/outreach/AG-1/2027-03-31", anchor=row)
    work = work_as(occurrences=[touch])
    work.store.put_anchors("agreements", [stored_anchor(row)], "v1")
    work.sync(TODAY)
    assert work.task("AG-1/2027-03-31").owner == "Kim Lee"
    moved = replace(row, date=date(2027, 6, 30), first_date=date(2027, 6, 30))
    assert work.store.put_anchors("agreements", [stored_anchor(moved)], "v2") == 1
    (anchor,) = rhythm_anchors(work.store)["agreements"]
    assert (anchor.date, anchor.first_date) == (date(2027, 6, 30), date(2027, 3, 31))


def test_anchors_without_a_date_are_named(work_as):
    work = work_as()
    work.store.put_anchors("agreements", [stored_anchor(replace(agreement("A", TODAY), date=None))], "v1")
    assert [anchor.row_key for anchor in work.sync(TODAY).undated] == ["A"]


def test_an_unchanged_day_asks_the_calendar_nothing(work_as):
    one = action("lock", date(2026, 12, 4))
    work = work_as(occurrences=[one])
    work.keep_up(TODAY)
    asked, entries = work.rhythm.asked, work.store.last_entry()
    assert asked == 1 and work.task(one.key).due == date(2026, 12, 4)
    work.keep_up(TODAY)
    again = work_as("kim", occurrences=[one])
    again.keep_up(TODAY)
    assert (work.rhythm.asked, again.rhythm.asked, work.store.last_entry()) == (asked, 0, entries)


def test_what_changes_the_tasks_is_noticed(work_as):
    one = action("lock", date(2026, 12, 4))
    work_as(occurrences=[one]).keep_up(TODAY)
    moved = replace(one, date=date(2026, 12, 7))
    work = work_as(occurrences=[moved])
    work.keep_up(TODAY)
    assert work.task(one.key).due == date(2026, 12, 7), "another calendar"
    work.store.put_anchors("agreements", [stored_anchor(agreement("A", TODAY))], "v1")
    work.keep_up(TODAY)
    assert work.rhythm.asked == 2, "other anchors"
    work.keep_up(TODAY + timedelta(days=1))
    assert work.rhythm.asked == 3, "another day"


def test_what_is_opened_again_follows_the_calendar(work_as):
    one = action("lock", date(2026, 12, 4))
    work = work_as(occurrences=[one])
    work.keep_up(TODAY)
    work.drop(one.key, "not needed")
    later = work_as(occurrences=[replace(one, date=date(2026, 12, 7))])
    later.keep_up(TODAY)
    assert later.task(one.key).due == date(2026, 12, 4), "finished work is left alone"
    later.reopen(one.key)
    later.keep_up(TODAY)
    assert later.task(one.key).due == date(2026, 12, 7)
