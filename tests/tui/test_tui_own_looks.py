"""What users make their own: the theme while they edit it, density, the order of panes; broken files."""

import os
from pathlib import Path

import pytest
from fakes import ListView, opened
from hypothesis import given
from hypothesis import strategies as st
from pilot import idle, press, running, screen

from cockpit.panes.today import PANES
from cockpit.panes.views import root
from cockpit.tui.app import CockpitApp
from cockpit.tui.arrangement import Arrangements, ViewArrangement, completed, moved_on, read_arrangements
from cockpit.tui.options import ScreenOptions
from cockpit.tui.own import own_choices, with_own_choices
from cockpit.tui.start import theme_of
from cockpit.tui.theme import find_theme, read_theme
from cockpit.tui.theme_follower import ThemeFollower

DARK = find_theme("dark").read_text(encoding="utf-8")


@pytest.fixture
def own_theme(own_home: Path) -> Path:
    """A theme of the user's own."""
    path = own_home / "config/cockpit/themes/mine.toml"
    path.parent.mkdir(parents=True)
    path.write_text(DARK, encoding="utf-8")
    return path


def save(path: Path, text: str, turn: int) -> None:
    """Write a file so that its time differs, however coarse the clock of the disk is."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(turn * 10**9, turn * 10**9))


async def test_a_theme_is_worn_as_soon_as_it_is_saved_and_a_wrong_one_never_is(own_theme: Path) -> None:
    options = ScreenOptions(theme="mine")
    app = CockpitApp(options, theme_of(options)[0], opened)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot)

        def colour() -> str:
            return str(app.canvas.render_line(0)._segments[0].style.bgcolor.name)

        before = colour()
        save(own_theme, DARK.replace('background = "#101216"', 'background = "#203040"'), 1)
        app._theme_follower.tick()
        await idle(pilot)
        assert before != "#203040"
        assert colour() == "#203040"
        assert "theme mine was read again" in "\n".join(screen(pilot))
        save(own_theme, DARK.replace('background = "#101216"', 'background = "blu"'), 2)
        app._theme_follower.tick()
        await idle(pilot)
        assert colour() == "#203040"
        assert "the looks of before stay: " in "\n".join(screen(pilot))
        assert "mine.toml:" in "\n".join(screen(pilot))


def test_a_theme_that_is_away_for_a_moment_is_no_problem(own_theme: Path) -> None:
    worn, said = [], []
    follower = ThemeFollower("mine", worn.append, said.append)
    follower.tick()
    own_theme.unlink()
    follower.tick()
    save(own_theme, DARK, 3)
    follower.tick()
    follower.tick()
    assert [theme.name for theme in worn] == ["mine"]
    assert said == []


def test_the_users_file_chooses_what_the_command_line_leaves_open(own_home: Path) -> None:
    assert own_choices().theme is None
    path = own_home / "config/cockpit/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('theme = "light"\nkeymap = "vim"\ndensity = "compact"\n')
    own = own_choices()
    chosen = with_own_choices(ScreenOptions(), own)
    assert (chosen.theme, chosen.keymap, chosen.compact) == ("light", "vim", True)
    chosen = with_own_choices(ScreenOptions(theme="ansi", keymap="plain"), own)
    assert (chosen.theme, chosen.keymap) == ("ansi", "plain")
    assert with_own_choices(ScreenOptions(slow=True), own).theme is None
    path.write_text('density = "tight"\n')
    assert "density is comfortable or compact" in own_choices().problem
    path.write_text("theme = [")
    assert "config.toml:1" in own_choices().problem


async def test_the_dense_screen_has_no_rules_and_comes_back() -> None:
    async with running() as pilot:
        rows = screen(pilot)
        await press(pilot, "Z")
        dense = screen(pilot)
        assert sum(row.startswith("─" * 100) for row in rows) == 1
        assert not any(row.startswith("─" * 100) for row in dense)
        await press(pilot, "Z")
        assert sum(row.startswith("─" * 100) for row in screen(pilot)) == 1


async def test_a_pane_left_alone_is_alone_again_next_time(own_home: Path) -> None:
    async with running() as pilot:
        await press(pilot, "z")
        alone = pilot.app.session.level.focus
    assert read_arrangements(own_home / "config/cockpit/layout.toml")["today"].alone == alone
    async with running() as pilot:
        assert pilot.app.session.level.zoom == alone
        await press(pilot, "z", "M")
        assert "no pane of this can be moved" in "\n".join(screen(pilot))
    assert read_arrangements(own_home / "config/cockpit/layout.toml") == {}


async def test_panes_of_today_are_moved_for_good(own_home: Path) -> None:
    view = root("today")
    assert view.movable_panes() == PANES
    moved = view.arranged(moved_on(PANES, "tasks"))
    assert moved.movable_panes() == ("pipeline", "tasks", "rhythm", "annuity")
    assert moved.shares_data(view)
    kept = Arrangements()
    assert kept.keep("today", ViewArrangement(panes=moved.movable_panes())) == ""
    assert Arrangements().of("today").panes == moved.movable_panes()


async def test_a_broken_layout_is_one_quiet_line_and_is_not_written_over(own_home: Path) -> None:
    path = own_home / "config/cockpit/layout.toml"
    path.parent.mkdir(parents=True)
    path.write_text('[today]\npanels = ["tasks"]\n')
    async with running(data=ListView("data", "Data")) as pilot:
        assert "layout.toml:2" in "\n".join(screen(pilot))
        await press(pilot, "z")
        assert "not kept: " in "\n".join(screen(pilot))
    assert path.read_text() == '[today]\npanels = ["tasks"]\n'


@given(st.lists(st.sampled_from([*PANES, "gone"]), max_size=8), st.sampled_from(PANES))
def test_an_order_always_has_every_pane_once(order: list[str], pane: str) -> None:
    found = completed(tuple(order), PANES)
    assert sorted(found) == sorted(PANES)
    moved = found
    for _ in PANES:
        moved = moved_on(moved, pane)
        assert sorted(moved) == sorted(PANES)
    others = [name for name in found if name != pane]
    assert [name for name in moved if name != pane] == others


def test_every_bundled_theme_can_be_read_as_the_follower_reads_it() -> None:
    for name in ("dark", "light", "high-contrast", "ansi", "colour-blind"):
        assert read_theme(find_theme(name)).name == name


DRAWN_ROLES = {"rule", "bar", "bar_rest", "spark"}
"""Roles that draw what is said beside them."""


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["dark", "light", "high-contrast", "colour-blind"])
def test_every_text_can_be_read_on_every_ground(name: str) -> None:
    theme = read_theme(find_theme(name))
    least = 7.0 if name == "high-contrast" else 4.5
    for role, looks in theme.roles.items():
        if role in DRAWN_ROLES or looks.background is not None or looks.reverse:
            continue
        colour = looks.color or theme.foreground
        assert contrast(colour, theme.background) >= least, role
        for ground in (theme.roles["cursor"].background, theme.roles["selected"].background):
            assert ground is None or contrast(colour, ground) >= 4.5, (role, ground)
