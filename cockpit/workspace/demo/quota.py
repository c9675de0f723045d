"""The demo's quotas: every seat, every quarter of three fiscal years, in proportion to the rows made."""

from collections.abc import Iterator

from cockpit.workspace.demo.dice import Dice
from cockpit.workspace.demo.organisation import SEGMENTS, SELLERS

QUOTA_COLUMNS = ("Assignee", "Territory", "Measure", "Period", "Amount", "Currency", "RecordedOn", "Status")

_FIELD_QUOTA = {
    "FY25-Q1": 37, "FY25-Q2": 45, "FY25-Q3": 45, "FY25-Q4": 49,
    "FY26-Q1": 48, "FY26-Q2": 50, "FY26-Q3": 50, "FY26-Q4": 52,
    "FY27-Q1": 51, "FY27-Q2": 47, "FY27-Q3": 50, "FY27-Q4": 54,
}  # fmt: skip
"""Millions of dollars for the whole field when there are `_ROWS_OF_QUOTA` opportunities."""
_ROWS_OF_QUOTA = 25_000
_NEWCOMER = "Ruth Amsel"
"""Joined in July 2026 and carries no quota in the first half of FY27."""


def quota_rows(dice: Dice, opportunities: int) -> Iterator[list[str]]:
    """A line a seat and quarter; the vacant seat has a territory and no assignee, the newcomer zero."""
    weights = [SEGMENTS[seller.segment].quota_weight * dice.between(85, 115) for seller in SELLERS]
    for period, millions in _FIELD_QUOTA.items():
        field = millions * 1_000_000 * opportunities // _ROWS_OF_QUOTA
        for seller, weight in zip(SELLERS, weights, strict=True):
            amount = field * weight // sum(weights) // 1000 * 1000
            if seller.name == _NEWCOMER and period in ("FY27-Q1", "FY27-Q2"):
                amount = 0
            recorded = f"20{int(period[2:4]) - 1}-07-{14 + len(seller.name) % 9}"
            yield [
                seller.name,
                seller.territory,
                "bookings",
                period,
                str(amount),
                "USD",
                recorded,
                "accepted",
            ]
