"""`E`: the calendar file in the user's editor, and what the edit would move before it is taken."""

from collections import Counter
from typing import TYPE_CHECKING

from cockpit.base.problems import ConfigError
from cockpit.panes.days import clock, day_and_month
from cockpit.tui.background import Outcome
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.session import Session

if TYPE_CHECKING:
    from cockpit.core.calendar_edit import CalendarEdit
    from cockpit.rhythm import Definition, Occurrence, RhythmCalendar
    from cockpit.rhythm.moved import Change, ChangeKind

FIGURES = ("kpi", "rows", "explain")
"""Kinds of places that are about a figure."""
KINDS: "tuple[ChangeKind, ...]" = ("moved", "new", "gone", "kept")
"""In the order in which changes are counted."""


def edit(session: Session) -> None:
    """Edit the file of the calendar that is shown, on a copy; of a figure, say where it is defined."""
    from cockpit.core.calendar_edit import CalendarEdit

    defined = _definition(session)
    if defined:
        session.say(defined)
        return
    change = CalendarEdit(session.cockpit, *_under_cursor(session))
    _in_editor(session, change, change.line)


def _definition(session: Session) -> str:
    """Where the figure under the cursor, or that the view is about, is defined; "" where there is none."""
    level, line = session.level, session.line()
    place = line.place if line is not None else None
    name = place.name if place is not None and place.kind in FIGURES else getattr(level.view, "metric", "")
    metric = next((one for one in session.cockpit.catalogue if one.name == name), None) if name else None
    if metric is None:
        return ""
    folder = session.cockpit.workspace.metrics_folder.name
    where = metric.file + (f":{metric.line}" if metric.line else "")
    return f"{name}: {where}; a file in {folder}/ of the workspace may define it anew"


def _under_cursor(session: Session) -> "tuple[RhythmCalendar, Definition | None]":
    """The calendar of the occurrence under the cursor, else the governing one; and what occurs there."""
    cockpit = session.cockpit
    line, level = session.line(), session.level
    place = line.place if line is not None else None
    key = place.name if place is not None and place.kind == "occurrence" else ""
    if not key and level.view.name == "rhythm":
        key = level.view.subject(level.data, line) or ""
    calendar_id, _, rest = key.partition("/")
    calendars = (cockpit.calendar, *cockpit.other_calendars)
    calendar = next((one for one in calendars if one.fiscal.id == calendar_id), cockpit.calendar)
    return calendar, calendar.definitions.get(rest.split("/")[0])


def _in_editor(session: Session, change: "CalendarEdit", line: int | None = None) -> None:
    """Let the user edit the copy, then look what it would do."""
    try:
        code = session.shell.edit_file(change.copy, line)
        changed = code == 0 and change.changed
    except Exception:
        change.leave()
        raise
    if not changed:
        change.leave()
        words = "nothing was changed" if code == 0 else f"the editor ended with {code}; the file is as it was"
        session.say(words)
        return

    def ended(outcome: Outcome) -> None:
        if isinstance(outcome.error, ConfigError):
            _show_problems(session, change, outcome.error)
        elif outcome.error is not None:
            change.leave()
            session.complain(outcome.error)
        else:
            _show_changes(session, change, outcome.value)

    session.say("looking what would move…")
    session.shell.background("dry run", change.dry_run, ended)


def _show_problems(session: Session, change: "CalendarEdit", error: ConfigError) -> None:
    """What is wrong with the copy. The old file is still the one that holds."""
    entries = [
        Entry(
            f"{change.path.name}:{problem.line}" if problem.line else change.path.name,
            ": ".join(part for part in (problem.key, problem.message) if part)
            + (f" ({problem.hint})" if problem.hint else ""),
            problem.line,
        )
        for problem in error.problems
    ]
    session.pick(
        Picker(
            "Not taken: Enter edits again, Esc leaves the file as it was",
            entries,
            lambda entry: _in_editor(session, change, entry.target),
            leave=lambda: _left(session, change),
        )
    )


def _show_changes(session: Session, change: "CalendarEdit", found: "list[Change]") -> None:
    """What would move, to be taken or left."""
    entries = [Entry(_days(one), one.shown.title, one, mark=one.kind) for one in found]
    if not found:
        entries = [Entry("No occurrence of the next thirteen months moves", "", None)]
    session.pick(
        Picker(
            f"{counted(found)}: Enter takes the edit, Esc leaves the file",
            entries,
            lambda entry: _take(session, change, counted(found)),
            leave=lambda: _left(session, change),
        )
    )


def counted(found: "list[Change]") -> str:
    """How many of each kind: "3 moved, 1 gone"."""
    counts = Counter(one.kind for one in found)
    return ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind]) or "Nothing moves"


def _days(change: "Change") -> str:
    """Where it is and where it would be: "Tue 24 Nov 18:00 -> Wed 25 Nov 18:00"."""
    return " -> ".join(_moment(one) for one in (change.before, change.after) if one is not None)


def _moment(occurrence: "Occurrence") -> str:
    until = f" to {day_and_month(occurrence.until)}" if occurrence.until is not None else ""
    return f"{day_and_month(occurrence.date)} {clock(occurrence.at)}{until}"


def _take(session: Session, change: "CalendarEdit", words: str) -> None:
    def ended(outcome: Outcome) -> None:
        change.leave()
        if outcome.error is not None:
            session.complain(outcome.error)
            return
        session.mark_stale()
        session.refresh_head()
        session.reload()
        session.say(f"{change.path.name} holds from now on: {words[0].lower()}{words[1:]}")

    session.write(change.take, ended)


def _left(session: Session, change: "CalendarEdit") -> None:
    change.leave()
    session.say(f"{change.path.name} is as it was")
