"""What people do: tasks from the calendar, from agreements and by hand, with owners, evidence and history.

Names are resolved on first use: reading a configuration needs the form of a saved view, not the store.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cockpit.work.history import Change
    from cockpit.work.people import Cover, People, Person
    from cockpit.work.task import FINISHED, STATUSES, UNFINISHED, WORKSTREAMS, Task
    from cockpit.work.work import Work

__all__ = [
    "FINISHED",
    "STATUSES",
    "UNFINISHED",
    "WORKSTREAMS",
    "Change",
    "Cover",
    "People",
    "Person",
    "Task",
    "Work",
]

_MODULES = {
    "history": ("Change",),
    "people": ("Cover", "People", "Person"),
    "task": ("FINISHED", "STATUSES", "UNFINISHED", "WORKSTREAMS", "Task"),
    "work": ("Work",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(name)
    return getattr(import_module(f"cockpit.work.{module}"), name)
