"""Saving a view of the task list into `cockpit.toml`: one line of it, all else as it was to the byte."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit import Cockpit
from cockpit.base.problems import SourceError, UsageError
from cockpit.core.saved_views import line_of_view, save_view
from cockpit.work.saved import SavedView, wrong_name

CONFIG = 'schema = 1  # the first\nname = "team"\nas_of = "2026-11-23"\n'


@pytest.fixture
def cockpit(tmp_path: Path) -> Iterator[Cockpit]:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    with Cockpit.open(tmp_path) as opened:
        yield opened


def text_of(cockpit: Cockpit) -> str:
    return cockpit.workspace.file.path.read_text()


def test_the_first_view_makes_the_table_and_the_next_goes_behind_it(cockpit: Cockpit) -> None:
    assert save_view(cockpit, "late", SavedView("overdue")) is False
    assert save_view(cockpit, "mine", SavedView("owner:me", "week", "urgency")) is False
    views = '\n[views]\nlate = "overdue"\nmine = { filter = "owner:me", by = "week", sort = "urgency" }\n'
    assert text_of(cockpit) == CONFIG + views
    with Cockpit.open(cockpit.workspace.file.path.parent) as again:
        assert again.saved_views["mine"] == SavedView("owner:me", "week", "urgency")


def test_a_name_that_there_is_gets_another_line_in_the_same_place(cockpit: Cockpit) -> None:
    save_view(cockpit, "late", SavedView("overdue"))
    save_view(cockpit, "mine", SavedView("owner:me"))
    assert save_view(cockpit, "late", SavedView("overdue -blocked", "owner")) is True
    assert text_of(cockpit).splitlines()[5:] == [
        'late = { filter = "overdue -blocked", by = "owner" }', 'mine = "owner:me"'
    ]  # fmt: skip


def test_a_view_may_name_another_and_a_quote_stays_a_quote(cockpit: Cockpit) -> None:
    save_view(cockpit, "po", SavedView('"PO path"'))
    save_view(cockpit, "po-late", SavedView("view:po overdue"))
    assert 'po = "\\"PO path\\""' in text_of(cockpit)
    assert cockpit.tasks("po-late") == []


@pytest.mark.parametrize("name", ["overdue", "All", "add", "done", "two words", "9lives", "", "a" * 41])
def test_names_that_mean_something_else_or_are_no_word_are_refused(cockpit: Cockpit, name: str) -> None:
    assert wrong_name(name) is not None
    with pytest.raises(UsageError):
        save_view(cockpit, name, SavedView("overdue"))
    assert text_of(cockpit) == CONFIG


def test_a_filter_that_cannot_be_read_is_not_saved(cockpit: Cockpit) -> None:
    with pytest.raises(UsageError, match="ownr"):
        save_view(cockpit, "mine", SavedView("ownr:me"))
    assert text_of(cockpit) == CONFIG


def test_a_table_that_is_written_otherwise_is_left_alone_and_the_line_is_told(tmp_path: Path) -> None:
    config = CONFIG + 'views = { late = "overdue" }\n'
    (tmp_path / "cockpit.toml").write_text(config)
    with Cockpit.open(tmp_path) as cockpit, pytest.raises(UsageError, match='add late = "all"'):
        save_view(cockpit, "late", SavedView("all"))
    assert (tmp_path / "cockpit.toml").read_text() == config


def test_read_only_saves_nothing(tmp_path: Path) -> None:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    with Cockpit.open(tmp_path, read_only=True) as cockpit, pytest.raises(SourceError, match="read-only"):
        save_view(cockpit, "late", SavedView("overdue"))
    assert (tmp_path / "cockpit.toml").read_text() == CONFIG


def test_the_line_of_a_view() -> None:
    assert line_of_view("late", SavedView("overdue")) == 'late = "overdue"'
    assert line_of_view("begun", SavedView("", "owner")) == 'begun = { by = "owner" }'
    assert line_of_view("begun", SavedView()) == "begun = {}"
