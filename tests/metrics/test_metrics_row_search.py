"""Rows of a table are found by a text in some cell."""

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.metrics.table_rows import TableRows

ROWS = TableRows(
    pl.DataFrame(
        {
            "owner": ["Brooks", None, "OKAFOR"],
            "stage": ["won", "lost", "Won [x]"],
            "amount": [Decimal("1200.50"), Decimal("7"), None],
            "day": [date(2026, 11, 20), None, date(2025, 1, 2)],
        }
    )
)


def test_texts_numbers_and_dates_are_found_without_regard_to_case() -> None:
    assert list(ROWS.containing("WON")) == [0, 2]
    assert list(ROWS.containing("okafor")) == [2]
    assert list(ROWS.containing("200.5")) == [0]
    assert list(ROWS.containing("2025-01")) == [2]
    assert list(ROWS.containing("[x]")) == [2]
    assert list(ROWS.containing("none")) == []


def test_a_text_is_not_found_across_cells() -> None:
    assert list(ROWS.containing("brookswon")) == []
    assert list(ROWS.containing("lost7")) == []


def test_tables_of_texts_or_numbers_only_are_searched_too() -> None:
    assert list(TableRows(pl.DataFrame({"n": [10, 21]})).containing("1")) == [0, 1]
    assert list(TableRows(pl.DataFrame({"n": [10, 21]})).containing("a")) == []
    assert list(TableRows(pl.DataFrame({"t": ["a1", None]})).containing("1")) == [0]
    assert list(TableRows(pl.DataFrame({"t": []}, schema={"t": pl.String})).containing("1")) == []


CELLS = st.text(alphabet="aB1 .*é", max_size=4) | st.none()


@settings(max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.text("ab1.*é", min_size=1, max_size=2))
def test_a_row_is_found_exactly_where_a_cell_contains_the_text(
    rows: list[tuple[str | None, str | None]], needle: str
) -> None:
    frame = pl.DataFrame(rows, schema={"one": pl.String, "two": pl.String}, orient="row")
    expected = [
        place
        for place, row in enumerate(rows)
        if any(cell is not None and needle in cell.lower() for cell in row)
    ]
    assert list(TableRows(frame).containing(needle)) == expected
