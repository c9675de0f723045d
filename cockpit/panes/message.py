"""What others did today, in one line."""

from datetime import datetime
from typing import TYPE_CHECKING

from cockpit.panes.days import clock

if TYPE_CHECKING:
    from cockpit.core import Cockpit

LOOK_BACK = 40
"""Journal entries that are looked through."""
BY_ITSELF = ("materialise", "follow")
"""What the cockpit does by itself, which is no news."""


def message(cockpit: "Cockpit") -> str:
    """The newest change that somebody else made today, or "" when there is none."""
    zone = cockpit.fiscal.zone
    for change in cockpit.work.changes(limit=LOOK_BACK):
        at = datetime.fromisoformat(change.at).astimezone(zone)
        if at.date() != cockpit.now.astimezone(zone).date():
            return ""
        if change.actor == cockpit.user.login or change.entry.action in BY_ITSELF:
            continue
        person = cockpit.workspace.people.person(change.actor)
        return f"{clock(at)}  {person.name or person.login}: {change.what}  {change.key}"
    return ""
