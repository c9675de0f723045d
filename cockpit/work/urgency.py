"""How urgent a task is, as a sum whose parts can be shown.

The weights follow taskwarrior's, with days counted in business days: due 12, blocks others 8, severity 6,
evidence that is still to be given 2, blocked -5, waiting -3.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

DUE = 12.0
BLOCKS_OTHERS = 8.0
SEVERITY = {"high": 6.0, "medium": 3.9, "low": 1.8}
EVIDENCE_OPEN = 2.0
BLOCKED = -5.0
WAITING = -3.0

FULL_AT = -5
"""This many business days after the due day the due part is at its full height."""
LEAST_AT = 10
"""This many business days before the due day it is at its least, a fifth."""


def due_part(business_days_left: int) -> float:
    """Points for the due day: a fifth of 12 ten business days before, all of them five after."""
    share = (LEAST_AT - business_days_left) / (LEAST_AT - FULL_AT)
    return DUE * (0.2 + 0.8 * min(max(share, 0.0), 1.0))


@lru_cache(maxsize=4096)  # many tasks share their circumstances
def parts_and_sum(
    business_days_left: int | None,
    begun: bool,
    blocks: bool,
    severity: str,
    evidence_open: bool,
    blocked: bool,
    waiting: bool,
) -> tuple[Mapping[str, float], float]:
    """The parts of a task's urgency that are not nothing, by name, and what they add up to.

    Args:
        business_days_left: business days to the due day, negative when late, None without a due day.
        begun: whether its lead has begun or it is late.
        blocks: unfinished tasks need this one.
        severity: high, medium or low; another word counts as medium.
        evidence_open: evidence is asked for and not given.
        blocked: it is blocked by hand or by what it needs.
        waiting: it sleeps until a day.
    """
    points = {
        "due": due_part(business_days_left) if begun and business_days_left is not None else 0.0,
        "blocks others": BLOCKS_OTHERS if blocks else 0.0,
        "severity": SEVERITY.get(severity, SEVERITY["medium"]),
        "evidence open": EVIDENCE_OPEN if evidence_open else 0.0,
        "blocked": BLOCKED if blocked else 0.0,
        "waiting": WAITING if waiting else 0.0,
    }
    shown = {name: round(value, 1) for name, value in points.items() if value}
    return MappingProxyType(shown), round(sum(shown.values()), 1)
