"""Checks over figures: a change outside its usual swing, a target that is missed, a limit that is passed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.core.findings.asked import Asked, worse
from cockpit.core.findings.closings import largest_day, of_losses, told
from cockpit.core.findings.finding import Amount, Finding, Said
from cockpit.core.findings.words import basis, both, count, equals, figure_lead, label, money, text

if TYPE_CHECKING:
    from cockpit.core.findings.rules import Rule
    from cockpit.metrics.definition import Metric
    from cockpit.metrics.results import KpiRow

MOST_GROUPS = 2
"""Groups of one figure that become findings of their own."""


def changes(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """A total outside its usual swing for the worse, else the groups that are; with the cause.

    A change counts only where it is unusual for its n and at least as large as the tolerance. Where the
    total has changed so, its groups are its cause and no news of their own.
    """
    assert rule.metric is not None
    if not asked.has(rule.metric) or not asked.against:
        return []
    metric = asked.metric(rule.metric)
    total = asked.total(rule.metric)
    if total is None or total.compare is None or total.value is None:
        return []
    if total.status in ("warn", "bad") and _settled(asked, metric):
        return []
    if _unusual(total, metric, rule.tolerance):
        return [_changed(name, rule, asked, metric, total, None, None)]
    dimension, rows = asked.groups(rule.metric, rule.by)
    if dimension is None:
        return []
    hit = [row for row in rows if _unusual(row, metric, rule.tolerance)]
    hit.sort(key=lambda row: -abs(float(row.compare.delta or 0)) * row.n if row.compare else 0.0)
    return [
        _changed(name, rule, asked, metric, row, dimension, row.by[dimension]) for row in hit[:MOST_GROUPS]
    ]


def _unusual(row: "KpiRow", metric: "Metric", tolerance: float) -> bool:
    compare = row.compare
    return (
        compare is not None
        and bool(compare.unusual)
        and worse(compare.delta, metric.good)
        and abs(float(compare.delta or 0)) >= tolerance
    )


def _changed(
    name: str,
    rule: "Rule",
    asked: Asked,
    metric: "Metric",
    row: "KpiRow",
    dimension: str | None,
    value: Any,
) -> Finding:
    compare = row.compare
    assert compare is not None
    unit = row.unit
    said: list[Said] = [" ", Amount(row.value, unit), *basis(row), ", was "]
    said.append(Amount(compare.value, unit, beside=None if row.value is None else float(row.value)))
    where = equals(dimension, value) if dimension else None
    cause, cause_where = _cause(rule, asked, metric, where, dimension is None)
    if cause:
        said.append(f"; {cause}")
    else:
        said += ["; usual swing ", Amount(compare.swing, "points" if unit == "percent" else unit)]
    about = f"{text(value)}: {label(asked, metric.name)}" if dimension else label(asked, metric.name)
    focus = text(value) if dimension else cause_where
    by = dimension or (rule.by[0] if rule.by else None)
    return Finding(
        name,
        f"{name}/{dimension}={text(value)}" if dimension else name,
        rule.check,
        about,
        tuple(said),
        rule.tag,
        figure_lead(asked, metric.name, by, None, focus),
        money=_stake(asked, metric, row),
    )


def _cause(
    rule: "Rule", asked: Asked, metric: "Metric", where: str | None, whole: bool
) -> tuple[str, str | None]:
    """What stands behind a change: the group with the largest effect, and losses of one day.

    Returns:
        The words, and the group that the figure is best opened at.
    """
    words: list[str] = []
    focus: str | None = None
    if whole and rule.by:
        found = _leading_group(rule, asked, metric)
        if found is not None:
            focus, share = found
            words.append(f"{focus} is {share} of it")
            where = equals(rule.by[0], focus) if focus is not None else where
    if metric.proportion and rule.share is not None:
        lump = largest_day(asked, "lost_count", where, rule.least, rule.share)
        if lump is not None:
            words.append(of_losses(lump))
            told(asked).add((where, lump.day))
    return ", ".join(words), focus


def _leading_group(rule: "Rule", asked: Asked, metric: "Metric") -> tuple[str, str] | None:
    """The group whose effect is more than half of the change, with its share of it."""
    for dimension in rule.by:
        try:
            effects = asked.cockpit.effects(
                metric.name,
                (dimension,),
                period=asked.period,
                vs=asked.against,
                as_of=asked.as_of,
                slice=asked.slice,
            )
        except CockpitError:
            continue
        whole = sum(one.effect for one in effects)
        if not effects or not whole:
            return None
        first = effects[0]
        share = first.effect / whole
        if share < 0.5:
            return None
        return text(first.by[dimension]), "all" if share >= 1 else f"{share:.0%}".replace("%", " %")
    return None


def _stake(asked: Asked, metric: "Metric", row: "KpiRow") -> float:
    """The money behind a change: of an amount the change itself, of a rate the deals that it made differ."""
    delta = abs(float(row.compare.delta or 0)) if row.compare is not None else 0.0
    if row.unit == "money":
        return delta
    if metric.weights is not None:
        return delta * float(row.denominator or 0)
    if not metric.proportion:
        return 0.0
    deals = asked.number("closed_count")
    return delta * row.n * (asked.number("closed_amount") / deals if deals else 0.0)


def _settled(asked: Asked, metric: "Metric") -> bool:
    """Whether missing its target today says anything: not of a sum whose period still runs."""
    if not metric.additive_over_time:
        return True
    result = asked.ask((metric.name,))
    return result.period.end is None or result.period.end <= result.as_of


def targets(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """Figures that miss their target, by how far."""
    names: Sequence[str] = (rule.metric,) if rule.metric else asked.cockpit.board()
    names = [one for one in names if asked.has(one)]
    if not names:
        return []
    found = []
    for row in asked.ask(names).rows:
        metric = asked.metric(row.kpi)
        if row.by or row.status not in ("warn", "bad") or row.value is None or row.target is None:
            continue
        if not _settled(asked, metric):
            continue
        over = metric.good == "down"
        gap = abs(float(row.target) - float(row.value))
        said: list[Said] = [" ", Amount(row.value, row.unit), ", limit " if over else ", needs "]
        said += [Amount(row.target, row.unit, beside=float(row.value)), ": "]
        short = _short_money(asked, row, gap)
        said += [money(short) if row.unit == "multiple" and short else _points(gap, row)]
        said += [" over" if over else " short"]
        compare = row.compare
        if compare is not None and compare.unusual:
            said += [", was ", Amount(compare.value, row.unit)]
        found.append(
            Finding(
                name,
                f"{name}/{row.kpi}",
                rule.check,
                label(asked, row.kpi),
                (*said, *_behind(row)),
                label(asked, row.kpi).lower()[:14],
                figure_lead(asked, row.kpi, None),
                money=short,
                days=5 if row.status == "bad" else 0,
            )
        )
    return found


def _behind(row: "KpiRow") -> tuple[Said, ...]:
    return (f"; {int(row.numerator or 0):,} of {row.n:,}",) if basis(row) else ()


def _points(gap: float, row: "KpiRow") -> Said:
    return Amount(gap, "points" if row.unit == "percent" else row.unit, beside=float(row.target or 0))


def _short_money(asked: Asked, row: "KpiRow", gap: float) -> float:
    if row.unit == "money":
        return gap
    if row.unit == "multiple" and row.denominator is not None and row.denominator > 1:
        return float(row.denominator) * gap
    if asked.metric(row.kpi).weights is not None:
        return gap * float(row.denominator or 0)
    if asked.metric(row.kpi).proportion:
        deals = asked.number("closed_count")
        return gap * row.n * (asked.number("closed_amount") / deals if deals else 0.0)
    return 0.0


def limits(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """A figure beyond its limit, what it is worth, and the group that has most of it."""
    assert rule.metric is not None and rule.limit is not None
    row = asked.total(rule.metric)
    if row is None or row.value is None or row.n < rule.least:
        return []
    metric = asked.metric(rule.metric)
    value = float(row.value)
    if not (value < rule.limit if metric.good == "up" else value > rule.limit):
        return []
    stake = asked.number(rule.money) if rule.money and asked.has(rule.money) else 0.0
    said: list[Said] = [" ", Amount(row.value, row.unit)]
    if rule.limit or row.target is not None:  # that none is wanted goes without saying
        said += [", limit ", Amount(rule.limit, row.unit)]
    if row.compare is not None and row.compare.delta:
        said += [", was ", Amount(row.compare.value, row.unit)]
    if stake:
        said += [": ", money(stake)]
    dimension, rows = asked.groups(rule.metric, rule.by)
    focus = None
    if dimension is not None and metric.additive and value:
        first = max(rows, key=lambda one: float(one.value or 0))
        if float(first.value or 0) * 3 >= value:
            focus = text(first.by[dimension])
            which = f"{first.n:,}" if row.unit == "count" else count(first.n, "deal")
            said.append(f"; {focus} has {which} of them")
    return [
        Finding(
            name,
            name,
            rule.check,
            rule.title or label(asked, rule.metric),
            tuple(said),
            rule.tag,
            figure_lead(asked, rule.metric, dimension, both(None), focus),
            money=stake,
        )
    ]
