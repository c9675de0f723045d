"""What people do with tasks, one act after the other."""

from datetime import date, timedelta

import pytest
from work_setting import TODAY, action, link_rule

from cockpit.base.problems import ConflictError, UsageError
from cockpit.store import ChangeConflict


def test_a_task_is_made_and_found_by_any_unique_ending(work_as):
    work = work_as()
    made = work.add("Call Ken", workstream="annuity", owner="me", due="+3bd")
    assert (made.key, made.owner, made.status) == ("task/1", "Peyton Davis", "open")
    assert made.due == date(2026, 11, 27), "the holiday on Thursday is no business day"
    for number in range(11):
        work.add(f"More {number}")
    assert work.find("k/1") == work.find("1") == "task/1", "a whole part goes before task/11"
    with pytest.raises(UsageError, match=r"did you mean task/1"):
        work.find("tsk/1")
    with pytest.raises(UsageError, match="a key is missing"):
        work.find(" ")


def test_an_ending_of_several_keys_names_them(work_as):
    late = action("hygiene", TODAY)
    work = work_as(occurrences=[late, action("forecast", TODAY)])
    work.sync(TODAY)
    with pytest.raises(UsageError, match="field/forecast/FY27-Q2, field/hygiene/FY27-Q2"):
        work.find("FY27-Q2")


def test_a_part_of_a_key_that_is_misspelt_names_the_nearest_and_unfinished_ones_first(work_as):
    late = action("hygiene", TODAY)
    work = work_as(occurrences=[late, action("forecast", TODAY), action("hygiene-walk", TODAY)])
    work.sync(TODAY)
    for typed in ("hygine", "hygene-walk", "HYGIENE-WALK"):
        with pytest.raises(UsageError, match="did you mean field/hygiene"):
            work.done(typed)
    work.done("hygiene/FY27-Q2")
    with pytest.raises(UsageError, match="did you mean field/hygiene-walk/FY27-Q2 or field/hygiene/FY27-Q2"):
        work.find("hygiene")
    with pytest.raises(UsageError, match="which one: field/forecast/FY27-Q2, field/hygiene-walk"):
        work.find("FY27-Q2")


def test_claim_start_block_done_reopen_drop(work_as):
    work = work_as()
    work.add("Call Ken")
    assert work.claim("1").owner == "Peyton Davis"
    assert work.start("1").status == "in_progress"
    blocked = work.block("1", "no phone")
    assert (blocked.status, blocked.block_reason) == ("blocked", "no phone")
    assert blocked.blocked_since.startswith("2026-11-23T15:00:00")
    finished = work.done("1", "called, he agrees")
    assert (finished.status, finished.evidence, finished.block_reason) == ("done", "called, he agrees", None)
    assert work.reopen("1").evidence is None
    dropped = work.drop("1", "customer left")
    assert (dropped.status, dropped.drop_reason, dropped.urgency) == ("dropped", "customer left", 0)
    said = [change.what for change in work.history("1")]
    assert said[0] == "made: Call Ken" and said[-1].startswith("status open -> dropped")


def test_without_evidence_done_is_counted_apart_and_evidence_can_follow(work_as):
    work = work_as()
    work.add("Call Ken")
    assert work.done("1").status == "done_without_evidence"
    assert work.done("1", "https://crm.example/1").status == "done"


@pytest.mark.parametrize(
    "act",
    [
        lambda work: work.claim("1"),
        lambda work: work.move("1", "+1d", "later"),
        lambda work: work.assign("1", "kim"),
        lambda work: work.wait("1", "+1d", "Ken"),
        lambda work: work.drop("1", "no"),
    ],
)
def test_a_finished_task_is_not_changed_before_it_is_reopened(work_as, act):
    work = work_as()
    work.add("Call Ken")
    work.done("1", "called")
    with pytest.raises(UsageError, match="done"):
        act(work)


def test_words_are_asked_for(work_as):
    work = work_as()
    with pytest.raises(UsageError, match="needs a title"):
        work.add("  ")
    with pytest.raises(UsageError, match="is no day"):
        work.add("x", due="2026-02-30")
    work.add("x")
    for act in (
        lambda: work.block("1", ""),
        lambda: work.drop("1", " "),
        lambda: work.move("1", "+1d", ""),
        lambda: work.wait("1", "+1d", ""),
        lambda: work.note("1", "\n"),
        lambda: work.assign("1", ""),
        lambda: work.done("1", " "),
    ):
        with pytest.raises(UsageError):
            act()
    assert work.task("1").version == 1


def test_a_move_keeps_the_original_day_and_is_counted(work_as):
    work = work_as()
    work.add("Call Ken", due="2026-11-24")
    work.move("1", "2026-12-01", "he is away")
    moved = work.move("1", date(2026, 12, 4), "still away")
    assert (moved.original_due, moved.due, moved.slips) == (date(2026, 11, 24), date(2026, 12, 4), 2)
    assert moved.due_reason == "still away"
    assert work.history("1")[-1].reason == "still away"


def test_waiting_hides_a_task_until_the_day(work_as):
    work = work_as()
    work.add("Call Ken")
    waiting = work.wait("1", "2026-11-25", "Ken")
    assert (waiting.wait_until, waiting.wait_for) == (date(2026, 11, 25), "Ken")
    assert work.list("", TODAY) == []
    assert [task.key for task in work.list("is:waiting", TODAY)] == ["task/1"]
    assert work.list("", date(2026, 11, 25))[0].wait_until is None
    with pytest.raises(UsageError, match="not in the future"):
        work.wait("1", "today", "Ken")


def test_somebody_elses_claim_stands(work_as):
    work_as("pat").add("Call Ken")
    work_as("kim").claim("1")
    with pytest.raises(UsageError, match="claimed by Kim Lee"):
        work_as("pat").claim("1")
    assert work_as("pat").assign("1", "me").owner == "Peyton Davis"


def test_undo_and_redo_are_each_persons_own_and_survive_a_restart(work_as):
    work_as("pat").add("Call Ken")
    work_as("kim").note("1", "tried at noon")
    work_as("pat").claim("1")
    work_as("pat").undo()
    assert work_as("pat").task("1").status == "open"
    assert work_as("pat").task("1").notes == 1, "the other one's note stays"
    work_as("pat").redo()
    assert work_as("pat").task("1").status == "claimed"
    work_as("pat").undo()
    work_as("pat").undo()
    assert work_as("pat").task("1").status == "dropped", "what was made is withdrawn, not deleted"
    with pytest.raises(UsageError, match="nothing to undo"):
        work_as("pat").undo()
    work_as("kim").undo()
    assert work_as("kim").notes("1") == []


def test_undo_is_refused_when_somebody_changed_the_field_since(work_as):
    pat, kim = work_as("pat"), work_as("kim")
    pat.add("Call Ken", due="2026-11-24")
    pat.assign("1", "lee")
    kim.assign("1", "kim")
    with pytest.raises(ChangeConflict) as caught:
        pat.undo()
    (clash,) = caught.value.clashes
    assert (clash.field, clash.theirs, clash.by) == ("owner", "Kim Lee", "kim")
    assert caught.value.exit_code == 4
    assert pat.task("1").owner == "Kim Lee"


def test_undo_goes_through_when_somebody_changed_another_field(work_as):
    pat, kim = work_as("pat"), work_as("kim")
    pat.add("Call Ken", due="2026-11-24")
    pat.assign("1", "lee")
    kim.move("1", "2026-11-30", "away")
    pat.undo()
    assert (pat.task("1").owner, pat.task("1").due) == (None, date(2026, 11, 30))


def test_changes_of_different_fields_merge_and_of_the_same_field_show_all_three(work_as):
    pat, kim = work_as("pat"), work_as("kim")
    seen = pat.add("Call Ken", due="2026-11-24").version
    kim.move("1", "2026-11-30", "away", seen_version=seen)
    merged = pat.assign("1", "lee", seen_version=seen)
    assert (merged.owner, merged.due, merged.version) == ("Lee Ray", date(2026, 11, 30), 3)
    with pytest.raises(ConflictError) as caught:
        pat.move("1", "2026-12-02", "later", seen_version=seen)
    words = str(caught.value)
    for part in ("yours '2026-12-02'", "theirs '2026-11-30'", "before '2026-11-24'", "by kim"):
        assert part in words
    assert pat.task("1").due == date(2026, 11, 30)


def test_if_version_refuses_any_change_since(work_as):
    work = work_as()
    version = work.add("Call Ken").version
    work.claim("1", if_version=version)
    with pytest.raises(ConflictError) as caught:
        work.move("1", "+2d", "later", if_version=version)
    assert caught.value.exit_code == 4
    with pytest.raises(ConflictError, match="no version 9"):
        work.assign("1", "kim", if_version=9)


def test_when_a_task_was_finished_comes_from_the_journal(work_as):
    work = work_as()
    first, second = work.add("Call Ken").key, work.add("Call Jo").key
    assert work.finished_at() == {}
    work.done(first)
    at = work.task(first).updated_at
    work.done(first, "he called back")
    work.edit(first, {"title": "Call Ken Lee"})
    assert {key: when.isoformat() for key, when in work.finished_at().items()} == {first: at}
    assert work.finished_at([second]) == {}
    work.reopen(first)
    assert work.finished_at() == {}


def test_evidence_must_be_what_the_rule_asks_for(work_as):
    work = work_as(occurrences=[action("hygiene", TODAY, evidence=link_rule())])
    work.sync(TODAY)
    with pytest.raises(UsageError, match="asks for a link"):
        work.done("hygiene/FY27-Q2", "done it")
    assert work.done("hygiene/FY27-Q2", "https://x.example/report").status == "done"


def test_a_sign_off_comes_from_another_role(work_as):
    rule = link_rule("signoff", by="controller")
    occurrences = [action("close", TODAY, evidence=rule)]
    pat = work_as("pat", occurrences)
    pat.sync(TODAY)
    pat.claim("close/FY27-Q2")
    with pytest.raises(UsageError, match="somebody else than pat"):
        pat.done("close/FY27-Q2", "looks right")
    with pytest.raises(UsageError, match="sign-off of controller"):
        work_as("kim", occurrences).done("close/FY27-Q2", "looks right")
    assert work_as("lee", occurrences).done("close/FY27-Q2", "looks right").status == "done"


def test_a_checklist_is_ticked_and_fields_edited_in_place(work_as):
    work = work_as(occurrences=[action("qbr", TODAY, checklist=("slides", "room"))])
    work.sync(TODAY)
    assert work.tick("qbr/FY27-Q2", "room").checked == ("room",)
    assert work.tick("qbr/FY27-Q2", "room", ticked=False).checked == ()
    assert work.edit("qbr/FY27-Q2", {"severity": "high"}).severity == "high"
    with pytest.raises(UsageError, match="no step"):
        work.tick("qbr/FY27-Q2", "cake")
    with pytest.raises(UsageError, match="cannot be edited"):
        work.edit("qbr/FY27-Q2", {"due": "2026-12-01"})


def test_titles_and_notes_hold_nothing_that_a_terminal_obeys(work_as):
    work = work_as()
    work.add("a\x1b]0;PWNED\x07b")
    work.note("1", "x\x1b[2J\nsecond line")
    assert "\x1b" not in work.task("1").title
    (note,) = work.notes("1")
    assert "\x1b" not in note.text and note.text.endswith("\nsecond line") and note.author == "pat"


def test_late_is_counted_in_business_days(work_as):
    work = work_as()
    work.add("Late", due=TODAY - timedelta(days=4))
    work.add("Today", due=TODAY)
    work.add("After the holiday", due=date(2026, 11, 30))
    work.add("Beyond the holidays known", due=date(2030, 1, 2))
    left = {task.title: (task.overdue, task.business_days_left) for task in work.list("all", TODAY)}
    assert left == {
        "Late": (True, -2),
        "Today": (False, 0),
        "After the holiday": (False, 4),
        "Beyond the holidays known": (False, None),
    }


def test_the_list_of_changes_is_newest_first(work_as):
    work = work_as()
    work.add("One")
    work.add("Two")
    assert [change.key for change in work.changes("pat", limit=5)] == ["task/2", "task/1"]
    assert work.undoable() == ["task/2: made: Two", "task/1: made: One"]


def test_several_tasks_are_changed_together_or_not_at_all(work_as):
    work = work_as()
    for title in ("One", "Two"):
        work.add(title)
    with work.together():
        work.claim("1")
        work.claim("2")
    assert len(work.undo()) == 2
    with pytest.raises(UsageError), work.together():
        work.claim("1")
        work.claim("3")
    assert work.task("1").status == "open"
