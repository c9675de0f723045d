"""Annuity: what fell due and became of it, what is to come and at risk, and the book by month or quarter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.panes.agreement_list import AgreementsView
from cockpit.panes.agreement_list_data import UNTRACKED
from cockpit.panes.annuity_behind import load_largest, load_quarters
from cockpit.panes.annuity_book import BOOK, COLUMNS, Book, Kind, book_lines, load_book
from cockpit.panes.annuity_data import AnnuityData
from cockpit.panes.annuity_detail import annuity_detail
from cockpit.panes.annuity_facts import HOW_TO_FILL, AnnuityFacts, has_agreements
from cockpit.panes.annuity_outcomes import DUE, Outcomes, load_outcomes, outcome_lines
from cockpit.panes.annuity_risk import TITLES, RiskFacts, load_risk, risk_lines
from cockpit.panes.board import board_row, compared_words
from cockpit.panes.board_lines import board_lines
from cockpit.panes.dimensions import path_of
from cockpit.panes.figures import ask, formats_of, metrics_of
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, line, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, RawTable, Size, View

if TYPE_CHECKING:
    from cockpit.core import Cockpit

FIGURES = (
    "renewal_on_time_rate", "renewal_on_time_rate_count", "renewal_renewed_to_due",
    "renewal_within_grace_rate", "renewal_retained_rate", "renewal_recapture_rate", "renewal_days_late",
    "renewal_attach_rate",
    "renewal_coverage", "renewal_covered_late", "renewal_touchpoint_rate",
)  # fmt: skip
"""The figures of the view in their order; what a renewal was worth stands beside whether it was in time."""
UNITS = (Choice("m", "period", "month"), Choice("q", "quarter", "quarter"))
SIDE_BY_SIDE = 110
"""From this width on the figures stand beside what fell due."""
GAP = 4


@dataclass(frozen=True)
class AnnuityView(View):
    """The renewals of the period.

    Attributes:
        kind: the units of the book: "period" or "quarter".
        needle: the text that lines must contain.
    """

    kind: Kind = "period"
    needle: str = ""

    name = "annuity"

    def crumbs(self) -> tuple[str, ...]:
        """The view's name."""
        return ("Annuity",)

    def load(self, cockpit: "Cockpit", context: Context) -> AnnuityData:
        """The figures, what fell due, what is at risk, and the book; nothing without agreements."""
        formats = formats_of(cockpit, context)
        if not has_agreements(cockpit):
            return AnnuityData(
                AnnuityFacts(), Outcomes(), RiskFacts({}), Book(self.kind), formats, known=False
            )
        metrics = metrics_of(cockpit)
        names = [name for name in FIGURES if name in metrics]
        result = ask(cockpit, context, names)
        rows = tuple(
            board_row(result.total(name), metrics[name], formats, path_of(cockpit, metrics[name]))
            for name in names
        )
        book = load_book(cockpit, context, self.kind, result.as_of)
        return AnnuityData(
            figures=AnnuityFacts(rows, compared_words(cockpit, result), result.period.label),
            outcomes=load_outcomes(cockpit, context),
            risk=load_risk(cockpit, context),
            book=book,
            formats=formats,
            quarters=load_quarters(cockpit, context, names, result.as_of),
            largest=load_largest(cockpit, context, names, book),
            metrics=metrics,
        )

    def page(self, data: AnnuityData, size: Size) -> Page:
        """What fell due beside the figures where there is room, else above them; then the book."""
        pad = " " if size.width >= WIDE else ""
        if not data.known:
            lines = [line(pad, *rule("Annuity", "", size.width - 2 * len(pad)).spans)]
            lines.append(line(pad, Span(HOW_TO_FILL, "dim")))
            return _page(size, [("annuity", 0, 0, size.width, lines)])
        if size.width < SIDE_BY_SIDE:
            lines = [*self._due(data, size.width, pad), BLANK, *self._figures(data, size.width, pad)]
            lines += [BLANK, *self._book(data, size.width, pad)]
            return _page(size, [("annuity", 0, 0, size.width, lines)])
        first = (size.width - GAP) * 2 // 5
        second = size.width - first - GAP - len(pad)
        due, figures = self._due(data, first, pad), self._figures(data, second, "")
        below = max(len(due), len(figures)) + 1
        book = self._book(data, size.width, pad)
        parts = [
            ("annuity", 0, 0, first, due),
            ("figures", first + GAP, 0, second, figures),
            ("book", 0, below, size.width, book),
        ]
        return _page(size, parts, below)

    def _due(self, data: AnnuityData, width: int, pad: str) -> list[Line]:
        inner = width - len(pad)
        lines = [rule("Annuity", f"due in {data.figures.period}", inner)]
        lines += self._matching(outcome_lines(data.outcomes, data.formats, inner))
        risk = self._matching(risk_lines(data.risk, data.formats, inner))
        return _padded([*lines, *([BLANK] if risk and len(lines) > 1 else []), *risk], pad, width)

    def _figures(self, data: AnnuityData, width: int, pad: str) -> list[Line]:
        inner = width - 2 * len(pad)
        lines = [rule("Figures", data.figures.fact, inner)]
        lines += self._matching(board_lines(data.figures.rows, data.formats, inner, bool(pad)))
        return _padded(lines, pad, width)

    def _book(self, data: AnnuityData, width: int, pad: str) -> list[Line]:
        inner = width - 2 * len(pad)
        lines = book_lines(data.book, data.formats, inner)
        if not lines:
            return []
        words = {"period": "by month", "quarter": "by quarter", "year": "by year"}[data.book.kind]
        title = rule("Renewal book", f"base, {words} of the due date", inner)
        return _padded([title, lines[0], *self._matching(lines[1:])], pad, width)

    def _matching(self, lines: list[Line]) -> list[Line]:
        needle = self.needle.casefold()
        return [row for row in lines if not needle or needle in row.text.casefold()]

    def facts(self, data: AnnuityData) -> str:
        """The period and the day of the figures."""
        return f"due in {data.figures.period}, {data.figures.fact}" if data.known else ""

    def open(self, data: AnnuityData, place: Place) -> View | None:
        """A figure by its dimension, or the agreements behind an amount."""
        from cockpit.panes.drill import KpiView

        if place.kind == "kpi":
            return KpiView.at(place)
        if place.kind == "rows" and place.name == BOOK:
            return AgreementsView(BOOK, f"Due in {place.focus}", period=place.where)
        return agreements_behind(place)

    def dimensions(self, data: AnnuityData) -> tuple[Choice, ...]:
        """The book by month or by quarter."""
        return UNITS

    def divided(self, data: AnnuityData, dimension: str, line: Line | None) -> View:
        """The book by other units."""
        return replace(self, kind="quarter" if dimension == "quarter" else "period")

    def narrowed(self, text: str) -> View:
        """Only the lines that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that lines contain."""
        return self.needle

    def explanation(self, data: AnnuityData, line: Line | None) -> View | None:
        """Why the figure under the cursor is so."""
        if line is None or line.place is None or line.place.kind not in ("kpi", "rows"):
            return None
        from cockpit.panes.explain import ExplainView

        where = line.place.where if line.place.kind == "kpi" else None
        return ExplainView(line.place.name, where, ("Annuity", line.place.name))

    def detail(self, data: AnnuityData, line: Line | None, width: int) -> Sequence[Line]:
        """The line under the cursor: its meaning or parts, its last quarters, its largest agreements."""
        return annuity_detail(data, line, width)

    def table(self, data: AnnuityData) -> RawTable | None:
        """The book with raw values."""
        if data.book.total is None:
            return None
        rows: list[Sequence[Any]] = [
            (row.label, row.start, row.end, *(row.amounts[name] for name in COLUMNS), row.count)
            for row in data.book.rows
        ]
        return RawTable("Renewal book", ("due in", "first day", "last day", *COLUMNS, "agreements"), rows)

    def subject(self, data: AnnuityData, line: Line | None) -> str | None:
        """The figure under the cursor."""
        return line.place.name if line is not None and line.place is not None else None


def agreements_behind(place: Place) -> AgreementsView | None:
    """The agreements that make up an amount of what fell due, is to come, at risk or to be found.

    None for other places; their rows are a list like any other.
    """
    if place.kind != "rows" or place.name not in (DUE, UNTRACKED, *TITLES):
        return None
    if place.name == UNTRACKED:
        return AgreementsView.find()
    outcome = f": {place.focus}" if place.focus and place.where else ""
    title = TITLES.get(place.name, "Due to date") + outcome
    return AgreementsView(place.name, title, place.where, focus=None if outcome else place.focus)


def _padded(lines: Sequence[Line], pad: str, width: int) -> list[Line]:
    return [replace(row, spans=(Span(pad), *row.spans)).fitted(width) for row in lines]


def _page(
    size: Size, parts: Sequence[tuple[str, int, int, int, list[Line]]], below: int | None = None
) -> Page:
    """The parts as blocks; those at the top end where the one below begins."""
    blocks = []
    for name, x, y, width, lines in parts:
        bottom = size.height if below is None or y else min(below, size.height)
        if lines and y < size.height:
            shown = [row.fitted(width) for row in lines]
            blocks.append(Block(name, x, y, width, bottom - y, shown, sticky=2 if name == "book" else 1))
    return Page(size.width, size.height, tuple(blocks))
