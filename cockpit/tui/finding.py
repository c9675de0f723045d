"""The palette (`:`) and the help (`?`): one list of everything that can be gone to or done."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.panes.days import day_and_month
from cockpit.panes.place import VIEWS, Place
from cockpit.panes.rhythm_lines import events
from cockpit.tui.actions import ACTIONS, Action, key_words
from cockpit.tui.keymap import Keymap
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.prompt import Prompt
from cockpit.tui.ranking import Index
from cockpit.tui.session import Session

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.rhythm import Occurrence

Run = Callable[[str], None]
"""Runs an action by its name."""


def palette(session: Session, run: Run) -> None:
    """Go anywhere or do anything. What the workspace holds joins the list as soon as it is looked up."""
    own = action_entries(session.keymap)

    def pick(entry: Entry) -> None:
        target = entry.target
        if isinstance(target, Action):
            run(target.name)
        elif isinstance(target, Place):
            if target.kind == "view" and target.focus:
                show_calendar(session, target.focus)
            elif target.kind == "view":
                session.show(target.name)
            else:
                session.go(target)
        elif callable(target):
            target()

    picker = _typed(Picker("Go to or do", own, pick, more=lambda text: written_out(session, text)))
    session.pick(picker)

    def joined(entries: Sequence[Entry]) -> None:
        picker.replace([*own, *entries])
        session.shell.redraw()

    session.run("palette", lambda: workspace_entries(session.cockpit), joined)

    def known(indexes: Sequence[Index]) -> None:
        picker.join(indexes)
        session.shell.redraw()

    session.run("palette lists", lambda: session.findable.indexes(session.cockpit), known)


def keys_here(session: Session, run: Run) -> None:
    """The keys that apply where the cursor is; typing searches, Enter does it."""
    line = session.line()
    on_line = line is not None and line.place is not None
    on_task = line is not None and line.place is not None and line.place.kind == "task"
    entries = [
        Entry(
            action.label,
            action.help,
            action,
            mark=" ".join(key_words(keys) for keys in session.keymap.keys[action.name][:2]),
            heading=action.group,
        )
        for action in ACTIONS
        if (action.where == "anywhere" or (on_task if action.where == "task" else on_line))
        and not (action.writes and session.read_only)
        and session.keymap.keys[action.name]
    ]
    session.pick(_typed(Picker("Keys here", entries, lambda entry: run(entry.target.name))))


def _typed(picker: Picker) -> Picker:
    """The list with a line to type in."""
    picker.typed = Prompt("", lambda text: None, lambda text: picker.search())
    return picker


def action_entries(keymap: Keymap) -> list[Entry]:
    """Everything that can be done."""
    return [
        Entry(action.label, action.help, action, mark=keymap.words(action.name))
        for action in ACTIONS
        if action.group != "Move" and action.name not in ("go", "back", "open")
    ]


def workspace_entries(cockpit: "Cockpit") -> list[Entry]:
    """What the workspace holds few of: views, figures, the next deadline. Runs in the background."""
    entries = [Entry(name.title(), "view", Place("view", name)) for name in VIEWS]
    entries.append(Entry("Moved since the lock", "the waterfall and its deals", Place("moves", "moves")))
    entries += [
        Entry(metric.label, f"{metric.name}  {metric.spec.basis or ''}", Place("kpi", metric.name))
        for metric in cockpit.catalogue
    ]
    deadline = next_deadline(cockpit)
    if deadline is not None:
        detail = f"{deadline.title}, {day_and_month(deadline.date)}"
        entries.append(
            Entry("Next deadline", detail, Place("view", "rhythm", focus=deadline.date.isoformat()))
        )
    return entries


def next_deadline(cockpit: "Cockpit") -> "Occurrence | None":
    """The next deadline of the calendar from today on, within a quarter."""
    today = cockpit.today
    return next(
        (one for one in events(cockpit, today, today + timedelta(days=100)) if one.kind == "deadline"), None
    )


def show_calendar(session: Session, focus: str) -> None:
    """The calendar at a day or of a fiscal unit."""
    session.show("rhythm")
    view = session.views.view_for(Place("view", "rhythm", focus=focus))
    if view is not None:
        session.replace(view)


def written_out(session: Session, text: str) -> list[Entry]:
    """What a typed text can mean beside the list: a date, a fiscal label."""
    text = text.strip()
    found: list[Entry] = []
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is not None:
        focus = day.isoformat()
        found.append(Entry(f"calendar at {focus}", "rhythm", lambda: show_calendar(session, focus)))
    if day is not None and day <= session.cockpit.today:
        found.append(
            Entry(
                f"as of {day.isoformat()}",
                "figures of that day",
                lambda: session.change_context(session.state.context.at(day)),
            )
        )
    if text[:1].isalpha() and any(character.isdigit() for character in text):
        try:
            label = session.cockpit.fiscal.unit_named(text).label
        except CockpitError:
            return found
        found.append(Entry(f"calendar of {label}", "rhythm", lambda: show_calendar(session, label)))
        found.append(
            Entry(
                f"period {label}",
                "ask for that period",
                lambda: session.change_context(replace(session.state.context, period=label)),
            )
        )
    return found
