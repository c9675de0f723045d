"""Every change of the pipeline lands in one bucket, and the waterfall balances to the cent."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.metrics.facts.currency import Rates
from cockpit.metrics.facts.movements import BUCKETS, movements, unrated, waterfall
from cockpit.metrics.facts.opportunities import opportunities, prepared
from cockpit.metrics.query import MetricSettings

THEN, NOW = date(2026, 10, 1), date(2026, 11, 23)
START, END = date(2026, 10, 1), date(2026, 12, 31)
SCHEMA = {
    "opportunity_id": pl.String, "status": pl.String, "amount": pl.Decimal(38, 4), "currency": pl.String,
    "created_date": pl.Date, "close_date": pl.Date, "closed_date": pl.Date, "owner": pl.String,
}  # fmt: skip


def deal(
    name: str, amount: float | None, close: date | None, status: str = "open", owner: str = "Ann",
    closed: date | None = None, currency: str = "USD",
) -> dict[str, object]:  # fmt: skip
    worth = None if amount is None else Decimal(str(amount))
    return {
        "opportunity_id": name, "status": status, "amount": worth, "currency": currency,
        "created_date": date(2026, 1, 1), "close_date": close, "closed_date": closed, "owner": owner,
    }  # fmt: skip


def fact(rows: list[dict[str, object]], day: date, eur: str = "1.10") -> pl.DataFrame:
    rates = Rates("USD", {"USD": Decimal(1), "EUR": Decimal(eur)})
    return opportunities(prepared(pl.DataFrame(rows, schema=SCHEMA)), day, rates, MetricSettings()).frame


def moved(
    then: list[dict[str, object]], now: list[dict[str, object]], *, window: bool = True,
    within: pl.Expr | None = None, later_eur: str = "1.10",
) -> dict[str, Decimal]:  # fmt: skip
    before, after = fact(then, THEN), fact(now, NOW, later_eur)
    bounds = {"start": START, "end": END} if window else {}
    rows = movements(before, after, **bounds, within=within)
    found = waterfall(before, after, rows, **bounds, within=within)
    assert found.balances, found.words
    return dict(found.buckets)


IN, LATER, EARLIER = date(2026, 12, 1), date(2027, 2, 1), date(2026, 8, 1)


def test_one_change_of_each_kind() -> None:
    then = [
        deal("won", 100, IN), deal("lost", 50, IN), deal("pushed", 30, IN), deal("pulled", 20, LATER),
        deal("up", 10, IN), deal("down", 10, IN), deal("gone", 7, IN), deal("same", 5, IN),
        deal("back", 3, IN, "lost", closed=date(2026, 9, 1)),
    ]  # fmt: skip
    now = [
        deal("won", 110, IN, "won", closed=date(2026, 11, 2)), deal("lost", 0, IN, "lost", closed=NOW),
        deal("pushed", 25, LATER), deal("pulled", 22, IN), deal("up", 12, IN), deal("down", 4, IN),
        deal("same", 5, IN), deal("back", 3, IN), deal("fresh", 9, IN),
    ]  # fmt: skip
    assert moved(then, now) == {
        "new": 9, "reopened": 3, "pulled in": 20, "increased": 10 + 2 + 2, "decreased": -6 - 5,
        "pushed out": -25, "lost": -50, "won": -110, "removed": -7,
    }  # fmt: skip


def test_made_and_won_in_between_ties_with_the_amount_won() -> None:
    now = [deal("quick", 40, date(2026, 11, 3), "won", closed=date(2026, 11, 3))]
    assert moved([], now) == {"new": 40, "won": -40}


def test_made_and_won_outside_the_window_is_no_movement_of_it() -> None:
    now = [deal("quick", 40, date(2026, 9, 3), "won", closed=date(2026, 9, 3))]
    assert moved([], now) == {}


def test_won_before_the_window_it_was_due_in_is_won_and_not_pushed() -> None:
    then = [deal("early", 40, IN)]
    now = [deal("early", 40, date(2026, 9, 30), "won", closed=date(2026, 9, 30))]
    before, after = fact(then, date(2026, 9, 1)), fact(now, NOW)
    rows = movements(before, after, start=START, end=END)
    assert rows.select("bucket", "change").rows() == [("won", Decimal(-40))]


def test_a_slice_sees_deals_change_hands() -> None:
    then = [deal("mine", 100, IN), deal("theirs", 60, IN, owner="Bob")]
    now = [deal("mine", 90, IN, owner="Bob"), deal("theirs", 70, IN)]
    mine = pl.col("owner") == "Ann"
    assert moved(then, now, within=mine) == {"transferred in": 70, "transferred out": -100}
    assert moved(then, now) == {"increased": 10, "decreased": -10}


def test_every_owner_balances_by_itself_without_a_slice() -> None:
    then = [deal("a", 100, IN), deal("b", 60, IN, owner="Bob")]
    now = [deal("a", 90, IN, owner="Bob"), deal("b", 60, LATER, owner="Bob")]
    rows = movements(fact(then, THEN), fact(now, NOW), start=START, end=END)
    by_owner = dict(rows.group_by("owner").agg(pl.col("change").sum()).iter_rows())
    assert by_owner == {"Ann": -100, "Bob": 90 - 60}


def test_another_rate_is_currency_and_another_price_is_not() -> None:
    then = [deal("rate", 100, IN, currency="EUR"), deal("both", 100, IN, currency="EUR")]
    now = [deal("rate", 100, IN, currency="EUR"), deal("both", 110, IN, currency="EUR")]
    assert moved(then, now, later_eur="1.20") == {"increased": Decimal("12.0"), "currency": Decimal("20.0")}


def test_a_currency_that_is_named_later_moves_nothing() -> None:
    """A row that names no currency is in the workspace's own."""
    then = [deal("a", 100, IN, currency=""), deal("b", 10, IN, currency=" usd")]
    now = [deal("a", 130, IN), deal("b", 10, IN), deal("c", 1, IN, currency="EUR")]
    rows = movements(fact(then, THEN), fact(now, NOW), start=START, end=END, currency="USD")
    assert rows.sort("change").select("bucket", "change").rows() == [
        ("new", Decimal("1.1")), ("increased", Decimal(30)),
    ]  # fmt: skip


def test_what_has_no_rate_is_named_where_it_stands_or_moves() -> None:
    then = [deal("stays", 5, IN, currency="CHF"), deal("far", 5, LATER, currency="GBP"), deal("a", 1, IN)]
    won = deal("made", 7, date(2026, 11, 3), "won", closed=date(2026, 11, 3), currency="jpy")
    before, after = fact(then, THEN), fact([*then, won], NOW)
    bounds = {"start": START, "end": END}
    rows = movements(before, after, **bounds, currency="USD")
    assert unrated(before, after, rows, **bounds) == ("CHF", "JPY")
    whole = movements(before, after, currency="USD")
    assert unrated(before, after, whole) == ("CHF", "GBP", "JPY")
    assert unrated(before, after, rows, **bounds, within=pl.col("opportunity_id") == "a") == ("JPY",)


def test_without_a_window_a_moved_date_is_listed_and_changes_nothing() -> None:
    rows = movements(fact([deal("a", 5, IN)], THEN), fact([deal("a", 5, LATER)], NOW))
    assert rows.select("bucket", "change", "from_close_date", "to_close_date").rows() == [
        ("pushed out", Decimal(0), IN, LATER)
    ]


def test_an_unknown_earlier_close_date_does_not_balance_and_says_so() -> None:
    before = fact([deal("a", 5, date(2026, 11, 1), "won")], THEN)
    after = fact([deal("a", 5, date(2026, 11, 1), "won")], NOW)
    found = waterfall(before, after, movements(before, after, start=START, end=END), start=START, end=END)
    assert not found.balances
    assert found.buckets == {"won": -5}  # whether it was pulled in is not known
    assert found.words == "does not balance: the earlier close date of 1 deal is not known"


def test_no_deals_on_either_side() -> None:
    rows = movements(fact([], THEN), fact([], NOW))
    assert rows.is_empty()
    assert rows.schema["change"] == pl.Decimal(38, 4)
    assert moved([], []) == {}


DAYS = st.sampled_from([None, EARLIER, date(2026, 9, 30), START, date(2026, 11, 1), END, LATER])


@st.composite
def deals(draw: st.DrawFn) -> list[dict[str, object]]:
    rows = []
    for name in draw(st.lists(st.sampled_from("abcdefgh"), max_size=10)):
        status = draw(st.sampled_from(["open", "open", "won", "lost"]))
        close = draw(DAYS)
        closed = None if status == "open" else draw(st.sampled_from([EARLIER, START, date(2026, 11, 1)]))
        amount = draw(st.one_of(st.none(), st.decimals(-50, 1000, places=2).map(float)))
        rows.append(
            deal(name, amount, close, status, draw(st.sampled_from(["Ann", "Bob"])), closed,
                 draw(st.sampled_from(["USD", "EUR"])))
        )  # fmt: skip
    return rows


@settings(max_examples=120, deadline=None)
@given(deals(), deals(), st.booleans(), st.booleans(), st.sampled_from(["1.10", "1.37"]))
def test_the_waterfall_balances_whatever_changed(
    then: list[dict[str, object]], now: list[dict[str, object]], windowed: bool, sliced: bool, rate: str
) -> None:
    before, after = fact(then, THEN), fact(now, NOW, rate)
    bounds = {"start": START, "end": END} if windowed else {}
    within = pl.col("owner") == "Ann" if sliced else None
    rows = movements(before, after, **bounds, within=within)
    found = waterfall(before, after, rows, **bounds, within=within)
    assert found.balances, (found, rows)
    assert set(rows["bucket"].unique()) <= set(BUCKETS)
    if not sliced:
        for owner in ("Ann", "Bob"):
            part = pl.col("owner") == owner
            of_owner = rows.filter(part)
            one = waterfall(before, after, of_owner, **bounds, within=part)
            assert one.balances, (owner, one, of_owner)


@pytest.mark.parametrize("missing", ["owner", "currency", "closed_date"])
def test_columns_that_the_deals_lack_are_no_matter(missing: str) -> None:
    frames = []
    for rows, day in (([deal("a", 5, IN)], THEN), ([deal("a", 7, IN)], NOW)):
        frame = pl.DataFrame(rows, schema=SCHEMA).drop(missing)
        frames.append(
            opportunities(prepared(frame), day, Rates("USD", {"USD": Decimal(1)}), MetricSettings()).frame
        )
    assert movements(*frames).select("bucket", "change").rows() == [("increased", Decimal(2))]
