"""Is every theme and keymap in order? Asked by `cockpit check`, without drawing anything."""

from cockpit.base.paths import config_folder
from cockpit.base.problems import CockpitError, Problem
from cockpit.tui.keymap import read_keymap
from cockpit.tui.theme import load_theme, theme_names


def check_looks() -> list[Problem]:
    """Everything wrong with the themes, bundled and the user's own, and with the user's keymaps."""
    problems: list[Problem] = []
    for name in theme_names():
        try:
            load_theme(name)
        except CockpitError as error:
            problems += error.problems
    for path in sorted((config_folder() / "keymaps").glob("*.toml")):
        try:
            read_keymap(path)
        except CockpitError as error:
            problems += error.problems
    return problems
