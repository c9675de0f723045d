"""A workspace: the folder and its strict `cockpit.toml`, how it is found, and the demo's data."""

from cockpit.workspace.config import CONFIG_NAME, DEFAULT_CALENDAR, Config, UserConfig
from cockpit.workspace.discover import (
    Discovery,
    UserSettings,
    discover,
    find_workspace,
    load_user_settings,
)
from cockpit.workspace.load import Workspace, load_workspace
from cockpit.workspace.provenance import Setting, config_schema, user_settings, workspace_settings

__all__ = [
    "CONFIG_NAME",
    "DEFAULT_CALENDAR",
    "Config",
    "Discovery",
    "Setting",
    "UserConfig",
    "UserSettings",
    "Workspace",
    "config_schema",
    "discover",
    "find_workspace",
    "load_user_settings",
    "load_workspace",
    "user_settings",
    "workspace_settings",
]
