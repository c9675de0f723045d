"""Asks from reviews: the states that a function puts them into, and what each of them needs."""

import pytest

from cockpit.base.problems import UsageError
from cockpit.work.task import TRIAGE


@pytest.fixture
def ask(work_as):
    work = work_as("pat")
    return work, work.add("A price for Contoso", function="finance").key


def test_what_is_put_to_a_function_is_a_new_ask(ask):
    work, key = ask
    task = work.task(key)
    assert (task.function, task.triage, task.status) == ("finance", "new", "open")
    assert [one.key for one in work.list("is:ask function:finance triage:new")] == [key]


@pytest.mark.parametrize("state", ["triage", "backlog", "new"])
def test_looked_at_or_kept_for_later_needs_nothing_more(ask, state):
    work, key = ask
    assert work.triage(key, state).triage == state


def test_assigned_has_an_owner_transferred_another_function(ask):
    work, key = ask
    with pytest.raises(UsageError, match="to whom"):
        work.triage(key, "assigned")
    assigned = work.triage(key, "assigned", owner="kim")
    assert (assigned.triage, assigned.owner) == ("assigned", "Kim Lee")
    with pytest.raises(UsageError, match="other function"):
        work.triage(key, "transferred", function="finance")
    assert work.triage(key, "transferred", function="marketing").function == "marketing"


def test_declined_is_dropped_with_its_reason_and_can_be_undone(ask):
    work, key = ask
    with pytest.raises(UsageError, match="why"):
        work.triage(key, "declined")
    declined = work.triage(key, "declined", reason="no budget \x1b[31mthis year")
    assert declined.status == "dropped" and declined.drop_reason.startswith("no budget")
    assert "\x1b" not in declined.drop_reason
    assert work.history(key)[-1].reason == declined.drop_reason
    work.undo()
    assert (work.task(key).status, work.task(key).triage) == ("open", "new")


def test_a_task_becomes_an_ask_with_its_first_function(work_as):
    work = work_as("pat")
    key = work.add("Who pays for the event?").key
    with pytest.raises(UsageError, match="say which"):
        work.triage(key, "triage")
    assert work.triage(key, "triage", function="marketing").function == "marketing"


def test_a_state_that_there_is_not_names_the_nearest(ask):
    work, key = ask
    with pytest.raises(UsageError, match="backlog") as caught:
        work.triage(key, "backlogg")
    assert caught.value.problems[0].key == "--to"
    assert work.task(key).triage in TRIAGE
