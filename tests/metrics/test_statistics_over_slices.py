"""Medians and quantiles of whole numbers, of which slices tell only how often each occurs."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.metrics import statistic
from cockpit.metrics.expression import Parameters, compile_value
from cockpit.metrics.statistic import put_together, read_of, taken, values_of

VALUES = ("MEDIAN(days)", "QUANTILE_CONT(days, 0.8)", "QUANTILE_CONT(days, 0)", "QUANTILE_CONT(days, 1)")
ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), st.none() | st.integers(-3, 9), st.booleans()), min_size=1, max_size=30
)


@given(ROWS, st.sampled_from(VALUES), st.integers(1, 7), st.booleans())
def test_counts_of_slices_give_the_quantile_of_all(
    rows: list[tuple[str, int | None, bool]], text: str, step: int, divided: bool
) -> None:
    schema = {"who": pl.String, "days": pl.Int32, "mask": pl.Boolean}
    frame = pl.DataFrame(rows, schema, orient="row")
    value = compile_value(text, frame.schema, Parameters(date(2026, 1, 1), None, None))
    by: tuple[str, ...] = ("who",) if divided else ()
    read = read_of("mask", "days", value, None, frame.schema["days"], single=True)
    found: list[pl.DataFrame] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(statistic, "MOST_ROWS", 2)
        for piece in frame.iter_slices(step):
            found.append(values_of(piece, read, by, single=True))
            put_together(found, read, by)
    together = pl.concat(found)
    assert together["n"].sum() == frame.filter("mask")["days"].count()
    levels = ((), by) if by else ((),)
    got = {group: (one, n) for group, one, n in taken(together, read, value, None, levels, single=True)}
    counted = frame.filter(pl.col("mask") & pl.col("days").is_not_null())
    share = 0.5 if value.function == "MEDIAN" else value.aggregate.quantile
    assert share is not None
    wanted: dict[tuple[Any, ...], tuple[Any, int]] = {
        (): (counted["days"].quantile(share, "linear"), counted.height)
    }
    for (who,), group in counted.group_by("who") if divided else ():
        wanted[(who,)] = (group["days"].quantile(share, "linear"), group.height)
    assert got.keys() == wanted.keys()
    for group, (one, n) in wanted.items():
        assert got[group][1] == n
        assert got[group][0] == (None if one is None else pytest.approx(one))
