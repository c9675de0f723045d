"""Saved views: `S` writes what is shown into `[views]` under a name, `b` goes to one."""

from cockpit.panes.tasks import TasksView
from cockpit.tui.changing import refused
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_words, attempt


def save(session: Session) -> None:
    """Save the task list as it is filtered, grouped and sorted."""
    if refused(session):
        return
    view = session.level.view
    if not isinstance(view, TasksView):
        session.say("a list of tasks can be saved: 3 shows it, / narrows it, d groups it, s sorts it")
        return
    saved = view.savable()

    def commit(text: str, prompt: Prompt) -> None:
        from cockpit.core.saved_views import save_view

        name = text.strip()
        attempt(
            session,
            lambda: save_view(session.cockpit, name, saved),
            lambda replaced: session.say(
                f"{name} {'replaced' if replaced else 'saved'}; b shows it, and cockpit tasks {name}"
            ),
            prompt,
        )

    ask_words(session, "save this view as:", commit)


def choose(session: Session) -> None:
    """Go to a saved view; typing narrows the list."""
    views = session.cockpit.saved_views
    if not views:
        session.say("there are no saved views; S saves a list of tasks under a name")
        return
    entries = [
        Entry(name, "   ".join(part for part in (view.filter, view.by and f"by {view.by}") if part), name)
        for name, view in views.items()
    ]

    def pick(entry: Entry) -> None:
        session.show("tasks")
        session.replace(TasksView.of_saved(entry.target, views[entry.target]))

    picker = Picker("Saved views", entries, pick)
    picker.typed = Prompt("", lambda text: None, lambda text: picker.search())
    session.pick(picker)
