"""What stands beside the annuity view on wide screens: the line under the cursor in words and agreements."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.panes.agreement_list_data import ListedAgreement
from cockpit.panes.annuity_behind import Largest
from cockpit.panes.annuity_book import RISK, SLICES, BookRow
from cockpit.panes.annuity_data import AnnuityData
from cockpit.panes.annuity_outcomes import DUE
from cockpit.panes.days import month_day
from cockpit.panes.figure_detail import LABELS, definition_lines, figure_detail
from cockpit.panes.formats import Formats, bar, plural
from cockpit.panes.lines import BLANK, Line, Role, Span, cells, left, line, right, rule
from cockpit.panes.wrapping import labelled, wrapped

if TYPE_CHECKING:
    from cockpit.metrics.results import KpiRow

PAST = "The last whole quarters"


def annuity_detail(data: AnnuityData, at: Line | None, width: int) -> list[Line]:
    """The figure, the amount or the unit of the book that a line shows; nothing for other lines."""
    key = at.key if at is not None else None
    if key is None:
        return []
    kind, _, name = key.partition(":")
    told = {"kpi": _figure, "outcome": _outcome, "risk": _risk, "book": _unit}.get(kind)
    return [] if told is None else [row.fitted(width) for row in told(data, name, width)]


def _figure(data: AnnuityData, name: str, width: int) -> list[Line]:
    """The figure with its change, its last quarters, its largest agreements, and what it means."""
    row = next((row for row in data.figures.rows if row.name == name), None)
    if row is None:
        return []
    drawn, quarters = replace(row, trend=data.quarters.of(name)), data.quarters.labels
    lines = figure_detail(drawn, data.formats, width, data.figures.fact, quarters, past=PAST)
    lines += _largest(data, f"kpi:{name}", width)
    metric = data.metrics.get(name)
    return [*lines, BLANK, *definition_lines(metric, width)] if metric is not None else lines


def _outcome(data: AnnuityData, name: str, width: int) -> list[Line]:
    """What fell due, or the part of it that had an outcome."""
    parts = data.outcomes
    row = next((row for outcome, row in parts.parts if outcome == name), None) if name else parts.total
    if row is None:
        return []
    whole = f"{parts.share(row, data.formats)} of what fell due" if name else ""
    title = name.capitalize() if name else "Due to date"
    lines = _amount(data, title, row, whole, width)
    lines += _largest(data, f"outcome:{name}", width)
    return [*lines, *_definition(data, DUE, width)]


def _risk(data: AnnuityData, name: str, width: int) -> list[Line]:
    """What is to come or at risk, or one reason for it."""
    from cockpit.panes.annuity_risk import TITLES, UNTRACKED

    metric = UNTRACKED if name == "find" else name
    row = data.risk.totals.get(metric)
    if row is None:
        return []
    lines = _amount(data, TITLES.get(metric, "Find annuity"), row, "", width)
    lines += _largest(data, f"risk:{name}", width)
    return [*lines, *_definition(data, metric, width)]


def _amount(data: AnnuityData, title: str, row: "KpiRow", share: str, width: int) -> list[Line]:
    value = data.formats.value(row.value, row.unit) if row.value is not None else ""
    lines = [rule(title, value, width)]
    lines += labelled("holds", plural(row.n, "agreement"), width, LABELS)
    lines += labelled("share", share, width, LABELS)
    return lines + labelled("says", row.reason or "", width, LABELS)


def _definition(data: AnnuityData, name: str, width: int) -> list[Line]:
    metric = data.metrics.get(name)
    return [] if metric is None else [BLANK, *definition_lines(metric, width)]


def _unit(data: AnnuityData, label: str, width: int) -> list[Line]:
    """A month or quarter of the book: its parts with their shares, and its largest agreements."""
    book = data.book
    row = next((row for row in (*book.rows, book.total) if row is not None and row.label == label), None)
    if row is None:
        return []
    base, days = data.formats.money(row.amounts["base"]), f"{month_day(row.start)} to {month_day(row.end)}"
    lines = [rule(f"Due in {label}" if row is not book.total else "The whole book", base, width)]
    lines += labelled("days", f"{days} {row.end.year}", width, LABELS)
    lines += labelled("holds", plural(row.count, "agreement"), width, LABELS)
    lines += [BLANK, rule("Its parts", "share of the base", width), *_parts(row, data.formats, width)]
    return lines + _largest(data, f"book:{label}", width)


def _parts(row: BookRow, formats: Formats, width: int) -> list[Line]:
    """A line a part: its amount, its share, a bar; then how much of what is to come is at risk."""
    base = float(row.amounts["base"])
    room = width - LABELS - 8 - 9 - 2
    lines = []
    for name in (*SLICES, RISK):
        amount = row.amounts[name]
        if amount:
            role: Role = "bad" if name == "lapsed" else "warn" if name in (RISK, "late") else "text"
            share = formats.value(float(amount) / base, "percent") if base else ""
            drawn = "" if formats.blank else bar(amount, row.amounts["base"], room)
            words = f"  {name}" if name == RISK else name
            spans = (
                Span(left(words, LABELS), role),
                Span(right(formats.money(amount), 8)),
                Span(right(share, 9) + "  ", "dim"),
                Span(drawn, "bar"),
            )
            lines.append(line(*spans))
    return lines or [line(Span("Nothing falls due.", "dim"))]


def _largest(data: AnnuityData, key: str, width: int) -> list[Line]:
    """The largest agreements of a line of the view, under a title for each list."""
    lines: list[Line] = []
    for part in data.largest.get(key, ()):
        if part.count:
            lines += [BLANK, rule(part.title, _fact(part), width)]
            for one in part.shown:
                lines += _agreement(one, data.formats, width)
    return lines


def _fact(part: Largest) -> str:
    words = plural(part.count, "agreement")
    return f"{len(part.shown)} of {words}" if part.count > len(part.shown) else words


def _agreement(one: ListedAgreement, formats: Formats, width: int) -> Sequence[Line]:
    """Its name with its base; below, dim, when it is due, how it stands and whose it is."""
    base = formats.money(one.base)
    late = one.values.get("days_late")
    state = one.state
    if late is not None and late > 0:
        state = f"{state.removesuffix(' late')} {plural(int(late), 'day')} late"
    due = f"due {month_day(one.due)} {one.due.year}" if one.due is not None else "no date"
    facts = ", ".join(word for word in (due, state, one.owner or "no owner") if word)
    name = left(f"{one.identity} {one.account}".strip(), max(width - cells(base) - 1, 8))
    below = [line(Span(f"  {part}", "dim")) for part in wrapped(facts, width - 2)]
    return [line(Span(name), " ", Span(base)), *below]
