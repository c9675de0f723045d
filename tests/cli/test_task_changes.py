"""Changing tasks on the command line: what is printed, what is kept, what is refused."""

import pytest


@pytest.fixture
def task(command, own_demo):
    """Runs `cockpit tasks` on a demo of its own, in which `task/1` stands."""

    def ran(*words):
        return command("tasks", *words, "-w", own_demo)

    made = ran("add", "Chase the [b]PO[/b]", "--workstream", "annuity", "--due", "2026-12-01")
    assert (made.code, made.out) == (0, "task/1\n")
    return ran


def test_done_with_evidence_undo_and_redo(task):
    assert task("done", "task/1", "--evidence", "https://wiki.example/po").out == "task/1\n"
    assert task("key:task/1", "all", "--json").json()[0]["status"] == "done"
    assert "undid" in task("undo").err
    assert task("key:task/1", "--json").json()[0]["status"] == "open"
    assert "did again" in task("redo").err
    assert task("redo").code == 2


def test_every_change_prints_the_key_and_is_in_the_history(task):
    changes = [
        ("claim", "task/1"),
        ("start", "task/1"),
        ("block", "task/1", "--reason", "no price"),
        ("move", "task/1", "--due", "2026-12-04", "--reason", "asked for"),
        ("wait", "task/1", "--until", "2026-12-02", "--for", "finance"),
        ("assign", "task/1", "--to", "Brooks"),
        ("note", "task/1", "called \x1b[31mtwice"),
        ("drop", "task/1", "--reason", "bought elsewhere"),
        ("reopen", "task/1"),
    ]
    for words in changes:
        assert task(*words).out == "task/1\n", words
    history = task("history", "task/1", "--json").json()
    assert len(history) == len(changes) + 1
    assert "\x1b" not in task("history", "task/1").out


def test_a_change_with_json_prints_the_item(task):
    item = task("assign", "task/1", "--to", "Brooks", "--json").json()
    assert (item["key"], item["owner"], item["version"]) == ("task/1", "Brooks", 2)


def test_a_change_on_an_older_version_is_a_conflict(task):
    task("assign", "task/1", "--to", "Brooks")
    late = task("assign", "task/1", "--to", "Davis", "--if-version", "1")
    assert (late.code, late.out) == (4, "")
    assert task("assign", "task/1", "--to", "Davis", "--if-version", "2").code == 0


def test_a_word_with_a_minus_is_a_filter_and_not_an_option(task):
    with_it = {one["key"] for one in task("workstream:annuity", "all", "--json").json()}
    without = {one["key"] for one in task("-workstream:annuity", "all", "--json").json()}
    assert "task/1" in with_it
    assert without
    assert not with_it & without


def test_a_word_with_blanks_is_text(task):
    assert [one["key"] for one in task("the [b]PO", "--json").json()] == ["task/1"]


def test_fail_overdue_exits_with_one_when_something_is_late(task):
    task("add", "late", "--due", "2026-11-02")
    assert task("--fail-overdue").code == 1
    assert task("key:task/1", "--fail-overdue").code == 0


def test_an_ending_that_two_keys_share_is_refused_with_both(task):
    keys = [one["key"] for one in task("all", "--json").json()]
    ending = "2026-11-24"
    both = [key for key in keys if key.endswith(ending)]
    assert len(both) > 1
    done = task("claim", ending)
    assert done.code == 2
    assert all(key in done.err for key in both[:2])


def test_tasks_by_owner_carry_counts(task):
    assert "task" in task("all", "--by", "workstream").out.splitlines()[0]
