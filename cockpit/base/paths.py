"""Where things are: the bundled data, the user's configuration and cache.

In a wheel `calendars/` and `themes/` lie inside the package, in a checkout or an editable install
beside it; callers never need to know which.
"""

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_XDG_DEFAULTS = {"config": ".config", "cache": ".cache", "state": ".local/state"}
"""Folders under the home folder, as the XDG Base Directory Specification has them."""


def bundled(folder: str) -> Path:
    """The folder of that name that ships with the cockpit ("calendars" or "themes")."""
    installed = _PACKAGE / "bundled" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def _user_folder(variable: str, kind: str) -> Path:
    """A folder of this user's: `$variable/cockpit`, else what the platform has for that kind."""
    configured = os.environ.get(variable)
    if configured:
        return Path(configured) / "cockpit"
    if sys.platform != "linux":
        import platformdirs  # knows the other systems; it costs a twentieth of a short command

        return Path(getattr(platformdirs, f"user_{kind}_path")("cockpit", appauthor=False))
    return Path(os.path.expanduser("~"), _XDG_DEFAULTS[kind], "cockpit")  # noqa: PTH111 - never raises


def config_folder() -> Path:
    """The user's configuration folder; it may not exist."""
    return _user_folder("XDG_CONFIG_HOME", "config")


def cache_folder() -> Path:
    """The user's cache folder; it may not exist. All in it can be made again."""
    return _user_folder("XDG_CACHE_HOME", "cache")


def state_folder() -> Path:
    """The user's state folder (last view, crash reports); it may not exist."""
    return _user_folder("XDG_STATE_HOME", "state")


def is_there(path: Path) -> bool:
    """Whether something is at that path; at one that no file can have (too long, with a NUL) there is not."""
    return os.path.exists(path)  # noqa: PTH110 (unlike Path.exists it never raises)


def is_a_file(path: Path) -> bool:
    """Whether a file is at that path; at one that no file can have there is none."""
    return os.path.isfile(path)  # noqa: PTH113 (unlike Path.is_file it never raises)
