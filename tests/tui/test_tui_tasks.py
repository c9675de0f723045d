"""The task list on the real screen over a real store: edited, completed, saved, and shared with others."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from pilot import idle, look_around, press, screen, until

from cockpit import Cockpit
from cockpit.store import open_store
from cockpit.tui.app import LOOK_AROUND, CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import open_for_screen, theme_of
from cockpit.work import Work

CONFIG = """\
schema = 1  # kept as it is
name = "team"
as_of = "2026-11-23"

[people]
pat = { name = "Pat Davis" }
kim = { name = "Kim Lee" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    with Cockpit.open(tmp_path) as cockpit:
        work = cockpit.work
        work.add("Call Contoso", "annuity", "kim", "2026-11-19", severity="high", ou="EMEA")
        work.add("Send the quote", "annuity", "pat", "2026-11-20", checklist=["draft", "approval"])
        work.add("Clean the pipeline", "hygiene", "kim", "2026-11-24", ou="US-EAST")
        work.need("task/3", ["task/2"])
    return tmp_path


@asynccontextmanager
async def screen_of(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Any]:
    options = ScreenOptions(folder)
    app = CockpitApp(options, theme_of(options)[0], lambda: open_for_screen(Cockpit.open, options))
    async with app.run_test(size=size) as pilot:
        await idle(pilot)
        await press(pilot, "3")
        await press(pilot, "/", *"key:task", "enter")
        yield pilot


def somebody_else(folder: Path, login: str = "kim") -> Work:
    """The same store, opened by another person in another process's way."""
    with Cockpit.open(folder, read_only=True) as cockpit:
        calendar, people = cockpit.calendar, cockpit.people
    store = open_store(folder / ".cockpit" / "work.sqlite3", actor=login)
    return Work(store, calendar, people, lambda: datetime(2026, 11, 23, 15, tzinfo=UTC))


async def typed(pilot: Any, text: str, *keys: str) -> None:
    await press(pilot, "ctrl+u", *text, *keys)


def told(pilot: Any) -> str:
    return "\n".join(screen(pilot))


async def test_others_changes_are_on_the_screen_at_the_next_look_without_a_key(folder: Path) -> None:
    assert LOOK_AROUND <= 1.0
    async with screen_of(folder) as pilot:
        assert "Call Contoso" in told(pilot)
        await look_around(pilot)  # the first look only notes where the store stands
        other = somebody_else(folder)
        other.block("task/1", "the customer is away")
        await until(pilot, "blocked: the customer is away")
        other.store.close()


@pytest.mark.parametrize(
    ("choice", "kept"), [((), "2026-12-09"), (("down",), "2026-12-01"), (("down", "down"), "2026-11-19")]
)
async def test_of_two_changes_mine_theirs_or_the_one_before_is_chosen(
    folder: Path, choice: tuple[str, ...], kept: str
) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "g", "g", "down", "P")
        other = somebody_else(folder)
        other.move("task/1", "2026-12-01", "asked for")
        await typed(pilot, "2026-12-09", "enter")
        await typed(pilot, "holiday", "enter")
        shown = told(pilot)
        assert "task/1: kim changed due, due reason first" in shown
        for words in ("mine", "2026-12-09", "theirs", "2026-12-01", "base", "2026-11-19"):
            assert words in shown
        await press(pilot, *choice, "enter")
        assert other.task("task/1").due.isoformat() == kept
        other.store.close()


async def test_changes_of_different_fields_are_merged_without_a_question(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "g", "g", "down", "P")
        other = somebody_else(folder)
        other.edit("task/1", {"title": "Call Contoso Ltd"})
        await typed(pilot, "2026-12-09", "enter")
        await typed(pilot, "holiday", "enter")
        task = other.task("task/1")
        assert (task.title, task.due.isoformat()) == ("Call Contoso Ltd", "2026-12-09")
        other.store.close()


async def test_what_is_refused_is_asked_again_with_its_text(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "g", "g", "down", "E", "s")
        await typed(pilot, "hot", "enter")
        assert "no severity: hot" in screen(pilot)[-4]
        assert "hot" in screen(pilot)[-3]
        await typed(pilot, "low", "enter")
        assert pilot.app.session.cockpit.work.task("task/1").severity == "low"
        await press(pilot, "P")
        await typed(pilot, "soon", "enter")
        assert "'soon' is no day" in screen(pilot)[-4]
        await press(pilot, "escape")


async def test_title_owner_and_step_are_edited_in_place(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        work = pilot.app.session.cockpit.work
        await press(pilot, "g", "g", "down", "down", "E", "t")
        await typed(pilot, "Send the second quote", "enter")
        assert work.task("task/2").title == "Send the second quote"
        await press(pilot, "E", "o")
        await typed(pilot, "kim", "enter")
        assert work.task("task/2").owner == "Kim Lee"
        await press(pilot, "E", "c", "1")
        assert work.task("task/2").checked == ("draft",)
        await press(pilot, "E", "z")
        await typed(pilot, "2026-12-07", "enter")
        await typed(pilot, "legal", "enter")
        assert work.task("task/2").wait_for == "legal"
        await press(pilot, "E", "g", "a")
        assert "to whom" in screen(pilot)[-3]
        await press(pilot, "escape")


async def test_a_group_is_selected_at_once_and_changed_by_one_key(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "d", "o")
        assert any(row.startswith(" Kim Lee") for row in screen(pilot))
        await press(pilot, "g", "g", "space")
        assert "2 selected" in screen(pilot)[-3]
        await press(pilot, "A")
        await typed(pilot, "pat", "enter")
        work = pilot.app.session.cockpit.work
        assert {task.owner for task in work.list("key:task/")} == {"Pat Davis"}
        await press(pilot, "U", "enter")
        assert {task.owner for task in work.list("key:task/")} == {"Pat Davis", "Kim Lee"}


async def test_sorted_and_grouped_by_ou(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "s", "t")
        rows = [row for row in screen(pilot) if "Contoso" in row or "Clean" in row or "Send" in row]
        assert [row.split()[3] for row in rows if "late" in row] == ["Call", "Send"]
        await press(pilot, "s", "t")
        assert "reversed" in screen(pilot)[1]
        await press(pilot, "d", "u")
        for unit in ("EMEA  1, 1 late", "US-EAST  1", "(no OU)  1"):
            assert unit in told(pilot)
        await press(pilot, "g", "g", "enter")
        assert "ou:none" in screen(pilot)[1]
        assert "Send the quote" in told(pilot)
        assert "Call Contoso" not in told(pilot)


async def test_a_filter_is_completed_and_its_mistake_pointed_at(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "/")
        await typed(pilot, "owner:ki")
        assert 'owner:"Kim Lee"' in screen(pilot)[-4]
        await press(pilot, "tab", "enter")
        assert "Pat Davis" not in told(pilot)
        assert "Send the quote" not in told(pilot).replace("needs Send the quote", "")
        await press(pilot, "/")
        await typed(pilot, "overdue ownr:me", "enter")
        assert "tasks have no 'ownr' (at character 9)" in screen(pilot)[-4]
        assert pilot.app.session.state.prompt.position == len("overdue ownr:me")
        await press(pilot, "escape")
        assert "Call Contoso" in told(pilot)


async def test_a_list_is_saved_under_a_name_and_chosen_again(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "/")
        await typed(pilot, "workstream:annuity key:task", "enter")
        await press(pilot, "d", "o", "S")
        await typed(pilot, "done", "enter")
        assert "means something else" in screen(pilot)[-4]
        await typed(pilot, "annuity-now", "enter")
        assert "annuity-now saved" in screen(pilot)[-3]
        await press(pilot, "1", "b", "enter")
        assert "view:annuity-now" in screen(pilot)[1]
        assert "Send the quote" in told(pilot)
        assert "Clean the pipeline" not in told(pilot)
    text = (folder / "cockpit.toml").read_text()
    assert text.startswith("schema = 1  # kept as it is\n")
    assert 'annuity-now = { filter = "workstream:annuity key:task", by = "owner" }' in text
    with Cockpit.open(folder) as again:
        assert {task.key for task in again.tasks("annuity-now")} == {"task/1", "task/2"}


async def test_the_detail_tells_the_chain_and_the_parts_of_the_urgency(folder: Path) -> None:
    async with screen_of(folder, (200, 60)) as pilot:
        await press(pilot, "G")
        shown = told(pilot)
        assert "waits for" in shown
        assert "Send the quote, Pat Davis," in shown
        assert "urgency" in shown
        assert "severity 3.9" in shown
        assert "blocked -5" in shown


async def test_the_chase_text_is_handed_to_mail_and_noted(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    async with screen_of(folder) as pilot:
        await press(pilot, "g", "g", "down", "m")
        assert "copy the message (Tab: to mail)" in screen(pilot)[-3]
        await press(pilot, "tab")
        assert "hand the message to mail (Tab: copy it)" in screen(pilot)[-3]
        await press(pilot, "enter")
        assert "handed to mail, noted on 1" in screen(pilot)[-3]
    (address,) = opened
    subject, _, body = address.removeprefix("mailto:?subject=").partition("&body=")
    assert unquote(subject) == "Call Contoso"
    assert unquote(body).startswith("Kim Lee:\n- Call Contoso, due Thu 19 Nov 2026, 2 business days late\n")
    with Cockpit.open(folder) as again:
        assert [note.text for note in again.work.notes("task/1")] == ["asked Kim Lee"]


async def test_over_ssh_the_chase_text_is_copied_though_mail_was_asked_for(
    folder: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    async with screen_of(folder) as pilot:
        await press(pilot, "g", "g", "down", "m", "tab", "enter")
        assert "copied" in screen(pilot)[-3]
    assert opened == []


async def test_an_ask_is_triaged_in_place(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "g", "g", "down", "E")
        assert "triage" in screen(pilot)[-3]


async def test_a_circle_of_needs_is_refused_and_the_screen_goes_on(folder: Path) -> None:
    async with screen_of(folder) as pilot:
        await press(pilot, "g", "g", "down", "down", "E", "n")
        await typed(pilot, "task/3", "enter")
        assert "would wait for itself: task/2 -> task/3 -> task/2" in told(pilot)
        await press(pilot, "escape")
        assert "Send the quote" in told(pilot)
    with Cockpit.open(folder) as again:
        assert again.work.task("task/2").needs == ()


async def test_a_full_disk_is_said_and_the_screen_stays_up(folder: Path, monkeypatch: Any) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async with screen_of(folder) as pilot:
        with monkeypatch.context() as patched:
            patched.setattr("cockpit.store.writing.Writer.change", full)
            await press(pilot, "g", "g", "down", "C")
            assert "the disk is full (make room; nothing was half-written)" in told(pilot)
        assert "Call Contoso" in told(pilot)
        await press(pilot, "C")
        assert "claimed" in told(pilot)


async def test_a_locked_store_is_said_and_the_screen_stays_up(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("cockpit.store.connections.BUSY_SECONDS", 0.05)
    async with screen_of(folder) as pilot:
        other = sqlite3.connect(folder / ".cockpit" / "work.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await press(pilot, "g", "g", "down", "C")
        assert "store: is locked by another program (wait" in told(pilot)
        other.execute("ROLLBACK")
        other.close()
        await press(pilot, "C")
        assert "claimed" in told(pilot)
