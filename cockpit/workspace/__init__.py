"""A workspace: the folder and its strict `cockpit.toml`, how it is found, and the demo's data.

Names are resolved on first use: a command that only looks for a workspace need not load the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cockpit.workspace.config import CONFIG_NAME, DEFAULT_CALENDAR, Config, UserConfig
    from cockpit.workspace.demo import DEMO_DAY, DemoSummary, demo_folder, ensure_demo, write_demo
    from cockpit.workspace.discover import (
        Discovery,
        UserSettings,
        find_workspace,
        load_user_settings,
    )
    from cockpit.workspace.load import Workspace, load_workspace
    from cockpit.workspace.provenance import Setting, config_schema, user_settings, workspace_settings

__all__ = [
    "CONFIG_NAME",
    "DEFAULT_CALENDAR",
    "DEMO_DAY",
    "Config",
    "DemoSummary",
    "Discovery",
    "Setting",
    "UserConfig",
    "UserSettings",
    "Workspace",
    "config_schema",
    "demo_folder",
    "ensure_demo",
    "find_workspace",
    "load_user_settings",
    "load_workspace",
    "user_settings",
    "workspace_settings",
    "write_demo",
]

_MODULES = {
    "config": ("CONFIG_NAME", "DEFAULT_CALENDAR", "Config", "UserConfig"),
    "demo": ("DEMO_DAY", "DemoSummary", "demo_folder", "ensure_demo", "write_demo"),
    "discover": ("Discovery", "UserSettings", "find_workspace", "load_user_settings"),
    "load": ("Workspace", "load_workspace"),
    "provenance": ("Setting", "config_schema", "user_settings", "workspace_settings"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Resolve a public name on first use."""
    if name in _HOME:
        return getattr(import_module(f"cockpit.workspace.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
