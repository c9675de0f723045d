"""The check over movements: a bucket of the waterfall that took much of what was open."""

from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.finding import Amount, Finding, Lead, Said
from cockpit.core.findings.words import count, money
from cockpit.core.moves import Moves, moves

if TYPE_CHECKING:
    from cockpit.core.findings.rules import Rule

USUAL_SHARE = 0.05
MOVES = "moves"
"""What moved, among what checks share."""
OUTWARD = ("pushed out", "lost", "decreased", "removed", "transferred out")


def movements(name: str, rule: "Rule", asked: Asked) -> list[Finding]:
    """Deals that left by one way since the last lock, where they are worth a share of what was open."""
    bucket = (rule.bucket or "").replace("_", " ")
    found = _moves(asked)
    if found is None or not found.before:
        return []
    step = next((one for one in found.buckets if one.name == bucket), None)
    if step is None:
        return []
    share = abs(step.change) / found.before
    if share < (rule.share or USUAL_SHARE) or (step.change > 0 and bucket in OUTWARD):
        return []
    said: list[Said] = [" ", money(abs(step.change), float(found.before)), " of ", money(found.before)]
    said.append(f" since {found.since_words}: {count(step.deals, 'deal')}")
    largest = max(found.of(bucket), key=lambda one: abs(one["change"]), default=None)
    if largest is not None:
        account = f" {largest['account']}" if largest.get("account") else ""
        said += [f", largest {largest['opportunity_id']}{account} ", Amount(abs(largest["change"]), "money")]
    return [
        Finding(
            name,
            f"{name}/{found.since.isoformat()}",
            rule.check,
            rule.title or bucket.capitalize(),
            tuple(said),
            rule.tag,
            Lead("moves", "moves", focus=bucket),
            money=float(abs(step.change)),
        )
    ]


def _moves(asked: Asked) -> Moves | None:
    """What moved since the last lock; asked once for all rules."""
    if MOVES not in asked.shared:
        try:
            asked.shared[MOVES] = moves(asked.cockpit, "", asked.period, as_of=asked.as_of, slice=asked.slice)
        except CockpitError:
            asked.shared[MOVES] = None
    found = asked.shared[MOVES]
    return found if isinstance(found, Moves) else None
