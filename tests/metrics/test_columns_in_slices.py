"""Columns that are made slice by slice are those that are made whole, and so is every figure."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import duck_facts
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from metric_tables import CATALOGUE, ask, table
from test_metric_duckdb import CALENDAR, EXAMPLE, NOW, PERIODS, World, engine_of, world_of, worlds
from test_metric_properties import as_ofs, deals, spans, typed

from cockpit.fiscal.periods import Span
from cockpit.metrics import aggregate
from cockpit.metrics.engine import Engine
from cockpit.metrics.facts import currency, deal_columns, made, opportunities
from cockpit.metrics.facts.made import Columns, in_pieces_of, joined, looked_up, numbered
from cockpit.metrics.facts.repeats import places_of_repeated, short_hash
from cockpit.metrics.query import MetricSettings, Query
from cockpit.sources import packing

LINE = made.LINE
GENERATED = (Phase.explicit, Phase.generate)
"""Making a failing world smaller would take minutes."""
SIZES = (1, 2, 13)


@contextmanager
def in_slices(rows: int) -> Iterator[None]:
    """Every table counts as large, and is looked at in slices of so many rows."""
    with ExitStack() as patches:
        patches.enter_context(patch.object(made, "MOST_KEPT_ROWS", -1))
        for module in (made, aggregate, opportunities, deal_columns, currency):
            patches.enter_context(patch.object(module, "ROWS_AT_ONCE", rows))
        yield


@pytest.fixture(autouse=True)
def _small_baselines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deal_columns, "FEWEST", duck_facts.FEWEST)


def as_large(world: World) -> World:
    """The world with the repeating texts of its deals as a large table keeps them."""
    with patch.object(packing, "FEWEST_ROWS", 1), patch.object(packing, "_MOST_DIFFERENT", 1.5):
        packed = {name: packing.packed(world.frames[name]) for name in ("deals", "earlier")}
    return replace(world, frames={**world.frames, **packed})


def figures(engine: Engine, query: Query) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Value, rows and reason by metric and group; floats to the digits that an order of adding keeps."""
    return {
        (row.kpi, str(dict(row.by))): (
            f"{row.value:.9g}" if isinstance(row.value, float) else row.value, row.n, row.reason
        )
        for row in engine.values(query).rows
    }  # fmt: skip


@pytest.mark.parametrize("rows", SIZES)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=GENERATED)
@given(drawn=worlds, label=st.sampled_from(PERIODS), single=st.booleans())
def test_the_catalogue_is_the_same_in_slices(
    rows: int, drawn: dict[str, Any], label: str, single: bool
) -> None:
    world, period = world_of(drawn, single), Span.of(CALENDAR.unit_named(label))
    of_deals = tuple(metric.name for metric in CATALOGUE if metric.facts == ("opportunities",))
    where = "amount > 100 OR segment IS NULL"
    for query in (
        Query(CATALOGUE.names(), period, NOW),
        Query(of_deals, period, NOW, by=("closing_quarter",), where=where),
    ):
        whole = figures(engine_of(world), query)
        with in_slices(rows):
            assert figures(engine_of(as_large(world)), query) == whole


@pytest.mark.parametrize("rows", SIZES)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=GENERATED)
@given(drawn=worlds, single=st.booleans())
def test_every_column_is_the_same_in_slices(rows: int, drawn: dict[str, Any], single: bool) -> None:
    world = world_of(drawn, single)
    for name in ("opportunities", "hygiene", "renewals", "pushes", "stage_path"):
        book = engine_of(world)._book
        fact = book.get(name, NOW)
        whole = book.columns(fact).all_rows(tuple(fact.late)).whole()
        assert fact.frame.equals(whole.select(fact.frame.columns))
        with in_slices(rows):
            book = engine_of(world)._book
            sliced = book.columns(book.get(name, NOW)).all_rows(tuple(fact.late))
            found = sliced.collected(lambda lazy: lazy)
            assert sliced.height == found.height == whole.height
            assert dict(sliced.schema) == dict(found.schema)
            order = [LINE] if name != "hygiene" else ["_at", "rule"]
            left, right = (one.sort(order).drop(LINE) for one in (whole, found))
            assert set(left.columns) == set(right.columns)
            for column in left.columns:
                if name == "opportunities" or not column.startswith("_"):
                    assert left[column].equals(right[column]), (name, column)


@settings(max_examples=10, deadline=None)
@given(deals, as_ofs, spans)
def test_rows_and_explanations_are_the_same_in_slices(
    rows: list[dict[str, Any]], as_of: date, period: Span
) -> None:
    for name in ("open_pipeline", "won_amount", "close_rate"):
        query = Query((name,), period, as_of)
        asked = ask(typed(rows)).engine
        found, explained = asked.rows(name, query), asked.explain(name, query)
        with in_slices(3):
            sliced = ask(typed(rows)).engine
            assert sliced.rows(name, query) == found
            assert sliced.explain(name, query).left_out == explained.left_out


RATES = pl.DataFrame(
    {
        "currency": ["EUR", "EUR", "GBP"],
        "rate": [Decimal("1.1"), Decimal("1.2"), Decimal("1.3")],
        "kind": ["plan", "dated", "dated"],
        "valid_from": [None, date(2024, 3, 1), date(2024, 6, 1)],
    },
    schema_overrides={"rate": pl.Decimal(38, 8)},
)


@pytest.mark.parametrize("basis", ["plan", "dated"])
@settings(max_examples=10, deadline=None)
@given(
    deals, st.lists(st.sampled_from([None, "USD", "EUR", "GBP", " eur"]), min_size=60, max_size=60), as_ofs
)
def test_money_is_converted_the_same_in_slices(
    basis: Any, rows: list[dict[str, Any]], currencies: list[str | None], as_of: date
) -> None:
    frame = typed(rows).with_columns(pl.Series("currency", currencies[: len(rows)], dtype=pl.String))
    query = Query(
        ("open_pipeline", "won_amount", "line_count"), Span("all", None, None), as_of, by=("owner",)
    )

    def engine() -> Engine:
        tables = {"opportunities": table("opportunities", frame), "fx": table("fx", RATES)}
        chosen = MetricSettings(currency="USD", today=as_of, currency_basis=basis)
        return Engine(CATALOGUE, tables, CALENDAR, chosen)

    whole = figures(engine(), query)
    with in_slices(2):
        assert figures(engine(), query) == whole


def test_a_column_of_a_small_table_is_made_once_and_that_of_a_large_one_never_kept() -> None:
    book = engine_of(world_of(EXAMPLE, False))._book
    columns = book.columns(book.get("opportunities", NOW))
    with patch.object(made, "Rows", wraps=made.Rows) as making:
        for _ in range(3):
            rows = columns.rows(("age_days",))
            assert rows.layers == () and "age_days" in rows.held.columns
        assert making.call_count == 4  # one more, which made it
    with in_slices(1):
        book = engine_of(world_of(EXAMPLE, False))._book
        rows = book.columns(book.get("opportunities", NOW)).rows(("age_days",))
        assert rows.layers and "age_days" not in rows.held.columns


def test_what_a_slice_looks_up_is_what_belongs_to_its_words_and_numbers() -> None:
    frame = pl.DataFrame({"word": ["a", None, "c", "b", "a"], "number": [0, 5, None, 2, -1]})
    for kind in (pl.String(), pl.Categorical(), pl.Enum(["a", "b", "c"])):
        typed_words = frame.with_columns(pl.col("word").cast(kind))
        found = looked_up("word", kind, {"a": 1, "b": 2, "z": 3}, pl.Int8())
        assert typed_words.select(found.alias("x"))["x"].to_list() == [1, None, None, 2, 1]
        assert (
            typed_words.with_columns(looked_up("word", kind, {}, pl.Int8()).alias("x"))["x"].null_count() == 5
        )
    values = numbered(pl.col("number"), pl.Series([2, 0]), pl.Series(["two", "none"]))
    assert frame.select(values.alias("x"))["x"].to_list() == ["none", None, None, "two", None]
    both = pl.DataFrame({"word": ["a", None], "number": [0, 5], "limit": [1.5, 2.5]})
    limits = frame.select(joined(("word", "number"), both, "limit").alias("x"))["x"]
    assert limits.to_list() == [1.5, 2.5, None, None, None]


def test_pieces_are_as_long_as_those_of_the_frame() -> None:
    frame = pl.concat([pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [3]})], rechunk=False)
    pieces = in_pieces_of(frame, pl.Series([4, 5, 6]))
    assert (pieces.chunk_lengths(), pieces.to_list()) == ([2, 1], [4, 5, 6])
    assert in_pieces_of(frame.rechunk(), pieces).n_chunks() == 1


@given(st.lists(st.integers(0, 12), max_size=40), st.integers(1, 9))
def test_repeated_values_are_found_in_pieces(values: list[int], size: int) -> None:
    hashes = pl.DataFrame({"value": values}, schema={"value": pl.Int64}).select(short_hash(pl.col("value")))
    pieces = [piece["value"] for piece in hashes.iter_slices(size)] if values else []
    repeated = [place for place, value in enumerate(values) if values.count(value) > 1]
    assert places_of_repeated(pieces).to_list() == repeated


def test_a_past_day_knows_no_later_deal_in_slices() -> None:
    day = NOW - timedelta(400)
    rows = [
        {"opportunity_id": str(number), "status": "open", "owner": "a", "amount": Decimal(number),
         "created_date": NOW - timedelta(380 + 5 * number), "close_date": NOW}
        for number in range(9)
    ]  # fmt: skip
    query = Query(("open_pipeline", "open_count"), Span("all", None, None), day)
    with in_slices(2):
        engine = ask(typed(rows)).engine
        fact = engine._book.get("opportunities", day)
        assert engine._book.columns(fact).rows(("amount",)).height == 5
        assert engine.values(query).rows[0].value == 4 + 5 + 6 + 7 + 8
        assert Columns(fact, engine._book._kept).values("amount").len() == 9
