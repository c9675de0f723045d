"""The cockpit of a field sales organisation: fiscal rhythm, tasks and pipeline KPIs.

`from cockpit import Cockpit` is the library's one door. The name is resolved on first use, so that
importing the package costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cockpit.base.problems import CockpitError
    from cockpit.core import Cockpit

__all__ = ["Cockpit", "CockpitError"]


def __getattr__(name: str) -> Any:
    """Resolve the public names on first use."""
    if name == "Cockpit":
        from cockpit.core import Cockpit

        return Cockpit
    if name == "CockpitError":
        from cockpit.base.problems import CockpitError

        return CockpitError
    if name == "__version__":
        from cockpit.base.version import cockpit_version

        return cockpit_version()
    raise AttributeError(f"module 'cockpit' has no attribute {name!r}")
