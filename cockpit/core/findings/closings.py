"""Many deals closed on one day: losses that are entered in a lump, often the cause of a change."""

from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.finding import Finding, Lead
from cockpit.core.findings.words import both, count, day_words, equals, label, money, text

if TYPE_CHECKING:
    from cockpit.core.findings.rules import Rule

CLOSING = "closing_date"
TIMES_USUAL = 4
"""How many times the deals of a usual (median) day make a lump."""


@dataclass(frozen=True, slots=True)
class Lump:
    """The day on which most deals of a figure closed: how many, of how many in all."""

    day: date
    count: int
    whole: int

    @property
    def condition(self) -> str:
        """What narrows a figure to that day."""
        return equals(CLOSING, self.day)


def largest_day(asked: Asked, name: str, where: str | None, least: int, share: float) -> Lump | None:
    """The largest day, where it has so many deals, that share of all, and many times those of a usual day.

    That is only telling over a period of several days with business; a day that stands alone is none.
    """
    if not asked.has(name):
        return None
    try:
        rows = asked.ask((name,), by=(CLOSING,), where=where, compare=False).groups(name)
    except CockpitError:
        return None
    days = [(row.n, row.by[CLOSING]) for row in rows if isinstance(row.by[CLOSING], date)]
    whole = sum(n for n, _ in days)
    if len(days) < 5:
        return None
    n, day = max(days)
    usual = median(one for one, _ in days)
    telling = n >= max(least, 1) and n >= share * whole and n >= TIMES_USUAL * usual
    return Lump(day, n, whole) if telling else None


def lumps(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """One finding for the largest day of the period, with the group that most of it belongs to."""
    assert rule.metric is not None
    lump = largest_day(asked, rule.metric, None, rule.least, rule.share or 0.1)
    if lump is None:
        return []
    stake = asked.number(rule.money, lump.condition) if rule.money else 0.0
    said = [f" on {day_words(lump.day)}: {lump.count:,} of {lump.whole:,}"]
    if stake:
        said.append(", ")
    amount = (money(stake),) if stake else ()
    inside: list[str] = []
    for dimension in rule.by:
        leading = _leading(asked, rule.metric, dimension, lump)
        if leading:
            inside.append(leading)
    cause = f"; {', '.join(inside)}" if inside else ""
    return [
        Finding(
            name,
            f"{name}/{lump.day.isoformat()}",
            rule.check,
            rule.title or label(asked, rule.metric),
            (*said, *amount, cause) if cause else (*said, *amount),
            rule.tag,
            Lead("rows", rule.metric, where=lump.condition),
            money=stake,
        )
    ]


def _leading(asked: Asked, name: str, dimension: str, lump: Lump) -> str:
    """The value that most of the lump has, where it is at least half of it: "20 of them Brooks"."""
    try:
        rows = asked.ask((name,), by=(dimension,), where=both(lump.condition), compare=False).groups(name)
    except CockpitError:
        return ""
    if not rows:
        return ""
    first = max(rows, key=lambda row: row.n)
    if first.n * 2 < lump.count or first.by[dimension] is None:
        return ""
    share = "all" if first.n == lump.count else f"{first.n:,}"
    return f"{share} {text(first.by[dimension])}"


def of_losses(lump: Lump) -> str:
    """The lump as the cause of something else: "22 of 61 losses dated Tue 17 Nov"."""
    return f"{lump.count:,} of {count(lump.whole, 'loss', 'losses')} dated {day_words(lump.day)}"
