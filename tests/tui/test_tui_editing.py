"""E: the calendar in the user's editor, what it would move, and what becomes of the file."""

import contextlib
import sys
from datetime import date

import pytest
from pilot import press, running, screen
from us_calendar import CALENDAR, calendar_file, calendar_workspace

from cockpit.base.problems import ConflictError, SourceError, UsageError
from cockpit.core import Cockpit
from cockpit.core.calendar_edit import CalendarEdit
from cockpit.panes.rhythm import RhythmView
from cockpit.tui.app import CockpitApp
from cockpit.tui.editor import editor_command

DECEMBER = (date(2026, 12, 1), date(2026, 12, 31))


@pytest.fixture
def workspace(tmp_path):
    return calendar_workspace(tmp_path)


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """Makes an editor that replaces one text by another, and lets the headless app be suspended."""
    monkeypatch.setattr(CockpitApp, "suspend", lambda app: contextlib.nullcontext())
    monkeypatch.delenv("VISUAL", raising=False)

    def make(*steps: tuple[str, str], code: int = 0) -> None:
        script = tmp_path / "editor.py"
        script.write_text(
            "import sys, pathlib\n"
            "path = pathlib.Path(sys.argv[-1]); text = path.read_text()\n"
            f"for old, new in {steps!r}: text = text.replace(old, new)\n"
            f"path.write_text(text); sys.exit({code})\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")

    return make


async def test_the_edit_is_shown_and_taken_with_enter(workspace, editor):
    editor(("2nd Tue", "2nd Wed"))
    with Cockpit.open(workspace) as cockpit:
        async with running((120, 40), cockpit, rhythm=RhythmView()) as pilot:
            await press(pilot, "2", "E")
            shown = "\n".join(screen(pilot))
            assert "13 moved" in shown
            assert "Tue 8 Dec 17:00 -> Wed 9 Dec 17:00" in shown
            assert "2nd Tue" in calendar_file(workspace).read_text(encoding="utf-8")
            await press(pilot, "enter")
            assert "2nd Wed" in calendar_file(workspace).read_text(encoding="utf-8")
            shown = "\n".join(screen(pilot))
            assert "us.toml holds from now on: 13 moved" in shown
            assert any("Wed 9" in row and "Monthly review" in row for row in screen(pilot))
    assert [path.name for path in (workspace / "calendars").iterdir()] == ["us.toml"]


async def test_esc_leaves_the_file_as_it_was(workspace, editor):
    editor(("2nd Tue", "2nd Wed"))
    with Cockpit.open(workspace) as cockpit:
        async with running((80, 24), cockpit, rhythm=RhythmView()) as pilot:
            await press(pilot, "2", "E", "escape")
            assert "us.toml is as it was" in "\n".join(screen(pilot))
    assert calendar_file(workspace).read_text(encoding="utf-8") == CALENDAR
    assert len(list((workspace / "calendars").iterdir())) == 1


async def test_a_mistake_is_shown_with_its_line_and_can_be_mended(workspace, editor):
    editor(("2nd Tue", "2nd Teu"))
    with Cockpit.open(workspace) as cockpit:
        async with running((120, 40), cockpit, rhythm=RhythmView()) as pilot:
            await press(pilot, "2", "E")
            shown = "\n".join(screen(pilot))
            assert "Not taken" in shown
            assert "us.toml:14" in shown
            assert "Teu" in shown
            assert calendar_file(workspace).read_text(encoding="utf-8") == CALENDAR
            editor(("2nd Teu", "3rd Tue"))
            await press(pilot, "enter")
            assert "13 moved" in "\n".join(screen(pilot))
            await press(pilot, "enter")
    assert "3rd Tue" in calendar_file(workspace).read_text(encoding="utf-8")


async def test_nothing_changed_and_a_failing_editor_are_said(workspace, editor):
    with Cockpit.open(workspace) as cockpit:
        async with running((120, 40), cockpit, rhythm=RhythmView()) as pilot:
            editor()
            await press(pilot, "2", "E")
            assert "nothing was changed" in "\n".join(screen(pilot))
            editor(("2nd", "3rd"), code=3)
            await press(pilot, "E")
            assert "the editor ended with 3; the file is as it was" in "\n".join(screen(pilot))
    assert calendar_file(workspace).read_text(encoding="utf-8") == CALENDAR


async def test_last_year_days_and_deadlines_have_their_keys(workspace):
    with Cockpit.open(workspace) as cockpit:
        async with running((120, 40), cockpit, rhythm=RhythmView()) as pilot:
            await press(pilot, "2", "v", "y")
            assert "was Tue 9 Dec, 1 d earlier" in "\n".join(screen(pilot))
            await press(pilot, "v", "n", "}")
            assert "Tue 8 Dec to" in "\n".join(screen(pilot))
            await press(pilot, "[")
            assert "Mon 7 Dec to" in "\n".join(screen(pilot))
            await press(pilot, "t")
            assert "Mon 23 Nov to" in "\n".join(screen(pilot))


BUNDLED = 'schema = 1\nname = "US"\ncalendar = "microsoft-like"\nas_of = "2026-11-23"\n'


async def test_a_bundled_calendar_is_changed_in_a_file_of_the_workspace_that_lies_over_it(workspace, editor):
    (workspace / "cockpit.toml").write_text(BUNDLED, encoding="utf-8")
    editor(('when = "BD6 after period"', 'when = "BD7 after period"'))
    with Cockpit.open(workspace) as cockpit:
        async with running((120, 40), cockpit, rhythm=RhythmView(needle="MBR")) as pilot:
            await press(pilot, "2", *["j"] * 6, "E")
            shown = "\n".join(screen(pilot))
            assert "Tue 8 Dec 10:00 -> Wed 9 Dec 10:00" in shown
            assert not (workspace / "calendars" / "microsoft-like.toml").exists()
            await press(pilot, "enter")
            assert "microsoft-like.toml holds from now on" in "\n".join(screen(pilot))
        (review,) = [one for one in cockpit.rhythm(*DECEMBER) if one.event == "monthly-review"]
        assert (review.date, review.key) == (date(2026, 12, 9), "microsoft-like/monthly-review/FY27-P05")
    written = (workspace / "calendars" / "microsoft-like.toml").read_text(encoding="utf-8")
    assert 'extends = "microsoft-like"' in written
    assert written.endswith('[[event]]\nid   = "monthly-review"\nwhen = "BD7 after period"\n')


def test_an_inherited_event_starts_as_a_table_of_its_own_at_the_end(workspace):
    text = CALENDAR.replace('id = "us"', 'id = "us"\nextends = "microsoft-like"').rstrip()
    calendar_file(workspace).write_text(text, encoding="utf-8")
    with Cockpit.open(workspace) as cockpit:
        own, inherited = (cockpit.calendar.definitions[name] for name in ("review", "roll-up-sent"))
        change = CalendarEdit(cockpit, cockpit.calendar, own)
        assert change.copy.read_text(encoding="utf-8") == text
        assert text.split("\n")[change.line - 1] == "[[event]]"
        change.leave()
        change = CalendarEdit(cockpit, cockpit.calendar, inherited)
        edited = change.copy.read_text(encoding="utf-8")
        assert edited.startswith(text)
        assert edited.split("\n")[change.line - 1 :] == [
            "[[action]]",
            'id   = "roll-up-sent"',
            'due  = "event"',
            "",
        ]
        assert not change.changed
        assert change.dry_run() == []
        change.copy.write_text(edited + "drop = true\n", encoding="utf-8")
        assert {one.kind for one in change.dry_run()} == {"gone"}
        change.leave()
    assert calendar_file(workspace).read_text(encoding="utf-8") == text


def test_the_demo_keeps_its_calendar(workspace):
    (workspace / "cockpit.toml").write_text(BUNDLED + "demo = true\n", encoding="utf-8")
    with Cockpit.open(workspace) as cockpit, pytest.raises(UsageError, match=r"demo .*cockpit init"):
        CalendarEdit(cockpit, cockpit.calendar)


def test_what_cannot_be_written_is_told_before_the_editor_opens(workspace, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with Cockpit.open(workspace) as cockpit, pytest.raises(SourceError, match="no permission to write"):
        CalendarEdit(cockpit, cockpit.calendar)


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(workspace):
    with Cockpit.open(workspace) as cockpit:
        change = CalendarEdit(cockpit, cockpit.calendar)
        change.copy.write_text(CALENDAR.replace("2nd", "3rd"), encoding="utf-8")
        calendar_file(workspace).write_text(CALENDAR + "# theirs\n", encoding="utf-8")
        with pytest.raises(ConflictError, match="meanwhile"):
            change.take()
        change.leave()
    assert "# theirs" in calendar_file(workspace).read_text(encoding="utf-8")


def test_the_editor_is_words_and_gets_the_line_where_it_takes_one(tmp_path):
    path = tmp_path / "a b.toml"
    assert editor_command(path, 7, {"EDITOR": "vim -n"}) == ["vim", "-n", "+7", str(path)]
    assert editor_command(path, 7, {"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait", str(path)]
    assert editor_command(path, None, {}) == ["vi", str(path)]
    assert editor_command(path, None, {"EDITOR": "ed; rm -r"})[:2] == ["ed;", "rm"]
    with pytest.raises(UsageError):
        editor_command(path, None, {"EDITOR": "'"})
