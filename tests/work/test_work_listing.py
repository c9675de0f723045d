"""The list between two looks: ready before it is asked for, narrowed step by step, and never stale."""

import threading

import pytest

from cockpit.work.filter_words import FilterError
from cockpit.work.work import Work

WORDS = ("PO", "forecast", "price", "review")


@pytest.fixture
def filled(work_as):
    work = work_as("pat")
    for number in range(24):
        owner = "kim" if number % 3 else "pat"
        work.add(f"{WORDS[number % 4]} number {number}", ("annuity", "rhythm")[number % 2], owner)
    return work


def fresh(work_as, text: str) -> list[str]:
    return [task.key for task in work_as("lee").list(text, typed=True, order="due")]


def test_what_was_made_ready_is_what_would_have_been_read(filled: Work, work_as) -> None:
    filled.done("task/3")
    filled.make_ready()
    for text in ("", "all", "price", "all price", "status:done_without_evidence", "-workstream:annuity"):
        assert [task.key for task in filled.list(text, typed=True, order="due")] == fresh(work_as, text), text


def test_a_list_follows_one_change_after_another_in_its_order(filled: Work, work_as) -> None:
    filled.make_ready()
    changes = [
        lambda: filled.move("task/5", "2026-11-27", "asked"),
        lambda: filled.done("task/7"),
        lambda: filled.edit("task/2", {"severity": "high"}),
        lambda: filled.need("task/4", ["task/6"]),
        lambda: filled.reopen("task/7"),
        lambda: filled.undo(),
        lambda: work_as("kim").add("a new one"),
    ]
    for change in changes:
        change()
        for text in ("", "all", "number 1"):
            assert [task.key for task in filled.list(text, typed=True, order="due")] == fresh(work_as, text)


def test_typing_on_narrows_and_going_back_widens(filled: Work, work_as) -> None:
    for text in (
        "p",
        "pr",
        "pri",
        "price",
        "price 1",
        "price owner:kim",
        "price",
        "p",
        "-price",
        "-pri",
        "all p",
        "status:open price",
        "status:open price 1 owner:kim",
        "owner:kim price status:open 1",
        "all price nothing",
        "all price",
    ):
        assert [task.key for task in filled.list(text, typed=True, order="due")] == fresh(work_as, text), text


def test_a_change_between_two_keys_is_seen(filled: Work) -> None:
    assert "task/9" not in [task.key for task in filled.list("pric", typed=True)]
    filled.edit("task/9", {"title": "a price after all"})
    assert "task/9" in [task.key for task in filled.list("price", typed=True)]


def test_it_may_be_asked_while_it_is_made_ready(filled: Work) -> None:
    threads = [threading.Thread(target=filled.make_ready) for _ in range(3)]
    for thread in threads:
        thread.start()
    found = [len(filled.list("all", typed=True)) for _ in range(20)]
    for thread in threads:
        thread.join()
    assert set(found) == {24}


def test_what_a_caller_does_with_a_list_does_not_change_the_next(filled: Work) -> None:
    for text in ("all", "all p", "all"):
        found = filled.list(text, typed=True)
        count = len(found)
        found.clear()
        assert len(filled.list(text, typed=True)) == count > 0


def test_a_workstream_is_looked_up_once_for_a_state_of_the_store(
    filled: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    values = filled.store.values
    monkeypatch.setattr(
        filled.store, "values", lambda kind, field: asked.append(field) or values(kind, field)
    )
    for text in ("workstream:pi", "workstream:pil", "workstream:pilot"):
        with pytest.raises(FilterError):
            filled.list(text, typed=True)
    assert asked == ["workstream"]
    filled.add("a new one", workstream="pilot")
    assert [task.title for task in filled.list("workstream:pilot", typed=True)] == ["a new one"]
