"""`cockpit check` sees everything of a user's own looks, keys and panes that the screen would complain of."""

from pathlib import Path

from cockpit.tui.looks import check_looks
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import theme_of


def test_nothing_of_our_own_is_wrong(own_home: Path) -> None:
    assert check_looks() == []


def test_each_file_of_the_users_own_is_looked_at(own_home: Path) -> None:
    folder = own_home / "config" / "cockpit"
    (folder / "themes").mkdir(parents=True)
    (folder / "keymaps").mkdir()
    (folder / "config.toml").write_text('density = "tight"\n')
    (folder / "themes" / "mine.toml").write_text("title = 1\n")
    (folder / "keymap.toml").write_text('[keys]\ncopy_rwo = ["ctrl+y"]\n')
    (folder / "keymaps" / "other.toml").write_text("x = [\n")
    (folder / "layout.toml").write_text("[today]\npanes = 1\n")
    told = "\n".join(str(problem) for problem in check_looks())
    for words in (
        "density is comfortable",
        "mine.toml:1: title",
        "copy_rwo",
        "other.toml",
        "layout.toml:2: ",
    ):
        assert words in told


def test_a_notice_names_the_users_own_file_without_its_folder(own_home: Path) -> None:
    folder = own_home / "config" / "cockpit" / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("title = 1\nx = 2\n")
    _, notices = theme_of(ScreenOptions(theme="mine"))
    assert notices[0].startswith("theme not used: themes/mine.toml:")
    assert notices[0].endswith("more, see cockpit check)")
