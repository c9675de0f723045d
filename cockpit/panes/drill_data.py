"""What a level of the drill-down holds: the figure, its groups, the parts of a derived figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cockpit.core.own_rates import NOTHING_TOLD, OwnRate
from cockpit.panes.conditions import shown
from cockpit.panes.drill_side import Side
from cockpit.panes.formats import Formats, Number

if TYPE_CHECKING:
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import InputFigure, KpiRow

NOTHING_AROUND = Side()


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a figure: its value of the dimension, its figure, its effect on the change."""

    value: Any
    row: "KpiRow"
    effect: float | None = None

    @property
    def label(self) -> str:
        """The value as text."""
        return shown(self.value)


@dataclass(frozen=True, slots=True)
class Part:
    """A figure that a derived one is made of.

    Attributes:
        metric: which.
        figure: as it stands in the formula, over the window that the formula takes.
        effect: its part in the change of the whole, or None.
    """

    metric: "Metric"
    figure: "InputFigure"
    effect: float | None = None


@dataclass(frozen=True, slots=True)
class DrillData:
    """A level of the drill-down.

    Attributes:
        metric: what is looked at.
        formats: how figures are written.
        total: the figure of this level.
        dimension: what it is divided by, or None where it cannot be divided.
        groups: its groups, in the order they are shown.
        ordered: by what, in words: "by effect on the total".
        following: the dimension of the next level, or None when the rows come next.
        available: what it can be divided by.
        compared: the day of the figures and of their partner.
        period: label of the period.
        running: whether the figure still adds up, so that missing its target today says nothing.
        own: what our own past says about the whole: what it has to reach, how it keeps to its curve.
        substituted: of a derived figure, its formula with the numbers put in, else "".
        related: the same question asked another way.
        parts: of a derived figure, the figures it is made of.
        side: what stands around the groups.
        scale_end: the value at the end of the bars.
        matching: how many groups match what they are narrowed by, out of how many.
        condition: what narrows the figure, or None.
        needle: the text that the labels of the groups contain, or "".
    """

    metric: "Metric"
    formats: Formats
    total: "KpiRow"
    dimension: str | None
    groups: tuple[Group, ...]
    ordered: str
    following: str | None
    available: tuple[str, ...]
    compared: str
    period: str
    running: bool = False
    own: OwnRate = NOTHING_TOLD
    substituted: str = ""
    related: "tuple[tuple[Metric, KpiRow], ...]" = ()
    parts: tuple[Part, ...] = ()
    scale_end: float = 0.0
    matching: tuple[int, int] = (0, 0)
    side: Side = NOTHING_AROUND
    condition: str | None = None
    needle: str = ""

    @property
    def lacking(self) -> str:
        """What the figure needs and does not have, so that no division of it has a value; else ""."""
        reason = self.total.reason or ""
        return reason if self.total.value is None and reason.startswith("needs ") else ""

    @property
    def effects_total(self) -> float | None:
        """What the effects of the groups add up to; None where there are none, or not all groups are here."""
        effects = [group.effect for group in self.groups if group.effect is not None]
        whole = self.matching[0] == self.matching[1]
        return sum(effects) if effects and whole else None


def scale_end(groups: Sequence[Group], unit: str) -> float:
    """The value at the end of all bars: the largest of now and then; of rates 100 % at least."""
    largest = 1.0 if unit == "percent" else 0.0
    for group in groups:
        compare = group.row.compare
        then = compare.value if compare is not None and compare.delta is not None else None
        for value in (group.row.value, then):
            if value is not None:
                largest = max(largest, abs(float(value)))
    return largest


def sorted_groups(groups: Sequence[Group], column: str, backwards: bool) -> list[Group]:
    """The groups by a column: names from A, figures from the largest; what is unknown comes last."""

    def key(group: Group) -> Any:
        compare = group.row.compare
        values: dict[str, Any] = {
            "group": group.label.casefold(),
            "value": group.row.value,
            "n": group.row.n,
            "change": compare.delta if compare is not None else None,
            "effect": group.effect,
        }
        return values.get(column)

    known = [group for group in groups if key(group) is not None]
    unknown = [group for group in groups if key(group) is None]
    return [*sorted(known, key=key, reverse=(column != "group") != backwards), *unknown]


def raw_values(row: "KpiRow") -> tuple[Number | None, ...]:
    """A figure as raw values: value, n, numerator, denominator, compared value, change."""
    compare = row.compare
    return (
        row.value,
        row.n,
        row.numerator,
        row.denominator,
        compare.value if compare is not None else None,
        compare.delta if compare is not None else None,
    )
