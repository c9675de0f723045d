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
