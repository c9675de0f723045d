"""The one door: a workspace opened, and everything that can be asked of it.

The screen, the commands and other programs all come through `Cockpit`, so that they cannot disagree.
Opening is cheap; the data, and polars with it, are loaded when a figure is first asked for. The names are
resolved on first use, since `cockpit fiscal` and `rhythm` need only the calendar's part of this package.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.core.controls import Control
    from cockpit.core.figures import USUAL_BOARD
    from cockpit.core.status import SourceStatus

__all__ = ["USUAL_BOARD", "Cockpit", "Control", "SourceStatus"]

_MODULES = {
    "USUAL_BOARD": "cockpit.core.figures",
    "Cockpit": "cockpit.core.cockpit",
    "Control": "cockpit.core.controls",
    "SourceStatus": "cockpit.core.status",
}


def __getattr__(name: str) -> Any:
    """Resolve the public names on first use."""
    if name in _MODULES:
        from importlib import import_module

        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
