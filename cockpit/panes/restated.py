"""A restatement on the screen: a stored state beside the records of now, and the deals that differ.

`v` chooses among the locked states; a figure of the table opens with its own deals, a deal as its record.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.base.problems import Problem, UsageError
from cockpit.core.restated import RestatedDeal, RestatedFigure, Restatement, restate
from cockpit.panes.days import day_and_month
from cockpit.panes.figures import formats_of, short_label
from cockpit.panes.formats import Formats, Number, plural
from cockpit.panes.lines import BLANK, Line, Page, Span, cells, left, line, right, rule
from cockpit.panes.pictures import PictureView, inner, list_page
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit

MOST_STATES = 9
"""So many locked states are offered, the newest first."""


@dataclass(frozen=True, slots=True)
class RestatedData:
    """Both sides of the figures.

    Attributes:
        found: what was reported beside what is known by now, the figure asked first.
        formats: how figures are written.
        states: the locked states that there are, the newest first.
    """

    found: Restatement
    formats: Formats
    states: tuple[str, ...]

    @property
    def figure(self) -> RestatedFigure:
        """The figure whose deals are listed."""
        return self.found.figures[0]


@dataclass(frozen=True)
class RestatedView(PictureView):
    """Reported beside corrected.

    Attributes:
        state: label of the locked state; "" for the one that `--known-at` names, else the newest.
    """

    state: str = ""
    word = "restated"

    def load(self, cockpit: "Cockpit", context: Context) -> RestatedData:
        """The figure and those of the board, both ways.

        Raises:
            UsageError: no state is locked.
            CockpitError: a file of it is damaged, or the data cannot be read.
        """
        labels = [name for one in reversed(cockpit.history.snapshots()) for name in reversed(one.labels)]
        asked = self.state or (cockpit.known.words if cockpit.known.snapshot is not None else "") or ""
        if not asked and not labels:
            hint = "cockpit lock LABEL keeps the state of now"
            raise UsageError(Problem("no state is locked, so nothing was reported", hint=hint))
        names = dict.fromkeys((self.metric, *cockpit.board()))
        slice_where = cockpit.slices[context.slice] if context.slice is not None else None
        where = " AND ".join(f"({part})" for part in (slice_where, self.where) if part) or None
        found = restate(cockpit, asked or labels[0], tuple(names), where=where)
        return RestatedData(found, formats_of(cockpit, context), tuple(labels[:MOST_STATES]))

    def page(self, data: RestatedData, size: Size) -> Page:
        """The table of the figures over the deals of the first."""
        width = inner(size)
        lines = [*self._figures(data, width), BLANK, *self._deals(data, width), BLANK]
        day, state = day_and_month(data.found.as_of), data.found.label
        words = (
            f"As reported: what the sources held when {state} was stored. As corrected: the records of now, "
            f"as of {day}, rebuilt from their own dates; what was open on that day has the amount, stage and "
            "close date of now."
        )
        lines += [line(Span(part, "dim")) for part in wrapped(words, width)]
        return list_page([row.fitted(width) for row in lines], size)

    def _figures(self, data: RestatedData, width: int) -> list[Line]:
        found, formats = data.found, data.formats
        label = min(max(cells(one.label) for one in found.figures), max(width - 50, 16)) + 2
        title = f"{found.label}, {day_and_month(found.as_of)}"
        heads = (
            left("", label) + right("as reported", 13) + right("as corrected", 14) + right("difference", 13)
        )
        lines = [rule(title, f"{found.period}, reported beside corrected", width), line(Span(heads, "dim"))]
        of_all = _reason_of_all(found)
        for one in found.figures:
            said = "" if of_all else one.reason or ""
            spans = (
                Span(left(short_label(one.label, label - 1), label)),
                Span(right(_value(formats, one.reported, one.unit), 13)),
                Span(right(_value(formats, one.corrected, one.unit), 14)),
                Span(right(_difference(formats, one), 13), "text" if one.difference else "dim"),
                Span("   " + (plural(one.deals_count, "deal") if one.deals_count else said), "dim"),
            )
            place = Place("kpi", one.kpi, where=self.where)
            copied = (one.kpi, formats.raw(one.reported), formats.raw(one.corrected))
            lines.append(Line(spans, place, f"kpi:{one.kpi}", copied))
        if of_all:
            lines.append(line(Span(f"Nothing can be set beside each other: {of_all}.", "dim")))
        return lines

    def _deals(self, data: RestatedData, width: int) -> list[Line]:
        one = data.figure
        fact = plural(one.deals_count, "deal") if one.deals_count else "none"
        if one.deals_count > len(one.deals):
            fact = f"the largest {len(one.deals)} of {fact}"
        lines = [rule(f"{one.label}: what made the difference", fact, width)]
        if one.deals:
            heads = left("", 14) + right("reported", 12) + right("corrected", 12) + "   what differs"
            lines.append(line(Span(heads, "dim")))
        lines += [self._deal(deal, one, data.formats, width) for deal in one.deals]
        if not one.deals:
            words = "No deal counts otherwise."
            if one.difference is None and one.reason:
                words = f"It is not known: {one.reason}."
            elif one.difference:
                words = "It is made of other figures; open those it is made of."
            lines.append(line(Span(words, "dim")))
        return lines

    @staticmethod
    def _deal(deal: RestatedDeal, one: RestatedFigure, formats: Formats, width: int) -> Line:
        unit = one.unit if one.unit == "money" else "count"
        spans = (
            Span(left(deal.opportunity_id, 14)),
            Span(right(_value(formats, deal.reported, unit), 12)),
            Span(right(_value(formats, deal.corrected, unit), 12)),
            Span("   " + deal.change, "dim"),
        )
        place = Place("record", "opportunities", where=deal.opportunity_id)
        copied = (deal.opportunity_id, str(deal.reported), str(deal.corrected))
        return Line(spans, place, f"deal:{deal.opportunity_id}", copied).fitted(width)

    def open(self, data: RestatedData, place: Place) -> View | None:
        """The figure's own deals, or a deal."""
        return replace(self, metric=place.name) if place.kind == "kpi" else None

    def facts(self, data: RestatedData) -> str:
        """Which state, and how both sides are known."""
        return f"{data.found.label}, as reported beside as corrected"

    def comparisons(self, data: RestatedData) -> tuple[Choice, ...]:
        """The locked states."""
        return tuple(Choice(str(place), name, name) for place, name in enumerate(data.states, 1))

    def compared(self, data: RestatedData, name: str) -> View:
        """Another locked state."""
        return replace(self, state=name)

    def sibling(self, data: RestatedData, step: int) -> View | None:
        """The locked state before or after."""
        if data.found.label not in data.states or len(data.states) < 2:
            return None
        place = data.states.index(data.found.label)
        return replace(self, state=data.states[(place - step) % len(data.states)])

    def table(self, data: RestatedData) -> RawTable:
        """A row a deal that made the difference."""
        one = data.figure
        rows = [(deal.opportunity_id, deal.reported, deal.corrected, deal.change) for deal in one.deals]
        title = f"{one.label} as reported in {data.found.label}, and as corrected"
        return RawTable(title, ("opportunity_id", "reported", "corrected", "what_differs"), rows)

    def subject(self, data: RestatedData, line: Line | None) -> str:
        """The figure in the period of that day."""
        return f"{self.metric}@{data.found.period}"


def _reason_of_all(found: Restatement) -> str:
    """Why no figure at all has a difference, where that is one reason: it is told once and whole."""
    reasons = {one.reason for one in found.figures}
    return next(iter(reasons)) or "" if len(reasons) == 1 and len(found.figures) > 1 else ""


def _value(formats: Formats, value: Number | None, unit: str) -> str:
    return "–" if value is None else formats.value(value, unit)


def _difference(formats: Formats, one: RestatedFigure) -> str:
    if one.difference is None:
        return ""
    return formats.delta(one.difference, one.unit, one.corrected) if one.difference else "none"
