"""Annuity: how what fell due was renewed, what is still to come, and the agreements that expire next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.panes.annuity_facts import HOW_TO_FILL, AnnuityFacts, has_agreements, load_annuity
from cockpit.panes.board import board_lines
from cockpit.panes.figures import ask, formats_of, metrics_of
from cockpit.panes.formats import Formats, parts_bar
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.record import RecordView
from cockpit.panes.rows import RowsData, shown_columns, written
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import after

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.results import KpiRow

EXPIRING = "renewal_expiring_base"
DUE = "renewal_due_base"
GLYPHS = {
    "renewed in time": "█",
    "extended in time": "▓",
    "renewed late": "▒",
    "extended late": "▒",
    "lapsed": "░",
}


@dataclass(frozen=True, slots=True)
class AnnuityData:
    """The figures, what fell due by outcome, and the agreements that expire next."""

    figures: AnnuityFacts
    outcomes: "tuple[tuple[str, KpiRow], ...]"
    total: "KpiRow | None"
    agreements: RowsData | None
    order: tuple[int, ...]
    formats: Formats


@dataclass(frozen=True)
class AnnuityView(View):
    """The renewals of the period.

    Attributes:
        needle: the text that agreements must contain.
    """

    needle: str = ""

    name = "annuity"

    def crumbs(self) -> tuple[str, ...]:
        """The view's name."""
        return ("Annuity",)

    def load(self, cockpit: "Cockpit", context: Context) -> AnnuityData:
        """The figures and the agreements; nothing where the workspace has none."""
        formats = formats_of(cockpit, context)
        if not has_agreements(cockpit):
            return AnnuityData(AnnuityFacts(), (), None, None, (), formats)
        figures, _ = load_annuity(cockpit, context)
        outcomes, total = self._outcomes(cockpit, context)
        result = cockpit.rows(EXPIRING, period=context.period, as_of=context.as_of, slice=context.slice)
        positions = {name: index for index, name in enumerate(result.columns)}
        needle = self.needle.casefold()
        order = [
            index
            for index, row in enumerate(result.rows)
            if not needle or any(needle in str(cell).casefold() for cell in row if cell is not None)
        ]
        expires = positions.get("expires_date")
        if expires is not None:
            order.sort(key=lambda index: (result.rows[index][expires] is None, result.rows[index][expires]))
        link = cockpit.workspace.config.sources["agreements"].link
        agreements = RowsData(result, order, formats, "agreements", link, positions)
        return AnnuityData(figures, outcomes, total, agreements, tuple(order), formats)

    def _outcomes(
        self, cockpit: "Cockpit", context: Context
    ) -> "tuple[tuple[tuple[str, KpiRow], ...], KpiRow | None]":
        if DUE not in metrics_of(cockpit):
            return (), None
        try:
            result = ask(cockpit, context, (DUE,), by=("outcome",))
        except CockpitError:
            return (), None
        order = list(GLYPHS)
        pairs = [(str(row.by["outcome"]), row) for row in result.groups(DUE)]
        pairs.sort(key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
        return tuple(pairs), result.total(DUE)

    def page(self, data: AnnuityData, size: Size) -> Page:
        """Figures, outcomes, agreements under each other."""
        margin = size.width >= WIDE
        pad = "  " if margin else ""
        width = size.width - 2 * len(pad)
        lines: list[Line] = [line(pad, *rule("Annuity", data.figures.fact, width).spans)]
        if data.agreements is None:
            lines.append(line(pad, Span(HOW_TO_FILL, "dim")))
            shown = [row.fitted(size.width) for row in lines]
            return Page(size.width, size.height, (Block("annuity", 0, 0, size.width, size.height, shown),))
        lines += board_lines(data.figures.rows, data.formats, size.width - len(pad), margin)
        lines += [line(pad, *row.spans, place=row.place, key=row.key) for row in outcome_lines(data, width)]
        top = [row.fitted(size.width) for row in lines]
        height = size.height - len(top) - 1
        blocks = [Block("annuity", 0, 0, size.width, min(len(top), size.height), top)]
        if height >= 3:
            blocks.append(self._agreements(data, data.agreements, len(top) + 1, size.width, height, pad))
        return Page(size.width, size.height, tuple(blocks))

    def _agreements(
        self, data: AnnuityData, agreements: RowsData, y: int, width: int, height: int, pad: str
    ) -> Block:
        inner = width - 2 * len(pad)
        columns = [
            column for column in shown_columns(agreements, inner) if column[0] not in ("part", "contribution")
        ]
        heads = " ".join(
            (right if numeric else left)(name.replace("_", " "), size) for name, size, numeric in columns
        )
        count = f"{len(data.order):,}" + (f" with “{self.needle}”" if self.needle else "")
        fixed = [
            line(pad, *rule("Expiring within 180 days", count, inner).spans).fitted(width),
            line(pad, Span(heads, "dim")).fitted(width),
        ]
        if not data.order:
            fixed.append(line(pad, Span("No agreement expires within 180 days.", "dim")).fitted(width))

        def make(start: int, stop: int) -> list[Line]:
            return [
                self._agreement(agreements, index, columns, pad).fitted(width)
                for index in data.order[start:stop]
            ]

        return Block("agreements", 0, y, width, height, after(fixed, len(data.order), make), sticky=2)

    @staticmethod
    def _agreement(data: RowsData, index: int, columns: Sequence[tuple[str, int, bool]], pad: str) -> Line:
        texts = [
            (right if numeric else left)(written(data.cell(index, name), name, data.formats), size)
            for name, size, numeric in columns
        ]
        identity = data.cell(index, "agreement_id")
        place = Place("agreement", str(identity)) if identity is not None else None
        copied = tuple("" if cell is None else str(cell) for cell in data.result.rows[index])
        return Line((Span(pad + " ".join(texts)),), place, f"agreement:{identity}", copied)

    def facts(self, data: AnnuityData) -> str:
        """The period."""
        return data.figures.fact

    def open(self, data: AnnuityData, place: Place) -> View | None:
        """A figure, or an agreement with the list as its siblings."""
        from cockpit.panes.drill import KpiView

        if place.kind == "kpi":
            return KpiView.at(place)
        if place.kind != "agreement" or data.agreements is None:
            return None
        identities = tuple(str(data.agreements.cell(index, "agreement_id")) for index in data.order)
        return AgreementView("agreements", place.name, ("Annuity",), tuple(dict.fromkeys(identities)))

    def narrowed(self, text: str) -> View:
        """Only the agreements that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that agreements contain."""
        return self.needle

    def explanation(self, data: AnnuityData, line: Line | None) -> View | None:
        """Why the figure under the cursor is so."""
        if line is None or line.place is None or line.place.kind != "kpi":
            return None
        from cockpit.panes.explain import ExplainView

        return ExplainView(line.place.name, line.place.where, ("Annuity", line.place.name))

    def table(self, data: AnnuityData) -> RawTable | None:
        """The agreements with raw values."""
        if data.agreements is None:
            return None
        rows: list[Sequence[Any]] = [data.agreements.result.rows[index] for index in data.order]
        return RawTable("Expiring agreements", data.agreements.result.columns, rows)

    def subject(self, data: AnnuityData, line: Line | None) -> str | None:
        """The agreement or the figure under the cursor."""
        if line is None or line.place is None:
            return None
        return f"agreements/{line.place.name}" if line.place.kind == "agreement" else line.place.name


@dataclass(frozen=True)
class AgreementView(RecordView):
    """One agreement: every field of its row."""

    name = "annuity"

    @classmethod
    def at(cls, place: Place) -> "AgreementView":
        """The agreement that a place of kind "agreement" leads to."""
        return cls("agreements", place.name, ("Annuity",))


def outcome_lines(data: AnnuityData, width: int) -> list[Line]:
    """What fell due by outcome: a bar of its parts, then a line a part."""
    if data.total is None or not data.total.value:
        return []
    formats = data.formats
    whole = float(data.total.value)
    scale = formats.scale(data.total.value)
    parts = [(row.value or 0, GLYPHS.get(name, "·")) for name, row in data.outcomes]
    lines = [BLANK, line(Span(parts_bar(parts, min(width, 60)), "bar"))]
    for name, row in data.outcomes:
        amount = formats.money(row.value, scale)
        share = formats.value(float(row.value or 0) / whole, "percent")
        place = Place("kpi", DUE, by=("owner",), where=f"outcome = '{name}'")
        spans = (f"{GLYPHS.get(name, '·')} {left(name, 18)}", right(amount, 9), right(share, 9))
        lines.append(line(*spans, Span(right(f"{row.n:,}", 7), "dim"), place=place, key=f"outcome:{name}"))
    return lines
