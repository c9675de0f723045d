"""The open pipeline stage by stage in their order, and what was won: where deals pile up.

It is the state of one day, not the way of each deal: the share from one stage to the next is no
conversion, and the view says so.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.panes.charts.bars import bar_lines
from cockpit.panes.charts.chart import Bar, Bars
from cockpit.panes.conditions import both, equals, shown
from cockpit.panes.days import day_and_month
from cockpit.panes.figures import ask, formats_of
from cockpit.panes.formats import Formats, Number, plural
from cockpit.panes.lines import Page
from cockpit.panes.pictures import PictureView, inner, list_page
from cockpit.panes.place import Place
from cockpit.panes.view import Context, RawTable, Size

if TYPE_CHECKING:
    from cockpit.core import Cockpit

OPEN = ("open_count", "open_pipeline", "weighted_pipeline")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its open deals, their amount, and their mean probability by value (None: not known)."""

    value: Any
    count: int
    amount: Number | None
    probability: float | None


@dataclass(frozen=True, slots=True)
class FunnelData:
    """The stages in order as of a day, whether that day is rebuilt, and what was won in the period."""

    formats: Formats
    stages: tuple[Stage, ...]
    won_count: int
    won_amount: Number | None
    period: str
    by_probability: bool
    day: str = ""
    rebuilt: bool = False


@dataclass(frozen=True)
class FunnelView(PictureView):
    """The funnel of the open pipeline, narrowed by the condition of the figure it was opened from."""

    word = "funnel"

    def load(self, cockpit: "Cockpit", context: Context) -> FunnelData:
        """The open deals by stage, and the deals won.

        Raises:
            CockpitError: there are no stages.
        """
        names = [name for name in OPEN if name in cockpit.catalogue]
        result = ask(cockpit, context, names, by=("stage",), where=self.where)
        figures = {name: {row.by["stage"]: row for row in result.groups(name)} for name in names}
        stages = []
        for value, row in figures["open_count"].items():
            if not row.n:
                continue
            amount = figures["open_pipeline"].get(value)
            weighted = figures.get("weighted_pipeline", {}).get(value)
            probability = None
            if amount is not None and weighted is not None and amount.value and weighted.value is not None:
                probability = float(weighted.value) / float(amount.value)
            stages.append(Stage(value, row.n, None if amount is None else amount.value, probability))
        known = all(stage.probability is not None for stage in stages)
        stages.sort(key=lambda stage: (stage.probability if known else -stage.count) or 0)
        won_count, won_amount = 0, None
        try:
            won = ask(cockpit, context, ("won_count", "won_amount"), where=self.where)
            won_count, won_amount = won.total("won_count").n, won.total("won_amount").value
        except CockpitError:
            won_amount = None
        return FunnelData(
            formats_of(cockpit, context),
            tuple(stages),
            won_count,
            won_amount,
            result.period.label,
            known,
            day_and_month(result.as_of),
            result.snapshot.kind == "reconstructed",
        )

    def chart(self, data: FunnelData) -> Bars:
        """A bar a stage by the number of deals, with their amount."""
        formats = data.formats
        scale = formats.scale(*(stage.amount for stage in data.stages))
        bars = [
            Bar(
                shown(stage.value),
                float(stage.count),
                formats.number(stage.count),
                note=formats.money(stage.amount, scale)
                + (
                    f"   {formats.value(stage.probability, 'percent')}"
                    if stage.probability is not None
                    else ""
                ),
                place=Place("kpi", "open_pipeline", where=both(self.where, equals("stage", stage.value))),
                key=f"stage:{shown(stage.value)}",
            )
            for stage in data.stages
        ]
        bars.append(
            Bar(
                f"Won in {data.period}",
                float(data.won_count),
                formats.number(data.won_count),
                note=formats.money(data.won_amount, scale) + ("   100.0 %" if data.by_probability else ""),
                role="good",
                place=Place("kpi", "won_amount", where=self.where),
                key="won",
            )
        )
        order = "in the order of their probability" if data.by_probability else "the fullest first"
        notes = (
            f"Deals open on {data.day} by stage, their amount"
            + (", their mean probability" if data.by_probability else "")
            + (". Nothing is stored of that day, so the stages are those of now." if data.rebuilt else "."),
            "It is one day's state: what share of a stage reaches the next needs the deals' way through it.",
        )
        total = sum(stage.count for stage in data.stages)
        return Bars("Funnel", f"{plural(total, 'open deal')}, {order}", tuple(bars), notes)

    def page(self, data: FunnelData, size: Size) -> Page:
        """A line a stage; Enter opens its deals."""
        return list_page(bar_lines(self.chart(data), inner(size)), size)

    def table(self, data: FunnelData) -> RawTable:
        """A row a stage."""
        rows = [(shown(one.value), one.count, one.amount, one.probability) for one in data.stages]
        return RawTable("Funnel", ("stage", "open", "amount", "probability"), rows)
