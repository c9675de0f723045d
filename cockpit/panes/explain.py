"""Why a figure is what it is: definition, formula with the numbers put in, what counts, what is left out."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from cockpit.base.problems import UsageError, did_you_mean
from cockpit.panes.conditions import both
from cockpit.panes.days import clock, day_and_month
from cockpit.panes.figures import called, formats_of, metrics_of
from cockpit.panes.formats import Formats, is_money, plural
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Role, Span, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import labelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import Explanation, Fate

AS_READ = "as of now, from the sources as they were last read"
SNAPSHOTS = {
    "live": AS_READ,
    "stored": "as reported, from stored history",
    "reconstructed": "rebuilt from the records' own dates, with today's other values",
}


@dataclass(frozen=True, slots=True)
class ExplainData:
    """An explanation, the metric it is about, and conditions that find the rows left out by reason.

    Times of day are those of `zone`.
    """

    explanation: "Explanation"
    metric: "Metric"
    parts: "Mapping[str, Metric]"
    left_out: "Mapping[str, str]"
    formats: Formats
    zone: tzinfo


@dataclass(frozen=True)
class ExplainView(View):
    """The explanation of a figure.

    Attributes:
        metric: the metric's name.
        where: the condition that narrows it, or None.
        path: the breadcrumb down to the figure.
        needle: the text that lines must contain.
        row: the id of the deal or agreement of which it is told whether it counts, or "".
        period: its period where that is not the one that holds in every view, else "".
    """

    metric: str
    where: str | None = None
    path: tuple[str, ...] = ()
    needle: str = ""
    row: str = ""
    period: str = ""

    name = "pipeline"

    @classmethod
    def at(cls, place: Place) -> "ExplainView":
        """The explanation that a place of kind "explain" leads to."""
        return cls(place.name, place.where)

    def crumbs(self) -> tuple[str, ...]:
        """The way to the figure, then "why"."""
        return (*(self.path or ("Pipeline", called(self.metric))), "why")

    def load(self, cockpit: "Cockpit", context: Context) -> ExplainData:
        """The explanation of the figure in the period and slice of the context."""
        metrics = metrics_of(cockpit)
        if self.metric not in metrics:
            hint = did_you_mean(self.metric, metrics)
            raise UsageError(f"no metric {self.metric}" + (f" ({hint})" if hint else ""))
        metric = metrics[self.metric]
        explanation = cockpit.explain(
            self.metric,
            where=self.where,
            period=self.period or context.period,
            as_of=context.as_of,
            slice=context.slice,
            **({"row": self.row} if self.row else {}),
        )
        behind = [metric, *(metrics[name] for name in metric.parts if name in metrics)]
        left_out: dict[str, str] = {}
        for one in behind:
            if one.spec.fact == "opportunities":
                left_out.update(getattr(one.spec, "left_out", {}))
        parts = {name: metrics[name] for name in explanation.parts if name in metrics}
        return ExplainData(
            explanation, metric, parts, left_out, formats_of(cockpit, context), cockpit.fiscal.zone
        )

    def page(self, data: ExplainData, size: Size) -> Page:
        """Sections under each other; what is left out and the parts can be opened."""
        pad = " " if size.width >= WIDE else ""
        width = min(size.width - 2 * len(pad), 118)
        needle = self.needle.casefold()
        lines = [row for row in self._lines(data, width) if not needle or needle in row.text.casefold()]
        shown = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(
            size.width, size.height, (Block("explain", 0, 0, size.width, size.height, shown, sticky=0),)
        )

    def _lines(self, data: ExplainData, width: int) -> list[Line]:
        explanation, formats = data.explanation, data.formats
        value = formats.value(explanation.value, explanation.unit)
        lines = [rule(explanation.label, f"{value}, n {explanation.n:,}", width)]
        if explanation.reason:
            lines += labelled("no value", explanation.reason, width, role="bad")
        lines += labelled("definition", data.metric.spec.basis or "", width)
        lines += labelled("meaning", data.metric.spec.description or "", width)
        lines += labelled("formula", explanation.formula, width)
        lines += labelled("with numbers", self._substituted(data), width, role="strong")
        before = explanation.replaced
        if before is not None:
            figure = (
                formats.value(before.value, explanation.unit) if before.value is not None else before.reason
            )
            lines += labelled("before", f"{figure} by {before.formula} ({before.definition_file})", width)
        if explanation.rate:
            lines += labelled("money", f"other currencies at the {explanation.rate} rate", width)
        lines += labelled("state", SNAPSHOTS.get(explanation.snapshot.kind, explanation.snapshot.kind), width)
        for number, text in enumerate(explanation.filters):
            lines += labelled("counted" if number == 0 else "", text, width)
        if self.row:
            lines += [BLANK, rule(self.row, plural(len(explanation.fates), "row"), width)]
            lines += [fate_line(fate, formats, width) for fate in explanation.fates] or [
                line(Span("It has no row in what this figure is made of.", "dim"))
            ]
        lines += [BLANK, rule("Left out", plural(len(explanation.left_out), "reason"), width)]
        if not explanation.left_out:
            lines.append(line(Span("Nothing is left out.", "dim")))
        lines += [self._counted(item.reason, item.count, data, width) for item in explanation.left_out]
        if explanation.notes:
            lines += [BLANK, rule("Told apart", "", width)]
            lines += [self._counted(item.reason, item.count, data, width) for item in explanation.notes]
        if data.parts:
            lines += [BLANK, rule("Made of", plural(len(data.parts), "figure"), width)]
            for name, metric in data.parts.items():
                place = Place("explain", name, where=self.where)
                said = Span("   " + (metric.spec.basis or ""), "dim")
                lines.append(line(left(metric.label, 36), said, place=place, key=f"part:{name}"))
        lines += [BLANK, rule("Sources", "", width)]
        for source in explanation.sources:
            read = "never"
            if source.loaded_at is not None:
                at = datetime.fromisoformat(source.loaded_at).astimezone(data.zone)
                read = f"{day_and_month(at.date())} {clock(at)}"
            words = f"{source.rows:,} rows, {source.rejected:,} rejected, read {read}"
            place = Place("data", source.table)
            name = left(source.table, 14) + " " + source.path_or_host
            lines.append(line(name, Span("   " + words, "dim"), place=place, key=f"source:{source.table}"))
        place_in_file = f":{explanation.definition_line}" if explanation.definition_line else ""
        if explanation.definition_file:
            lines += [BLANK, *labelled("defined in", f"{explanation.definition_file}{place_in_file}", width)]
        if data.metric.spec.source:
            lines += labelled("after", data.metric.spec.source, width)
        return lines

    @staticmethod
    def _substituted(data: ExplainData) -> str:
        """The formula with the numbers put in; hidden where any of them is an amount and those are hidden."""
        units = [data.metric.unit, *(metric.unit for metric in data.parts.values())]
        hidden = data.formats.blank and any(is_money(unit) for unit in units)
        return "•••" if hidden else data.explanation.substituted

    def _counted(self, reason: str, count: int, data: ExplainData, width: int) -> Line:
        condition = data.left_out.get(reason)
        place = (
            Place("rows", "line_count", where=both(self.where, condition), period=self.period)
            if condition and count
            else None
        )
        counted = right(f"{count:,}", 10)
        return line(Span(counted), "  " + reason, place=place, key=f"left:{reason}").fitted(width)

    def facts(self, data: ExplainData) -> str:
        """What the figure is narrowed by."""
        return self.where or ""

    def narrowed(self, text: str) -> View:
        """Only the lines that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that lines contain."""
        return self.needle

    def open(self, data: ExplainData, place: Place) -> View | None:
        """A part's own explanation stays inside this drill-down."""
        if place.kind == "explain":
            return ExplainView(place.name, place.where, self.crumbs(), period=self.period)
        return None

    def table(self, data: ExplainData) -> RawTable:
        """What was left out, with counts."""
        rows = [(item.reason, item.count) for item in data.explanation.left_out]
        return RawTable(f"{self.metric}, left out", ("reason", "count"), rows)


def fate_line(fate: "Fate", formats: Formats, width: int) -> Line:
    """Whether a row counts and what it adds, or why it is left out."""
    words = f"left out: {fate.reason}"
    if fate.counts:
        adds = fate.contribution
        whole = adds is not None and adds == int(adds) and not isinstance(adds, Decimal)
        added = "" if adds is None else formats.number(adds) if whole else formats.exact_money(adds)
        words = f"counts, adding {added}" if added else "counts"
        words += f", adding nothing: {fate.reason}" if fate.reason else ""
    where = f"row {fate.row:,}"
    role: Role = "text" if fate.counts else "dim"
    return line(Span(left(fate.metric, 24) + left(where, 16), "dim"), Span(words, role)).fitted(width)
