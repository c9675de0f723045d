"""The annuity figures against a second computation, in plain Python, on agreements made up at random.

The second computation follows the paper's words and shares nothing with the engine: it walks agreement by
agreement and adds up. So a figure that is wrong for a combination that nobody thought of is found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from metric_tables import CALENDAR_YEARS, CATALOGUE, frame_of, table

from cockpit.fiscal.periods import Span
from cockpit.metrics.engine import Engine
from cockpit.metrics.facts.touchpoints import Touchpoint
from cockpit.metrics.query import MetricSettings, Query

FIRST, LAST = date(2023, 6, 1), date(2024, 12, 31)
GRACE = 30
Row = dict[str, Any]

days = st.dates(date(2024, 1, 20), date(2024, 3, 20)) | st.dates(FIRST, LAST)
"""Many within two months, so that dates of one agreement meet in one period, and some far away."""
perhaps = st.none() | days
accounts = st.sampled_from(["A", "B", "C", None])
deal_ids = st.sampled_from(["1", "2", "3", "4", None])

agreement = st.fixed_dictionaries(
    {
        "due_date": perhaps,
        "expires_date": days,
        "base_amount": st.none() | st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100),
        "renewed_date": perhaps,
        "renewed_amount": st.none() | st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100),
        "contract_date": perhaps,
        "po_date": perhaps,
        "extended_date": perhaps,
        "extended_to": perhaps,
        "terminated_date": perhaps,
        "account_id": accounts,
        "owner": st.sampled_from(["Marsh", None]),
        "opportunity_id": deal_ids,
    }
)
deal = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["open", "lost"]),
        "close_date": perhaps,
        "agreement_id": st.sampled_from(["AG-0", "AG-1", "AG-2", "AG-3", None]),
    }
)
gate = st.tuples(
    st.integers(0, 5), days, perhaps, st.sampled_from(["open", "done", "done_without_evidence", "dropped"])
)
packages = st.sets(st.sampled_from(["contract_date", "po_date"]))
periods = st.tuples(days, st.integers(0, 200)).map(
    lambda pair: Span("p", pair[0], pair[0] + timedelta(pair[1]))
)


@dataclass(frozen=True)
class Term:
    """An agreement with one of its due dates: the original, or the one it was extended to."""

    row: Row
    due: date
    expires: date
    kept: date | None
    is_extended: bool
    is_terminated: bool
    is_settled: bool

    @property
    def base(self) -> Decimal:
        return self.row["base_amount"] or Decimal(0)

    @property
    def days_late(self) -> int | None:
        return None if self.kept is None else (self.kept - self.due).days

    @property
    def is_on_time(self) -> bool:
        return self.days_late is not None and self.days_late <= 0


def terms(row: Row, as_of: date, package: set[str], first_dates: dict[str, date]) -> Iterator[Term]:
    """What an agreement's due dates came to, as of a day."""

    def known(day: date | None) -> date | None:
        return day if day is not None and day <= as_of else None

    renewed, extended, ended = (known(row[f"{what}_date"]) for what in ("renewed", "extended", "terminated"))
    complete = renewed
    if package and renewed is not None:
        papers = [row[name] for name in package]
        complete = None if None in papers else known(max(papers))
    original = row["due_date"] or first_dates.get(row["agreement_id"]) or row["expires_date"]
    dates = [(original, row["expires_date"], extended)]
    if extended is not None and row["extended_to"] is not None and row["extended_to"] > original:
        dates.append((row["extended_to"], row["extended_to"], None))
    for due, expires, extension in dates:
        yield Term(
            row,
            due,
            expires,
            kept=min((day for day in (complete, extension) if day is not None), default=None),
            is_extended=extension is not None and (complete is None or extension < complete),
            is_terminated=ended is not None and ended <= due,
            is_settled=any(day is not None for day in (renewed, extension, ended)),
        )


def figures(
    rows: Sequence[Row], deals: Sequence[Row], known_accounts: set[str], missed: set[str],
    package: set[str], first_dates: dict[str, date], period: Span, as_of: date,
) -> Row:  # fmt: skip
    """Every figure, added up agreement by agreement."""
    assert period.start is not None
    assert period.end is not None
    start, end = period.start, period.end
    found = [one for row in rows for one in terms(row, as_of, package, first_dates)]
    alive = [one for one in found if not one.is_terminated]
    book = [one for one in alive if start <= one.due <= end]
    due = [one for one in book if one.due <= as_of]

    def deals_of(one: Term) -> list[Row]:
        return [
            other
            for other in deals
            if other["status"] == "open"
            and (
                other["agreement_id"] == one.row["agreement_id"]
                or (one.row["opportunity_id"] is not None
                    and other["opportunity_id"] == one.row["opportunity_id"])
            )
        ]  # fmt: skip

    def closes_late(one: Term) -> bool:
        closing = [other["close_date"] for other in deals_of(one) if other["close_date"] is not None]
        return bool(closing) and min(closing) > one.due

    unsettled = [one for one in book if one.due > as_of and one.kept is None and not one.is_settled]
    reasons = {
        "no_deal": [one for one in unsettled if not deals_of(one) and (one.due - as_of).days <= 120],
        "missed_gate": [one for one in unsettled if one.row["agreement_id"] in missed],
        "no_contact": [one for one in unsettled if one.row["account_id"] not in known_accounts],
        "pushed": [one for one in unsettled if deals_of(one) and closes_late(one)],
    }
    at_risk = {id(one): one for named in reasons.values() for one in named}.values()
    lapsed = [
        one
        for one in alive
        if one.due < start <= one.due + YEAR(one.due) and (one.kept is None or one.kept >= start)
    ]
    recaptured = [
        one for one in lapsed if one.kept is not None and one.kept <= end and (one.days_late or 0) > GRACE
    ]
    expiring = [one for one in found if as_of <= one.expires <= as_of + timedelta(180) and not one.is_settled]
    untracked = [
        one
        for one in expiring
        if not deals_of(one) or one.row["owner"] is None or one.row["account_id"] not in known_accounts
    ]
    late = [one.days_late for one in due if one.days_late is not None and one.days_late > 0]

    def base(members: Any) -> Decimal:
        return sum((one.base for one in members), Decimal(0))

    def rate(numerator: Any, denominator: Any) -> float | None:
        return float(numerator / denominator) if denominator else None

    on_time = [one for one in due if one.is_on_time]
    return {
        "renewal_due_base": base(due),
        "renewal_due_count": len(due),
        "renewal_to_come_base": base(one for one in book if one.due > as_of),
        "renewal_book_base": base(book),
        "renewal_on_time_base": base(on_time),
        "renewal_on_time_count": len(on_time),
        "renewal_on_time_rate": rate(base(on_time), base(due)),
        "renewal_on_time_rate_count": rate(len(on_time), len(due)),
        "renewal_extended_base": base(one for one in on_time if one.is_extended),
        "renewal_within_grace_base": base(
            one for one in due if one.days_late is not None and one.days_late <= GRACE
        ),
        "renewal_retained_base": base(one for one in due if one.kept is not None),
        "renewal_days_late": sum(late) / len(late) if late else None,
        "renewal_lapsed_before_base": base(lapsed),
        "renewal_recaptured_base": base(recaptured),
        "renewal_recapture_rate": rate(base(recaptured), base(lapsed)),
        **{f"renewal_{name}_base": base(members) for name, members in reasons.items()},
        "renewal_at_risk_base": base(at_risk),
        "renewal_at_risk_count": len({one.row["agreement_id"] for one in at_risk}),
        "renewal_expiring_base": base(expiring),
        "renewal_covered_base": base(one for one in expiring if deals_of(one)),
        "renewal_covered_late_base": base(one for one in expiring if deals_of(one) and closes_late(one)),
        "untracked_annuity": len({one.row["agreement_id"] for one in untracked}),
    }


def YEAR(day: date) -> timedelta:
    """Twelve months from a day, which from 29 February lead to the 28th."""
    later = day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
    return later - day


@dataclass(frozen=True)
class Work:
    """The touchpoints, and the dates under which agreements were first seen."""

    found: Sequence[Touchpoint]
    first: dict[str, date]

    def version(self) -> int:
        return 0

    def touchpoints(self) -> Sequence[Touchpoint]:
        return self.found

    def first_dates(self) -> dict[str, date]:
        return self.first


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(agreement, min_size=1, max_size=7),
    deals=st.lists(deal, min_size=1, max_size=4),
    contacts=st.sets(st.sampled_from(["A", "B"])),
    gates=st.lists(gate, max_size=6),
    package=packages,
    first=st.dictionaries(st.integers(0, 6).map(lambda number: f"AG-{number}"), days, max_size=3),
    period=periods,
    as_of=days,
)
def test_every_figure_is_what_a_second_computation_gives(
    rows: list[Row], deals: list[Row], contacts: set[str], gates: list[Any], package: set[str],
    first: dict[str, date], period: Span, as_of: date,
) -> None:  # fmt: skip
    given_rows = [{"agreement_id": f"AG-{number}", **row} for number, row in enumerate(rows)]
    shown = [
        {name: value for name, value in row.items() if name not in {"contract_date", "po_date"} - package}
        for row in given_rows
    ]
    given_deals = [
        {"opportunity_id": str(number + 1), "amount": Decimal(1), **one} for number, one in enumerate(deals)
    ]
    for one in given_deals:
        if one["status"] == "lost":
            one["close_date"] = FIRST - timedelta(1)  # lost before any day that is asked about
    touchpoints = [
        Touchpoint(
            f"c/gate/AG-{number}/{place}", f"AG-{number}", "gate", "Gate", None, None, due, FIRST,
            done if status.startswith("done") else None, status,
        )
        for place, (number, due, done, status) in enumerate(gates)
    ]  # fmt: skip
    missed = {
        one.agreement_id
        for one in touchpoints
        if one.due_date < as_of
        and one.status != "dropped"
        and not (one.done_date is not None and one.done_date <= as_of)
    }
    tables = {
        "agreements": table("agreements", frame_of("agreements", shown)),
        "opportunities": table("opportunities", frame_of("opportunities", given_deals)),
        "contacts": table(
            "contacts",
            frame_of(
                "contacts",
                [{"contact_id": name, "account_id": name, "name": "Kim"} for name in sorted(contacts)]
                or [{"contact_id": "x", "account_id": "X", "name": "Kim"}],
            ),
        ),
    }
    kept = MetricSettings(currency="USD", today=date(2030, 1, 1), grace_days=GRACE)
    engine = Engine(CATALOGUE, tables, CALENDAR_YEARS, kept, Work(touchpoints, first))
    expected = figures(given_rows, given_deals, contacts, missed, package, first, period, as_of)
    result = engine.values(Query(tuple(expected), period, as_of))
    found = {row.kpi: row.value for row in result.rows}
    for name, value in expected.items():
        if isinstance(value, float):
            assert found[name] is not None, name
            assert abs(float(found[name]) - value) < 1e-9, name
        else:
            assert found[name] == value, name
