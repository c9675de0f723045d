"""A workspace that turns to a calendar with another id is told of the tasks of the one before."""

from pathlib import Path

import pytest

from cockpit import Cockpit
from cockpit.core.check import check_all
from cockpit.core.task_calendars import told_of_calendars

OWN = """
schema = 1
[calendar]
extends = "microsoft-like"
id = "{id}"
title = "Our field"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "ours.toml").write_text(OWN.format(id="ours"))
    named(tmp_path, "microsoft-like")
    with Cockpit.open(tmp_path) as cockpit:
        assert told_of_calendars(cockpit, cockpit.tasks()) == []
    return tmp_path


def named(folder: Path, calendar: str) -> None:
    (folder / "cockpit.toml").write_text(f'schema = 1\ncalendar = "{calendar}"\nas_of = 2026-11-23\n')


def test_what_is_there_twice_is_told_with_two_ways_out(folder: Path) -> None:
    named(folder, "ours")
    with Cockpit.open(folder) as cockpit:
        tasks = cockpit.tasks("status:open")
        (problem,) = told_of_calendars(cockpit, tasks)
        old = [task for task in tasks if task.calendar == "microsoft-like"]
        assert problem.message.startswith(f"{len(old):,} unfinished tasks are of the calendar microsoft-like")
        assert (problem.severity, problem.line, problem.key) == ("warning", 2, "calendar")
        for task in old:
            cockpit.work.drop(task.key, "of the calendar before")
        assert told_of_calendars(cockpit, cockpit.tasks("status:open")) == []
    assert not [one for one in check_all(folder).problems if "no longer names" in one.message]


def test_a_calendar_that_keeps_the_id_has_the_tasks_once(folder: Path) -> None:
    named(folder, "ours")
    (folder / "calendars" / "ours.toml").write_text(OWN.format(id="microsoft-like"))
    with Cockpit.open(folder) as cockpit:
        tasks = cockpit.tasks()
        assert told_of_calendars(cockpit, tasks) == []
        assert len({(task.title, task.due) for task in tasks}) == len(tasks)


def test_check_tells_it(folder: Path) -> None:
    named(folder, "ours")
    (problem,) = [one for one in check_all(folder).problems if "no longer names" in one.message]
    assert 'or let the new calendar keep the id "microsoft-like"' in (problem.hint or "")
