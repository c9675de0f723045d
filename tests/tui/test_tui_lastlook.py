"""The last look: painted first, never taken for fresh, never obeyed."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fakes import FakeCockpit, opened
from pilot import idle, screen

from cockpit.panes import head as head_pane
from cockpit.panes.head import HeadFacts
from cockpit.tui import lastlook
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.rows import Piece, text_of
from cockpit.tui.start import theme_of

ZONE = ZoneInfo("Asia/Kolkata")
FACTS = HeadFacts(
    "US Field", date(2026, 11, 23), "FY27-Q2", "P05", "W09", 38, 63, "data 08:02", False, (), "pat"
)


def kept(path: Path, monkeypatch: pytest.MonkeyPatch, *texts: str, read_at: datetime | None = None) -> Path:
    """A look as the screen keeps it, of one head line and those rows."""
    monkeypatch.setattr(head_pane, "head_facts", lambda cockpit, context: FACTS)
    cockpit: Any = SimpleNamespace(fiscal=SimpleNamespace(zone=ZONE), data_read_at=read_at)
    rows = [(Piece(f"{text:<120}", "strong"),) for text in ("head", *texts)]
    lastlook.remember(path, cockpit, rows)
    return path


def test_it_comes_back_with_the_time_that_it_is_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    look = lastlook.recall(kept(tmp_path / "look.json", monkeypatch, "Won 21.6M", read_at=now))
    assert look is not None
    head, row = look.shown(120, 2, now)
    assert f"last known {now.astimezone(ZONE):%H:%M}" in text_of(head)
    assert "data 08:02" not in text_of(head)
    assert "BD 38 of 63" in text_of(head)
    assert row == (Piece(f"{'Won 21.6M':<120}", "strong"),)


def test_on_another_day_it_claims_no_day_and_is_dim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    look = lastlook.recall(kept(tmp_path / "look.json", monkeypatch, "late 1 BD", read_at=now))
    assert look is not None
    head, row = look.shown(120, 2, now + timedelta(days=1))
    assert "BD 38" not in text_of(head)
    assert "23 Nov 2026" not in text_of(head)
    assert f"last known {now.astimezone(ZONE):%a}" in text_of(head)
    assert {piece.role for piece in row} == {"dim"}


def test_only_the_head_line_fits_another_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = lastlook.recall(kept(tmp_path / "look.json", monkeypatch, "Won 21.6M"))
    assert look is not None
    shown = look.shown(80, 24, datetime.now(UTC))
    assert len(shown) == 24
    assert "US Field" in text_of(shown[0])
    assert all(not text_of(row).strip() for row in shown[1:])


def test_a_file_that_somebody_wrote_into_is_harmless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path / "look.json", monkeypatch, "row")
    document = json.loads(path.read_text())
    document["facts"]["name"] = "\x1b]52;c;eA==\x07"
    document["rows"][1] = [["\x1b[2J" + "x" * 119, "no such role", "neither"]]
    path.write_text(json.dumps(document))
    look = lastlook.recall(path)
    assert look is not None
    text = "".join(text_of(row) for row in look.shown(120, 2, datetime.now(UTC)))
    assert "\x1b" not in text
    assert look.rows[1][0].role == "text"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 1}', '{"version": 0}', "[" * 100_000])
def test_a_broken_file_is_no_look(tmp_path: Path, content: str) -> None:
    path = tmp_path / "look.json"
    path.write_text(content)
    assert lastlook.recall(path) is None
    assert lastlook.recall(tmp_path / "none.json") is None


def test_each_start_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    by_name = lastlook.look_path(Path("ws"))
    assert by_name == lastlook.look_path(tmp_path / "ws")
    assert len({by_name, lastlook.look_path(None), lastlook.look_path(tmp_path)}) == 3


async def test_it_is_on_the_screen_until_the_workspace_is_open_and_no_key_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = kept(tmp_path / "look.json", monkeypatch, *["last session"] * 39, read_at=datetime.now(UTC))
    gate = threading.Event()

    def opening() -> Any:
        assert gate.wait(20)
        return opened(FakeCockpit())

    options = ScreenOptions()
    app = CockpitApp(options, theme_of(options)[0], opening, look=look)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "last known" in screen(pilot)[0]
        assert screen(pilot)[20].startswith("last session")
        await pilot.press("j", "j")
        gate.set()
        await idle(pilot)
        assert "last known" not in screen(pilot)[0]
        assert not any("last session" in row for row in screen(pilot))
        assert app.session is not None
        line = app.session.line()
        assert line is not None
        assert line.key == "kpi2"
