"""The history of a workspace, as the core asks it: earlier days for the metric engine, and who looked when."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.sources.history.store import History


def open_history(cockpit: "Cockpit") -> "History":
    """The stored snapshots of the workspace; there may be none."""
    from cockpit.sources.history.store import History

    workspace = cockpit.workspace
    return History(workspace.history_folder, cockpit.fiscal.zone, shared=workspace.config.store.shared)
