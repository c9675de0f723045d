"""The usual swing of states and of derived figures: from like days of earlier periods."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_tables import CALENDAR_YEARS, CATALOGUE, StoredStates, ask, frame_of

from cockpit.fiscal import partner, resolve_period
from cockpit.metrics import usual
from cockpit.metrics.engine import Engine
from cockpit.metrics.query import MetricSettings, Query
from cockpit.metrics.results import Compared
from cockpit.metrics.swing import past_windows

TODAY = date(2026, 11, 20)
DEALS = 40


def query(
    name: str, period: str = "this-quarter", vs: str | None = None, as_of: date = TODAY, **more: Any
) -> Query:
    span = resolve_period(CALENDAR_YEARS, period, as_of)
    assert span.unit is not None
    against = partner(CALENDAR_YEARS, span, as_of, vs or CALENDAR_YEARS.shift(span.unit, -1).label)
    return Query((name,), span, as_of, against=against, **more)


LIKE_DAYS = [one.end for one in past_windows(CALENDAR_YEARS, query("open_pipeline")).spans.values()]
"""The same business day of the quarters before, the newest first."""


def open_deals(amount: float) -> list[dict[str, Any]]:
    """Forty open deals of one amount, all made years ago, so that every day of the past can be rebuilt."""
    return [
        {
            "opportunity_id": f"D{place}", "status": "open", "amount": amount, "currency": "USD",
            "created_date": "2020-01-02", "close_date": "2027-03-31",
        }
        for place in range(DEALS)
    ]  # fmt: skip


LOST_TODAY = {
    "opportunity_id": "L", "status": "lost", "amount": 1, "currency": "USD",
    "created_date": "2020-01-02", "close_date": TODAY.isoformat(),
}  # fmt: skip
"""Makes today the newest day of the data, so that those before are of the past."""


def engine(now: float, amounts: Sequence[float | None]) -> Engine:
    """Deals of one amount now, and of those amounts on the like days before, where they were stored."""
    stored = {day: one for day, one in zip(LIKE_DAYS, amounts, strict=False) if one is not None}
    tables = ask([*open_deals(now), LOST_TODAY]).engine.tables
    chosen = MetricSettings(currency="USD", today=TODAY)
    return Engine(
        CATALOGUE,
        tables,
        CALENDAR_YEARS,
        chosen,
        past=StoredStates({day: frame_of("opportunities", open_deals(one)) for day, one in stored.items()}),
    )


def compared(asked: Engine, question: Query) -> Compared:
    found = asked.values(question).rows[0].compare
    assert found is not None
    return found


@pytest.mark.parametrize(("now", "unusual"), [(120, False), (300, True)])
def test_a_state_is_set_against_its_own_changes_between_like_days(now, unusual):
    found = compared(engine(now, [100, 130, 100, 130, 100]), query("open_pipeline"))
    assert found.delta == (now - 100) * DEALS
    assert found.swing == pytest.approx(2.776 * 30 * DEALS)
    assert found.unusual is unusual


def test_a_rebuilt_past_gives_no_swing():
    found = compared(engine(300, [100, 130, 100, 130]), query("open_pipeline"))
    assert found.delta is not None
    assert (found.swing, found.unusual) == (None, None)


stored_amounts = st.lists(st.one_of(st.none(), st.integers(1, 500)), min_size=8, max_size=8)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 500), stored_amounts)
def test_only_changes_between_two_stored_days_count(newest, older):
    amounts = [newest, *older]
    changes = [
        (now - then) * DEALS for now, then in pairwise(amounts) if now is not None and then is not None
    ]
    found = compared(engine(100, amounts), query("open_pipeline"))
    if len(changes) < 4 or not any(changes):
        assert found.swing is None
        return
    quantile = {4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306}[len(changes)]
    mean_square = sum(one * one for one in changes) / len(changes)
    assert found.swing == pytest.approx(quantile * mean_square**0.5)


@pytest.mark.parametrize(
    ("period", "vs"), [("this-quarter", "full:FY26-Q3"), ("last-quarter", None), ("this-quarter", "FY25")]
)
def test_a_change_that_is_no_like_of_those_before_has_no_swing(period, vs):
    assert compared(engine(300, [100, 130] * 4), query("open_pipeline", period, vs)).swing is None


def test_a_new_state_is_taken_into_account():
    asked = engine(300, [100, 130, 100, 130])
    assert compared(asked, query("open_pipeline")).swing is None
    past = asked._past
    assert isinstance(past, StoredStates)
    past.frames[LIKE_DAYS[4]] = frame_of("opportunities", open_deals(100))
    past.changed += 1
    assert compared(asked, query("open_pipeline")).swing == pytest.approx(2.776 * 30 * DEALS)


def test_no_states_are_made_of_large_tables(monkeypatch):
    monkeypatch.setattr(usual, "MOST_DEALS", DEALS)
    assert compared(engine(300, [100, 130] * 4), query("open_pipeline")).swing is None


def won_and_quota(shares: Sequence[float]) -> Engine:
    """Of each quarter, the newest first, the share of a quota of 4,000 that was won by the like day.

    As much again is won on the day after, which must not count.
    """
    deals, quotas = [], []
    for back, share in enumerate(shares):
        unit = CALENDAR_YEARS.shift(CALENDAR_YEARS.unit("quarter", TODAY), -back)
        last = ([TODAY, *LIKE_DAYS])[back]
        later = date.fromordinal(last.toordinal() + 1)
        days = [unit.start] * (DEALS - 1) + [last] + ([later] * DEALS if back else [])
        deals += [
            {
                "opportunity_id": f"{back}-{place}", "status": "won", "amount": 4000 * share / DEALS,
                "currency": "USD", "created_date": "2020-01-02", "close_date": day.isoformat(),
            }
            for place, day in enumerate(days)
        ]  # fmt: skip
        quotas.append(
            {
                "assignee": "Ann", "amount": 4000, "currency": "USD",
                "valid_from": unit.start.isoformat(), "valid_to": unit.end.isoformat(),
            }
        )  # fmt: skip
    return ask(deals, tables={"quota": quotas}, today=TODAY).engine


def test_a_derived_flow_is_cut_at_the_like_day_and_its_quota_is_whole():
    found = compared(won_and_quota([0.9, 0.4, 0.5, 0.4, 0.5, 0.4]), query("attainment"))
    assert float(found.delta or 0) == pytest.approx(0.5)
    assert found.swing == pytest.approx(2.776 * 0.1)
    assert found.unusual is True


def test_a_derived_flow_of_a_finished_period_has_its_swing_too():
    found = compared(won_and_quota([0.3, 0.4, 0.5, 0.4, 0.5, 0.4, 0.5]), query("attainment", "last-quarter"))
    assert float(found.delta or 0) == pytest.approx(-0.2)
    assert found.swing == pytest.approx(2.776 * 0.2)
    assert found.unusual is False


def test_a_divided_figure_searches_for_no_swing_and_takes_one_that_is_kept():
    asked, divided = engine(300, [100, 130, 100, 130, 100]), query("open_pipeline", by=("opportunity_id",))
    assert compared(asked, divided).swing is None
    assert compared(asked, query("open_pipeline")).swing is not None
    assert compared(asked, divided).swing is not None
