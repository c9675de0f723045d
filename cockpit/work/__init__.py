"""What people do: tasks from the calendar, from agreements and by hand, with owners, evidence and history."""

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
