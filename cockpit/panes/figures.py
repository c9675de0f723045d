"""Asking for figures under what holds in every view, and the words that go beside them.

The words follow one rule: against a target the status, else whether the change is usual for its n.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cockpit.core.own_rates import NOTHING_TOLD, OwnRate
from cockpit.panes.formats import Formats, Number, is_money, plural
from cockpit.panes.lines import cells
from cockpit.panes.view import Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import KpiResult, KpiRow

THUMB = "rule of thumb"
"""The origin of a target that the workspace did not name; it is always said, so that it can be judged."""
ENOUGH = 30
"""Fewer deals than this and a rate's change says nothing."""


def formats_of(cockpit: "Cockpit", context: Context) -> Formats:
    """How the workspace wants figures written."""
    display = cockpit.workspace.config.display
    return Formats(
        display.units, display.decimal, cockpit.workspace.config.currency or "", context.blank_money
    )


def drill_of(cockpit: "Cockpit", metric: "Metric") -> tuple[str, ...]:
    """The dimensions that a figure is opened by: the workspace's, else the definition's."""
    chosen = cockpit.workspace.config.metrics.get(metric.name)
    return tuple(chosen.drill) if chosen is not None and chosen.drill else metric.drill


SMALL_WORDS = ("a", "by", "due", "for", "from", "in", "of", "on", "the", "to", "with", "without")
"""Words that no label ends with when it is cut."""


_CALLED = {"coverage_gap": "Coverage of the rest"}
"""Figures whose name would be taken for something else: a gap reads as an amount."""


MOST_OF_A_CRUMB = 34
"""Cells that a figure takes of a breadcrumb at most."""


def called(metric: str) -> str:
    """What a figure is called on the way to it: "Close rate" of `close_rate`."""
    return _CALLED.get(metric) or metric.replace("_", " ").capitalize()


def crumb_names(metrics: "Mapping[str, Metric]") -> dict[str, str]:
    """What the catalogue calls figures in a breadcrumb, by what `called` makes of their names.

    A name that says how the label begins stays: "Close rate" of "Close rate, closed in the period, by count".
    """
    names = {}
    for name, metric in metrics.items():
        words = called(name)
        if metric.label.split(",")[0].casefold() != words.casefold():
            names[words] = short_label(metric.label, MOST_OF_A_CRUMB, metric.spec.short or "")
    return names


def short_label(label: str, width: int, short: str = "") -> str:
    """A label that fits: "Close rate, closed in the period, by count" loses its middle first, then its end.

    It is cut behind a whole word: "Renewals covered by a deal" becomes "Renewals covered".

    Args:
        label: the whole label.
        width: cells it may take.
        short: what its definition calls it where there is little room, or "".
    """
    if cells(label) <= width:
        return label
    if short and cells(short) <= width:
        return short
    parts = label.split(", ")
    ends = f"{parts[0]}, {parts[-1]}"
    if len(parts) > 2 and cells(ends) <= width:
        return ends
    words = parts[0].split(" ")
    while len(words) > 1 and (cells(" ".join(words)) > width or words[-1] in SMALL_WORDS):
        words.pop()
    return " ".join(words)


def ask(
    cockpit: "Cockpit",
    context: Context,
    names: Sequence[str],
    by: Sequence[str] = (),
    where: str | None = None,
) -> "KpiResult":
    """The figures of those metrics in the period and against the partner of the context.

    Raises:
        CockpitError: a name or the condition is wrong, or the data cannot be read.
    """
    return cockpit.kpi(
        tuple(names),
        by=tuple(by),
        where=where,
        period=context.period,
        vs=context.partner or None,
        as_of=context.as_of,
        slice=context.slice,
    )


def metrics_of(cockpit: "Cockpit") -> "Mapping[str, Metric]":
    """The catalogue by name."""
    return {**cockpit.catalogue.stand_ins, **{metric.name: metric for metric in cockpit.catalogue}}


def beyond_target(row: "KpiRow") -> Number | None:
    """What a figure has more (less: negative) than its target, or None where it has none."""
    if row.value is None or row.target is None:
        return None
    return Decimal(row.value) - Decimal(row.target)


def delta_of(row: "KpiRow") -> Number | None:
    """The change of a figure, or None where there is none that can be trusted."""
    return row.compare.delta if row.compare is not None else None


def worse(change: Number | None, good: str | None) -> bool:
    """Whether a change goes in the direction that is not good."""
    if not change or good is None:
        return False
    return change < 0 if good == "up" else change > 0


def still_running(result: "KpiResult", metric: "Metric") -> bool:
    """Whether a figure still adds up: a sum over a period that has not ended at the as-of date."""
    end = result.period.end
    return metric.additive_over_time and end is not None and end > result.as_of


def word(
    row: "KpiRow", good: str | None, formats: Formats, running: bool = False, own: OwnRate = NOTHING_TOLD
) -> str:
    """The word at the right end of a figure: its target, its own curve, or whether its change is usual.

    Args:
        row: the figure.
        good: the direction that is good.
        formats: how figures are written.
        running: whether it still adds up, so that missing its target today says nothing.
        own: what it has to reach at our own rates, where it has no target, and how it keeps to its curve.
    """
    if row.value is None:
        return row.reason or "unknown"
    if running and row.status != "good" and own.curve:
        return own.curve
    if row.target and running and row.status != "good":
        return f"{share_of_target(row, formats)} so far"
    if row.target is not None and row.target_origin == THUMB:
        return f"{'limit' if good == 'down' else 'needs'} {target_text(row, formats)}"
    if row.target is None and own.needed is not None:
        return f"needs {formats.value(own.needed, row.unit)}"
    if row.target is not None:
        if row.status == "good":
            return "within limit" if good == "down" else "on target"
        return f"{'limit' if good == 'down' else 'needs'} {target_text(row, formats)}"
    if row.marks:
        return ", ".join(row.marks)
    if row.compare is None or row.compare.swing is None or row.compare.delta is None:
        return ""
    if row.compare.unusual:
        return "unusual"
    return "usual" if min(row.n, row.compare.n or row.n) >= ENOUGH else "n too small"


def reason_within(reason: str, width: int) -> str:
    """Why there is no figure, in the room there is: "needs stage_date or 2 others" for a list of columns."""
    if cells(reason) <= width or not reason.startswith("needs "):
        return reason
    names = reason.removeprefix("needs ").replace(" or ", ", ").split(", ")
    others = len(names) - 1
    short = f"needs {names[0]} or {others} other{'' if others == 1 else 's'}"
    return short if others and cells(short) <= width else reason


def share_of_target(row: "KpiRow", formats: Formats) -> str:
    """How much of its target a figure has reached: "44 %"."""
    if row.value is None or not row.target:
        return ""
    return f"{formats.number(float(row.value) / float(row.target) * 100)} %"


def target_text(row: "KpiRow", formats: Formats) -> str:
    """A target in its metric's unit, at the scale of the figure, without decimals that say nothing."""
    scale = formats.scale(row.value, row.target) if is_money(row.unit) else None
    return formats.value(row.target, row.unit, scale).replace(f"{formats.decimal}0 %", " %")


def flagged(row: "KpiRow", good: str | None, running: bool = False, own: OwnRate = NOTHING_TOLD) -> bool:
    """Whether the figure gets the mark in the margin.

    It is off target, below what our own rates need, behind its own curve, or has changed for the worse as
    it usually does not.
    """
    if row.status in ("warn", "bad") and not (running and good == "up"):
        return True
    if running and row.status != "good" and own.behind:
        return True
    needed = own.needed if row.target is None else None
    if needed is not None and row.value is not None and float(row.value) < float(needed):
        return True
    return row.compare is not None and bool(row.compare.unusual) and worse(row.compare.delta, good)


def noun_of(metric: "Metric") -> str:
    """What the n of a metric counts."""
    return "agreement" if metric.name.startswith(("renewal", "untracked")) else "deal"


def basis(row: "KpiRow", formats: Formats, noun: str = "deal") -> str:
    """What the figure stands on: "231 of 476", "412 deals"."""
    if row.value is None:
        return ""
    if row.numerator is not None and row.denominator is not None and abs(float(row.denominator)) >= 1:
        if row.unit == "percent" and row.denominator == row.n:
            return f"{formats.number(row.numerator)} of {formats.number(row.denominator)}"
        if row.unit in ("percent", "multiple"):
            scale = formats.scale(row.numerator, row.denominator)
            return f"{formats.money(row.numerator, scale)} of {formats.money(row.denominator, scale)}"
    if row.unit == "count" and row.value == row.n:
        return ""
    return plural(row.n, noun)


def sentence(row: "KpiRow", metric: "Metric", formats: Formats) -> str:
    """What is divided by what: "231 won of 476 closed", the metric's own basis where it is no ratio."""
    if row.value is None:
        return row.reason or "unknown"
    text = basis(row, formats, noun_of(metric))
    said = metric.spec.basis or metric.spec.description or ""
    return f"{text}: {said}" if text and said else text or said
