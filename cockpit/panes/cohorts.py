"""Cohorts as a heat map: of the deals created in a quarter, the share won so far, quarter after quarter.

The youngest cohorts have fewer columns, not smaller numbers: what is still to come is blank and no zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError, UsageError
from cockpit.panes.charts.chart import Cell, Matrix
from cockpit.panes.charts.matrix import matrix_lines
from cockpit.panes.conditions import both, equals
from cockpit.panes.figures import ask, formats_of
from cockpit.panes.formats import Formats, plural
from cockpit.panes.lines import BLANK, Line, Page, Span, line
from cockpit.panes.pictures import PictureView, inner, list_page
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit

CREATED, WON = "created_count", "cohort_won_count"
MOST = 12
UNITS = (Choice("q", "quarter", "quarter"), Choice("p", "period", "period"))


@dataclass(frozen=True, slots=True)
class Cohort:
    """The deals created in one unit: how many, and how many were won by the end of each later unit."""

    label: str
    created: int
    won: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CohortsData:
    """The cohorts, the oldest first."""

    formats: Formats
    cohorts: tuple[Cohort, ...]
    unit: str
    undated: int


@dataclass(frozen=True)
class CohortsView(PictureView):
    """The heat map; `unit` is asked with `d`."""

    unit: str = "quarter"
    word = "cohorts"

    def load(self, cockpit: "Cockpit", context: Context) -> CohortsData:
        """Created and won deals by the unit of their creation.

        Raises:
            UsageError: the catalogue or the data lacks what cohorts are made of.
        """
        if WON not in cockpit.catalogue or CREATED not in cockpit.catalogue:
            raise UsageError(f"cohorts need the metrics {CREATED} and {WON}")
        born, closed = f"created_{self.unit}", f"closing_{self.unit}"
        everything = replace(context, period="all", against="")
        created = ask(cockpit, everything, (CREATED,), by=(born,), where=self.where)
        total = created.total(CREATED)
        if total.value is None:
            raise UsageError(f"cohorts: {total.reason}")
        won = ask(cockpit, everything, (WON,), by=(born, closed), where=self.where)
        counts = {(row.by[born], row.by[closed]): row.n for row in won.groups(WON)}
        sizes = {row.by[born]: row.n for row in created.groups(CREATED)}
        day = created.as_of
        unit = cockpit.fiscal.unit("quarter" if self.unit == "quarter" else "period", day)
        labels: list[str] = []
        while unit is not None and len(labels) < MOST:
            labels.append(unit.label)
            try:
                unit = cockpit.fiscal.shift(unit, -1)
            except CockpitError:
                break
        labels.reverse()
        cohorts = [
            Cohort(label, sizes[label], _running(label, labels, counts))
            for label in labels
            if sizes.get(label)
        ]
        return CohortsData(formats_of(cockpit, context), tuple(cohorts), self.unit, sizes.get(None, 0))

    def chart(self, data: CohortsData) -> Matrix:
        """A row a cohort, a column a unit of age; the shade is the share won."""
        longest = max((len(cohort.won) for cohort in data.cohorts), default=0)
        rows = []
        for cohort in data.cohorts:
            shares = [count / cohort.created for count in cohort.won]
            row = [Cell(None, data.formats.number(cohort.created), faint=True)]
            row += [Cell(share, data.formats.number(share * 100, 0)) for share in shares]
            row += [Cell(None, "")] * (longest - len(shares))
            rows.append(tuple(row))
        columns = ("deals", *("same" if age == 0 else f"+{age}" for age in range(longest)))
        places = tuple(
            Place(
                "kpi",
                "created_count",
                where=both(self.where, equals(f"created_{self.unit}", one.label)),
                focus=one.label,
            )
            for one in data.cohorts
        )
        return Matrix(
            f"Won so far of the deals created in a {data.unit}, %",
            f"by {data.unit}s since",
            "created in",
            tuple(cohort.label for cohort in data.cohorts),
            columns,
            tuple(rows),
            heat=True,
            places=places,
        )

    def page(self, data: CohortsData, size: Size) -> Page:
        """The heat map; Enter opens the deals of a cohort."""
        width = inner(size)
        drawn = matrix_lines(self.chart(data), width)
        words = "To the right: how a cohort ripens. Down: whether later ones do better at the same age."
        notes: list[Line] = [BLANK, *(line(Span(part, "dim")) for part in wrapped(words, width))]
        if data.undated:
            notes.append(
                line(Span(f"{plural(data.undated, 'deal')} without a created date left out.", "dim"))
            )
        if not data.cohorts:
            notes = [line(Span("No deals were created in the quarters shown.", "dim"))]
        return list_page((*drawn.head, *drawn.body, *notes), size, sticky=2)

    def open(self, data: CohortsData, place: Place) -> View | None:
        """The deals created in that unit."""
        from cockpit.panes.rows import RowsView

        if place.kind != "kpi" or place.focus is None:
            return None
        return RowsView("created_count", where=self.where, period=place.focus)

    def dimensions(self, data: CohortsData) -> tuple[Choice, ...]:
        """The units of time."""
        return UNITS

    def divided(self, data: CohortsData, dimension: str, line: Line | None) -> View:
        """By another unit of time."""
        return replace(self, unit=dimension)

    def table(self, data: CohortsData) -> RawTable:
        """A row a cohort: its size, then won so far at each age."""
        longest = max((len(cohort.won) for cohort in data.cohorts), default=0)
        rows: Sequence[Sequence[Any]] = [
            (one.label, one.created, *one.won, *[None] * (longest - len(one.won))) for one in data.cohorts
        ]
        columns = (f"created_{data.unit}", "created", *(f"won_by_+{age}" for age in range(longest)))
        return RawTable("Cohorts", columns, rows)


def _running(label: str, labels: Sequence[str], counts: dict[tuple[Any, Any], int]) -> tuple[int, ...]:
    """Deals of a cohort won by the end of its own and each later unit."""
    at = labels.index(label)
    total, found = 0, []
    for later in labels[at:]:
        total += counts.get((label, later), 0)
        found.append(total)
    return tuple(found)
