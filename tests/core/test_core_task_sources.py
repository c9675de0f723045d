"""Tables whose rows make tasks are told while none of their rows has been read."""

from pathlib import Path

from cockpit.core import Cockpit

CONFIG = """
schema = 1
calendar = "microsoft-like"
as_of = 2026-11-23
[sources.tasks]
path = "tasks.csv"
date_format = "%Y-%m-%d"
columns = { task_id = "Id", title = "What", status = "Status", owner = "Who", due_date = "Due" }
"""


def test_tasks_of_a_source_are_missed_until_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    (tmp_path / "tasks.csv").write_text("Id,What,Status,Who,Due\n7,Call Contoso,open,Kim Lee,2026-11-20\n")
    with Cockpit.open(tmp_path) as cockpit:
        assert not cockpit.problems  # nobody has asked for tasks
        assert "tasks/7" not in {task.key for task in cockpit.tasks("all")}
        (problem,) = cockpit.problems
        assert (problem.key, problem.severity) == ("sources.tasks", "warning")
        assert "cockpit sync" in (problem.hint or "")
        cockpit.sync()
    with Cockpit.open(tmp_path) as cockpit:
        assert "tasks/7" in {task.key for task in cockpit.tasks("all")}
        assert not cockpit.problems


def test_a_source_that_has_changed_since_is_told_until_it_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    rows = tmp_path / "tasks.csv"
    rows.write_text("Id,What,Status,Who,Due\n7,Call Contoso,open,Kim Lee,2026-11-20\n")
    with Cockpit.open(tmp_path) as cockpit:
        cockpit.sync()
    rows.write_text(rows.read_text() + "8,Call Fabrikam,open,Kim Lee,2026-11-20\n")
    for read_only in (False, True):
        with Cockpit.open(tmp_path, read_only=read_only) as cockpit:
            assert "tasks/8" not in {task.key for task in cockpit.tasks("all")}
            (problem,) = cockpit.problems
            assert str(problem).startswith("sources.tasks: has changed since its rows were last read")
    with Cockpit.open(tmp_path) as cockpit:
        cockpit.sync()
    with Cockpit.open(tmp_path) as cockpit:
        assert "tasks/8" in {task.key for task in cockpit.tasks("all")}
        assert not cockpit.problems


def test_a_file_that_cannot_be_read_stays_told_as_changed(tmp_path: Path) -> None:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    rows = tmp_path / "tasks.csv"
    rows.write_text("Id,What,Status,Who,Due\n7,Call Contoso,open,Kim Lee,2026-11-20\n")
    with Cockpit.open(tmp_path) as cockpit:
        cockpit.sync()
    rows.write_text("no header\nno rows\n")
    with Cockpit.open(tmp_path) as cockpit:
        cockpit.sync()
    with Cockpit.open(tmp_path) as cockpit:
        assert "tasks/7" in {task.key for task in cockpit.tasks("all")}
        assert "has changed since" in str(cockpit.problems[0])
