"""Themes are checked before they are used."""

from pathlib import Path

import pytest

from cockpit.base.problems import ConfigError
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import theme_of
from cockpit.tui.theme import ROLES, load_theme, read_theme, theme_names, without_colour

NAMES = ["ansi", "colour-blind", "dark", "high-contrast", "light"]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_bundled_themes() -> None:
    assert theme_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_bundled_themes_give_every_role_its_looks(name: str) -> None:
    assert set(load_theme(name).roles) == set(ROLES)


@pytest.mark.parametrize(("name", "least"), [("dark", 4.5), ("light", 4.5), ("high-contrast", 7.0)])
def test_text_can_be_read(name: str, least: float) -> None:
    theme = load_theme(name)
    assert contrast(theme.foreground, theme.background) >= least
    for role in (
        "strong",
        "dim",
        "good",
        "warn",
        "bad",
        "late",
        "deadline",
        "accent",
        "key",
        "message",
        "problem",
    ):
        looks = theme.roles[role]
        for ground in (theme.background, theme.roles["cursor"].background):
            assert ground is not None
            assert contrast(looks.color or theme.foreground, ground) >= least, (role, ground)


def test_the_ansi_theme_uses_the_terminals_colours_only() -> None:
    theme = load_theme("ansi")
    for looks in theme.roles.values():
        assert not (looks.color or "").startswith("#")
        assert looks.background is None


def test_without_colour_the_cursor_is_still_seen() -> None:
    for name in NAMES:
        theme = without_colour(load_theme(name))
        assert all(looks.color is None and looks.background is None for looks in theme.roles.values())
        assert theme.roles["prompt_cursor"].reverse


def test_all_mistakes_are_named_at_once_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    from cockpit.base.paths import bundled

    text = (bundled("themes") / "dark.toml").read_text()
    text = text.replace('good = { color = "#86c07c" }', 'goood = { color = "gren" }')
    path.write_text(text.replace("#101216", "#10121"))
    with pytest.raises(ConfigError) as caught:
        read_theme(path)
    found = [str(problem) for problem in caught.value.problems]
    assert len(found) == 4
    assert "there is no role goood (did you mean good?)" in found[0]
    assert "says nothing about good" in found[1]
    assert "'#10121' is not a colour" in found[2]
    assert "'gren' is not a colour (did you mean green?)" in found[3]


def test_a_wrong_theme_is_a_quiet_notice_and_dark_is_used(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("title = ")
    theme, notices = theme_of(ScreenOptions(theme=str(path)))
    assert theme.name == "dark"
    assert notices[0].startswith("theme not used: ")
    assert "broken.toml:1" in notices[0]
    theme, notices = theme_of(ScreenOptions(theme="drak"))
    assert "did you mean dark?" in notices[0]


def test_own_themes_are_found_by_name(own_home: Path) -> None:
    from cockpit.base.paths import bundled

    folder = own_home / "config" / "cockpit" / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text((bundled("themes") / "light.toml").read_text())
    assert load_theme("mine").name == "mine"
    assert "mine" in theme_names()


def test_no_color_and_slow_choose_the_terminals_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert theme_of(ScreenOptions(slow=True))[0].name == "ansi"
    monkeypatch.setenv("NO_COLOR", "1")
    theme, _ = theme_of(ScreenOptions(theme="light"))
    assert theme.background == "default"


@pytest.mark.parametrize("name", ["dark", "light", "high-contrast", "colour-blind", "ansi", "no colour"])
def test_a_mark_that_is_a_full_block_is_seen_in_every_theme(name: str) -> None:
    """Reversed, or in the colour of its own ground, the block of today would be a hole."""
    theme = without_colour(load_theme("dark")) if name == "no colour" else load_theme(name)
    for role in ("today", "bar", "cursor_mark"):
        looks = theme.roles[role]
        assert not looks.reverse, role
        assert looks.color is None or looks.color != (looks.background or theme.background), role
