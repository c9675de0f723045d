"""The one door: a workspace opened, and everything that can be asked of it.

The screen, the commands and other programs all come through `Cockpit`, so that they cannot disagree.
Opening is cheap; the data, and polars with it, are loaded when a figure is first asked for.
"""

from cockpit.core.cockpit import USUAL_BOARD, Cockpit
from cockpit.core.controls import Control
from cockpit.core.status import SourceStatus

__all__ = ["USUAL_BOARD", "Cockpit", "Control", "SourceStatus"]
