"""Saved views: `S` writes what is shown into `[views]` under a name, `b` and the palette go to one."""

from functools import partial
from typing import TYPE_CHECKING

from cockpit.panes.view import Context
from cockpit.tui.changing import refused
from cockpit.tui.contexts import usual_partner
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_words, attempt
from cockpit.tui.visits import Stop, Visit, visit_of

if TYPE_CHECKING:
    from cockpit.workspace.saved_figure import SavedFigure


def save(session: Session) -> None:
    """Save the list of tasks, the figure, its rows or the calendar, as divided, narrowed and compared."""
    if refused(session):
        return
    from cockpit.panes.saved import savable
    from cockpit.work.saved import SavedView

    level, context = session.level, session.state.context
    usual = usual_partner(session, context.period)
    saved = savable(level.view, level.data, context, usual) if level.shows else None
    if saved is None:
        session.say("this cannot be saved; lists of tasks, figures, their rows and the calendar can")
        return
    word = session.keymap.words("saved_view")

    def commit(text: str, prompt: Prompt) -> None:
        from cockpit.core.saved_views import save_view

        name = text.strip()
        ways = f"{word} shows it" if word else "the palette shows it"
        if isinstance(saved, SavedView):
            ways += f", and cockpit tasks {name}"
        attempt(
            session,
            lambda: save_view(session.cockpit, name, saved),
            lambda replaced: session.say(f"{name} {'replaced' if replaced else 'saved'}; {ways}"),
            prompt,
        )

    ask_words(session, "save this view as:", commit)


def choose(session: Session) -> None:
    """Go to a saved view; typing narrows the list."""
    entries = saved_entries(session)
    if not entries:
        session.say(
            "there are no saved views; S saves lists of tasks, figures, rows and the calendar under a name"
        )
        return
    picker = Picker("Saved views", entries, lambda entry: entry.target())
    picker.typed = Prompt("", lambda text: None, lambda text: picker.search())
    session.pick(picker)


def saved_entries(session: Session) -> list[Entry]:
    """The saved views as entries whose target goes to them."""
    cockpit = session.cockpit
    entries = []
    for name, view in cockpit.saved_views.items():
        words = "  ".join(part for part in ("tasks", view.filter, view.by and f"by {view.by}") if part)
        entries.append(Entry(name, words, partial(_show_tasks, session, name), mark="saved"))
    for name, figure in cockpit.saved_figures.items():
        entries.append(Entry(name, figure.words, partial(_show_figure, session, name), mark="saved"))
    for name, saved in cockpit.saved_rhythms.items():
        entries.append(Entry(name, saved.words, partial(_show_rhythm, session, name), mark="saved"))
    return entries


def _show_tasks(session: Session, name: str) -> None:
    from cockpit.panes.tasks import TasksView

    session.show("tasks")
    session.replace(TasksView.of_saved(name, session.cockpit.saved_views[name]))


def _show_rhythm(session: Session, name: str) -> None:
    from cockpit.panes.saved import rhythm_of

    session.show("rhythm")
    session.replace(rhythm_of(session.cockpit.saved_rhythms[name]))


def _show_figure(session: Session, name: str) -> None:
    """Go to a saved figure, with its period, comparison and slice, once it is sure that it can be asked."""
    from cockpit.core.saved_figures import require_figure
    from cockpit.panes.saved import context_of, view_of

    def then(saved: "SavedFigure") -> None:
        state = session.state
        before = state.context
        state.context = context_of(saved, before, usual_partner(session, saved.period))
        view = view_of(name, saved)
        there = state.trails.levels.get(view.name)
        root = there[0].view if there else session.views.root(view.name)
        session.visits.leave(visit_of(state.trails))
        session.turn_to(Visit(view.name, (Stop(root), Stop(view))))
        session.refresh_head()
        if state.context != before:
            session.say(f"{name}: {_asked_words(state.context)}, in every view")

    session.run("saved view", lambda: require_figure(session.cockpit, name), then)


def _asked_words(context: Context) -> str:
    only = f", only {context.slice}" if context.slice else ""
    return f"period {context.period}, against {context.against or 'nothing'}{only}"
