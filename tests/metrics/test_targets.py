"""Targets say where they come from; thin and young figures say so."""

from decimal import Decimal
from typing import Any

from metric_tables import CALENDAR_YEARS, ask, span

Q2 = span("FY24-Q2", "2024-04-01", "2024-06-30", CALENDAR_YEARS.unit_named("FY24-Q2"))


def deals() -> list[dict[str, Any]]:
    """Ten closed deals a quarter over five quarters, six won in SMB, three in Enterprise of the rest."""
    found = []
    for quarter, first in enumerate(("2023-04", "2023-07", "2023-10", "2024-01", "2024-04")):
        for place in range(20):
            found.append(  # noqa: PERF401
                {
                    "opportunity_id": f"{quarter}-{place}",
                    "segment": "SMB" if place < 10 else "Enterprise",
                    "status": "won" if place < 6 or 10 <= place < 13 else "lost",
                    "amount": 100,
                    "created_date": f"{first}-01",
                    "close_date": f"{first}-15",
                }
            )
    return found


def test_a_group_has_its_own_target_and_the_total_that_of_all() -> None:
    asked = ask(
        deals(),
        targets={"close_rate": Decimal("0.5")},
        targets_by={"close_rate": {"segment": {"SMB": 0.7, "Enterprise": 0.3}}},
    )
    rows = asked.engine.values(asked.query("close_rate", as_of="2024-06-30", period=Q2, by=("segment",))).rows
    seen = {row.by.get("segment"): (row.target, row.target_origin, row.status) for row in rows}
    assert seen == {
        None: (Decimal("0.5"), "config", "warn"),
        "SMB": (0.7, "group", "bad"),
        "Enterprise": (0.3, "group", "good"),
    }


def test_the_own_baseline_is_the_figure_of_the_four_units_before() -> None:
    asked = ask(deals(), targets={"won_amount": "baseline", "close_rate": "baseline"})
    won = asked.row("won_amount", "2024-06-30", Q2)
    assert (won.value, won.target, won.target_origin, won.status) == (900, 900.0, "own baseline", "good")
    assert asked.row("close_rate", "2024-06-30", Q2).target == 0.45


def test_a_rule_of_thumb_serves_where_no_target_is_named() -> None:
    row = ask(deals()).row("quarter_end_share", "2024-06-30", Q2)
    assert (row.value, row.target, row.target_origin, row.status) == (0.0, 0.35, "rule of thumb", "good")
    assert ask(deals()).row("won_amount", "2024-06-30", Q2).target_origin is None


def test_a_thin_rate_says_that_n_is_too_small() -> None:
    asked = ask(deals())
    assert asked.row("close_rate", "2024-06-30", Q2).marks == ("n too small",)
    assert asked.row("close_rate", "2024-06-30").marks == ()
