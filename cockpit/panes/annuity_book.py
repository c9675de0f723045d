"""The renewal book: what falls due in each fiscal month or quarter, and what became of it.

The slices of a unit add up to its base; what is at risk is a part of what is still to come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from cockpit.panes.days import MONTHS
from cockpit.panes.figures import metrics_of
from cockpit.panes.formats import Formats, Number
from cockpit.panes.lines import Line, Role, Span, left, line, right
from cockpit.panes.place import Place
from cockpit.panes.view import Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.fiscal import Unit

BOOK, AT_RISK = "renewal_book_base", "renewal_at_risk_base"
SLICES: Mapping[str, tuple[str, ...]] = {
    "in time": ("renewed in time",),
    "extended": ("extended in time",),
    "late": ("renewed late", "extended late"),
    "recaptured": ("recaptured",),
    "lapsed": ("lapsed",),
    "to come": ("to come",),
}
"""The slices of the base, and the outcomes that each of them holds."""
RISK = "at risk"
COLUMNS = ("base", *SLICES, RISK)
_FIRST_KEPT = ("base", "in time", "to come", RISK, "lapsed", "late", "extended", "recaptured")
"""Which columns are kept where there is no room for all."""
LOOK_AHEAD = timedelta(days=180)
QUARTERS_BACK = 4
Kind = Literal["period", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class BookRow:
    """What falls due in one unit.

    Attributes:
        label: the unit's, or "All".
        start, end: its first and last day.
        amounts: by column of `COLUMNS`.
        count: agreements that fall due in it.
        current: whether the as-of date lies in it.
    """

    label: str
    start: date
    end: date
    amounts: Mapping[str, Number]
    count: int
    current: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """The book by units of one kind, in time order, with their total."""

    kind: Kind
    rows: tuple[BookRow, ...] = ()
    total: BookRow | None = None


def load_book(cockpit: "Cockpit", context: Context, kind: Kind, as_of: date) -> Book:
    """The book from last quarter to 180 days ahead by month, or from four quarters back by quarter.

    A calendar without months of its own gives quarters, one without quarters gives years. Empty where the
    catalogue has no renewal book.
    """
    if BOOK not in metrics_of(cockpit) or AT_RISK not in metrics_of(cockpit):
        return Book(kind)
    kind, units = _units(cockpit, kind, as_of)
    column, period = f"due_{kind}", f"{units[0].start}..{units[-1].end}"
    book = cockpit.kpi(
        (BOOK,), by=(column, "outcome"), period=period, as_of=context.as_of, slice=context.slice
    )
    risk = cockpit.kpi((AT_RISK,), by=(column,), period=period, as_of=context.as_of, slice=context.slice)
    at_risk = {row.by[column]: row.value or 0 for row in risk.groups(AT_RISK)}
    rows = []
    for unit in units:
        groups = [row for row in book.groups(BOOK) if row.by[column] == unit.label]
        outcomes = {row.by["outcome"]: row.value or 0 for row in groups}
        amounts = {name: sum(outcomes.get(one, 0) for one in ones) for name, ones in SLICES.items()}
        amounts |= {"base": sum(outcomes.values()), RISK: at_risk.get(unit.label, 0)}
        count, current = sum(row.n for row in groups), unit.start <= as_of <= unit.end
        rows.append(BookRow(_label(unit), unit.start, unit.end, amounts, count, current))
    whole = {name: sum(row.amounts[name] for row in rows) for name in COLUMNS}
    total = BookRow("All", rows[0].start, rows[-1].end, whole, sum(row.count for row in rows))
    return Book(kind, tuple(rows), total)


def _units(cockpit: "Cockpit", kind: Kind, as_of: date) -> "tuple[Kind, list[Unit]]":
    """The units of the book, and their kind: the one asked where the calendar has it."""
    fiscal = cockpit.fiscal
    quarter = fiscal.unit("quarter", as_of)
    if quarter is None:
        return "year", fiscal.units("year", as_of - timedelta(days=366), as_of + LOOK_AHEAD)
    if kind == "period" and fiscal.unit("period", as_of) is not None:
        return "period", fiscal.units("period", fiscal.shift(quarter, -1).start, as_of + LOOK_AHEAD)
    return "quarter", fiscal.units("quarter", fiscal.shift(quarter, -QUARTERS_BACK).start, as_of + LOOK_AHEAD)


def _label(unit: "Unit") -> str:
    """Such as "FY27-P05 Nov": a month by its name too, that of its middle day."""
    if unit.kind != "period":
        return unit.label
    return f"{unit.label} {MONTHS[(unit.start + (unit.end - unit.start) / 2).month - 1]}"


def book_lines(book: Book, formats: Formats, width: int) -> list[Line]:
    """The heads, a line a unit, and the total; as many columns as fit, all amounts in one scale.

    A unit opens its agreements: its place has the period in `where`.
    """
    if book.total is None:
        return []
    scale = formats.scale(*(row.amounts["base"] for row in book.rows))
    label, each = 14, 10 if width < 110 else 12
    room = max((width - label) // each, 1)
    columns = [name for name in COLUMNS if name in _FIRST_KEPT[:room]]
    counted = width - label - each * len(columns) >= 8
    heads = left("due in", label) + "".join(right(name, each) for name in columns)
    lines = [line(Span(heads + (right("number", 8) if counted else ""), "dim"))]
    for row in (*book.rows, book.total):
        whole = row is book.total
        role: Role = "today" if row.current else "strong" if whole else "text"
        spans = [Span(left(row.label, label), role)]
        for name in columns:
            amount = row.amounts[name]
            text = formats.money(amount, scale) if amount else "·"
            spans.append(Span(right(text, each), _role(name) if amount else "dim"))
        spans.append(Span(right(f"{row.count:,}", 8) if counted else "", "dim"))
        place = Place("rows", BOOK, where=f"{row.start}..{row.end}", focus=row.label)
        copied = (row.label, *(str(row.amounts[name]) for name in COLUMNS), str(row.count))
        lines.append(Line(tuple(spans), place, f"book:{row.label}", copied))
    return lines


def _role(column: str) -> Role:
    return "bad" if column == "lapsed" else "warn" if column in (RISK, "late") else "text"
