"""Back and forward, marks, labels to jump by, filters used again, and resuming where the line dropped."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from fakes import Desk, ListView
from hypothesis import given
from hypothesis import strategies as st

from cockpit.panes.drill import KpiView
from cockpit.panes.rows import RowsView
from cockpit.panes.view import Context
from cockpit.tui import position, recents
from cockpit.tui.keylog import KeyLog, KeyRecorder, Step, read_key_log
from cockpit.tui.keymap import load_keymap
from cockpit.tui.labels import label_names
from cockpit.tui.options import ScreenOptions
from cockpit.tui.sitting import Sitting
from cockpit.tui.visits import Stop, Visit


def test_back_and_forward_go_through_views_with_the_cursor_as_it_was() -> None:
    desk = Desk(tasks=ListView("tasks", "Tasks", kind="task"))
    desk.press("j", "j", "enter")
    assert "›  kpi2" in desk.text
    desk.press("3", "j")
    assert desk.under == "task1"
    desk.press("(")
    assert "›  kpi2" in desk.text
    desk.press("(")
    assert desk.under == "kpi2"
    desk.press("(")
    assert desk.message == "nothing was seen before this"
    desk.press(")", ")")
    assert desk.under == "task1"
    desk.press(")")
    assert desk.message == "this is the newest"


def test_what_was_opened_narrowed_is_left_at_once_and_what_was_typed_there_first() -> None:
    desk = Desk()
    desk.session.push(ListView("tasks", "Late", kind="task", text="task1"))
    assert "Late" in desk.text
    desk.press("escape")
    assert "Late" not in desk.text
    desk.session.push(ListView("tasks", "Late", kind="task", text="task1"))
    desk.press("/", "2", "enter")
    assert desk.session.level.view.narrowing() == "task12"
    desk.press("escape")
    assert "Late" in desk.text
    assert desk.session.level.view.narrowing() == ""
    desk.press("escape")
    assert "Late" not in desk.text


def test_a_new_way_forgets_the_way_forward() -> None:
    desk = Desk()
    desk.press("enter", "(", "j", "enter", ")")
    assert desk.message == "this is the newest"
    assert "›  kpi1" in desk.text


def test_a_mark_is_come_back_to_from_anywhere() -> None:
    desk = Desk()
    desk.press("'")
    assert "no place is marked" in desk.message
    desk.press("j", "enter", '"', "a")
    assert desk.message.startswith("marked a")
    desk.press("3", "'", "a")
    assert "›  kpi1" in desk.text
    desk.press("(")
    assert desk.session.state.trails.active == "tasks"


def test_labels_lead_to_every_line_of_every_pane() -> None:
    desk = Desk()
    desk.press(",")
    shown = desk.screen
    assert shown[2].startswith("a")
    label = next(row[60:62].strip() for row in shown if "beside2" in row)
    desk.press(*label)
    assert desk.under == "beside2"
    desk.press(",", "!")
    assert desk.message == "no line has the label !"
    desk.press(",", "escape")
    assert desk.message == ""
    assert desk.under == "beside2"


@given(st.integers(1, 600))
def test_no_label_is_the_beginning_of_another(count: int) -> None:
    names = label_names(count)
    assert len(set(names)) == len(names) == count
    assert not any(other.startswith(name) for name in names for other in names if other != name)


def test_a_filter_is_used_again_in_another_view() -> None:
    desk = Desk()
    desk.press(".")
    assert "nothing was narrowed yet" in desk.message
    desk.press("/").type("1").press("enter", "escape")
    desk.press("/").type("3").press("enter", "3", ".")
    assert desk.session.level.view.narrowing() == "3"
    desk.press(".")
    assert desk.session.level.view.narrowing() == "1"
    desk.press("/", "up", "up")
    assert desk.session.state.prompt is not None
    assert desk.session.state.prompt.text in ("1", "3")


def test_counts_repeat_and_lead_to_a_line_in_the_keymap_that_has_them() -> None:
    desk = Desk(load_keymap("vim"))
    desk.press("7", "j")
    assert desk.under == "kpi7"
    desk.press("1", "2", "G")
    assert desk.under == "kpi11"
    desk.press("3", "g", "g")
    assert desk.under == "kpi2"
    plain = Desk()
    plain.press("3", "j")
    assert plain.session.state.trails.active == "tasks"


# --- resuming ---------------------------------------------------------------------------------------------


def view() -> RowsView:
    return RowsView("won_amount", (("manager", "Brooks"), ("day", date(2026, 1, 2))), None, (Decimal("1.5"),))


def test_where_one_was_is_read_as_it_was_written(tmp_path: Path) -> None:
    stops = (
        Stop(KpiView("won_amount", dimension="manager"), "groups", (("groups", 3, "Brooks", 1),)),
        Stop(view(), "rows", (("rows", None, None, 7),), "rows", True),
    )
    here = position.Position(Visit("pipeline", stops), Context(as_of=date(2026, 11, 2), slice="me"))
    path = tmp_path / "p.json"
    position.keep_position(path, here)
    assert position.read_position(path) == here
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 99}', '{"version": 1, "stops": [{"view": "os:system", "fields": {}}]}'],
)
def test_a_file_that_cannot_be_understood_is_ignored(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(text)
    assert position.read_position(path) is None


def test_only_what_is_no_view_of_the_panes_is_never_made(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    here = position.Position(Visit("pipeline", (Stop(view()),)), Context())
    position.keep_position(path, here)
    for other in ("view:Context", "..tui.app:CockpitApp", "rows:date", "rows:RowsView.load"):
        path.write_text(path.read_text().replace("rows:RowsView", other))
        assert position.read_position(path) is None
        position.keep_position(path, here)


def test_the_line_that_dropped_is_taken_up_once_and_a_running_cockpit_is_left_alone(tmp_path: Path) -> None:
    here = position.Position(Visit("pipeline", (Stop(view()),)), Context())
    running = position.position_path(tmp_path)
    position.keep_position(running, here)
    assert position.left_behind(tmp_path) is None
    gone = running.with_name(running.name.replace(str(os.getpid()), "999999999"))
    running.rename(gone)
    assert position.left_behind(tmp_path / "other") is None
    assert position.left_behind(tmp_path) == here
    assert position.left_behind(tmp_path) is None


def test_what_is_wrong_with_the_workspace_is_not_said_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left_in(view: str) -> None:
        here = position.Position(Visit(view, (Stop(ListView("tasks", "Tasks")),)), Context())
        monkeypatch.setattr(position, "left_behind", lambda workspace: here)

    for view, said, is_problem, shown in (
        ("tasks", "welcome", False, "back where"),
        ("tasks", "store: is damaged", True, "damaged"),
        ("today", "welcome", False, "welcome"),
    ):
        left_in(view)
        desk = Desk()
        desk.session.say(said, problem=is_problem)
        Sitting(desk.shell, desk.session, ScreenOptions(), tmp_path)._take_up(tmp_path)  # type: ignore[arg-type]
        assert shown in desk.message


def test_workspaces_are_known_once_opened_and_while_they_are_there(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
        (folder / "cockpit.toml").write_text("schema = 1\n")
        recents.remember_workspace(folder.name.upper(), folder)
    recents.remember_workspace("A again", folders[0])
    assert [one.name for one in recents.known_workspaces()] == ["A again", "B"]
    (folders[0] / "cockpit.toml").unlink()
    assert [one.name for one in recents.known_workspaces()] == ["B"]


# --- key logs ---------------------------------------------------------------------------------------------


def test_a_log_is_read_as_it_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "log"
    recorder = KeyRecorder(path)
    recorder.note("key", "enter")
    recorder.note("paste", "one\ntwo \x1b]0;x\x07")
    recorder.close()
    log = read_key_log(path)
    assert log == KeyLog(path, (Step("key", "enter", 2), Step("paste", "one⏎two \ufffd]0;x\ufffd", 3)))
    assert log.presses == 2


def test_all_mistakes_of_a_log_are_named(tmp_path: Path) -> None:
    from cockpit.base.problems import ConfigError, SourceError

    path = tmp_path / "log"
    path.write_text("cockpit keys 1\nkye enter\n# a comment\nsee\n")
    with pytest.raises(ConfigError) as raised:
        read_key_log(path)
    assert [problem.line for problem in raised.value.problems] == [2, 4]
    assert "key" in str(raised.value.problems[0])
    with pytest.raises(SourceError):
        read_key_log(tmp_path / "nowhere")


def test_another_file_is_never_written_over(tmp_path: Path) -> None:
    from cockpit.base.problems import SourceError

    path = tmp_path / "deals.csv"
    path.write_text("id,amount\n")
    with pytest.raises(SourceError):
        KeyRecorder(path)
    assert path.read_text() == "id,amount\n"
