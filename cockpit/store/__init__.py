"""Where work is kept: items of registered kinds, each change journalled, notes, and anchors.

The narrow door is `Store`; `open_store` opens the one on SQLite.
"""

from cockpit.store.interface import Store
from cockpit.store.kinds import Kind, Transition
from cockpit.store.sqlite import SqliteStore, open_store, stand_in_store
from cockpit.store.values import ChangeConflict, Clash, Entry, Item, NewItem, Note, Record, StoredAnchor

__all__ = [
    "ChangeConflict",
    "Clash",
    "Entry",
    "Item",
    "Kind",
    "NewItem",
    "Note",
    "Record",
    "SqliteStore",
    "Store",
    "StoredAnchor",
    "Transition",
    "open_store",
    "stand_in_store",
]
