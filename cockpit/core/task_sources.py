"""What commands that read no data say of the data that their tasks and dates come from.

Actions with `for_each` and the tasks of a CRM come from rows, which only a load reads; `tasks` and `rhythm`
answer from what it left in the store. So they say of which tables no row was ever read, and which have
changed on disk since.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.problems import Problem
from cockpit.core.watch import Sight, sight_of
from cockpit.rhythm import RhythmCalendar

if TYPE_CHECKING:
    from cockpit.core.data import Loaded
    from cockpit.sources.spec import SourceSpec
    from cockpit.store import Store

TASKS = "tasks"
"""The table whose rows are tasks themselves."""


def remember_reading(store: "Store", calendars: Iterable[RhythmCalendar], loaded: "Loaded") -> None:
    """Keep in the store in which state the tables were whose rows have just been taken.

    A table that could not be read now stays as it was last read.
    """
    for table in {TASKS, *_anchored(calendars)}:
        failed = any(problem.severity == "error" for problem in loaded.problems.get(table, ()))
        if table in loaded.tables and table in loaded.sights and not failed:
            store.put_mark(_mark(table), _state(loaded.sights[table]))


def told_of_sources(
    store: "Store",
    calendars: Iterable[RhythmCalendar],
    sources: "Mapping[str, SourceSpec]",
    folder: Path,
    tasks_taken: bool | None = None,
) -> Sequence[Problem]:
    """What to say of the tables whose rows make tasks or dates: none was ever read, or they changed since.

    Args:
        store: where the last load left what it read.
        calendars: whose actions may hang from rows.
        sources: the workspace's tables.
        folder: that of the workspace.
        tasks_taken: whether the tasks that are rows themselves were ever taken; None where they do not count.
    """
    told = []
    anchored = _anchored(calendars)
    for table in sorted({*anchored, *(() if tasks_taken is None else (TASKS,))}.intersection(sources)):
        read = store.mark(_mark(table))
        unread = any(store.anchor_marker(one) is None for one in anchored.get(table, ()))
        if unread or (table == TASKS and tasks_taken is False):
            told.append(
                _problem(table, "its rows make tasks, and none has been read yet: those tasks are missing")
            )
        elif read is not None and read != _state(sight_of(table, sources[table], folder)):
            told.append(_problem(table, "has changed since its rows were last read for tasks and dates"))
    return told


def _anchored(calendars: Iterable[RhythmCalendar]) -> dict[str, set[str]]:
    """The tables from whose rows actions hang, each with its sets of anchors."""
    found: dict[str, set[str]] = {}
    for calendar in calendars:
        for action in calendar.actions:
            if action.for_each is not None:
                found.setdefault(action.for_each.source, set()).add(action.for_each.anchor_set)
    return found


def _mark(table: str) -> str:
    return f"read {table}"


def _state(sight: Sight) -> str:
    """Stands for the state of a table's files, whichever way their folder is reached."""
    files = [(Path(name).name, size, modified) for name, size, modified, _ in sight.state]
    return sha256(repr(files).encode()).hexdigest()[:16]


def _problem(table: str, words: str) -> Problem:
    return Problem(
        words,
        key=f"sources.{table}",
        hint="`cockpit sync` reads them, and so does the screen",
        severity="warning",
    )
