"""From the figures of a metric to the rows that are shown: its total and its groups, each compared."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from cockpit.metrics import change
from cockpit.metrics.aggregate import Group
from cockpit.metrics.definition import Metric
from cockpit.metrics.figures import Figure, Figures
from cockpit.metrics.judging import Judge
from cockpit.metrics.query import Query
from cockpit.metrics.results import Compared, KpiRow, PeriodShown

RECONSTRUCTED: Final = "reconstructed"
"""Why a change is not told, and the kind of a state that is put together from the records' own dates."""


@dataclass(frozen=True, slots=True)
class GroupRows:
    """One metric of a question with what is known about all of its groups.

    Attributes:
        metric: the metric.
        query: the question.
        figures: of the state asked.
        compared: of the state compared with, or None.
        judge: sets figures against their targets.
        marks: said beside each figure.
        no_delta: whether its change is not told, since it would be made up.
        usual: gives the usual swing of the total from its own history, or None.
    """

    metric: Metric
    query: Query
    figures: Figures
    compared: Figures | None
    judge: Judge
    marks: tuple[str, ...]
    no_delta: bool
    usual: Callable[[], float | None]

    def rows(self, shown: Collection[Group] = ()) -> list[KpiRow]:
        """The total, then the groups, largest first.

        Args:
            shown: groups that are there also where they have no rows.
        """
        groups = set(shown)
        if self.query.by:
            groups |= self.figures.groups(self.metric)
            groups |= set() if self.compared is None else self.compared.groups(self.metric)
        rows = [self._row(group) for group in sorted(groups, key=label_key)]
        rows.sort(key=lambda row: (row.value is None, -(row.value or 0)))
        return [self._row(()), *rows]

    def _row(self, group: Group) -> KpiRow:
        metric, figure = self.metric, self.figures.figure(self.metric, group)
        said = self.judge.judge(metric, group, figure, self.figures)
        return KpiRow(
            kpi=metric.name,
            by=dict(zip(self.query.by, group, strict=False)),
            value=figure.value,
            unit=metric.unit,
            n=figure.n,
            reason=figure.reason,
            numerator=figure.numerator,
            denominator=figure.denominator,
            compare=None if self.compared is None else self._compare(group, figure, self.compared),
            target=said.target,
            target_origin=said.origin,
            status=said.status,
            marks=(*said.marks, *self.marks),
        )

    def _compare(self, group: Group, figure: Figure, compared: Figures) -> Compared:
        metric, query = self.metric, self.query
        assert query.against is not None
        span, through = query.against.span, compared_day(query)
        other = compared.figure(metric, group)
        reason: str | None = None
        if self.no_delta:
            reason = RECONSTRUCTED
        elif figure.value is None or other.value is None:
            reason = figure.reason if figure.value is None else other.reason
        delta, half_width, unusual = None, None, None
        if reason is None and figure.value is not None and other.value is not None:
            delta = change.difference(figure.value, other.value)
            if metric.proportion:
                half_width = change.swing(float(figure.value), figure.n, float(other.value), other.n)
            elif not group:
                half_width = self.usual()
            if half_width is not None:
                enough = min(figure.n, other.n) >= change.FEWEST
                unusual = enough and abs(float(delta)) > half_width
        return Compared(
            PeriodShown(span.label, span.start, span.end, through), other.value, delta, half_width, unusual,
            reason, other.n, other.numerator, other.denominator,
        )  # fmt: skip


def compared_day(query: Query) -> date:
    """The day as of which the other side of a comparison is taken."""
    assert query.against is not None
    return min(query.against.through or query.as_of, query.as_of)


def label_key(group: Group) -> tuple[tuple[bool, str], ...]:
    """Orders groups by their values, a missing one last."""
    return tuple((value is None, str(value)) for value in group)
