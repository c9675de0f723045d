"""What the sources held on earlier days: snapshots that store only the rows that changed.

`store.History` is the door. Nothing here imports polars before a table is recorded or rebuilt, so that the
list of snapshots can be read cheaply.
"""

from cockpit.sources.history.index import Snapshot

__all__ = ["Snapshot"]
