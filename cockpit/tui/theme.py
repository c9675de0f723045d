"""Themes: small TOML files that give each role its looks, checked before they are used.

A theme must name every role; what is unknown is named with the nearest known role. A theme that is wrong
never keeps the cockpit from opening: the bundled one is used and one line says why.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import msgspec

from cockpit.base.clean import clean
from cockpit.base.paths import bundled, config_folder, is_a_file
from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import TomlFile, convert, read_toml
from cockpit.panes.lines import Role
from cockpit.tui.rows import SCREEN_ROLES

ROLES: tuple[str, ...] = (*get_args(Role), *SCREEN_ROLES)
ANSI_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
ANSI_COLOURS = ("default", *ANSI_NAMES, *(f"bright_{name}" for name in ANSI_NAMES))
"""The terminal's own colours, by the names that a theme uses."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


class Looks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a role looks; what is left out is as the text around it."""

    color: str | None = None
    background: str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


class ThemeFile(msgspec.Struct, forbid_unknown_fields=True):
    """The TOML file of a theme."""

    title: str
    foreground: str
    background: str
    roles: dict[str, Looks]


@dataclass(frozen=True, slots=True)
class Theme:
    """The looks of all roles.

    Attributes:
        name: of the file, without `.toml`.
        foreground, background: of the whole screen: "#rrggbb" or one of `ANSI_COLOURS`.
        roles: the looks of every role.
    """

    name: str
    foreground: str
    background: str
    roles: dict[str, Looks]


def load_theme(asked: str | None) -> Theme:
    """The theme that is asked for.

    Args:
        asked: a name (of a file in the user's folder `themes`, else a bundled one) or a path; None for dark.

    Raises:
        ConfigError: there is no such theme, or something in it is wrong: all problems.
    """
    return read_theme(find_theme(asked))


def find_theme(asked: str | None) -> Path:
    """The file of a theme.

    Args:
        asked: as of `load_theme`.

    Raises:
        ConfigError: there is no theme of that name.
    """
    asked = asked or "dark"
    if "/" in asked or asked.endswith(".toml"):
        return Path(asked).expanduser()
    for folder in _folders():
        if is_a_file(folder / f"{asked}.toml"):
            return folder / f"{asked}.toml"
    hint = did_you_mean(asked, theme_names()) or f"themes: {', '.join(theme_names())}"
    raise ConfigError(Problem(f"there is no theme {clean(asked)}", key="theme", hint=hint))


def _folders() -> tuple[Path, ...]:
    return config_folder() / "themes", bundled("themes")


def theme_names() -> list[str]:
    """The themes that there are."""
    return sorted({path.stem for folder in _folders() if folder.is_dir() for path in folder.glob("*.toml")})


def read_theme(path: Path) -> Theme:
    """Read and check one theme file.

    Raises:
        ConfigError: all that is wrong with it.
    """
    file = read_toml(path)
    problems: list[Problem] = []
    content = convert(file, ThemeFile, problems)
    if content is None:
        raise ConfigError(*problems)
    problems += [
        file.problem(("roles", role), f"there is no role {role}", did_you_mean(role, ROLES))
        for role in content.roles
        if role not in ROLES
    ]
    missing = [role for role in ROLES if role not in content.roles]
    if missing:
        problems.append(file.problem(("roles",), f"says nothing about {', '.join(missing)}"))
    for key in ("foreground", "background"):
        problems += _wrong_colour(file, (key,), getattr(content, key))
    for role, looks in content.roles.items():
        problems += _wrong_colour(file, ("roles", role, "color"), looks.color)
        problems += _wrong_colour(file, ("roles", role, "background"), looks.background)
    if problems:
        raise ConfigError(*problems)
    return Theme(path.stem, content.foreground, content.background, content.roles)


def _wrong_colour(file: TomlFile, key: tuple[str, ...], colour: str | None) -> list[Problem]:
    if colour is None or colour in ANSI_COLOURS or _HEX.fullmatch(colour):
        return []
    hint = (
        did_you_mean(colour, ANSI_COLOURS) or "write #rrggbb, or a colour of the terminal such as bright_blue"
    )
    return [file.problem(key, f"{colour!r} is not a colour", hint)]


def without_colour(theme: Theme) -> Theme:
    """The theme with bold, dim, underline and reverse only, for NO_COLOR.

    What only a background told is reversed or underlined instead, so that the cursor can be seen.
    """
    roles = {}
    for role, looks in theme.roles.items():
        roles[role] = msgspec.structs.replace(looks, color=None, background=None)
    roles["prompt_cursor"] = Looks(reverse=True)
    roles["today"] = Looks(bold=True)
    roles["cursor"] = Looks(bold=True)
    roles["problem"] = Looks(bold=True)
    roles["late"] = Looks(bold=True)
    roles["bar_rest"] = Looks(dim=True)
    return Theme(theme.name, "default", "default", roles)
