"""What a table knows of its difference from what is held is stored just as a comparison of all rows would."""

from pathlib import Path

import polars as pl
import pytest
from history_tables import day, same_rows, table
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.sources.history import writing
from cockpit.sources.history.store import History
from cockpit.sources.history.thinning import Rule
from cockpit.sources.table import Delta, Table

Rows = dict[str, int]


def deals(rows: Rows) -> pl.DataFrame:
    frame = pl.DataFrame(
        {"opportunity_id": list(rows), "amount": list(rows.values())},
        schema={"opportunity_id": pl.String, "amount": pl.Int64},
    )
    return frame.with_columns(pl.format("stage {}", pl.col("amount") % 3).cast(pl.Categorical).alias("stage"))


def known(rows: Rows, state: str | None, before: Rows | None = None, since: str = "") -> Table:
    """A table in a state; with what is different from an earlier one, and some rows that are not."""
    given_ = table(deals(rows).with_row_index("_row", offset=1))
    if before is None:
        return given_.known(state)
    same = [key for key in rows if before.get(key) == rows[key]][:1]
    old = {key: one for key, one in before.items() if rows.get(key) != one or key in same}
    new = {key: one for key, one in rows.items() if before.get(key) != one or key in same}
    delta = Delta(since, *(deals(one).with_row_index("_row", offset=7) for one in (old, new)))
    return given_.known(state, delta)


def counts(change: writing.TableChange) -> tuple[int, int, int, int]:
    return change.rows, change.new, change.changed, change.removed


def expected(before: Rows, rows: Rows) -> tuple[int, int, int, int]:
    both = before.keys() & rows.keys()
    changed = sum(before[key] != rows[key] for key in both)
    return len(rows), len(rows.keys() - both), changed, len(before.keys() - both)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows were hashed each time."""
    heights: list[int] = []
    real = writing.heads

    def counted(frame: pl.DataFrame, *more: object) -> pl.DataFrame:
        heights.append(frame.height)
        return real(frame, *more)

    monkeypatch.setattr(writing, "heads", counted)
    return heights


def test_a_state_that_is_held_is_not_compared(tmp_path: Path, compared: list[int]) -> None:
    history = History(tmp_path / "history")
    rows = {f"d{number}": number for number in range(50)}
    history.record({"opportunities": known(rows, "one")}, day(0))
    assert compared == [50]
    again = history.record({"opportunities": known(rows, "one")}, day(1))
    assert (again.written, compared) == (False, [50])
    history.record({"opportunities": known({**rows, "d7": 8}, "two", rows, "one")}, day(2))
    assert compared == [50, 2]
    assert same_rows(
        history.state("opportunities", day(2)), deals({**rows, "d7": 8}).cast({"stage": pl.String})
    )


def test_a_difference_from_another_state_is_not_taken(tmp_path: Path) -> None:
    history = History(tmp_path / "history")
    history.record({"opportunities": known({"a": 1, "b": 1}, "one")}, day(0))
    wrong = known({"a": 2, "b": 2}, "three", {"a": 1, "b": 2}, "two")
    found = history.record({"opportunities": wrong}, day(1)).tables["opportunities"]
    assert counts(found) == (2, 0, 2, 0)
    earlier = known({"a": 9, "b": 1}, "one")  # of the past: what is held there is not known by its state
    assert counts(history.record({"opportunities": earlier}, day(-1)).tables["opportunities"])[1] == 2
    following = known({"a": 3, "b": 2}, "four", {"a": 2, "b": 2}, "three")
    assert counts(history.record({"opportunities": following}, day(2)).tables["opportunities"]) == (
        2,
        0,
        1,
        0,
    )


def test_a_copy_with_other_rows_knows_nothing(tmp_path: Path) -> None:
    from dataclasses import replace

    one = known({"a": 1}, "one", {"a": 2}, "zero")
    other = replace(one, frame=one.frame.head(0))
    assert (other.state, other.delta, other.onward) == (None, None, None)


ROWS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 4), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(ROWS, st.sampled_from(["delta", "delta", "delta", "state", "nothing", "same", "prune"])),
        min_size=1,
        max_size=10,
    ),
    full_again=st.sampled_from([0.5, 3.0, 99.0]),
    loose=st.integers(2, 5),
)
def test_every_day_is_given_back(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Rows, str]], full_again: float, loose: int
) -> None:
    history = History(tmp_path_factory.mktemp("known") / "history")
    held: Rows = {}
    state = ""
    days: list[Rows] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "LOOSE_FILES", loose)
        patched.setattr(writing, "FULL_AGAIN", full_again)
        for number, (rows, kind) in enumerate(steps):
            if kind == "same":
                rows = held or rows
            before, since = (held, state) if kind == "delta" and state else (None, "")
            name = state if kind == "same" and state else f"state {number}"
            reading = known(rows, None if kind == "nothing" else name, before, since)
            found = history.record({"opportunities": reading}, day(number)).tables["opportunities"]
            if number:
                assert counts(found) == expected(held, rows)
            held, state = rows, "" if kind == "nothing" else name
            days.append(rows)
            if kind == "prune":
                history.prune(Rule.parse("all:3d"), day(number))
        for number, rows in enumerate(days):
            there = History(history.folder).state("opportunities", day(number))
            if there is not None or not any(kind == "prune" for _, kind in steps):
                assert same_rows(there, deals(rows).cast({"stage": pl.String})), number
    assert not history.check()
