"""The drill-down table on the real screen: sorted, searched, its columns arranged, its rows selected."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pilot import idle, press, screen

from cockpit import Cockpit
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import open_for_screen, theme_of

CONFIG = """\
schema = 1
name = "small"
as_of = "2026-11-23"
[sources.opportunities]
path = "deals.csv"
date_format = "%Y-%m-%d"
columns = { opportunity_id = "id", account = "account", stage = "stage", amount = "amount", close_date = "close" }
status = { column = "stage", won = ["Won"], lost = ["Lost"], open = ["*"] }
"""  # noqa: E501
COUNT = 90


def deal(number: int, amount: int) -> str:
    account = "日本電機" if number == 7 else f"Account {number % 9}"
    return f"D{number:03},{account},Open,{amount}.50,2026-12-{number % 20 + 1:02}"


def write(folder: Path, *more: str) -> None:
    rows = [deal(number, (number * 37) % 100 * 10) for number in range(1, COUNT + 1)]
    (folder / "deals.csv").write_text("\n".join(["id,account,stage,amount,close", *more, *rows]) + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    write(tmp_path)
    return tmp_path


@asynccontextmanager
async def rows_of(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Any]:
    """The program on the rows of all open deals."""
    options = ScreenOptions(folder)
    app = CockpitApp(options, theme_of(options)[0], lambda: open_for_screen(Cockpit.open, options))
    async with app.run_test(size=size) as pilot:
        await idle(pilot)
        await press(pilot, ":", *"open_count", "enter", "tab", "enter")
        assert "›  rows" in screen(pilot)[1], "\n".join(screen(pilot))
        yield pilot


def under_cursor(pilot: Any) -> str:
    return next(row for row in screen(pilot) if row.startswith("▌"))


def heads(pilot: Any) -> list[str]:
    return head(pilot).replace(" date", "_date").replace("opportunity id", "opportunity_id").split()


def head(pilot: Any) -> str:
    """The line with the names of the columns."""
    return next(row for row in screen(pilot) if "opportunity id" in row)


async def test_rows_are_sorted_and_reversed_and_the_cursor_stays_on_its_row(folder: Path) -> None:
    async with rows_of(folder) as pilot:
        await press(pilot, "j", "j", "j")
        assert "D004" in under_cursor(pilot)
        await press(pilot, "right", "right", "s")
        assert "by amount" in screen(pilot)[3]
        assert "▾ amount" in screen(pilot)[4]
        assert "D004" in under_cursor(pilot)
        await press(pilot, "g", "g")
        assert "990.50" in under_cursor(pilot)
        await press(pilot, "s", "g", "g")
        assert "▴ amount" in screen(pilot)[4]
        assert "10.50" in under_cursor(pilot)


async def test_columns_are_hidden_frozen_widened_and_put_first(folder: Path) -> None:
    async with rows_of(folder, (80, 24)) as pilot:
        before = heads(pilot)
        assert before[:3] == ["opportunity_id", "amount", "close_date"]
        await press(pilot, "right", "right", "|", "h")
        assert heads(pilot)[:3] == ["opportunity_id", *before[2:4]]
        await press(pilot, *["right"] * 4, "|", "p")
        chosen = pilot.app.session.level.view.column()
        assert heads(pilot)[1] == chosen
        width = head(pilot).replace(" date", "_date").index(heads(pilot)[2])
        await press(pilot, "|", "w")
        assert head(pilot).replace(" date", "_date").index(heads(pilot)[2]) == width + 4
        await press(pilot, "|", "f", *["right"] * 12)
        assert heads(pilot)[:2] == ["opportunity_id", chosen]
        assert head(pilot).split()[-2:] == ["source", "row"]
        await press(pilot, "|", "a")
        assert heads(pilot) == before


async def test_a_search_narrows_while_it_is_typed_and_the_totals_follow(folder: Path) -> None:
    async with rows_of(folder) as pilot:
        whole = screen(pilot)[-4]
        assert whole.strip().startswith("All")
        await press(pilot, "/", *"account 3")
        assert "10 of 90 with “account 3”" in screen(pilot)[3]
        assert screen(pilot)[-4] != whole
        await press(pilot, "escape")
        assert screen(pilot)[-4] == whole
        await press(pilot, "/", *"d04", "enter", "G")
        assert "D049" in under_cursor(pilot)
        assert "/ d04" in screen(pilot)[1]
        await press(pilot, "escape")
        assert "90 by" not in screen(pilot)[3]
        assert screen(pilot)[3].rstrip().endswith(" 90")


async def test_rows_are_selected_and_counted_and_esc_lets_go(folder: Path) -> None:
    async with rows_of(folder) as pilot:
        await press(pilot, "space", "space", "j", "space")
        assert "3 selected" in screen(pilot)[-3]
        assert [row[:5] for row in screen(pilot) if row.startswith("*")] == ["*D001", "*D002", "*D004"]
        await press(pilot, "right", "right", "s")
        assert "3 selected" in screen(pilot)[-3]
        await press(pilot, "escape")
        assert "selected" not in screen(pilot)[-3]


async def test_cursor_and_scroll_survive_a_refresh_that_moves_the_rows(folder: Path) -> None:
    async with rows_of(folder) as pilot:
        await press(pilot, *["pagedown"] * 2, "j", "j")
        line = under_cursor(pilot)
        place = screen(pilot).index(line)
        write(folder, *(deal(number, 5) for number in range(900, 905)))
        await press(pilot, "r")
        assert "95" in screen(pilot)[3]
        after = under_cursor(pilot)
        assert after.split()[:6] == line.split()[:6]
        assert screen(pilot).index(after) == place


async def test_wide_characters_keep_the_columns_in_line(folder: Path) -> None:
    async with rows_of(folder) as pilot:
        rows = {row[1:5]: row for row in screen(pilot) if row[1:2] == "D"}
        before = rows["D006"].index("Account 6")
        assert rows["D007"].index("日本電機") == before
        ends = {row.index(".50") for row in rows.values()}
        assert len(ends) == 1  # numbers stand at the right
        assert rows["D007"].index("1 value") == rows["D006"].index("1 value") - len("日本電機")
