"""Rows of a table are found by a text in some cell."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.base.unwanted import Unwanted, step_done, while_wanted
from cockpit.metrics import table_rows
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


def test_a_search_in_many_steps_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_rows, "SEARCHED_AT_ONCE", 2)
    rows = TableRows(pl.DataFrame({"t": ["a", "b", "ab", None, "ba"], "n": [1, 2, 3, 4, 12]}))
    assert list(rows.containing("a")) == [0, 2, 4]
    assert list(rows.containing("2")) == [1, 4]
    assert list(rows.containing("z")) == []


def test_a_search_that_nobody_waits_for_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_rows, "SEARCHED_AT_ONCE", 2)
    rows = TableRows(pl.DataFrame({"t": ["a", "b", "ab", None, "ba"]}))
    told: list[float] = []
    with pytest.raises(Unwanted), while_wanted(lambda: len(told) < 2, told.append):
        rows.containing("a")
    assert told == [0.4, 0.8]


def test_outside_of_a_screen_nobody_is_asked_between_the_steps() -> None:
    with while_wanted(lambda: False, lambda share: None), pytest.raises(Unwanted):
        step_done(0.5)
    step_done(0.5)
