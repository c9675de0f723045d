"""The demo: the field organisation of an invented software vendor, made from a seed.

Everything stands around one fixed day, `DEMO_DAY`, so that the same seed gives the same bytes whenever and
wherever it is written, and the screen shows a quarter in full swing whenever it is opened.
"""

from cockpit.workspace.demo.days import DEMO_DAY
from cockpit.workspace.demo.write import (
    DEFAULT_ROWS,
    DEFAULT_SEED,
    DemoSummary,
    demo_folder,
    ensure_demo,
    write_demo,
)

__all__ = [
    "DEFAULT_ROWS",
    "DEFAULT_SEED",
    "DEMO_DAY",
    "DemoSummary",
    "demo_folder",
    "ensure_demo",
    "write_demo",
]
