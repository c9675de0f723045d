"""What a level of the drill-down says in sentences: of its change, its target, its own past, its groups."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cockpit.metrics.results import NOT_DIVIDED
from cockpit.panes.days import month_day
from cockpit.panes.dimensions import label_of
from cockpit.panes.drill_data import DrillData
from cockpit.panes.figures import ENOUGH, THUMB, word
from cockpit.panes.formats import Formats, is_money, is_money_a_day

if TYPE_CHECKING:
    from cockpit.metrics.results import KpiRow, PeriodShown

WHY_NONE = {"reconstructed": "the earlier state is rebuilt from the records' own dates"}
"""Reasons that a change is not shown, in more words than in a table."""
SWING_OF = {
    "deals": "for this n",
    "sizes of deals": "for deals of these sizes",
    "own past": "in its own past",
}
"""What a usual swing follows from, in words."""


def change_words(row: "KpiRow", formats: Formats) -> str:
    """How a figure changed, and whether that says anything."""
    compare = row.compare
    if compare is None or row.value is None:
        return ""
    if compare.delta is None:
        return (
            f"No change is shown: {WHY_NONE.get(compare.reason, compare.reason)}." if compare.reason else ""
        )
    before = formats.value(compare.value, row.unit)
    scale = formats.scale(row.value, compare.value) if is_money(row.unit) else None
    if scale is not None:
        before = formats.value(compare.value, row.unit, scale)
    change = formats.delta(compare.delta, row.unit, row.value) or "0"
    if is_money_a_day(row.unit):  # its swing is an amount, and a share is no measure of it
        change = f"{formats.money(compare.delta, scale, sign=True)} ({change})"
    words = f"{change} from {before} ({_partner(compare.period)})."
    if compare.swing is None:
        told = compare.swing_reason not in (None, NOT_DIVIDED)
        return f"{words} Its usual swing is not known: {compare.swing_reason}." if told else words
    swing = formats.delta(compare.swing, row.unit).lstrip("+")
    if min(row.n, compare.n or row.n) < ENOUGH:
        return f"{words} The n is too small to say anything."
    origin = SWING_OF[compare.swing_basis or "own past"]
    if compare.unusual:
        return f"{words} That is outside the usual swing of {swing} {origin}."
    return f"{words} Usual swing {origin} is {swing}, so the total alone says nothing."


def _partner(period: "PeriodShown") -> str:
    """What is compared with: "FY27-Q1", or as far as it goes: "FY27-Q1 to 24 Aug"."""
    through = period.through
    return period.label if through in (None, period.end) else f"{period.label} to {month_day(through)}"


def target_words(row: "KpiRow", good: str | None, formats: Formats, running: bool) -> str:
    """How a figure stands against its target; what still adds up cannot have missed it."""
    if row.target is None:
        return ""
    if running and row.status != "good" and row.value is not None and row.target:
        return f"Target {formats.value(row.target, row.unit)}: {word(row, good, formats, running)}."
    name = "Limit" if good == "down" else "Target"
    if row.target_origin == THUMB:
        name += " by rule of thumb"
    status = {"good": "met", "warn": "nearly met", "bad": "missed"}.get(row.status or "", "")
    return f"{name} {formats.value(row.target, row.unit)}" + (f": {status}." if status else ".")


def own_words(data: DrillData) -> str:
    """What our own past says: what our rates need and how far that is, or how a sum keeps to its curve."""
    row, own, formats = data.total, data.own, data.formats
    if row.value is None:
        return ""
    if data.running and own.ahead is not None:
        points = formats.delta(abs(own.ahead), "percent").lstrip("+") or "0.0 pp"
        side = "ahead of" if own.ahead > 0 else "behind"
        return f"{own.curve.capitalize()}: {points} {side} the share of the four periods before by this day."
    if row.target is not None or own.needed is None:
        return ""
    gap = float(row.value) - float(own.needed)
    amount = ""
    if row.unit == "multiple" and row.denominator is not None and row.denominator > 1:
        beyond = "more than that" if gap >= 0 else "short"
        amount = f": {formats.money(abs(gap) * float(row.denominator))} {beyond}"
    return f"Our own rates need {formats.value(own.needed, row.unit)}{amount}."


def group_words(data: DrillData) -> str:
    """Which groups lie outside their own usual swing."""
    unusual = [group for group in data.groups if group.row.compare is not None and group.row.compare.unusual]
    if not unusual or data.dimension is None:
        return ""
    first = unusual[0]
    change = first.row.compare.delta if first.row.compare is not None else None
    words = f"{first.label}, {data.formats.delta(change, first.row.unit, first.row.value)}"
    unit = " pp" if first.row.unit == "percent" else ""
    effect, whole = effect_words(first.effect, first.row.unit, data), data.effects_total
    of = ""
    if whole is not None and first.effect is not None:
        rest = effect_words(whole - first.effect, first.row.unit, data)
        of = f" of {effect_words(whole, first.row.unit, data)}{unit}; the others make {rest or '0'}{unit}"
    caused = f" Its effect on the total is {effect}{unit}{of}." if effect else ""
    if len(unusual) == 1:
        return f"One {label_of(data.dimension)} is outside the usual swing: {words}.{caused}"
    return f"{len(unusual)} of {data.matching[1]} are outside their usual swing, first {words}.{caused}"


def effect_words(effect: float | None, unit: str, data: DrillData) -> str:
    """An effect on the change of the whole, with its sign; of a rate in points without their unit."""
    if effect is None:
        return ""
    if unit == "percent":
        return data.formats.number(effect * 100, 1, sign=True)
    return data.formats.delta(effect, unit if unit != "money_per_day" else "money", data.total.value)


def moment_words(steps: Sequence[str]) -> str:
    """When a part of a formula is taken: "trailing 4 quarters", "1 period before, whole"."""
    return ", ".join(_step_words(step) for step in steps)


def _step_words(step: str) -> str:
    count, _, rest = step.partition(" ")
    if rest:
        unit, _, whole = rest.partition(" ")
        unit = "period" if unit == "asked" else unit.removesuffix("s")
        number = int(count)
        many = f"{abs(number)} {unit}{'' if abs(number) == 1 else 's'}"
        return f"{many} {'before' if number < 0 else 'after'}{', ' if whole else ''}{whole}"
    if step.startswith("week-"):
        return f"as week {step.removeprefix('week-')} began"
    return "as it began" if step == "start" else step.replace("-", " ")
