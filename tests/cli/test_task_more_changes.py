"""Editing, ticking, needing, triaging and chasing tasks, and saved views, on the command line."""

import pytest


@pytest.fixture
def task(command, own_demo):
    """Runs `cockpit tasks` on a demo of its own with three tasks made by hand."""

    def ran(*words):
        return command("tasks", *words, "-w", own_demo)

    assert ran("add", "Chase the PO", "--due", "2026-11-19", "--step", "call", "--step", "mail").code == 0
    assert ran("add", "Get the price", "--owner", "Brooks").code == 0
    assert ran("add", "Who pays?", "--function", "finance", "--ou", "EMEA").code == 0
    return ran


def one(task, key):
    return next(found for found in task(f"key:{key}", "all", "--json").json() if found["key"] == key)


def test_edit_changes_what_is_said_and_nothing_else(task):
    assert task("edit", "task/1", "--title", "Chase the purchase order", "--severity", "high").code == 0
    changed = one(task, "task/1")
    assert (changed["title"], changed["severity"], changed["due"]) == (
        "Chase the purchase order",
        "high",
        "2026-11-19",
    )
    assert task("edit", "task/3", "--ou", "").code == 0
    assert one(task, "task/3")["ou"] is None


def test_edit_without_a_field_and_with_a_severity_that_there_is_not(task):
    assert task("edit", "task/1").code == 2
    wrong = task("edit", "task/1", "--severity", "hihg")
    assert wrong.code == 2 and "high" in wrong.err


def test_steps_are_ticked_by_number_or_words(task):
    task("tick", "task/1", "1")
    task("tick", "task/1", "mail")
    assert one(task, "task/1")["checked"] == ["call", "mail"]
    task("tick", "task/1", "call", "--off")
    assert one(task, "task/1")["checked"] == ["mail"]
    assert task("tick", "task/1", "write").code == 2


def test_needs_and_a_circle_of_them(task):
    assert task("need", "task/1", "task/2").code == 0
    assert one(task, "task/1")["blocked_by"] == ["task/2"]
    circle = task("need", "task/2", "task/1")
    assert circle.code == 2
    assert "would wait for itself: task/2 -> task/1 -> task/2" in circle.err
    assert one(task, "task/2")["needs"] == []
    assert task("need", "task/1", "task/1").code == 2
    assert task("need", "task/1").code == 0
    assert one(task, "task/1")["needs"] == []


def test_triage_says_what_becomes_of_an_ask(task):
    assert task("triage", "task/3", "--to", "backlog").code == 0
    assert one(task, "task/3")["triage"] == "backlog"
    assert task("triage", "task/3", "--to", "declined").code == 2
    assert task("triage", "task/3", "--to", "declined", "--reason", "no budget").code == 0
    assert one(task, "task/3")["status"] == "dropped"
    assert "say which" in task("triage", "task/1", "--to", "backlog").err


def test_chase_asks_each_owner_and_notes_it(task):
    asked = task("chase", "task/1", "task/2", "--note", "asked by mail")
    assert "Chase the PO, due Thu 19 Nov" in asked.out and "Brooks:\n- Get the price" in asked.out
    assert "asked by mail" in task("history", "task/2").out
    assert one(task, "task/2")["notes"] == 1


def test_a_saved_view_is_a_word_of_the_command(task, own_demo):
    config = own_demo / "cockpit.toml"
    config.write_text(config.read_text() + '\n[views]\nby-hand = { filter = "key:task all", by = "ou" }\n')
    shown = task("by-hand")
    assert shown.code == 0 and "EMEA" in shown.out
    assert {found["key"] for found in task("view:by-hand", "--json").json()} == {"task/1", "task/2", "task/3"}
    assert "by-hand" in task("view:byhand").err


def test_a_key_that_there_is_not_names_the_nearest(task):
    wrong = task("claim", "task/11")
    assert wrong.code == 2 and "task/1" in wrong.err


def test_several_are_changed_or_none(task):
    assert task("claim", "task/1", "task/99").code == 2
    assert one(task, "task/1")["status"] == "open"


def test_tasks_and_dates_say_that_agreements_have_changed_since_they_were_read(command, own_demo):
    assert command("sync", "-w", own_demo).code == 0
    assert "has changed since" not in command("tasks", "-w", own_demo).err
    assert "has changed since" not in command("rhythm", "-w", own_demo).err
    agreements = next(own_demo.glob("*greements.csv"))
    agreements.write_text("\n".join(agreements.read_text().splitlines()[:-1]) + "\n")
    for words in ("tasks", "rhythm"):
        ran = command(words, "-w", own_demo)
        assert ran.code == 0 and ran.out
        said = "warning: sources.agreements: has changed since its rows were last read for tasks and dates"
        assert ran.err.count(said) == 1
    assert command("sync", "-w", own_demo).code == 0
    assert "has changed since" not in command("tasks", "-w", own_demo).err
