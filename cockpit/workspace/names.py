"""The two names that even a command without a workspace needs."""

CONFIG_NAME = "cockpit.toml"
"""The file that makes a folder a workspace."""
DEFAULT_CALENDAR = "microsoft-like"
"""The bundled calendar that is used where nobody names one."""
