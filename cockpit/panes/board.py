"""The board: the figures that a workspace watches, one line each, and how they become lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cockpit.panes.figures import ask, basis, condition, delta_of, flagged, metrics_of, word
from cockpit.panes.formats import Formats, Number, sparkline
from cockpit.panes.head import as_of_words
from cockpit.panes.lines import Line, Role, Span, left, right
from cockpit.panes.place import Place
from cockpit.panes.view import Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import KpiResult, KpiRow

USUAL_BOARD = (
    "won_amount",
    "attainment",
    "coverage_gap",
    "close_rate",
    "velocity",
    "past_due_count",
    "open_pipeline_in_period",
    "weighted_pipeline",
    "pipeline_created",
    "stale_share",
    "field_completeness",
    "cycle_days_median",
)
"""What is watched where a workspace names no board of its own."""

SPARK_WEEKS = 8


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
        trend: its values of the last whole fiscal weeks, oldest first; flows only.
        drill: the dimension it is opened by first, or None.
        n: deals behind it.
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
    """

    rows: tuple[BoardRow, ...]
    as_of: date
    compared: str = ""
    known_since: str = ""

    @property
    def fact(self) -> str:
        """What stands at the right of the pane's title."""
        return f"last known {self.known_since}" if self.known_since else self.compared


def board_names(cockpit: "Cockpit") -> tuple[str, ...]:
    """The metrics on the board: the workspace's, else the usual ones that the catalogue has."""
    chosen = tuple(cockpit.workspace.config.kpi.board or ())
    known = metrics_of(cockpit)
    return chosen or tuple(name for name in USUAL_BOARD if name in known)


def load_board(cockpit: "Cockpit", context: Context, trends: bool = True) -> "tuple[BoardFacts, KpiResult]":
    """The board and the result it was made of.

    Raises:
        CockpitError: the data cannot be read, or a name of the board is wrong.
    """
    names = board_names(cockpit)
    metrics = metrics_of(cockpit)
    result = ask(cockpit, context, names)
    weekly = _weekly(cockpit, context, names, metrics, result.as_of) if trends else {}
    from cockpit.panes.figures import formats_of

    formats = formats_of(cockpit, context)
    rows = tuple(
        board_row(result.total(name), metrics[name], formats, weekly.get(name, ()))
        for name in names
        if name in metrics
    )
    return BoardFacts(rows, result.as_of, compared_words(result)), result


def board_row(
    row: "KpiRow", metric: "Metric", formats: Formats, trend: tuple[Number | None, ...] = ()
) -> BoardRow:
    """A total as a line of the board."""
    said = word(row, metric.good, formats)
    off = flagged(row, metric.good)
    return BoardRow(
        name=row.kpi,
        label=metric.label,
        unit=row.unit,
        value=row.value,
        delta=delta_of(row),
        note=basis(row, formats),
        word=said,
        off=off,
        quiet=not off and said in ("usual", "on target", "within limit", "n too small"),
        trend=trend,
        drill=metric.drill[0] if metric.drill else None,
        n=row.n,
    )


def compared_words(result: "KpiResult") -> str:
    """Such as "to Fri 20 Nov, against FY27-Q1 to 21 Aug": the day of the figures and of their partner."""
    period = next((row.compare.period for row in result.rows if row.compare is not None), None)
    if period is None:
        return as_of_words(result.as_of, None, "")
    return as_of_words(result.as_of, period.through, period.label)


def _weekly(
    cockpit: "Cockpit",
    context: Context,
    names: Sequence[str],
    metrics: "Mapping[str, Metric]",
    as_of: date,
) -> dict[str, tuple[Number | None, ...]]:
    """Values of the flows in the last whole weeks; stocks of the past need history, so they have none."""
    from datetime import timedelta

    flows = tuple(
        name
        for name in names
        if name in metrics and not metrics[name].stock and not metrics[name].spec.windows
    )
    if not flows:
        return {}
    weeks = cockpit.fiscal.units("week", as_of - timedelta(days=7 * (SPARK_WEEKS + 2)), as_of)
    whole = [week for week in weeks if week.end <= as_of][-SPARK_WEEKS:]
    results = [
        cockpit.kpi(flows, where=condition(cockpit, context), period=week.label, as_of=context.as_of)
        for week in whole
    ]
    return {name: tuple(result.total(name).value for result in results) for name in flows}


def board_line(row: BoardRow, formats: Formats, width: int, margin: bool) -> Line:
    """One figure of the board at a width: label, value, change, trend, what it stands on, word."""
    value = formats.value(row.value, row.unit)
    delta = formats.delta(row.delta, row.unit, row.value)
    flag = Span("! " if row.off else "  ", "bad") if margin else Span("")
    inner = width - (2 if margin else 0)
    label_width = max(min(21, inner - 18), 8)
    columns = [
        Span(left(row.label, label_width), "dim" if row.quiet else "text"),
        Span(right(value, 7), "text" if row.value is not None else "dim"),
    ]
    used = label_width + 7
    if inner - used >= 10:
        columns.append(Span(right(delta, 10), "dim" if row.quiet else "text"))
        used += 10
    said: Role = "bad" if row.off else "dim"
    spark = sparkline(list(row.trend), SPARK_WEEKS)
    rest = inner - used
    if rest >= 10 and row.value is not None:
        columns.append(Span("  " + left(spark, SPARK_WEEKS), "spark"))
        rest -= 2 + SPARK_WEEKS
    note = row.note if rest >= 30 else ""
    if note and row.value is not None:
        note_width = min(20, rest - 14)
        columns.append(Span("   " + left(note, note_width - 3), "dim"))
        rest -= note_width
    if rest > 4:
        columns.append(Span(" " + right(row.word, rest - 1), said))
    copied = (row.label, formats.raw(row.value), formats.raw(row.delta))
    return Line((flag, *columns), row.place, f"kpi:{row.name}", copied).fitted(width)


def remembered(facts: BoardFacts, saved_at: str) -> dict[str, Any]:
    """The board as JSON, to be shown at the next start until fresh figures arrive."""

    def text(value: Number | None) -> str | None:
        return None if value is None else str(value)

    return {
        "version": 1,
        "saved_at": saved_at,
        "as_of": facts.as_of.isoformat(),
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
        return BoardFacts(rows, date.fromisoformat(document["as_of"]), "", document["saved_at"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
