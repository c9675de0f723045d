"""Is every theme and keymap in order? Asked by `cockpit check`, without drawing anything."""

from cockpit.base.paths import config_folder
from cockpit.base.problems import CockpitError, Problem
from cockpit.tui.arrangement import read_arrangements
from cockpit.tui.keymap import read_keymap
from cockpit.tui.own import own_choices
from cockpit.tui.theme import load_theme, theme_names


def check_looks() -> list[Problem]:
    """Everything wrong with the themes, bundled and the user's own, and with the user's keys and panes."""
    problems: list[Problem] = []
    for name in theme_names():
        try:
            load_theme(name)
        except CockpitError as error:
            problems += error.problems
    own = config_folder()
    keymaps = [path for path in (own / "keymap.toml",) if path.is_file()]
    for path in (*keymaps, *sorted((own / "keymaps").glob("*.toml"))):
        try:
            read_keymap(path)
        except CockpitError as error:
            problems += error.problems
    try:
        read_arrangements(own / "layout.toml")
    except CockpitError as error:
        problems += error.problems
    chosen = own_choices().problem
    return [*problems, Problem(chosen)] if chosen else problems
