"""Where somebody was: the levels of a view and the line in each of their panes, to come back to.

Visits are what "back" and "forward", marks and resuming after a dropped line are made of. They hold no
data; a level that is still there with the same view is used again, any other is loaded anew.
"""

from dataclasses import dataclass, field

from cockpit.panes.view import View
from cockpit.tui.state import Level, Spot, Trails

MOST_VISITS = 100
"""How far back one can go."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One level as it was left.

    Attributes:
        view: what it showed.
        focus: the pane that had the cursor.
        spots: by pane, the line under the cursor, its key and how far it was scrolled.
        zoom: the pane that was shown alone, or None.
        twin: whether it was shown as plain lines.
    """

    view: View
    focus: str = ""
    spots: tuple[tuple[str, int | None, str | None, int], ...] = ()
    zoom: str | None = None
    twin: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A view and its levels from the root down.

    Attributes:
        name: the view's name.
        stops: its levels.
    """

    name: str
    stops: tuple[Stop, ...]

    def leads_to(self, other: "Visit") -> bool:
        """Whether both show the same, wherever the cursor is."""
        mine, others = [stop.view for stop in self.stops], [stop.view for stop in other.stops]
        return self.name == other.name and mine == others


def visit_of(trails: Trails) -> Visit:
    """Where one is."""
    return Visit(trails.active, tuple(_stop_of(level) for level in trails.trail))


def _stop_of(level: Level) -> Stop:
    spots = tuple((name, spot.index, spot.key, spot.top) for name, spot in level.spots.items())
    return Stop(level.view, level.focus, spots, level.zoom, level.twin)


def levels_of(visit: Visit, present: list[Level]) -> list[Level]:
    """The levels of a visit; those of `present` that show the same are taken over."""
    levels = []
    for position, stop in enumerate(visit.stops):
        there = present[position] if position < len(present) else None
        level = there if there is not None and there.view == stop.view else Level(stop.view)
        level.focus, level.zoom, level.twin = stop.focus, stop.zoom, stop.twin
        level.spots = {name: Spot(index, key, top) for name, index, key, top in stop.spots}
        level.touched = True
        level.forget_page()
        levels.append(level)
    return levels


@dataclass(slots=True)
class Visits:
    """The way one came, and the marks that were set.

    Attributes:
        past: visits before this one, the newest last.
        future: visits that one came back from, the nearest last.
        marks: by letter, visits that were marked.
    """

    past: list[Visit] = field(default_factory=list)
    future: list[Visit] = field(default_factory=list)
    marks: dict[str, Visit] = field(default_factory=dict)

    def leave(self, here: Visit) -> None:
        """Note where one was before going somewhere else."""
        self.future.clear()
        self._note(self.past, here)

    def back(self, here: Visit) -> Visit | None:
        """The visit before; None at the beginning."""
        return self._turn(self.past, self.future, here)

    def forward(self, here: Visit) -> Visit | None:
        """The visit that one came back from; None at the end."""
        return self._turn(self.future, self.past, here)

    def _turn(self, source: list[Visit], other: list[Visit], here: Visit) -> Visit | None:
        while source:
            visit = source.pop()
            if not visit.leads_to(here):
                self._note(other, here)
                return visit
        return None

    @staticmethod
    def _note(visits: list[Visit], here: Visit) -> None:
        if here.stops and not (visits and visits[-1] == here):
            visits.append(here)
            del visits[:-MOST_VISITS]
