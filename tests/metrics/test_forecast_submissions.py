"""Forecast submissions, the managed list, consumption plans and pushes, worked out by hand."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from metric_tables import CALENDAR_YEARS, CATALOGUE, ask, frame_of, table

from cockpit.fiscal.periods import Span
from cockpit.metrics.engine import Engine
from cockpit.metrics.query import MetricSettings, Query

Q2 = Span.of(CALENDAR_YEARS.unit_named("FY26-Q2"))
DEALS = [
    {"opportunity_id": "1", "owner": "ann", "manager": "mel", "status": "won", "amount": 90,
     "created_date": "2026-01-01", "close_date": "2026-05-20"},
    {"opportunity_id": "2", "owner": "bob", "manager": "mel", "status": "won", "amount": 50,
     "created_date": "2026-01-01", "close_date": "2026-06-01"},
    {"opportunity_id": "3", "owner": "bob", "manager": "mel", "status": "open", "amount": 7,
     "created_date": "2026-01-01", "close_date": "2026-09-01"},
]  # fmt: skip


def said(
    node: str, lock: str, amount: int | None, submitted: str | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "period": "FY26-Q2", "node": node, "parent": None if node == "mel" else "mel", "category": "Commit",
        "amount": amount, "locked_date": lock, "submitted_date": submitted or lock, "note": None, **more,
    }  # fmt: skip


SUBMISSIONS = [
    said("ann", "2026-04-06", 100),
    said("ann", "2026-04-13", 120),
    said("ann", "2026-04-20", 110),
    said("bob", "2026-04-06", 40),
    said("bob", "2026-04-13", 40, "2026-04-15"),  # two days late
    said("mel", "2026-04-13", 170, note="a large one is missing"),
    said("mel", "2026-04-20", 130),
    said("cid", "2026-04-20", 5, period="some day"),  # no period of the calendar
]
QUOTA = [{"assignee": "mel", "period": "FY26-Q2", "amount": 1000}]
ASKED = ask(DEALS, tables={"submissions": SUBMISSIONS, "quota": QUOTA})


def value(name: str, **more: Any) -> Any:
    return ASKED.value(name, "2026-06-30", Q2, **more)


def test_errors_of_nodes_do_not_offset_each_other() -> None:
    # Before week 3, at the lock of 13 April, ann said 120 and landed 90, bob said 40 and landed 50.
    assert value("forecast_error_amount") == 30 + 10
    assert value("wape") == pytest.approx(40 / 140)
    assert value("wape", where="owner = 'ann'") == pytest.approx(30 / 90)


def test_who_submits_at_all_is_due_at_every_lock() -> None:
    # Three nodes and three locks; bob was late once and missing once, mel missed the first.
    assert value("submission_due_count") == 9
    assert value("submission_timely_count") == 6
    assert ASKED.groups("submission_timeliness", "2026-06-30", "owner", period=Q2) == {
        "ann": 1.0, "bob": pytest.approx(1 / 3), "mel": pytest.approx(2 / 3),
    }  # fmt: skip


def test_a_lock_to_come_is_not_due() -> None:
    assert ASKED.value("submission_due_count", "2026-04-13", Q2) == 6


def test_calls_are_followed_from_lock_to_lock() -> None:
    # ann +20 and -10, bob 0; two locks have one before them.
    assert (value("call_change_amount"), value("call_change_locks")) == (30, 2)
    assert float(value("call_volatility")) == pytest.approx(30 / 2 / 1000)


def test_what_managers_put_on_top() -> None:
    # At the newest lock mel says 130, and of her reports only ann has submitted: 110.
    assert (value("override_amount"), value("override_rollup_amount")) == (20, 110)
    assert value("override_unexplained_share") == 1.0
    early = ASKED.row("override_unexplained_share", "2026-04-15", Q2)
    assert (early.value, early.denominator) == (0.0, 1)  # 170 over 160, and a note says why


def test_a_call_named_so_comes_before_the_commit() -> None:
    rows = [*SUBMISSIONS[:2], said("ann", "2026-04-13", 150, category="Call")]
    asked = ask(DEALS, tables={"submissions": rows})
    assert asked.value("forecast_error_amount", "2026-06-30", Q2) == 60


def test_what_the_table_lacks_is_named() -> None:
    rows = [{"period": "FY26-Q2", "node": "ann", "amount": 1, "submitted_date": "2026-04-06"}]
    asked = ask(DEALS, tables={"submissions": rows})
    assert asked.row("submission_timeliness", "2026-06-30", Q2).reason == "needs locked_date"
    assert asked.row("override_amount", "2026-06-30", Q2).reason == "needs parent"
    assert asked.value("forecast_error_amount", "2026-06-30", Q2) == 89
    assert ask(DEALS).row("wape", "2026-06-30", Q2).reason == "needs submissions"


def test_the_managed_list_beside_the_crm() -> None:
    accounts = [
        {"account_id": "A", "owner": "ann", "territory": "East"},
        {"account_id": "B", "owner": "bob", "territory": "East"},
        {"account_id": "C", "owner": "bob", "territory": "West", "parent_id": "A"},
        {"account_id": "D", "owner": "bob", "territory": "West"},
    ]
    listed = [
        {"account_id": "A", "owner": "ann", "territory": "East", "segment": "Enterprise"},
        {"account_id": "B", "owner": "ann", "territory": "West"},
        {"account_id": "Z", "owner": "ann"},
    ]
    asked = ask(tables={"accounts": accounts, "managed_accounts": listed})
    assert asked.value("managed_list_match", "2026-06-30") == pytest.approx(1 / 3)
    assert asked.groups("managed_list_count", "2026-06-30", "mismatch") == {
        None: 1, "owner, territory": 1, "not in the CRM": 1,
    }  # fmt: skip
    assert asked.value("unlisted_account_count", "2026-06-30") == 1  # D; the parent of C is listed


def test_a_plan_is_valid_when_it_is_whole_and_reaches_past_the_day() -> None:
    accounts = [{"account_id": name, "plan_required": name != "E"} for name in "ABCDE"]
    plan = [
        {"account_id": "A", "due_date": "2026-05-01", "amount": 5},
        {"account_id": "A", "due_date": "2026-08-01", "amount": 5},
        {"account_id": "B", "due_date": "2026-05-01", "amount": 5},
        {"account_id": "C", "due_date": "2026-08-01", "amount": 0},
    ]
    asked = ask(tables={"accounts": accounts, "consumption_plan": plan})
    assert asked.value("plan_validity", "2026-06-30") == 0.25
    unknown = ask(tables={"accounts": [{"account_id": "A"}], "consumption_plan": plan})
    assert unknown.row("plan_validity", "2026-06-30").reason == "needs plan_required in accounts"


class _Pushed:
    """History that knows moves of close dates."""

    def version(self) -> int:
        return 1

    def is_stored(self, day: date) -> bool:
        return False

    def is_overwritten(self, day: date) -> bool:
        return False

    def taken(self, day: date, table: str = "opportunities") -> None:
        return None

    def table_on(self, table: str, day: date) -> None:
        return None

    def deals_on(self, day: date) -> None:
        return None

    def changes(self, field: str) -> pl.DataFrame | None:
        if field != "close_date":
            return None
        moves = [
            ("1", date(2026, 4, 3), date(2026, 5, 1), date(2026, 5, 20)),  # inside its quarter
            ("2", date(2026, 4, 3), date(2026, 3, 1), date(2026, 6, 1)),
            ("3", date(2026, 5, 3), date(2026, 6, 1), date(2026, 9, 1)),
            ("3", date(2026, 7, 3), date(2026, 9, 1), date(2026, 12, 1)),  # after the period
            ("2", date(2026, 4, 9), date(2026, 6, 1), date(2026, 2, 1)),  # pulled in
        ]
        kinds = {"opportunity_id": pl.String, "day": pl.Date, "before": pl.Date, "after": pl.Date}
        return pl.DataFrame(moves, schema=kinds, orient="row")


def pushed(deals: list[dict[str, Any]]) -> Engine:
    tables = {"opportunities": table("opportunities", frame_of("opportunities", deals))}
    past: Any = _Pushed()
    return Engine(
        CATALOGUE, tables, CALENDAR_YEARS, MetricSettings("USD", today=date(2030, 1, 1)), None, past
    )


def test_pushes_out_of_a_quarter_and_those_without_a_reason() -> None:
    query = Query(("crossing_push_count", "crossing_push_unexplained_count"), Q2, date(2026, 6, 30))
    reasons = [None, "budget moved", None]
    told = pushed([{**row, "push_reason": why} for row, why in zip(DEALS, reasons, strict=True)])
    assert [row.value for row in told.values(query).rows] == [2, 1]
    untold = pushed(DEALS).values(query).rows
    assert [(row.value, row.reason) for row in untold] == [(2, None), (None, "needs push_reason")]
