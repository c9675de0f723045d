"""Which workspace is meant when a command or the screen starts, and what the user's own config says."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from cockpit.base.paths import config_folder
from cockpit.base.problems import ConfigError, Problem
from cockpit.base.tomlfile import TomlFile, convert, read_toml
from cockpit.workspace.names import CONFIG_NAME

if TYPE_CHECKING:
    from cockpit.workspace.config import UserConfig

WORKSPACE_VARIABLE = "COCKPIT_WORKSPACE"
Origin = Literal["option", "variable", "folder", "user config"]


class Discovery(msgspec.Struct, frozen=True):
    """The workspace that is meant, and what named it."""

    folder: Path
    origin: Origin


class UserSettings(msgspec.Struct, frozen=True):
    """The user's own configuration.

    Attributes:
        path: where it is, or would be.
        config: what it says; all unset when there is no such file.
        file: the file as it was read, or None.
    """

    path: Path
    config: "UserConfig"
    file: TomlFile | None

    @property
    def workspace(self) -> Path | None:
        """The folder it names, "~" resolved; a relative one is relative to the file."""
        named = self.config.workspace
        return None if named is None else self.path.parent / Path(named).expanduser()


def load_user_settings() -> UserSettings:
    """Read the user's `config.toml`; that there is none is no problem.

    Raises:
        ConfigError: something in it is wrong; with all problems and their lines.
    """
    from cockpit.workspace.config import UserConfig  # with it come the structs of every source

    path = config_folder() / "config.toml"
    if not path.exists():
        return UserSettings(path, UserConfig(), None)
    file = read_toml(path)
    problems: list[Problem] = []
    config = convert(file, UserConfig, problems)
    if config is None:
        raise ConfigError(*problems)
    return UserSettings(path, config, file)


def discover(option: str | Path | None = None, start: Path | None = None) -> Discovery | None:
    """The workspace that is meant, and why.

    In this order: the option, the variable COCKPIT_WORKSPACE, the nearest folder upwards that has a
    `cockpit.toml`, the user's config. What is named need not exist; loading it then says so.

    Args:
        option: the value of `--workspace`, if one was given.
        start: where the way upwards begins; the working directory when left out.

    Returns:
        None when nothing names a workspace: the demo is meant.

    Raises:
        ConfigError: the user's config had to be read and is wrong.
    """
    if option is not None:
        return Discovery(Path(option), "option")
    variable = os.environ.get(WORKSPACE_VARIABLE)
    if variable:
        return Discovery(Path(variable), "variable")
    here = (Path.cwd() if start is None else start).absolute()
    for folder in (here, *here.parents):
        if (folder / CONFIG_NAME).is_file():
            return Discovery(folder, "folder")
    if not (config_folder() / "config.toml").exists():
        return None
    named = load_user_settings().workspace
    return None if named is None else Discovery(named, "user config")


def find_workspace(option: str | Path | None = None, start: Path | None = None) -> Path | None:
    """The folder of the workspace that is meant, as `discover` finds it; None means the demo."""
    found = discover(option, start)
    return None if found is None else found.folder
