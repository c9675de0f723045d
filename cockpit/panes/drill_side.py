"""What stands around the groups of a figure: weeks, why deals were lost, the largest day, what is left out.

It is about one group where one is meant or lies outside its usual swing, else about the whole.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.core.shapes import typical
from cockpit.panes.conditions import both, equals, shown
from cockpit.panes.days import age, day_and_month, full_day
from cockpit.panes.dimensions import fiscal_column
from cockpit.panes.figures import ask, metrics_of
from cockpit.panes.formats import Formats, Number, bar, plural
from cockpit.panes.lines import Line, Role, Span, fit, left, line, right, rule
from cockpit.panes.notes import note_lines, notes_on
from cockpit.panes.place import Place
from cockpit.panes.view import Context
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.fiscal import Unit
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import KpiResult, KpiRow, LeftOut
    from cockpit.store import Note

MOST_WEEKS = 14
MOST_REASONS = 5
OF_LOSSES = ("close_rate", "close_rate_value", "lost_count", "lost_amount", "closed_count")
"""Figures of which it is worth telling why deals were lost."""
LUMP = 10
"""Deals lost on one day from which on that day is worth a panel."""


@dataclass(frozen=True, slots=True)
class LargestDay:
    """The day on which most deals were lost.

    Attributes:
        day: which.
        count, whole: how many were lost on it, of how many in all.
        amount: theirs.
        reason: the one that most of them have, with its count, or "".
        age: median days from created to lost, or None.
        pushes: median moves of their close dates, or None.
    """

    day: date
    count: int
    whole: int
    amount: Number | None
    reason: str
    age: float | None = None
    pushes: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What stands around the groups.

    Attributes:
        about: the group that it is about, "" for the whole.
        row: the figure of that group, None for the whole.
        where: the condition of that group, or of the whole.
        weeks: week of the period and the figure in it.
        reasons: why deals were lost: reason, deals now, deals in the compared period (None: not compared).
        largest: the largest day of losses, or None.
        counted: deals that count.
        condition: what narrows them, or None.
        left_out: what does not count, and why.
        refused: rows that were not taken at all, by source.
        past_due: open deals that are past due.
        standing: where the figures come from, in one line.
        notes: what was written about the figure.
        subject: the figure's name in notes.
        compared: label of the compared period, or "".
    """

    about: str = ""
    row: "KpiRow | None" = None
    where: str | None = None
    weeks: "tuple[tuple[str, KpiRow | None], ...]" = ()
    reasons: tuple[tuple[str, int, int | None], ...] = ()
    largest: LargestDay | None = None
    counted: int = 0
    condition: str | None = None
    left_out: "tuple[LeftOut, ...]" = ()
    refused: tuple[tuple[str, int], ...] = ()
    past_due: int = 0
    standing: str = ""
    notes: "tuple[Note, ...]" = ()
    subject: str = ""
    compared: str = ""


def load_side(
    cockpit: "Cockpit",
    context: Context,
    metric: "Metric",
    condition: str | None,
    group: "tuple[str, Any, KpiRow] | None",
    result: "KpiResult",
    subject: str,
) -> Side:
    """Everything around the groups; a panel that the data cannot fill is left out.

    Args:
        cockpit: the workspace.
        context: what holds in every view.
        metric: the figure.
        condition: what narrows it.
        group: dimension, value and figure of what it is about, or None for the whole.
        result: the figure as it was asked.
        subject: the figure's name in notes.
    """
    where = both(condition, equals(group[0], group[1])) if group is not None else condition
    closings = metric.name in OF_LOSSES
    reasons = _reasons(cockpit, context, where) if closings else ()
    compared = next((row.compare.period.label for row in result.rows if row.compare is not None), "")
    told = _told(cockpit, context, metric, condition) if metric.kind != "derived" else None
    return Side(
        about="" if group is None else shown(group[1]),
        row=None if group is None else group[2],
        where=where,
        weeks=_weeks(cockpit, context, metric, where, result),
        reasons=reasons,
        largest=_largest(cockpit, context, where) if closings else None,
        counted=0 if told is None else told.n,
        condition=condition,
        left_out=() if told is None else told.left_out,
        refused=()
        if told is None
        else tuple((one.table, one.rejected) for one in told.sources if one.rejected),
        past_due=_past_due(cockpit, context, condition) if metric.name == "close_rate" else 0,
        standing=_standing(cockpit, result),
        notes=notes_on(cockpit, subject),
        subject=subject,
        compared=compared,
    )


def _told(cockpit: "Cockpit", context: Context, metric: "Metric", where: str | None) -> Any:
    try:
        return cockpit.explain(
            metric.name, where=where, period=context.period, as_of=context.as_of, slice=context.slice
        )
    except CockpitError:
        return None


def _weeks(
    cockpit: "Cockpit", context: Context, metric: "Metric", where: str | None, result: "KpiResult"
) -> "tuple[tuple[str, KpiRow | None], ...]":
    """The figure in each week of the period so far; nothing for stocks and for periods that are long."""
    column = fiscal_column(metric, metrics_of(cockpit), "week")
    start, through = result.period.start, result.period.through
    if column is None or start is None or through is None or through - start > timedelta(weeks=MOST_WEEKS):
        return ()
    try:
        rows = ask(
            cockpit,
            Context(context.as_of, context.period, "", context.slice),
            (metric.name,),
            by=(column,),
            where=where,
        )
    except CockpitError:
        return ()
    by_week = {row.by[column]: row for row in rows.groups(metric.name)}
    weeks = [week for week in cockpit.fiscal.units("week", start, through) if week.start <= through]
    return tuple((_week_name(cockpit, week, start), by_week.get(week.label)) for week in weeks)


def _week_name(cockpit: "Cockpit", week: "Unit", start: date) -> str:
    """The week's name in the period: one that began before it has another name there."""
    label = week.own_label if week.start >= start else cockpit.fiscal.coordinates(start).labels["week"]
    return (label or "").split("-")[-1]


def _reasons(
    cockpit: "Cockpit", context: Context, where: str | None
) -> tuple[tuple[str, int, int | None], ...]:
    """Why deals were lost, the most frequent first; rarer reasons together."""
    try:
        rows = ask(cockpit, context, ("lost_count",), by=("lost_reason",), where=where).groups("lost_count")
    except CockpitError:
        return ()
    counted = sorted(
        ((shown(row.by["lost_reason"]), row.n, row.compare.n if row.compare else None) for row in rows),
        key=lambda one: -one[1],
    )
    if len(counted) > MOST_REASONS:
        rest = counted[MOST_REASONS - 1 :]
        before = [then for _, _, then in rest if then is not None]
        counted = counted[: MOST_REASONS - 1]
        counted.append((f"{len(rest)} others", sum(n for _, n, _ in rest), sum(before) if before else None))
    return tuple(counted)


def _largest(cockpit: "Cockpit", context: Context, where: str | None) -> LargestDay | None:
    plain = Context(context.as_of, context.period, "", context.slice)
    try:
        rows = ask(cockpit, plain, ("lost_count",), by=("closing_date",), where=where).groups("lost_count")
        days = [(row.n, row.by["closing_date"]) for row in rows if isinstance(row.by["closing_date"], date)]
        if not days or max(days)[0] < LUMP:
            return None
        count, day = max(days)
        inside = both(where, equals("closing_date", day))
        amount = ask(cockpit, plain, ("lost_amount",), where=inside).total("lost_amount").value
    except CockpitError:
        return None
    reasons = _reasons(cockpit, plain, inside)
    reason = f"{'all' if reasons[0][1] == count else reasons[0][1]} {reasons[0][0]}" if reasons else ""
    usual = _typical(cockpit, plain, inside)
    whole = sum(n for n, _ in days)
    return LargestDay(day, count, whole, amount, reason, usual.get("cycle_days"), usual.get("push_count"))


def _typical(cockpit: "Cockpit", context: Context, where: str | None) -> dict[str, float]:
    """Median age and pushes of the deals lost under a condition, as far as the data tell them."""
    found: dict[str, float] = {}
    for column in ("cycle_days", "push_count"):
        try:
            found |= typical(
                cockpit, "lost_count", (column,), where, context.period, context.as_of, context.slice
            )
        except CockpitError:
            continue  # without history nobody knows how often a date was moved
    return found


def _past_due(cockpit: "Cockpit", context: Context, where: str | None) -> int:
    plain = Context(context.as_of, context.period, "", context.slice)
    try:
        return ask(cockpit, plain, ("past_due_count",), where=where).total("past_due_count").n
    except (CockpitError, KeyError, StopIteration):
        return 0


def _standing(cockpit: "Cockpit", result: "KpiResult") -> str:
    """Where the figures come from: when they were read, which hierarchy holds, how the past is known."""
    parts = []
    if cockpit.data_read_at is not None:
        zone = cockpit.fiscal.zone
        parts.append(f"read {age(cockpit.data_read_at.astimezone(zone), cockpit.now.astimezone(zone))}")
    of = day_and_month(result.as_of) if result.as_of.year == cockpit.today.year else full_day(result.as_of)
    if result.snapshot.kind == "reconstructed":
        parts.append("owners and managers of today; the past is rebuilt")
    elif result.snapshot.owners == "today" and result.snapshot.kind == "stored":
        parts.append("owners and managers of today, the rest as reported")
    else:
        stored = ", as reported" if result.snapshot.kind == "stored" else ""
        parts.append(f"owners and managers as of {of}{stored}")
    if result.rate is not None:
        parts.append(f"{result.rate} rate")
    return "   ".join(part for part in parts if part)


# --- drawn -----------------------------------------------------------------------------------------------


def right_panels(side: Side, total: "KpiRow", formats: Formats, width: int) -> list[list[Line]]:
    """The panels beside the groups, from top to bottom."""
    panels = [
        _week_lines(side, total, formats, width),
        _reason_lines(side, width),
        _largest_lines(side, total, formats, width),
        note_lines(side.notes, side.subject, width),
    ]
    return [[row.fitted(width) for row in panel] for panel in panels if panel]


def _week_lines(side: Side, total: "KpiRow", formats: Formats, width: int) -> list[Line]:
    if not side.weeks:
        return []
    known = [abs(float(row.value)) for _, row in side.weeks if row is not None and row.value is not None]
    largest = max(known, default=0.0)
    share = total.unit == "percent" and total.numerator is not None and total.denominator == total.n
    about = side.row if side.row is not None else total
    whole = f"{formats.number(about.numerator or 0)} of {about.n:,}" if share else ""
    lines = [rule(f"{side.about or 'All'}, by week", whole, width)]
    for label, row in side.weeks:
        value = None if row is None else row.value
        text = formats.value(value, total.unit) if value is not None else "–"
        note = ""
        if row is not None:
            note = f"{formats.number(row.numerator or 0)}/{row.n:,}" if share else f"{row.n:,}"
        room = max(width - 5 - 9 - 9, 0)
        shape = bar(value, max(largest, 1.0) if total.unit == "percent" else largest, min(room, 24))
        spans = (
            Span(left(label, 5), "dim"),
            Span(right(note, 8) + " ", "dim"),
            Span(left(shape, room), "bar"),
            Span(right(text, 9)),
        )
        lines.append(Line(spans))
    return lines


def _reason_lines(side: Side, width: int) -> list[Line]:
    if not side.reasons:
        return []
    compared = any(then is not None for _, _, then in side.reasons)
    size = max(width - (16 if compared else 8), 8)
    about = f"Why lost, {side.about}" if side.about else "Why lost"
    head = right("now", 8) + (right(fit(side.compared, 7), 8) if compared else "")
    title = rule(about, "", size)
    lines = [line(*title.spans, Span(head, "dim"))]
    for reason, now, then in side.reasons:
        before = right(f"{then:,}" if then is not None else "", 8) if compared else ""
        lines.append(line(left(reason, size), right(f"{now:,}", 8), Span(before, "dim")))
    whole = sum(now for _, now, _ in side.reasons)
    earlier = sum(then or 0 for _, _, then in side.reasons)
    lines.append(
        line(
            Span(left("All", size), "dim"),
            right(f"{whole:,}", 8),
            Span(right(f"{earlier:,}", 8) if compared else "", "dim"),
        )
    )
    return lines


def _largest_lines(side: Side, total: "KpiRow", formats: Formats, width: int) -> list[Line]:
    largest = side.largest
    if largest is None:
        return []
    place = Place("rows", "lost_count", where=both(side.where, equals("closing_date", largest.day)))
    all_of = f"{largest.count:,} lost of {largest.whole:,}"
    texts = [f"{all_of}, {largest.reason}" if largest.reason else all_of, formats.money(largest.amount)]
    if largest.age is not None:
        texts[-1] += f", median age {formats.value(round(largest.age), 'days')}"
    if largest.pushes is not None:
        texts[-1] += f", {plural(round(largest.pushes), 'push', 'pushes')}"
    about = side.row if side.row is not None else total
    without = _without(about, largest)
    if without is not None:
        rate, counts = without
        texts.append(f"without them {formats.value(rate, 'percent')}, {counts}")
    lines = [rule("Largest day", day_and_month(largest.day), width)]
    for index, text in enumerate(texts):
        role: Role = "text" if not index else "dim"
        lines += [
            Line((Span(part, role),), place if not index else None, None if index else "largest")
            for part in wrapped(text, width)
        ]
    return lines


def _without(row: "KpiRow", largest: LargestDay) -> tuple[float, str] | None:
    """A rate by count without the losses of the largest day, and what it stands on; None for others."""
    rest = row.n - largest.count
    if row.unit != "percent" or row.numerator is None or row.denominator != row.n or rest <= 0:
        return None
    return float(row.numerator) / rest, f"{int(row.numerator):,} of {rest:,}"


def below_panels(side: Side, total: "KpiRow", formats: Formats, width: int) -> list[list[Line]]:
    """The panels under the groups: what counts, what not, and where it comes from."""
    if not side.left_out and not side.counted:
        return []
    lines = [rule("Counted, and left out", "e opens", width)]
    rows = Place("rows", total.kpi, where=side.condition) if side.counted else None
    lines.append(line(Span(right(f"{side.counted:,}", 9)), "  counted", place=rows, key="counted"))
    lines += [
        line(Span(right(f"{one.count:,}", 9), "dim"), Span(f"  {one.reason}", "dim")) for one in side.left_out
    ]
    lines += [
        line(
            Span(right(f"{count:,}", 9), "dim"),
            Span(f"  {'row' if count == 1 else 'rows'} of {table} rejected", "dim"),
            place=Place("data", table),
            key=f"refused:{table}",
        )
        for table, count in side.refused
    ]
    lines.append(line(Span(side.standing, "dim")))
    return [[row.fitted(width) for row in lines]]


def asked_otherwise(side: Side, total: "KpiRow", formats: Formats) -> list[tuple[str, str, str]]:
    """Further answers to a close rate: label, figure, what it stands on."""
    found: list[tuple[str, str, str]] = []
    if total.numerator is None or total.denominator is None or not total.n:
        return found
    won, closed = int(total.numerator), total.n
    if side.past_due:
        rate = formats.value(won / (closed + side.past_due), "percent")
        found.append(
            (
                f"If the {plural(side.past_due, 'past due deal')} were lost",
                rate,
                f"{won:,} of {closed + side.past_due:,}",
            )
        )
    without = _without(total, side.largest) if side.largest is not None else None
    if side.largest is not None and without is not None:
        rate = formats.value(without[0], "percent")
        count, day = f"{side.largest.count:,}", day_and_month(side.largest.day)
        label = f"Without the {count} losses of {day}"
        if side.about:
            label = f"Without {count} losses of {side.about}, {day}"
        found.append((label, rate, without[1]))
    return found
