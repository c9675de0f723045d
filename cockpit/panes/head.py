"""The head line: whose cockpit, the day, where it lies in the fiscal year, how old the figures are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cockpit.panes.days import age, age_words, day_and_month, full_day, month_day
from cockpit.panes.lines import Line, Role, Span, cells, fit
from cockpit.panes.view import Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit

WIDE = 100
"""From this width on panes have a margin of one cell, in which the cursor stands."""


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """What the head line says.

    Attributes:
        name: the workspace's name.
        today: the calendar's day.
        quarter, period, week: short names of the fiscal units of that day, "" where the calendar lacks one.
        business_day: business days of the quarter so far, or None where the holiday files do not reach.
        business_days: business days of the whole quarter.
        data: how old the figures are, in words: "data 08:02", "reading", "no data".
        data_late: whether that needs a second look (older than a day, or the last reading failed).
        asked: what differs from the usual question: "as of Fri 13 Nov", "east", "read-only".
        user: the login.
    """

    name: str
    today: date
    quarter: str = ""
    period: str = ""
    week: str = ""
    business_day: int | None = None
    business_days: int | None = None
    data: str = ""
    data_late: bool = False
    asked: tuple[str, ...] = ()
    user: str = ""


def head_facts(cockpit: "Cockpit", context: Context) -> HeadFacts:
    """The facts of the head line; reads no figures, only when they were read."""
    today = cockpit.today
    coordinates = cockpit.fiscal.coordinates(today).as_json()
    so_far = coordinates["business_day_of_quarter"]
    left = coordinates["business_days_left_in_quarter"]
    period, week = coordinates["period"], coordinates["week_of_quarter"]
    asked: list[str] = []
    if context.as_of is not None and context.as_of != cockpit.as_of:
        asked.append(f"as of {day_and_month(context.as_of)}")
    if context.slice:
        asked.append(f"only {context.slice}")
    if context.blank_money:
        asked.append("amounts hidden")
    if cockpit.workspace.is_demo and cockpit.read_only:
        asked.append("demo, read-only")  # both have to stand there, also on 80 columns
    elif cockpit.workspace.is_demo:
        asked.append("demo data")
    elif cockpit.read_only:
        asked.append("read-only")
    data, late = data_words(cockpit)
    return HeadFacts(
        name=cockpit.workspace.name,
        today=today,
        quarter=coordinates["labels"]["quarter"] or coordinates["labels"]["year"] or "",
        period="" if period is None else f"P{period:02}",
        week="" if week is None else f"W{week:02}",
        business_day=so_far,
        business_days=None if so_far is None or left is None else so_far + left,
        data=data,
        data_late=late,
        asked=tuple(asked),
        user=cockpit.user.login,
    )


def data_words(cockpit: "Cockpit") -> tuple[str, bool]:
    """How old the figures are in words, and whether that needs a second look; reads nothing."""
    if not cockpit.workspace.config.sources:
        return "no data", False
    read_at = cockpit.data_read_at
    if read_at is None:
        return "data is being read", False
    failed = any(problem.severity == "error" for problem in cockpit.problems)
    zone = cockpit.fiscal.zone
    read_at = read_at.astimezone(zone)
    now = max(cockpit.now.astimezone(zone), read_at)  # a day that is fixed may lie before the reading
    held = cockpit.data.now_held
    if held is not None and held.kept and age_words(read_at, now) != "now":
        return f"data {age_words(read_at, now)} old", True
    return f"data {age(read_at, now)}", failed or (now - read_at).days >= 1


def head_line(facts: HeadFacts, width: int) -> Line:
    """The head line at that width; what matters least is left out where it does not fit."""
    wide = width >= WIDE
    margin = " " if wide else ""
    gap = "   " if wide else "  "
    day = full_day(facts.today) if wide else day_and_month(facts.today)
    units = (gap if wide else " ").join(unit for unit in (facts.quarter, facts.period, facts.week) if unit)
    business = ""
    if facts.business_day is not None and facts.business_days is not None:
        business = f"BD {facts.business_day} of {facts.business_days}"
    right: list[tuple[str, Role]] = [(facts.data, "stale" if facts.data_late else "text")]
    right += [(text, "accent") for text in facts.asked]
    if wide:
        right.append((facts.user, "dim"))
    right = [(text, role) for text, role in right if text]
    name = fit(facts.name, max(width // 5, 8))
    name += " " * (16 - cells(name)) if wide else ""
    left: list[tuple[str, Role]] = [(name, "strong"), (day, "text"), (units, "text"), (business, "text")]
    while True:
        shown = [(text, role) for text, role in left if text]
        used = len(margin) * 2 + _width(shown, gap) + (_width(right, gap) + len(gap) if right else 0)
        if used <= width or not right:
            break
        padded, _ = left[0]
        if padded != padded.rstrip() and right[-1] != (facts.user, "dim"):
            left[0] = (padded.rstrip(), "strong")  # the column of the names gives way before what is told
        else:
            right.pop()
    while _width(shown, gap) + len(margin) > width and len(shown) > 2:
        shown.pop()
    spans = [Span(margin), *_joined(shown, gap)]
    left_width = sum(cells(span.text) for span in spans)
    spans.append(Span(" " * max(width - left_width - _width(right, gap) - len(margin), 0)))
    spans += _joined(right, gap)
    return Line(tuple(span for span in spans if span.text)).fitted(width)


def as_of_words(
    as_of: date,
    today: date,
    against: str = "",
    partner: date | None = None,
    business_day: int | None = None,
) -> str:
    """What figures stand at: "to Fri 20 Nov, against FY27-Q1 at BD 37 (21 Aug)".

    The day that figures are compared with always stands there. A day of another year than today's says
    its year, a partner of another year than the day's its own.
    """
    text = f"to {day_and_month(as_of) if as_of.year == today.year else full_day(as_of)}"
    if not against or partner is None:
        return text
    day = month_day(partner) if partner.year == as_of.year else f"{month_day(partner)} {partner.year}"
    return f"{text}, against {against} " + (f"at BD {business_day} ({day})" if business_day else f"to {day}")


def _width(parts: Sequence[tuple[str, Role]], gap: str) -> int:
    return sum(cells(text) for text, _ in parts) + len(gap) * max(len(parts) - 1, 0)


def _joined(parts: Sequence[tuple[str, Role]], gap: str) -> list[Span]:
    spans: list[Span] = []
    for index, (text, role) in enumerate(parts):
        if index:
            spans.append(Span(gap))
        spans.append(Span(text, role))
    return spans
