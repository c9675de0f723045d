"""Tasks of a calendar that the workspace no longer names: they are kept, beside those of the new one."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cockpit.base.problems import Problem
from cockpit.work.task import FINISHED

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.work import Task


def told_of_calendars(cockpit: "Cockpit", tasks: "Iterable[Task]") -> list[Problem]:
    """What to say of unfinished tasks whose calendar the workspace does not name.

    That is what is left when a workspace turns to a calendar with another id: keys begin with the id, so
    every action that both ask for is there twice.

    Args:
        cockpit: the workspace.
        tasks: those that are looked at.
    """
    named = {one.fiscal.id for one in (cockpit.calendar, *cockpit.other_calendars)}
    counts = Counter(
        task.calendar for task in tasks if task.calendar not in (None, *named) and task.status not in FINISHED
    )
    governing = cockpit.calendar.fiscal.id
    return [
        Problem(
            f"{count:,} unfinished task{' is' if count == 1 else 's are'} of the calendar {calendar}, "
            f"which the workspace no longer names; {governing} has its own",
            str(cockpit.workspace.file.path),
            cockpit.workspace.file.line_of(("calendar",)),
            "calendar",
            f"drop them (cockpit tasks calendar:{calendar}), "
            f'or let the new calendar keep the id "{calendar}"',
            severity="warning",
        )
        for calendar, count in sorted(counts.items(), key=str)
    ]
