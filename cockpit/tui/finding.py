"""The palette (`:`) and the help (`?`): one list of everything that can be gone to or done."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from cockpit.panes.days import day_and_month
from cockpit.panes.place import VIEWS, Place
from cockpit.panes.rhythm_lines import events
from cockpit.tui.actions import ACTIONS, Action, key_words
from cockpit.tui.keymap import Keymap
from cockpit.tui.meant import meant, show_calendar
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.prompt import Prompt
from cockpit.tui.ranking import Index
from cockpit.tui.session import Session
from cockpit.tui.view_names import saved_entries

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.rhythm import Occurrence

Run = Callable[[str], None]
"""Runs an action by its name."""


def palette(session: Session, run: Run) -> None:
    """Go anywhere or do anything. What the workspace holds joins the list as soon as it is looked up."""
    own = [*saved_entries(session), *_action_entries(session.keymap), *_look_entries(session)]

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
        elif isinstance(target, date):
            session.change_context(session.state.context.at(target))
        elif callable(target):
            target()

    picker = _typed(Picker("Go to or do", own, pick, more=lambda text: meant(session, text)))
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


def _action_entries(keymap: Keymap) -> list[Entry]:
    """Everything that can be done."""
    return [
        Entry(action.label, action.help, action, mark=keymap.words(action.name))
        for action in ACTIONS
        if action.group != "Move" and action.name not in ("go", "back", "open")
    ]


def _look_entries(session: Session) -> list[Entry]:
    """The themes, each worn when it is picked."""
    from cockpit.tui.theme import theme_names

    return [
        Entry(f"theme {name}", "looks, for this sitting", partial(session.shell.wear, name))
        for name in theme_names()
    ]


def workspace_entries(cockpit: "Cockpit") -> list[Entry]:
    """What the workspace holds few of: views, figures, the next deadline. Runs in the background."""
    entries = [Entry(name.title(), "view", Place("view", name)) for name in VIEWS]
    entries.append(Entry("Moved since the lock", "the waterfall and its deals", Place("moves", "moves")))
    entries += [
        Entry(metric.label, f"{metric.name}  {metric.spec.basis or ''}", Place("kpi", metric.name))
        for metric in cockpit.catalogue
    ]
    if cockpit.data.now_held is not None:
        from cockpit.core.known import lock_days

        entries += [
            Entry(label, f"lock, {day_and_month(day)}", day) for day, label in lock_days(cockpit).items()
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
