"""Figures as a table for people: the value, its change, what it stands on, and the word beside it."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from cockpit.core.own_rates import NOTHING_TOLD, own_rates
from cockpit.core.targets import TARGET
from cockpit.panes.conditions import shown
from cockpit.panes.days import clock, full_day
from cockpit.panes.drill_words import WHY_NONE
from cockpit.panes.figures import basis, delta_of, formats_of, metrics_of, still_running, word
from cockpit.panes.view import Context
from cockpit.text.table import table_text

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.results import KpiResult, KpiRow, PeriodShown, Snapshot


def figures_text(
    cockpit: "Cockpit",
    result: "KpiResult",
    by: Sequence[str],
    compared: "PeriodShown | None",
    slice: str | None = None,
) -> str:
    """The result of `kpi` as text.

    Args:
        cockpit: gives labels and how figures are written.
        result: what is shown.
        by: the dimensions it is divided by.
        compared: the period that it is compared with, or None.
        slice: the name of the standing filter that it was asked under.
    """
    formats, metrics = formats_of(cockpit, Context()), metrics_of(cockpit)
    names = tuple(dict.fromkeys(row.kpi for row in result.rows if not row.by))
    own = own_rates(cockpit, names, result.period.label, result.as_of, slice)
    lines = []
    for row in result.rows:
        metric = metrics[row.kpi]
        change = formats.delta(delta_of(row), row.unit, row.value) if delta_of(row) is not None else ""
        lines.append(
            [
                metric.label,
                *(shown(row.by[name]) if row.by else "all" for name in by),
                formats.value(row.value, row.unit) if row.value is not None else "-",
                *([change] if compared is not None else []),
                basis(row, formats),
                word(
                    row,
                    metric.good,
                    formats,
                    not row.by and still_running(result, metric),
                    NOTHING_TOLD if row.by else own.get(row.kpi, NOTHING_TOLD),
                )
                or _why_unchanged(row),
            ]
        )
    columns = ["figure", *by, "value", *(["change"] if compared is not None else []), "on", ""]
    head = f"{_period_words(result.period)}, as of {result.as_of}"
    if result.currency:
        head += f", money in {result.currency}"
        head += f" at the {result.rate} rate" if result.rate else ""
    if result.snapshot.basis is not None:
        head += f", {state_words(result.snapshot)}"
    if compared is not None:
        against = "the target" if compared.label == TARGET else _period_words(compared)
        head += f", against {against}"
    return f"{head}\n\n{table_text(columns, lines, to_right=('value', 'change'))}"


def _why_unchanged(row: "KpiRow") -> str:
    """Why a figure that is there has no change."""
    compare = row.compare
    if compare is None or compare.reason is None or row.value is None:
        return ""
    return f"no change: {WHY_NONE.get(compare.reason, compare.reason)}"


def state_words(snapshot: "Snapshot") -> str:
    """Where the state behind figures comes from: "live", "as reported (2026-11-02T060000Z)", "rebuilt"."""
    if snapshot.basis is None:
        return snapshot.kind
    owners = "" if snapshot.owners == "then" else ", owners and managers of today"
    named = f"{snapshot.basis} ({snapshot.id})" if snapshot.id is not None else snapshot.basis
    return named + owners


def _period_words(period: "PeriodShown") -> str:
    if period.start is None and period.end is None:
        return "all time"
    through = f", through {period.through}" if period.through and period.through != period.end else ""
    return f"{period.label} ({period.start} to {period.end}{through})"


def read_words(loaded_at: str | None, zone: tzinfo) -> str:
    """When a source was read: "read Mon 23 Nov 2026 08:02", or "never read".

    Args:
        loaded_at: the instant as RFC 3339, or None.
        zone: whose day and time of day are told.
    """
    if loaded_at is None:
        return "never read"
    at = datetime.fromisoformat(loaded_at).astimezone(zone)
    return f"read {full_day(at.date())} {clock(at)}"
