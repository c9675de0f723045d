"""Views under a name: what of a view is kept in `[views]`, and the view that it becomes again."""

from dataclasses import replace
from typing import Any

from cockpit.panes.agreement_list import AgreementsView
from cockpit.panes.conditions import Step, both, equals
from cockpit.panes.drill import KpiView
from cockpit.panes.rhythm import RhythmView
from cockpit.panes.rows import RowsView
from cockpit.panes.tasks import TasksView
from cockpit.panes.view import Context, View
from cockpit.work.saved import SavedView
from cockpit.workspace.saved_figure import USUAL_VERSUS, SavedFigure, Shown
from cockpit.workspace.saved_rhythm import SavedRhythm


def savable(
    view: View, data: Any, context: Context, usual: str
) -> SavedView | SavedFigure | SavedRhythm | None:
    """What is kept of a view under a name; None of one that cannot be saved.

    The day is not kept: a saved figure is of the day on which it is opened, and the calendar begins on it.

    Args:
        view: what is shown.
        data: what it loaded.
        context: what is asked of all views.
        usual: what its period is compared with unless somebody chooses; it is kept as "previous", so that
            it follows a period that moves on with the calendar.
    """
    if isinstance(view, TasksView):
        return view.savable()
    if isinstance(view, RhythmView):
        return SavedRhythm(rhythm=view.needle.strip(), by=view.group or None, actions=view.actions)
    if not isinstance(view, KpiView | RowsView | AgreementsView):
        return None
    alone = bool(view.period)
    at, others = _named(() if isinstance(view, AgreementsView) else view.steps)
    return SavedFigure(
        figure=view.metric,
        by=data.dimension if isinstance(view, KpiView) else None,
        at=at,
        where=both(view.where, *(equals(name, value) for name, value in others)),
        show=_shown(view),
        sort=view.sort or None,
        backwards=view.backwards,
        narrow=view.needle,
        period=view.period or context.period,
        versus=USUAL_VERSUS if alone or context.against == usual else context.against,
        alone=alone,
        slice=context.slice,
    )


def _shown(view: KpiView | RowsView | AgreementsView) -> Shown:
    if isinstance(view, KpiView):
        return "groups"
    return "rows" if isinstance(view, RowsView) else "agreements"


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


def rhythm_of(saved: SavedRhythm) -> RhythmView:
    """The calendar as it was saved, from the day of now on."""
    return RhythmView(needle=saved.rhythm, group=saved.by or "", actions=saved.actions)


def view_of(name: str, saved: SavedFigure) -> View:
    """The view that a saved figure becomes again; a list of agreements is called by its name."""
    steps: tuple[Step, ...] = tuple(saved.at.items())
    sort, period = saved.sort or "", saved.period if saved.alone else ""
    if saved.show == "groups":
        return KpiView(
            saved.figure, steps, saved.by, saved.where,
            sort=sort, backwards=saved.backwards, needle=saved.narrow, period=period,
        )  # fmt: skip
    if saved.show == "rows":
        return RowsView(
            saved.figure, steps, saved.where,
            sort=sort, backwards=saved.backwards, needle=saved.narrow, period=period,
        )  # fmt: skip
    where = both(saved.where, *(equals(dimension, value) for dimension, value in steps))
    agreements = AgreementsView(
        saved.figure, name, where, period or None, saved.narrow, backwards=saved.backwards
    )
    return replace(agreements, sort=sort) if sort else agreements


def context_of(saved: SavedFigure, context: Context, usual: str) -> Context:
    """What is then asked of all views: the saved period, comparison and slice, at the day that holds.

    Args:
        saved: the figure.
        context: what is asked of all views now.
        usual: what the saved period is compared with unless somebody chooses.
    """
    if saved.alone:
        return replace(context, slice=saved.slice)
    against = usual if saved.versus == USUAL_VERSUS else saved.versus
    return replace(context, period=saved.period, against=against, slice=saved.slice)
