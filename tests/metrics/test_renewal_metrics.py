"""The annuity figures, each with a value worked out by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_tables import CALENDAR_YEARS, CATALOGUE, ask, frame_of, span, table

from cockpit.metrics.engine import Engine
from cockpit.metrics.facts.touchpoints import Touchpoint
from cockpit.metrics.query import MetricSettings, Query

Q1 = span("FY24-Q1", "2024-01-01", "2024-03-31", CALENDAR_YEARS.unit("quarter", date(2024, 1, 1)))
Q2 = span("FY24-Q2", "2024-04-01", "2024-06-30", CALENDAR_YEARS.unit("quarter", date(2024, 4, 1)))
REASONS = (
    "renewal_no_deal_base", "renewal_missed_gate_base", "renewal_no_contact_base", "renewal_pushed_base",
)  # fmt: skip


def agreement(number: int, due: str, base: float, **more: object) -> dict[str, object]:
    return {"agreement_id": f"AG-{number}", "expires_date": due, "base_amount": base, **more}


def agreements(*rows: dict[str, object], **more: Any) -> Any:
    return ask(tables={"agreements": rows}, **more)


def test_with_grace_late_and_recaptured_are_told_apart() -> None:
    asked = agreements(
        agreement(1, "2024-02-01", 100, renewed_date="2024-02-01"),
        agreement(2, "2024-02-01", 50, renewed_date="2024-03-02"),  # 30 days: the last of the grace
        agreement(3, "2024-02-01", 30, renewed_date="2024-03-03"),
        agreement(4, "2024-02-01", 20),
    )
    assert asked.groups("renewal_due_base", "2024-06-30", "outcome", period=Q1) == {
        "renewed in time": 100, "renewed late": 50, "recaptured": 30, "lapsed": 20,
    }  # fmt: skip
    assert asked.value("renewal_on_time_rate", "2024-06-30", Q1) == 100 / 200
    assert asked.value("renewal_within_grace_rate", "2024-06-30", Q1) == 150 / 200
    assert asked.value("renewal_retained_rate", "2024-06-30", Q1) == 180 / 200
    assert asked.value("renewal_days_late", "2024-06-30", Q1) == 30.5
    assert asked.value("renewal_days_late_median", "2024-06-30", Q1) == 30.5


def test_the_days_of_grace_are_the_workspaces() -> None:
    late = agreement(1, "2024-02-01", 50, renewed_date="2024-02-20")
    assert agreements(late).value("renewal_within_grace_rate", "2024-06-30", Q1) == 1
    strict = agreements(late, grace_days=10)
    assert strict.value("renewal_within_grace_rate", "2024-06-30", Q1) == 0
    assert strict.groups("renewal_due_base", "2024-06-30", "outcome", period=Q1) == {"recaptured": 50}


def test_a_rate_with_grace_is_young_until_the_grace_of_the_last_day_has_run_out() -> None:
    asked = agreements(agreement(1, "2024-02-01", 50))
    assert asked.row("renewal_within_grace_rate", "2024-04-29", Q1).marks == ("young",)
    assert asked.row("renewal_within_grace_rate", "2024-04-30", Q1).marks == ()


def test_recapture_has_a_denominator_of_its_own() -> None:
    asked = agreements(
        agreement(1, "2024-02-01", 100, renewed_date="2024-04-10"),  # recaptured in Q2
        agreement(2, "2024-03-20", 40, renewed_date="2024-04-10"),  # late, within the grace
        agreement(3, "2024-01-15", 60),  # lapsed still
        agreement(4, "2023-03-31", 7),  # lapsed for more than twelve months
        agreement(5, "2024-02-01", 900, renewed_date="2024-03-25"),  # kept before the period
        agreement(6, "2024-04-02", 800, renewed_date="2024-06-01"),  # had not lapsed when it began
        agreement(7, "2024-01-15", 500, terminated_date="2024-01-10"),
    )
    row = asked.row("renewal_recapture_rate", "2024-06-30", Q2)
    assert (row.numerator, row.denominator, row.value) == (100, 200, 0.5)
    assert asked.value("renewal_recapture_rate", "2024-04-09", Q2) == 0
    nothing = agreements(agreement(1, "2024-02-01", 1, renewed_date="2024-02-01"))
    assert nothing.row("renewal_recapture_rate", "2024-06-30", Q2).reason == "nothing had lapsed"


def test_an_extension_is_its_own_slice_and_falls_due_once_more() -> None:
    asked = agreements(
        agreement(1, "2024-02-01", 30, extended_date="2024-01-15", extended_to="2024-05-01",
                  renewed_date="2024-04-20", renewed_amount=33),
    )  # fmt: skip
    assert asked.value("renewal_extended_base", "2024-06-30", Q1) == 30
    assert asked.value("renewal_on_time_rate", "2024-06-30", Q1) == 1
    assert asked.value("renewal_due_base", "2024-06-30", Q2) == 30
    assert asked.groups("renewal_due_base", "2024-06-30", "outcome", period=Q2) == {"renewed in time": 30}
    assert asked.row("renewal_renewed_to_due", "2024-06-30", Q1).reason == "nothing was renewed"
    assert float(asked.value("renewal_renewed_to_due", "2024-06-30", Q2)) == pytest.approx(1.1)


def test_an_extension_within_its_quarter_counts_twice_by_base_and_by_count() -> None:
    asked = agreements(
        agreement(1, "2024-02-01", 30, extended_date="2024-01-15", extended_to="2024-03-01"),
        agreement(2, "2024-02-01", 10, renewed_date="2024-01-15"),
        agreement(3, "2024-02-01", 5, extended_date="2024-01-15", extended_to="2024-01-31"),
    )
    assert asked.value("renewal_due_base", "2024-06-30", Q1) == 30 + 30 + 10 + 5
    assert asked.value("renewal_due_count", "2024-06-30", Q1) == 4
    assert asked.value("renewal_on_time_rate", "2024-06-30", Q1) == 45 / 75
    assert asked.value("renewal_on_time_rate_count", "2024-06-30", Q1) == 3 / 4
    rows = asked.engine.rows("renewal_due_count", asked.query(as_of="2024-06-30", period=Q1))
    assert sum(row[1] for row in rows.rows) == 4


def test_what_came_first_kept_the_agreement() -> None:
    asked = agreements(
        agreement(1, "2024-02-01", 10, extended_date="2024-02-10", extended_to="2024-05-01",
                  renewed_date="2024-02-20"),
        agreement(2, "2024-02-01", 20, renewed_date="2024-01-10", extended_date="2024-01-20",
                  extended_to="2024-02-20"),
    )  # fmt: skip
    book = asked.groups("renewal_book_base", "2024-02-15", "due_date", "outcome", period=Q1)
    assert book[date(2024, 2, 1), "extended late"] == 10
    assert book[date(2024, 2, 1), "renewed in time"] == 20


def test_renewed_to_due_shows_a_renewal_in_time_that_shrank() -> None:
    asked = agreements(
        agreement(1, "2024-02-01", 100, renewed_date="2024-01-20", renewed_amount=40),
        agreement(2, "2024-02-01", 100, renewed_date="2024-01-20", renewed_amount=None),
    )
    assert asked.value("renewal_on_time_rate", "2024-06-30", Q1) == 1
    row = asked.row("renewal_renewed_to_due", "2024-06-30", Q1)
    assert (row.numerator, row.denominator, float(row.value)) == (40, 100, 0.4)


def test_attach_says_which_column_is_missing() -> None:
    one = agreement(1, "2024-02-01", 100, renewed_date="2024-01-20", renewed_amount=40)
    assert agreements(one).row("renewal_attach_rate", "2024-06-30", Q1).reason == "needs attached_amount"
    assert (
        agreements(one).row("renewal_attach_value_rate", "2024-06-30", Q1).reason == "needs attached_amount"
    )


def test_attach_is_counted_from_the_sources_own_column() -> None:
    rows = [
        agreement(1, "2024-02-01", 100, renewed_date="2024-01-20", renewed_amount=90, attached_amount=25),
        agreement(2, "2024-02-01", 300, renewed_date="2024-01-20", renewed_amount=300, attached_amount=0),
        agreement(3, "2024-02-01", 500, attached_amount=70),
    ]
    attached = {"attached_amount": pl.Decimal(38, 4)}
    tables = {"agreements": table("agreements", frame_of("agreements", rows, attached))}
    kept = MetricSettings(currency="USD", today=date(2030, 1, 1))
    asked = Engine(CATALOGUE, tables, CALENDAR_YEARS, kept)  # type: ignore[arg-type]
    assert value(asked, "renewal_attach_value_rate", Q1) == 25 / 400
    assert value(asked, "renewal_attach_rate", Q1) == 1 / 2
    text = [{**row, "attached_amount": "25"} for row in rows]
    tables = {
        "agreements": table("agreements", frame_of("agreements", text, {"attached_amount": pl.String()}))
    }
    asked = Engine(CATALOGUE, tables, CALENDAR_YEARS, kept)  # type: ignore[arg-type]
    row = asked.values(Query(("renewal_attach_rate",), Q1, date(2024, 4, 1))).rows[0]
    assert row.reason == "needs attached_amount as money"


def test_a_due_date_is_frozen_where_the_source_has_none() -> None:
    moved = engine([agreement(1, "2024-05-01", 10)], Work(first={"AG-1": date(2024, 2, 1)}))
    assert value(moved, "renewal_due_base", Q1) == 10
    own = engine(
        [agreement(1, "2024-05-01", 10, due_date="2024-05-01")], Work(first={"AG-1": date(2024, 2, 1)})
    )
    assert value(own, "renewal_due_base", Q1) == 0


@dataclass
class Work:
    """What people did, without a store."""

    found: Sequence[Touchpoint] = ()
    first: Mapping[str, date] = field(default_factory=dict)
    changes: int = 0

    def version(self) -> int:
        return self.changes

    def touchpoints(self) -> Sequence[Touchpoint]:
        return self.found

    def first_dates(self) -> Mapping[str, date]:
        return self.first


def engine(
    rows: Sequence[Mapping[str, Any]], work: Work, deals: Sequence[Mapping[str, Any]] = (),
    contacts: Sequence[Mapping[str, Any]] = (),
) -> Engine:  # fmt: skip
    tables = {"agreements": table("agreements", frame_of("agreements", rows))}
    if deals:
        tables["opportunities"] = table("opportunities", frame_of("opportunities", deals))
    if contacts:
        tables["contacts"] = table("contacts", frame_of("contacts", contacts))
    kept = MetricSettings(currency="USD", today=date(2030, 1, 1))
    return Engine(CATALOGUE, tables, CALENDAR_YEARS, kept, work)  # type: ignore[arg-type]


def value(asked: Engine, name: str, period: Any = Q2, as_of: str = "2024-04-01") -> Any:
    return asked.values(Query((name,), period, date.fromisoformat(as_of))).rows[0].value


def touchpoint(agreement_id: str, due: str, done: str | None = None, **more: Any) -> Touchpoint:
    values = {
        "task_key": f"c/gate/{agreement_id}/{due}", "agreement_id": agreement_id, "gate": "gate",
        "title": "Gate", "owner": None, "owner_role": None, "due_date": date.fromisoformat(due),
        "made_date": date(2023, 1, 1), "done_date": date.fromisoformat(done) if done else None,
        "status": "done" if done else "open",
    }  # fmt: skip
    return Touchpoint(**{**values, **more})


DEALS = [
    {
        "opportunity_id": "1",
        "status": "open",
        "amount": 1,
        "close_date": "2024-07-01",
        "agreement_id": "AG-2",
    },
    {
        "opportunity_id": "2",
        "status": "open",
        "amount": 1,
        "close_date": "2024-05-01",
        "agreement_id": "AG-3",
    },
    {
        "opportunity_id": "3",
        "status": "lost",
        "amount": 1,
        "close_date": "2024-01-01",
        "agreement_id": "AG-1",
    },
]
RISKY = [
    agreement(1, "2024-05-15", 10, account_id="A", account="Contoso"),  # no deal, gate missed, no contact
    agreement(2, "2024-06-15", 20, account_id="B"),  # pushed past due
    agreement(3, "2024-06-15", 40, account_id="B"),  # nothing
    agreement(4, "2024-05-15", 80, account_id="A", renewed_date="2024-03-01"),  # settled
    agreement(5, "2024-08-15", 160, account_id="B"),  # due later, and more than 120 days ahead
]
CONTACTS = [{"contact_id": "c", "account_id": "B", "name": "Kim"}]
WORK = Work([touchpoint("AG-1", "2024-03-01"), touchpoint("AG-3", "2024-04-01")])


def test_reasons_of_risk_overlap_and_the_total_is_of_different_agreements() -> None:
    asked = engine(RISKY, WORK, DEALS, CONTACTS)
    assert [value(asked, name) for name in REASONS] == [10, 10, 10, 20]
    assert value(asked, "renewal_at_risk_base") == 30
    assert value(asked, "renewal_at_risk_count") == 2
    rows = asked.rows("renewal_at_risk_base", Query((), Q2, date(2024, 4, 1)))
    risk = dict(zip([row[rows.columns.index("agreement_id")] for row in rows.rows],
                    [row[rows.columns.index("risk")] for row in rows.rows], strict=True))  # fmt: skip
    assert risk == {"AG-2": "pushed past due", "AG-1": "no deal by T-120, gate missed, no contact"}
    assert sum(row[1] for row in rows.rows) == 30


def test_no_deal_is_a_reason_from_120_days_before_the_due_date() -> None:
    asked = engine(RISKY, Work(), DEALS, CONTACTS)
    third = span("FY24-Q3", "2024-07-01", "2024-09-30")
    assert value(asked, "renewal_no_deal_base", third, "2024-04-16") == 0
    assert value(asked, "renewal_no_deal_base", third, "2024-04-17") == 160


def test_a_touchpoint_that_is_done_is_missed_no_longer() -> None:
    work = Work([touchpoint("AG-3", "2024-03-01")])
    asked = engine(RISKY, work, DEALS, CONTACTS)
    assert value(asked, "renewal_missed_gate_base") == 40
    work.found, work.changes = [touchpoint("AG-3", "2024-03-01", "2024-03-20")], 1
    assert value(asked, "renewal_missed_gate_base") == 0
    assert value(asked, "renewal_missed_gate_base", as_of="2024-03-19") == 40


def test_covered_late_stands_beside_coverage() -> None:
    asked = engine(RISKY, WORK, DEALS, CONTACTS)
    assert value(asked, "renewal_coverage") == pytest.approx(60 / 230)
    assert value(asked, "renewal_covered_late") == pytest.approx(20 / 230)


def test_touchpoints_kept_count_against_those_that_fell_due() -> None:
    found = [
        touchpoint("AG-1", "2024-01-10", "2024-01-10"),
        touchpoint("AG-2", "2024-01-10", "2024-01-11"),
        touchpoint("AG-3", "2024-01-10", "2024-01-09", status="done_without_evidence"),
        touchpoint("AG-4", "2024-01-10"),
        touchpoint("AG-5", "2024-01-10", status="dropped"),
        touchpoint("AG-1", "2024-01-20", made_date=date(2024, 1, 21)),
        touchpoint("AG-1", "2024-03-30"),
    ]
    asked = engine(RISKY, Work(found))
    assert value(asked, "renewal_touchpoint_rate", Q1, "2024-02-01") == 0.5
    told = asked.explain("renewal_touchpoints_due", Query((), Q1, date(2024, 2, 1)))
    reasons = {one.reason: one.count for one in told.left_out}
    assert reasons["dropped, with a reason"] == 1
    assert reasons["due before the agreement was known"] == 1
    rows = asked.rows("renewal_touchpoint_rate", Query((), Q1, date(2024, 2, 1)))
    assert rows.count == 4
    nobody = engine(RISKY, Work())
    row = nobody.values(Query(("renewal_touchpoint_rate",), Q1, date(2024, 2, 1))).rows[0]
    assert row.reason == "no touchpoint fell due"


def test_without_deals_coverage_is_unknown_and_other_reasons_stay() -> None:
    asked = engine(RISKY, WORK, (), CONTACTS)
    row = asked.values(Query(("renewal_no_deal_base",), Q2, date(2024, 4, 1))).rows[0]
    assert (row.value, row.reason) == (None, "needs opportunities")
    assert value(asked, "renewal_at_risk_base") == 10


_DAY = st.none() | st.dates(date(2023, 6, 1), date(2024, 12, 31))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.dates(date(2023, 6, 1), date(2024, 12, 31)), st.integers(0, 999), _DAY, _DAY, _DAY),
        min_size=1, max_size=8,
    ),
    st.dates(date(2023, 12, 1), date(2024, 12, 31)),
)  # fmt: skip
def test_the_slices_of_the_book_add_up_and_no_rate_exceeds_one(
    rows: list[tuple[date, int, date | None, date | None, date | None]], as_of: date
) -> None:
    data = [
        {"agreement_id": f"AG-{number}", "expires_date": due, "base_amount": Decimal(base),
         "renewed_date": renewed, "extended_date": extended, "extended_to": None, "terminated_date": ended}
        for number, (due, base, renewed, extended, ended) in enumerate(rows)
    ]  # fmt: skip
    asked = agreements(*data)
    day = as_of.isoformat()
    due, to_come = (asked.value(f"renewal_{name}_base", day, Q1) for name in ("due", "to_come"))
    assert asked.value("renewal_book_base", day, Q1) == due + to_come
    assert sum(asked.groups("renewal_due_base", day, "outcome", period=Q1).values()) == due
    on_time, grace, retained = (
        asked.value(f"renewal_{name}_base", day, Q1) for name in ("on_time", "within_grace", "retained")
    )
    assert 0 <= on_time <= grace <= retained <= due
    rate = asked.value("renewal_recapture_rate", day, Q2)
    assert rate is None or 0 <= rate <= 1
