"""Checks over amounts that are to come: coverage against what our own yield needs, renewals at risk."""

from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.finding import Amount, Finding, Lead, Said
from cockpit.core.findings.words import figure_lead, label, money
from cockpit.core.own_rates import NOTHING_TOLD, own_rates

if TYPE_CHECKING:
    from cockpit.core.findings.rules import Rule
    from cockpit.metrics.results import Number

AT_YIELD, AT_CLOSE_RATE = "required_coverage_rest", "required_coverage"
"""What coverage of the rest has to be: at what the rest yielded before by this day, at the close rate."""


def coverage(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """Coverage below what is needed: 1 / our own yield of this week of the quarter, else a rule of thumb.

    What is short is an amount of pipeline to create or to pull in.
    """
    assert rule.metric is not None and rule.limit is not None
    row = asked.total(rule.metric)
    if row is None or row.value is None or row.status is not None:
        return []
    needed, whose = rule.limit, "rule of thumb"
    told, by = _told(rule, asked)
    if told:
        needed, whose = float(told), _whose(by, asked)
    if float(row.value) >= needed:
        return []
    rest = float(row.denominator) if row.denominator is not None else 0.0
    short = max(needed - float(row.value), 0.0) * rest
    said: list[Said] = [" ", Amount(row.value, "multiple"), f", {whose} ", Amount(needed, "multiple")]
    if short:
        said += [": ", money(short), " to create or pull in"]
    return [
        Finding(
            name,
            name,
            rule.check,
            rule.title or label(asked, rule.metric),
            tuple(said),
            rule.tag,
            figure_lead(asked, rule.metric, None),
            money=short,
        )
    ]


def _told(rule: "Rule", asked: Asked) -> "tuple[Number | None, str]":
    """What is needed and which metric tells it: that of the rule, else what the figure itself names."""
    assert rule.metric is not None
    if rule.needs:
        row = asked.total(rule.needs)
        return (None, "") if row is None else (row.value, rule.needs)
    told = own_rates(asked.cockpit, (rule.metric,), asked.period, asked.as_of, asked.slice)
    own = told.get(rule.metric, NOTHING_TOLD)
    return own.needed, own.by


def _whose(name: str, asked: Asked) -> str:
    """What says how much is needed; of a yield also the week that it is of."""
    if name == AT_CLOSE_RATE:
        return "our own close rate needs"
    if name != AT_YIELD:
        return "our own rates need"
    week = asked.cockpit.fiscal.coordinates(asked.as_of or asked.cockpit.as_of).week_of_quarter
    return "our own yield needs" if week is None else f"our own yield at W{week:02d} needs"


def risks(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """An amount at risk, of what it is a part, and the largest of what it is made of."""
    assert rule.metric is not None
    row = asked.total(rule.metric)
    if row is None or not row.value or row.n < rule.least:
        return []
    said: list[Said] = [" ", Amount(row.value, row.unit)]
    whole = asked.total(rule.of) if rule.of else None
    if whole is not None and whole.value:
        said += [" of ", Amount(whole.value, row.unit)]
    identity, largest = _largest(rule.metric, asked)
    said += largest
    return [
        Finding(
            name,
            name,
            rule.check,
            rule.title or label(asked, rule.metric),
            tuple(said),
            rule.tag,
            Lead("rows", rule.metric, focus=identity),
            money=float(row.value),
        )
    ]


def _largest(metric: str, asked: Asked) -> tuple[str | None, list[Said]]:
    """The largest row: its id; and the words with its account, amount, and why it is at risk."""
    try:
        rows = asked.cockpit.rows(metric, period=asked.period, as_of=asked.as_of, limit=1, slice=asked.slice)
    except CockpitError:
        return None, []
    if not rows.rows:
        return None, []
    values = dict(zip(rows.columns, rows.rows[0], strict=True))
    name = values.get("agreement_id") or values.get("opportunity_id")
    if name is None:
        return None, []
    account = f" {values['account']}" if values.get("account") else ""
    why = f", {values['risk']}" if values.get("risk") else ""
    said: list[Said] = [f"; largest {name}{account}, ", Amount(values.get("contribution"), "money"), why]
    return str(name), said
