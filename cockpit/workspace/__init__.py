"""A workspace: the folder and its strict `cockpit.toml`, how it is found, and the demo's data.

The demo's names are resolved on first use, since few runs need them.
"""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from cockpit.workspace.demo import DEMO_DAY, DemoSummary, demo_folder, ensure_demo, write_demo

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
    "discover",
    "ensure_demo",
    "find_workspace",
    "load_user_settings",
    "load_workspace",
    "user_settings",
    "workspace_settings",
    "write_demo",
]


def __getattr__(name: str) -> Any:
    """Resolve the demo's names on first use."""
    if name in __all__:
        from cockpit.workspace import demo

        return getattr(demo, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
