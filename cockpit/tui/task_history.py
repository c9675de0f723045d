"""Everything that has happened to the task under the cursor (`H`)."""

from typing import TYPE_CHECKING

from cockpit.base.clean import clean
from cockpit.panes.days import moment
from cockpit.tui.changing import task_keys
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.session import Session

if TYPE_CHECKING:
    from cockpit.work.history import Change


def history(session: Session) -> None:
    """Everything that has happened to the task under the cursor, the newest first."""
    keys = task_keys(session)
    if len(keys) != 1:
        session.say("the history is that of one task: there is none under the cursor")
        return

    def listed(changes: "list[Change]") -> None:
        zone = session.cockpit.fiscal.zone
        entries = [
            Entry(clean(change.what), _why(change), None, mark=moment(change.at, zone))
            for change in reversed(changes)
        ]
        session.pick(Picker(f"History of {keys[0]}, newest first", entries, lambda entry: None))

    session.run("history", lambda: list(session.cockpit.work.history(keys[0])), listed)


def _why(change: "Change") -> str:
    return clean(change.actor) + (f": {clean(change.reason)}" if change.reason else "")
