"""A large table keeps repeating texts as numbers and is counted piece by piece: the figures stay the same."""

from datetime import date
from typing import Any
from unittest.mock import patch

import polars as pl
from hypothesis import given, settings
from metric_tables import ask
from test_metric_properties import ON_DEALS, as_ofs, deals, spans, typed, wheres

from cockpit.fiscal.periods import Span
from cockpit.metrics import aggregate
from cockpit.metrics.query import Query
from cockpit.metrics.results import KpiRow
from cockpit.metrics.table_rows import TableRows
from cockpit.sources import packing

NAMES = tuple(metric.name for metric in ON_DEALS)


def as_large(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as a large table's would be."""
    with patch.object(packing, "FEWEST_ROWS", 1), patch.object(packing, "_MOST_DIFFERENT", 1.5):
        return packing.packed(frame)


def figures(frame: pl.DataFrame, query: Query) -> dict[tuple[str, str], KpiRow]:
    """The figures by metric and group."""
    rows = ask(frame).engine.values(query).rows
    return {(row.kpi, str(dict(row.by))): row for row in rows}


@settings(max_examples=40, deadline=None)
@given(deals, wheres, as_ofs, spans)
def test_a_large_table_gives_the_same_figures(
    rows: list[dict[str, Any]], where: str | None, as_of: date, period: Span
) -> None:
    query = Query(NAMES, period, as_of, by=("owner",), where=where)
    small = figures(typed(rows), query)
    packed = as_large(typed(rows))
    assert not rows or packed.schema["owner"] == pl.Categorical
    assert packed.schema["opportunity_id"] == pl.String
    with patch.object(aggregate, "ROWS_AT_ONCE", 7):
        large = figures(packed, query)
    assert large.keys() == small.keys()
    for key, row in small.items():
        assert (large[key].n, large[key].reason) == (row.n, row.reason), key
        assert large[key].value == row.value, key


def test_a_text_that_hardly_repeats_stays_one() -> None:
    frame = pl.DataFrame({"name": [f"deal {number}" for number in range(100)], "owner": ["Kim"] * 100})
    with patch.object(packing, "FEWEST_ROWS", 100):
        assert packing.packed(frame).dtypes == [pl.String, pl.Categorical]
    assert packing.packed(frame) is frame


def test_packed_texts_are_found_and_sorted_as_texts() -> None:
    rows = TableRows(as_large(pl.DataFrame({"owner": ["Zoë", "adam", None, "Bea"]})))
    assert list(rows.containing("bea")) == [3]
    assert list(rows.ordered("owner", backwards=False)) == [1, 3, 0, 2]
