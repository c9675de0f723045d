"""The usual swing of cohorts, of what moved, and of what adds up to date."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from metric_tables import CALENDAR_YEARS, CATALOGUE, StoredStates, ask, frame_of

from cockpit.fiscal import Span, partner, resolve_period
from cockpit.fiscal.unit import Unit
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.engine import Engine
from cockpit.metrics.query import MetricSettings, Query
from cockpit.metrics.results import Compared
from cockpit.metrics.swing import past_windows

TODAY = date(2026, 11, 20)
DEALS = 40
MADE = {"currency": "USD", "created_date": "2020-01-02", "manager": "Kim"}
Deal = dict[str, Any]


def query(name: str, period: str = "this-quarter", vs: str | None = None, **more: Any) -> Query:
    span = resolve_period(CALENDAR_YEARS, period, TODAY)
    assert span.unit is not None
    against = partner(CALENDAR_YEARS, span, TODAY, vs or CALENDAR_YEARS.shift(span.unit, -1).label)
    return Query((name,), span, TODAY, against=against, **more)


def quarter(back: int) -> Unit:
    unit = CALENDAR_YEARS.unit("quarter", TODAY)
    assert unit is not None
    return CALENDAR_YEARS.shift(unit, -back)


LIKE_DAYS = {0: TODAY} | {
    back: one.end for back, one in past_windows(CALENDAR_YEARS, query("slip_rate")).spans.items() if one.end
}
"""By how many quarters back, the day that corresponds to today."""


def due(back: int, amounts: Sequence[float], pushed: int = 0) -> list[Deal]:
    """Open deals due in a quarter, or after a push in the next one."""
    inside, later = quarter(back).end, quarter(back - 1).end
    return [
        {**MADE, "opportunity_id": f"{back}-{place}", "status": "open", "amount": amount,
         "close_date": (later if place < pushed else inside).isoformat()}
        for place, amount in enumerate(amounts)
    ]  # fmt: skip


def engine_of(
    quarters: Mapping[int, tuple[Sequence[float], int]], catalogue: Catalogue = CATALOGUE
) -> Engine:
    """By quarters back, the amounts that were due when it began, and how many were pushed by the like day."""
    stored: dict[date, list[Deal]] = {}
    for back, (amounts, pushed) in quarters.items():
        stored[quarter(back).start - timedelta(days=1)] = due(back, amounts)
        stored[LIKE_DAYS[back]] = due(back, amounts, pushed)
    now = stored.pop(TODAY)
    newest = {**MADE, "opportunity_id": "L", "status": "lost", "amount": 1, "close_date": TODAY.isoformat()}
    states = StoredStates({day: frame_of("opportunities", rows) for day, rows in stored.items()})
    tables = ask([*now, newest]).engine.tables
    settings = MetricSettings(currency="USD", today=TODAY)
    return Engine(catalogue, tables, CALENDAR_YEARS, settings, past=states)


def compared(asked: Engine, question: Query) -> Compared:
    found = asked.values(question).rows[0].compare
    assert found is not None
    return found


def test_a_share_of_equal_deals_has_the_interval_of_two_proportions() -> None:
    asked = engine_of({0: ([10] * DEALS, 20), 1: ([10] * DEALS, 4)})
    found = compared(asked, query("slip_rate"))
    assert found.delta == pytest.approx(0.4)
    assert found.swing == pytest.approx(1.959964 * sqrt(0.5 * 0.5 / DEALS + 0.1 * 0.9 / DEALS))
    assert (found.unusual, found.swing_basis) == (True, "sizes of deals")


def test_one_large_deal_among_small_ones_says_as_much_as_few_deals() -> None:
    amounts = [1000, *[1] * (DEALS - 1)]
    asked = engine_of({0: (amounts, 1), 1: (amounts, 0)})
    found = compared(asked, query("slip_rate"))
    whole = sum(amounts)
    as_many = whole**2 / sum(one * one for one in amounts)
    rate = 1000 / whole
    assert as_many < 1.1
    assert found.swing == pytest.approx(1.959964 * sqrt(rate * (1 - rate) / as_many))


def test_groups_of_a_share_have_their_own_interval() -> None:
    asked = engine_of({0: ([10] * DEALS, 20), 1: ([10] * DEALS, 4)})
    total, kim = asked.values(query("slip_rate", by=("manager",))).rows
    assert kim.by == {"manager": "Kim"}
    assert total.compare is not None and kim.compare is not None
    assert (kim.compare.swing, kim.compare.swing_basis) == (
        pytest.approx(total.compare.swing), "sizes of deals",
    )  # fmt: skip


def test_what_moved_is_set_against_its_own_changes() -> None:
    pushed = [30, 10, 12, 10, 12, 10]
    asked = engine_of({back: ([10] * DEALS, count) for back, count in enumerate(pushed)})
    found = compared(asked, query("pushed_out"))
    assert found.delta == -200
    assert found.swing == pytest.approx(2.776 * 20)
    assert (found.unusual, found.swing_basis) == (False, "own past")  # 10 deals moved then, too few to say


def test_what_was_not_stored_leaves_the_swing_unknown_and_says_why() -> None:
    asked = engine_of({back: ([10] * DEALS, count) for back, count in enumerate([30, 10, 12, 10])})
    found = compared(asked, query("pushed_out"))
    assert (found.swing, found.unusual) == (None, None)
    assert found.swing_reason == "2 of the 4 earlier changes that it needs are known"


def test_a_cohort_of_the_period_before_is_what_that_period_says(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[slipped_before]\nlabel = "Slipped before"\nkind = "derived"\nunit = "percent"\n'
        'formula = "before"\n[slipped_before.inputs]\nbefore = { metric = "slip_rate", at = "-1 asked" }\n'
    )
    asked = engine_of({0: ([10] * DEALS, 20), 1: ([10] * DEALS, 4)}, Catalogue.load(tmp_path))
    before = asked.values(query("slipped_before")).rows[0]
    assert (float(before.value or 0), before.n) == (0.1, DEALS)
    assert compared(asked, query("slip_rate")).value == 0.1


def won(shares: Sequence[float], first: date) -> Engine:
    """Deals won on the first day of each quarter, the newest first; the records begin on `first`."""
    deals = [
        {**MADE, "opportunity_id": f"{back}-{place}", "status": "won", "amount": share,
         "close_date": max(quarter(back).start, first).isoformat()}
        for back, share in enumerate(shares)
        for place in range(DEALS)
    ]  # fmt: skip
    return ask(deals, today=TODAY).engine


def test_a_quarter_in_which_the_records_begin_is_no_whole_one() -> None:
    amounts = [50, 10, 12, 10, 12, 1]
    begins = quarter(5).start
    assert compared(won(amounts, begins), query("won_amount")).swing is not None
    found = compared(won(amounts, begins + timedelta(days=9)), query("won_amount"))
    assert (found.swing, found.swing_reason) == (None, "3 of the 4 earlier changes that it needs are known")


def test_a_year_to_date_is_set_against_its_changes_at_the_same_place_of_other_years() -> None:
    asked = won([10 + (back % 3) for back in range(24)], quarter(23).start)
    found = compared(asked, query("won_year_to_date"))

    def to_date(back: int) -> int:
        return sum(DEALS * (10 + (one % 3)) for one in range(back, back + quarter(back).number))

    changes = [to_date(back) - to_date(back + 1) for back in (4, 8, 12, 16, 20)]
    assert found.swing == pytest.approx(2.571 * sqrt(sum(one * one for one in changes) / 5))
    few = compared(won([10] * 8, quarter(7).start), query("won_year_to_date"))
    assert few.swing_reason == "1 of the 4 earlier changes that it needs are known"


def test_a_stored_state_is_no_like_day() -> None:
    asked = engine_of({0: ([10] * DEALS, 20), 1: ([10] * DEALS, 4)})
    then = engine_of({0: ([10] * DEALS, 4), 1: ([10] * DEALS, 4)})
    found = compared(asked, replace(query("pushed_out"), then=then))
    assert found.swing_reason == "it is set against a stored state, not against a like day"


def test_the_whole_of_a_period_is_not_like_a_part_of_one() -> None:
    found = compared(won([10] * 8, quarter(7).start), query("won_amount", vs=f"full:{quarter(1).label}"))
    assert found.swing_reason == "the two are not the same part of two like periods"
    assert Span.of(quarter(1)).label == found.period.label
