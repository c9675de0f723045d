"""The demo's past work: the same whichever command or screen looks first, and figures that open to it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cockpit import Cockpit
from cockpit.panes.figures import formats_of
from cockpit.panes.found import look, sentence
from cockpit.panes.view import Context
from cockpit.store import open_store
from cockpit.workspace.demo import write_demo

FIRST_LOOKS: dict[str, Callable[[Cockpit], object]] = {
    "tasks": lambda cockpit: cockpit.tasks(),
    "a figure": lambda cockpit: cockpit.kpi(("open_pipeline",)),
    "touchpoints": lambda cockpit: cockpit.kpi(("renewal_touchpoint_rate",)),
    "rhythm": lambda cockpit: cockpit.rhythm(cockpit.today, cockpit.today),
    "sync": lambda cockpit: cockpit.sync(),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as it is written, which nobody has looked at."""
    folder = tmp_path_factory.mktemp("demo") / "ws"
    write_demo(folder)
    return folder


@pytest.fixture
def new_demo(written: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes demos that nobody has looked at; they share their files, and each has a store of its own."""

    def make() -> Path:
        folder = tmp_path / f"ws{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for file in written.iterdir():
            (folder / file.name).symlink_to(file)
        return folder

    return make


def tasks_of(cockpit: Cockpit) -> list[dict[str, Any]]:
    """All tasks, without the moments at which the last of them were written, which are now."""
    moments = dict.fromkeys(("created_at", "updated_at"), "")
    return [{**task.as_json(), **moments} for task in cockpit.tasks("all")]


def needs_you(cockpit: Cockpit) -> list[str]:
    """What needs somebody, in sentences."""
    formats = formats_of(cockpit, Context())
    return [sentence(one, formats) for one in look(cockpit, Context()).findings]


def test_what_needs_you_and_what_is_to_do_is_the_same_whatever_looks_first(
    new_demo: Callable[[], Path],
) -> None:
    with Cockpit.open(new_demo()) as cockpit:
        findings, tasks = needs_you(cockpit), tasks_of(cockpit)
    assert len(findings) > 3
    assert sum(task["overdue"] for task in tasks) >= 3
    for first_look in FIRST_LOOKS.values():
        folder = new_demo()
        with Cockpit.open(folder) as cockpit:
            first_look(cockpit)
        with Cockpit.open(folder) as cockpit:
            assert tasks_of(cockpit) == tasks
            assert needs_you(cockpit) == findings


def test_who_only_looks_sees_the_same_without_a_store(new_demo: Callable[[], Path]) -> None:
    with Cockpit.open(new_demo()) as cockpit:
        findings, tasks = needs_you(cockpit), tasks_of(cockpit)
    folder = new_demo()
    with Cockpit.open(folder, read_only=True) as cockpit:
        assert tasks_of(cockpit) == tasks
        assert needs_you(cockpit) == findings
    assert not (folder / ".cockpit" / "work.sqlite3").exists()


def test_the_agreements_are_the_same_once_the_data_is_read(new_demo: Callable[[], Path]) -> None:
    with Cockpit.open(new_demo()) as cockpit:
        cockpit.tasks()
        before, entries = cockpit.store.anchors(), cockpit.store.last_entry()
        assert len(before) > 50
        cockpit.kpi(("open_pipeline",))
        cockpit.tasks()
        assert cockpit.store.anchors() == before
        assert cockpit.store.last_entry() == entries


def test_touchpoints_were_kept_and_missed_and_open_to_their_agreements(
    new_demo: Callable[[], Path],
) -> None:
    with Cockpit.open(new_demo()) as cockpit:
        (row,) = cockpit.kpi(("renewal_touchpoint_rate",)).rows
        assert row.numerator and row.denominator and row.numerator < row.denominator
        found = cockpit.rows("renewal_touchpoint_rate")
        assert found.count == row.denominator
        keys = [line[found.columns.index("task_key")] for line in found.rows]
        done = cockpit.work.finished_at()
        kept = 0
        for key, line in zip(keys, found.rows, strict=True):
            due = line[found.columns.index("due_date")]
            assert line[found.columns.index("agreement_id")] in key
            kept += key in done and done[key].astimezone(cockpit.fiscal.zone).date() <= due
        assert kept == row.numerator


def test_the_past_is_journalled_in_the_names_of_those_who_worked_then(
    new_demo: Callable[[], Path],
) -> None:
    folder = new_demo()
    with Cockpit.open(folder) as cockpit:
        cockpit.tasks()
        assert cockpit.store.check() == []
        entries = cockpit.store.journal()
        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
        assert {"pat", "brooks", "moore"} <= {entry.actor for entry in entries}
        assert cockpit.store.undoable() == []
        began = cockpit.store.anchors("workspace")[0].date
        assert began == date(2026, 3, 3)
    with open_store(folder / ".cockpit" / "work.sqlite3", actor="pat") as store:
        changes = store.undoable(limit=1000)
        assert len(changes) > 100
        assert {len(entries) for entries in changes} == {1}
