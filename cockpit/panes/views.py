"""Which view a digit, a finding or the palette leads to.

Each view is imported when it is first asked for, so that the first frame waits for one of them only.
"""

from importlib import import_module
from typing import cast

from cockpit.base.problems import UsageError, did_you_mean
from cockpit.panes.place import VIEWS, Place, PlaceKind
from cockpit.panes.view import View

_ROOTS: dict[str, tuple[str, str]] = {
    "today": ("today", "TodayView"),
    "rhythm": ("rhythm", "RhythmView"),
    "tasks": ("tasks", "TasksView"),
    "pipeline": ("pipeline", "PipelineView"),
    "annuity": ("annuity", "AnnuityView"),
    "faststart": ("faststart", "FastStartView"),
    "data": ("data", "DataView"),
}
_LEVELS: dict[PlaceKind, tuple[str, str]] = {
    "kpi": ("drill", "KpiView"),
    "rows": ("rows", "RowsView"),
    "record": ("record", "RecordView"),
    "explain": ("explain", "ExplainView"),
    "task": ("task", "TaskView"),
    "occurrence": ("occurrence", "OccurrenceView"),
    "agreement": ("agreement", "AgreementView"),
    "data": ("source", "SourceView"),
    "findings": ("findings", "FindingsView"),
    "moves": ("moves", "MovesView"),
}


def root(name: str) -> View:
    """The view of that name, at its first level.

    Raises:
        UsageError: there is no such view.
    """
    if name not in _ROOTS:
        hint = did_you_mean(name, VIEWS) or f"views: {', '.join(VIEWS)}"
        raise UsageError(f"there is no view {name} ({hint})")
    module, kind = _ROOTS[name]
    return cast(View, getattr(import_module(f"cockpit.panes.{module}"), kind)())


def view_for(place: Place) -> View | None:
    """The view that a place leads to; None for an address outside the cockpit, and for the title of a group.

    A place of kind "view" may carry in `where` the text that the view is narrowed by, and in `focus` the
    item (of the calendar, the day) that it starts on.

    Raises:
        UsageError: the place names a view that there is not.
    """
    if place.kind in ("url", "group"):
        return None
    if place.kind == "view":
        found = root(place.name)
        opened = getattr(type(found), "at", None)
        if opened is not None:
            return cast(View, opened(place))
        return (found.narrowed(place.where) or found) if place.where else found
    if place.kind == "rows":
        from cockpit.panes.annuity import agreements_behind

        agreements = agreements_behind(place)
        if agreements is not None:
            return agreements
    module, kind = _LEVELS[place.kind]
    return cast(View, getattr(import_module(f"cockpit.panes.{module}"), kind).at(place))
