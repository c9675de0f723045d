"""Many deals closed on one day: losses that are entered in a lump, often the cause of a change."""

from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.finding import Finding, Lead, Said
from cockpit.core.findings.words import both, count, day_words, equals, label, money, text

if TYPE_CHECKING:
    from cockpit.core.findings.rules import Rule
    from cockpit.metrics.results import KpiRow

CLOSING = "closing_date"
TOLD = "told lumps"
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
    return _telling([(row.n, row.by[CLOSING]) for row in rows if _is_day(row)], least, share)


def _is_day(row: "KpiRow") -> bool:
    return isinstance(row.by[CLOSING], date)


def _telling(days: list[tuple[int, date]], least: int, share: float) -> Lump | None:
    """The largest of the days, where it is telling."""
    whole = sum(n for n, _ in days)
    if len(days) < 5:
        return None
    n, day = max(days)
    usual = median(one for one, _ in days)
    telling = n >= max(least, 1) and n >= share * whole and n >= TIMES_USUAL * usual
    return Lump(day, n, whole) if telling else None


def told(asked: Asked) -> set[tuple[str | None, date]]:
    """Lumps that another finding tells as its cause: under which condition they were found, and the day."""
    found = asked.shared.setdefault(TOLD, set())
    assert isinstance(found, set)
    return found


def lumps(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """One finding for the largest lump of the period: of all, else of one group of the first dimension.

    A lump that stands behind a changed rate is told there.
    """
    assert rule.metric is not None
    share = rule.share or 0.1
    whole = largest_day(asked, rule.metric, None, rule.least, share)
    candidates: list[tuple[Lump, str | None, Any]] = [(whole, None, None)] if whole is not None else []
    candidates = candidates or _of_groups(rule, asked, share)
    candidates = [one for one in candidates if (_condition(*one[1:]), one[0].day) not in told(asked)]
    if not candidates:
        return []
    lump, dimension, value = max(candidates, key=lambda one: one[0].count)
    where = both(_condition(dimension, value), lump.condition)
    stake = asked.number(rule.money, where) if rule.money else 0.0
    whose = f" of {text(value)}" if dimension is not None else ""
    said: list[Said] = [f"{whose} on {day_words(lump.day)}: {lump.count:,} of {lump.whole:,}"]
    if stake:
        said += [", ", money(stake)]
    inside = [_leading(asked, rule.metric, one, lump, where) for one in rule.by if one != dimension]
    if any(inside):
        said.append(f"; {', '.join(filter(None, inside))}")
    key = f"{name}/{lump.day.isoformat()}" + (f"/{dimension}={text(value)}" if dimension is not None else "")
    return [
        Finding(
            name,
            key,
            rule.check,
            rule.title or label(asked, rule.metric),
            tuple(said),
            rule.tag,
            Lead("rows", rule.metric, where=where),
            money=stake,
        )
    ]


def _condition(dimension: str | None, value: Any) -> str | None:
    return None if dimension is None else equals(dimension, value)


def _of_groups(rule: "Rule", asked: Asked, share: float) -> list[tuple[Lump, str | None, Any]]:
    """The telling day of each group of the first dimension that has one."""
    assert rule.metric is not None
    for dimension in rule.by:
        try:
            rows = asked.ask((rule.metric,), by=(dimension, CLOSING), compare=False).groups(rule.metric)
        except CockpitError:
            continue
        days: dict[Any, list[tuple[int, date]]] = {}
        for row in rows:
            if _is_day(row):
                days.setdefault(row.by[dimension], []).append((row.n, row.by[CLOSING]))
        found = ((_telling(one, rule.least, share), dimension, value) for value, one in days.items())
        return [(lump, dimension, value) for lump, dimension, value in found if lump is not None]
    return []


def _leading(asked: Asked, name: str, dimension: str, lump: Lump, where: str | None) -> str:
    """The value that most of the lump has, where it is at least half of it: "20 of them Brooks"."""
    try:
        rows = asked.ask((name,), by=(dimension,), where=where, compare=False).groups(name)
    except CockpitError:
        return ""
    if not rows:
        return ""
    first = max(rows, key=lambda row: row.n)
    if first.n * 2 < lump.count or first.by[dimension] is None:
        return ""
    part = "all" if first.n == lump.count else f"{first.n:,}"
    return f"{part} {text(first.by[dimension])}"


def of_losses(lump: Lump) -> str:
    """The lump as the cause of something else: "22 of 61 losses dated Tue 17 Nov"."""
    return f"{lump.count:,} of {count(lump.whole, 'loss', 'losses')} dated {day_words(lump.day)}"
