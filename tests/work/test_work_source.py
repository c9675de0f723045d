"""Tasks of a source: as they are there until somebody here takes them on; chains of what tasks need."""

from datetime import date

import pytest
from work_setting import TODAY

from cockpit.base.problems import UsageError


def row(identity, **more):
    plain = {"task_id": identity, "title": f"Call {identity}", "status": "Not Started", "owner": "Kim Lee"}
    return plain | {"due_date": date(2026, 11, 30), "workstream": "Annuity"} | more


def test_rows_become_tasks_and_follow(work_as):
    work = work_as()
    report = work.take_source(
        [row("A"), row("B", status="Completed"), row(None), row("A"), row("C", status="Odd")]
    )
    assert (report.made, report.without_id, report.repeated) == (3, 1, 1)
    assert work.task("tasks/C").status == "open"  # a word that is not known, which check tells
    task = work.task("tasks/A")
    assert (task.status, task.workstream, task.owner, task.due) == (
        "open",
        "annuity",
        "Kim Lee",
        date(2026, 11, 30),
    )
    assert (task.adopted, task.source, work.task("tasks/B").status) == (False, "tasks", "done")
    report = work.take_source([row("A", due_date=date(2026, 12, 2)), row("B", status="Completed")])
    assert (report.made, report.changed, report.dropped) == (0, 1, 1)
    assert work.task("tasks/A").due == date(2026, 12, 2)
    assert work.task("tasks/C").drop_reason == "is no longer in the source"
    assert work.take_source([row("A"), row("B", status="Completed"), row("C")]).changed == 2
    assert work.task("tasks/C").status == "open" and work.store.check() == []


def test_a_task_of_the_source_is_read_only_until_it_is_adopted(work_as):
    work = work_as()
    work.take_source([row("A"), row("B")])
    for change in (lambda: work.start("A"), lambda: work.move("A", TODAY, "x"), lambda: work.drop("A", "x")):
        with pytest.raises(UsageError, match=r"is a task of the source.*claim"):
            change()
    work.claim("A")
    work.assign("B", "Lee Ray")
    work.start("A")
    report = work.take_source([row("A", title="other", status="Completed")])
    assert (report.adopted, report.changed, report.dropped) == (2, 0, 0)
    assert (work.task("A").status, work.task("A").title, work.task("B").owner) == (
        "in_progress",
        "Call A",
        "Lee Ray",
    )
    work.undo(), work.undo(), work.undo()
    assert work.take_source([row("A", title="other")]).changed == 1, "given back to the source"


def test_an_unchanged_source_is_not_read(work_as):
    work = work_as()
    assert work.take_source([row("A")], "f1").made == 1
    assert work.take_source(iter(lambda: pytest.fail("was read"), None), "f1") is None
    assert work.take_source([row("A"), row("B")], "f2").made == 1


def test_the_chain_of_what_blocks_a_task(work_as):
    work = work_as()
    first, second, third, fourth = (work.add(name).key for name in ("one", "two", "three", "four"))
    work.need(first, [second])
    work.need(second, [third, fourth])
    assert [(depth, task.key) for depth, task in work.blocking_chain(first)] == [
        (1, second),
        (2, third),
        (2, fourth),
    ]
    with pytest.raises(UsageError, match="would wait for itself: task/3 -> task/1 -> task/2 -> task/3"):
        work.need(third, [first])
    with pytest.raises(UsageError, match="would wait for itself: task/1 -> task/1"):
        work.need(first, [first])
    work.done(third)
    assert [task.key for _, task in work.blocking_chain(first)] == [second, fourth]
    assert work.task(third).blocks == 0 and work.task(fourth).blocks == 1
    work.need(first, [])
    assert work.blocking_chain(first) == []


def test_a_list_follows_what_others_do(work_as):
    pat, kim = work_as("pat"), work_as("kim")
    keys = [pat.add(f"task number {number}").key for number in range(5)]
    assert len(pat.list('"NUMBER"')) == len(kim.list('"number"')) == 5
    kim.need(keys[0], [keys[1]])
    kim.note(keys[2], "a note")
    seen = {task.key: task for task in pat.list('"number"')}
    assert (seen[keys[0]].blocked_by, seen[keys[1]].blocks, seen[keys[2]].notes) == ((keys[1],), 1, 1)
    kim.done(keys[1])
    seen = {task.key: task for task in pat.list('"number"')}
    assert keys[1] not in seen and seen[keys[0]].blocked_by == ()
    assert {task.key for task in pat.list("all")} == set(keys)
    with pytest.raises(UsageError), pat.together():
        pat.claim(keys[3])
        assert pat.task(keys[3]).status == "claimed"
        pat.claim("no-such-key")
    assert pat.task(keys[3]).status == "open"
