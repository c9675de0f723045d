"""Figures under a name: what of a view is kept in `[views]`, and the view that it becomes again."""

from dataclasses import replace
from typing import Any

from cockpit.panes.agreement_list import AgreementsView
from cockpit.panes.annuity import agreements_behind
from cockpit.panes.conditions import both, equals
from cockpit.panes.drill import KpiView, Step
from cockpit.panes.place import Place
from cockpit.panes.rows import RowsView
from cockpit.panes.tasks import TasksView
from cockpit.panes.view import Context, View
from cockpit.work.saved import SavedView
from cockpit.workspace.saved_figure import USUAL_VERSUS, SavedFigure


def savable(view: View, data: Any, context: Context, usual: str) -> SavedView | SavedFigure | None:
    """What is kept of a view under a name; None of one that cannot be saved.

    The day is not kept: a saved figure is of the day on which it is opened.

    Args:
        view: what is shown.
        data: what it loaded.
        context: what is asked of all views.
        usual: what its period is compared with unless somebody chooses; it is kept as "previous", so that
            it follows a period that moves on with the calendar.
    """
    if isinstance(view, TasksView):
        return view.savable()
    if not isinstance(view, KpiView | RowsView | AgreementsView):
        return None
    steps = () if isinstance(view, AgreementsView) else view.steps
    at, others = _named(steps)
    return SavedFigure(
        figure=view.metric,
        by=data.dimension if isinstance(view, KpiView) else None,
        at=at,
        where=both(view.where, *(equals(name, value) for name, value in others)),
        rows=not isinstance(view, KpiView),
        sort=view.sort or None,
        backwards=view.backwards,
        narrow=view.needle,
        period=view.period or context.period,
        versus="" if view.period else (USUAL_VERSUS if context.against == usual else context.against),
        slice=context.slice,
    )


def _named(steps: tuple[Step, ...]) -> tuple[dict[str, str], list[Step]]:
    """The steps that a table of texts holds, and those of no text, which only a condition can say."""
    at: dict[str, str] = {}
    others: list[Step] = []
    for name, value in steps:
        if isinstance(value, str) and name not in at:
            at[name] = value
        else:
            others.append((name, value))
    return at, others


def view_of(name: str, saved: SavedFigure) -> View:
    """The view that a saved figure becomes again; a list of agreements is called by its name."""
    steps: tuple[Step, ...] = tuple(saved.at.items())
    if not saved.rows:
        return KpiView(
            saved.figure, steps, saved.by, saved.where,
            sort=saved.sort or "", backwards=saved.backwards, needle=saved.narrow,
        )  # fmt: skip
    if agreements_behind(Place("rows", saved.figure)) is not None:
        where = both(saved.where, *(equals(dimension, value) for dimension, value in steps))
        agreements = AgreementsView(saved.figure, name, where, needle=saved.narrow, backwards=saved.backwards)
        return agreements if saved.sort is None else replace(agreements, sort=saved.sort)
    return RowsView(
        saved.figure, steps, saved.where,
        sort=saved.sort or "", backwards=saved.backwards, needle=saved.narrow,
    )  # fmt: skip


def context_of(saved: SavedFigure, context: Context, usual: str) -> Context:
    """What is then asked of all views: the saved period, comparison and slice, at the day that holds.

    Args:
        saved: the figure.
        context: what is asked of all views now.
        usual: what the saved period is compared with unless somebody chooses.
    """
    against = usual if saved.versus == USUAL_VERSUS else saved.versus
    return replace(context, period=saved.period, against=against, slice=saved.slice)
