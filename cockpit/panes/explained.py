"""Why something is so, by the place that a line leads to, in whatever view the line stands."""

from cockpit.panes.place import Place
from cockpit.panes.view import View
from cockpit.panes.views import view_for

OWN_PAGES = ("task", "occurrence", "agreement", "explain")
"""Kinds of places whose own page says why: a due rule, a rule in words, the gates of an agreement."""


def explained(place: Place | None) -> View | None:
    """The view that explains a place, or None where there is nothing to explain."""
    if place is None:
        return None
    if place.kind in OWN_PAGES:
        return view_for(place)
    if place.kind in ("kpi", "rows"):
        from cockpit.panes.explain import ExplainView

        return ExplainView(place.name, place.where)
    return None
