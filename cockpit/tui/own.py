"""What a user has chosen for every workspace: theme, keymap and density of their own `config.toml`.

Read before the first frame, so without the structs of a whole workspace. What is wrong with the file never
keeps the cockpit from opening; `cockpit check` tells all of it, and the start tells it if the file was needed
to find the workspace.
"""

from dataclasses import dataclass, replace

from cockpit.base.paths import config_folder
from cockpit.base.problems import CockpitError
from cockpit.base.tomlfile import read_toml
from cockpit.tui.options import ScreenOptions


@dataclass(frozen=True, slots=True)
class OwnChoices:
    """What `config.toml` chooses; None where it chooses nothing.

    Attributes:
        theme, keymap: names or paths.
        compact: whether blank lines and rules are left out.
        problem: why the file could not be read, or "".
    """

    theme: str | None = None
    keymap: str | None = None
    compact: bool = False
    problem: str = ""


def own_choices() -> OwnChoices:
    """What the user's `config.toml` chooses; that there is none is no problem."""
    path = config_folder() / "config.toml"
    if not path.is_file():
        return OwnChoices()
    try:
        data = read_toml(path).data
    except CockpitError as error:
        return OwnChoices(problem=str(error.problems[0]))
    theme, keymap, density = (data.get(name) for name in ("theme", "keymap", "density"))
    wrong = density not in (None, "comfortable", "compact")
    return OwnChoices(
        theme if isinstance(theme, str) else None,
        keymap if isinstance(keymap, str) else None,
        density == "compact",
        f"config.toml: density is comfortable or compact, not {density!r}" if wrong else "",
    )


def with_own_choices(options: ScreenOptions, own: OwnChoices) -> ScreenOptions:
    """The options with what the user chose where the command line chose nothing."""
    return replace(
        options,
        theme=options.theme or (None if options.slow else own.theme),
        keymap=options.keymap or own.keymap,
        compact=options.compact or own.compact,
    )
