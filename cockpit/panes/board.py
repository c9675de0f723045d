"""The board: the figures that a workspace watches, as of a day; kept, so that the next start shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.core.own_rates import NOTHING_TOLD, OwnRate, own_rates
from cockpit.panes.dimensions import fiscal_column, path_of
from cockpit.panes.figures import (
    ask,
    basis,
    beyond_target,
    delta_of,
    flagged,
    formats_of,
    metrics_of,
    noun_of,
    share_of_target,
    still_running,
    target_text,
    word,
)
from cockpit.panes.formats import Formats, Number
from cockpit.panes.head import as_of_words
from cockpit.panes.place import Place
from cockpit.panes.view import TARGET, Context, RawTable

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.fiscal import Unit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import KpiResult, KpiRow

SPARK_WEEKS = 8
GROUPS = (
    "Own", "Pipeline", "Coverage", "Conversion", "Speed", "Movement", "Forecast", "Hygiene", "Renewals",
    "Accounts", "Submissions", "Rhythm",
)  # fmt: skip
"""Groups of figures in the order in which people ask for them."""
QUIET = ("usual", "on target", "within limit", "n too small")
"""Words beside a figure that needs no look."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A figure of the board.

    Attributes:
        name, label, unit: of its metric.
        value: None where it is unknown; the word then says why.
        delta: its change, or None.
        note: what it stands on ("231 of 476").
        word: target or usualness.
        off: whether it gets the mark in the margin.
        quiet: whether nothing about it needs a look.
        trend: its values of the last whole fiscal weeks, oldest first; a stock's where they were stored.
        drill: the dimension it is opened by first, or None.
        n: deals behind it.
        group: what its figures are about ("Coverage"), under which it stands.
        short: its label where there is little room, or "".
    """

    name: str
    label: str
    unit: str
    value: Number | None
    delta: Number | None = None
    note: str = ""
    word: str = ""
    off: bool = False
    quiet: bool = False
    trend: tuple[Number | None, ...] = ()
    drill: str | None = None
    n: int = 0
    group: str = ""
    short: str = ""

    @property
    def place(self) -> Place:
        """The figure, opened by its first dimension."""
        return Place("kpi", self.name, by=(self.drill,) if self.drill else ())


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """The board as of a day.

    Attributes:
        rows: its figures in order.
        as_of: the day they stand at.
        compared: what they are compared with, in words, with the partner date.
        known_since: when they were last known, in words, while fresh ones are being read; else "".
        weeks: the names of the weeks of the trends, oldest first.
        period: label of the period asked, which names figures in notes; "" until they are read.
        rate: at which rate money in other currencies counts, "plan" or "dated"; "" where there are no rates.
    """

    rows: tuple[BoardRow, ...]
    as_of: date
    compared: str = ""
    known_since: str = ""
    weeks: tuple[str, ...] = ()
    period: str = ""
    rate: str = ""

    @property
    def fact(self) -> str:
        """What stands at the right of the pane's title."""
        return f"last known {self.known_since}" if self.known_since else self.compared

    def row(self, name: str) -> BoardRow | None:
        """The figure of that name, where it is among them."""
        return next((row for row in self.rows if row.name == name), None)


def load_board(
    cockpit: "Cockpit", context: Context, trends: bool = True, chosen: Sequence[str] | None = None
) -> "tuple[BoardFacts, KpiResult]":
    """The board, or the figures chosen instead, and the result it was made of.

    Raises:
        CockpitError: the data cannot be read, or a name of the board is wrong.
    """
    names = tuple(chosen) if chosen is not None else cockpit.board()
    metrics = metrics_of(cockpit)
    result = ask(cockpit, context, names)
    own = own_rates(cockpit, names, context.period, context.as_of, context.slice)
    weekly = _weekly(cockpit, context, names, metrics, result) if trends else {}
    formats = formats_of(cockpit, context)
    rows = tuple(
        board_row(
            result.total(name),
            metrics[name],
            formats,
            path_of(cockpit, metrics[name]),
            weekly.get(name, ()),
            still_running(result, metrics[name]),
            beyond_target if context.against == TARGET else delta_of,
            own.get(name, NOTHING_TOLD),
        )
        for name in names
        if name in metrics
    )
    words = compared_words(cockpit, result) + (", against the target" if context.against == TARGET else "")
    weeks = tuple(week.own_label.split("-")[-1] for week in _whole_weeks(cockpit, result.as_of))
    return BoardFacts(
        rows, result.as_of, words, weeks=weeks, period=result.period.label, rate=result.rate or ""
    ), result


def board_row(
    row: "KpiRow",
    metric: "Metric",
    formats: Formats,
    drill: tuple[str, ...] = (),
    trend: tuple[Number | None, ...] = (),
    running: bool = False,
    compared: "Callable[[KpiRow], Number | None]" = delta_of,
    own: OwnRate = NOTHING_TOLD,
) -> BoardRow:
    """A total as a line of the board."""
    said = word(row, metric.good, formats, running, own)
    off = flagged(row, metric.good, running, own)
    note = basis(row, formats, noun_of(metric))
    if running and row.target and row.value is not None:
        note = f"{share_of_target(row, formats)} of {target_text(row, formats)}"
    return BoardRow(
        name=row.kpi,
        label=metric.label,
        unit=row.unit,
        value=row.value,
        delta=compared(row),
        note=note,
        word=said,
        off=off,
        quiet=not off and said in QUIET,
        trend=trend,
        drill=drill[0] if drill else None,
        n=row.n,
        group=group_of(metric),
        short=metric.spec.short or "",
    )


def group_of(metric: "Metric") -> str:
    """What a figure is about: the file of the catalogue that it stands in; of a workspace's own, its own."""
    stem = metric.file.rsplit("/", 1)[-1].removesuffix(".toml")
    return "Own" if metric.own else stem.capitalize()


def rank_of_group(group: str) -> tuple[int, str]:
    """Where a group stands in the list of the whole catalogue: a workspace's own first, the rest last."""
    return (GROUPS.index(group) if group in GROUPS else len(GROUPS)), group


def compared_words(cockpit: "Cockpit", result: "KpiResult") -> str:
    """The day of the figures and of their partner: "to Fri 20 Nov, against FY27-Q1 at BD 37".

    Of an earlier day also whether it is as reported, as corrected, or rebuilt.
    """
    period = next((row.compare.period for row in result.rows if row.compare is not None), None)
    state = f", {result.snapshot.basis}" if result.snapshot.basis is not None else ""
    reasons = {row.compare.reason for row in result.rows if row.compare is not None}
    if period is not None and len(reasons) == 1 and (reason := reasons.pop()) and reason.endswith("damaged"):
        return f"{as_of_words(result.as_of, cockpit.today)}{state}, no change: {reason}"
    if period is None or period.through is None:
        return as_of_words(result.as_of, cockpit.today) + state
    partner = cockpit.fiscal.coordinates(period.through)
    business_day = partner.business_day_of_quarter if period.start == partner.quarter_start else None
    return as_of_words(result.as_of, cockpit.today, period.label, period.through, business_day) + state


def _whole_weeks(cockpit: "Cockpit", as_of: date) -> "Sequence[Unit]":
    """The last weeks that have ended by a day, oldest first."""
    weeks = cockpit.fiscal.units("week", as_of - timedelta(days=7 * (SPARK_WEEKS + 2)), as_of)
    return [week for week in weeks if week.end <= as_of][-SPARK_WEEKS:]


def _weekly(
    cockpit: "Cockpit",
    context: Context,
    names: Sequence[str],
    metrics: "Mapping[str, Metric]",
    result: "KpiResult",
) -> dict[str, tuple[Number | None, ...]]:
    """Values of the flows in the last whole weeks, and of all others at their ends where that was stored."""
    whole = _whole_weeks(cockpit, result.as_of)
    by_column: dict[str, list[str]] = {}
    for name in names:
        column = fiscal_column(metrics[name], metrics, "week") if name in metrics else None
        if column is not None:
            by_column.setdefault(column, []).append(name)
    if not whole:
        return {}
    trends: dict[str, tuple[Number | None, ...]] = {}
    for column, flows in by_column.items():
        try:
            result = cockpit.kpi(
                tuple(flows),
                by=(column,),
                period=f"{whole[0].start}..{whole[-1].end}",
                as_of=context.as_of,
                slice=context.slice,
            )
        except CockpitError:
            continue  # a fact without that date has figures and no weeks
        for name in flows:
            values = {row.by[column]: row.value for row in result.groups(name)}
            nothing = 0 if metrics[name].additive else None
            trends[name] = tuple(values.get(week.label, nothing) for week in whole)
    stocks = [name for name in names if name in metrics and name not in trends]
    if stocks and result.snapshot.kind != "reconstructed":
        ends = [week.end for week in whole]
        states = cockpit.weekly.at(stocks, ends, context.period, context.slice)
        trends.update(
            {name: found for name, found in states.items() if any(one is not None for one in found)}
        )
    return trends


def board_table(board: BoardFacts) -> RawTable:
    """The board as a table with raw values."""
    rows = [(row.name, row.label, row.value, row.unit, row.n, row.delta, row.word) for row in board.rows]
    return RawTable("Pipeline", ("kpi", "label", "value", "unit", "n", "change", "word"), rows)


def remembered(facts: BoardFacts, saved_at: str) -> dict[str, Any]:
    """The board as JSON, to be shown at the next start until fresh figures arrive."""

    def text(value: Number | None) -> str | None:
        return None if value is None else str(value)

    return {
        "version": 1,
        "saved_at": saved_at,
        "as_of": facts.as_of.isoformat(),
        "weeks": list(facts.weeks),
        "rows": [
            {
                "name": row.name,
                "label": row.label,
                "unit": row.unit,
                "value": text(row.value),
                "delta": text(row.delta),
                "note": row.note,
                "word": row.word,
                "off": row.off,
                "quiet": row.quiet,
                "trend": [text(value) for value in row.trend],
                "drill": row.drill,
                "n": row.n,
                "group": row.group,
                "short": row.short,
            }
            for row in facts.rows
        ],
    }


def recalled(document: Mapping[str, Any] | None) -> BoardFacts | None:
    """The board of the last start from `remembered`'s document, or None when it cannot be used."""

    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    if document is None or document.get("version") != 1:
        return None
    try:
        rows = tuple(
            BoardRow(
                **{
                    **row,
                    "value": number(row["value"]),
                    "delta": number(row["delta"]),
                    "trend": tuple(number(value) for value in row["trend"]),
                }
            )
            for row in document["rows"]
        )
        weeks = tuple(document.get("weeks", ()))
        return BoardFacts(rows, date.fromisoformat(document["as_of"]), "", document["saved_at"], weeks)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
